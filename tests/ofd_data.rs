//! Data out of OFD documents: from those that were found valid, and what is wrong with the others.

#![cfg(feature = "ofd")]

mod common;

use common::package::Package;
use common::scene::{Scene, algorithms};
use common::{assert_told, sample};
use eseal::ofd::{Content, NewAttachment, NewFont, NewOfd, Tag, Text};
use eseal::{ErrorKind, Mm, Ofd, Outcome, Page, Payload, Stamp, Verdict, Verified};

/// A licence of two pages, not stamped yet.
fn licence() -> Ofd {
    let mut new = NewOfd::new("5f6e4b7a0c9d4e1f8a2b3c4d5e6f7081", Mm(210.0), Mm(297.0));
    new.title("示例许可证").author("示例市人民政府");
    new.custom_data("ZZBS", "1.2.156").custom_data("KZ_1", "a").custom_data("KZ_1", "b");
    let song = new.font(NewFont::named("宋体")).unwrap();
    let mut face = Content::new();
    let holder = face.text(Text::new("示例贸易", song, Mm(5.0)).at(Mm(30.0), Mm(60.0)));
    let rest = face.text(Text::new("有限公司", song, Mm(5.0)).at(Mm(30.0), Mm(66.0)));
    let first = new.page(face);
    new.page(Content::new());
    new.attach(NewAttachment { format: Some("xml".into()), ..NewAttachment::new("照面数据", b"<data/>".to_vec()) });
    let holder = Tag::new("Holder").object(first, holder).object(first, rest);
    new.tag("urn:licence", Tag::new("Licence").child(holder).child(Tag::new("Kind").text("正本")));
    new.finish().unwrap()
}

fn verified<'o>(scene: &Scene, ofd: &'o Ofd) -> Verified<'o, Ofd> {
    scene.verifier().document(ofd, scene.now).unwrap().require_valid().unwrap()
}

#[test]
fn a_composed_licence_is_stamped_and_read() {
    for algorithm in algorithms() {
        let scene = Scene::new(algorithm);
        let stamped = scene.stamped(&licence(), Payload::SealSignature);
        let verified = verified(&scene, &stamped);
        let metadata = verified.metadata().unwrap();
        assert_eq!(metadata.title.as_deref(), Some("示例许可证"));
        assert_eq!(metadata.custom_value("ZZBS").unwrap(), "1.2.156");
        for (name, part) in [("KZ_1", "several"), ("none", "has no CustomData")] {
            let error = metadata.custom_value(name).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Mismatch);
            assert!(error.to_string().contains(part), "{error}");
        }
        let attachments = verified.attachments().unwrap();
        assert_eq!((attachments[0].name.as_str(), attachments[0].format.as_deref()), ("照面数据", Some("xml")));
        assert_eq!(attachments[0].contents().unwrap().as_ref(), b"<data/>");
        assert_eq!(attachments[0].size(), 7);
        let tags = verified.tags().unwrap();
        assert_eq!((tags.len(), tags[0].0.as_str()), (1, "urn:licence"));
        let holder = tags[0].1.descend(&["Holder"]).unwrap();
        assert_eq!((holder.shown.as_str(), holder.pages.as_slice()), ("示例贸易有限公司", &[Page(1)][..]));
        assert_eq!(tags[0].1.descend(&["Kind"]).unwrap().text, "正本");
        assert_eq!(tags[0].1.descend(&["Kind", "None"]), None);
        let runs = verified.text(Page(1)).unwrap();
        let text: String = runs.iter().map(|run| run.text.as_str()).collect();
        assert_eq!(text, "示例贸易有限公司");
        // The second line stands 6 mm below the first.
        assert!((runs[1].area.top.0 - runs[0].area.top.0 - 6.0).abs() < 0.001, "{runs:?}");
        assert!((runs[0].area.left.0 - 30.0).abs() < 0.001, "{runs:?}");
        assert!(verified.text(Page(2)).unwrap().is_empty());
        assert_eq!(verified.text(Page(3)).unwrap_err().kind(), ErrorKind::Misuse);
    }
}

/// What was changed under the seal cannot be read: there is no evidence to read it by.
#[test]
fn changed_data_has_no_evidence() {
    let scene = Scene::new(algorithms()[0]);
    let package = Package::read(&eseal::Document::as_bytes(&scene.stamped(&licence(), Payload::SealSignature)));
    for (part, from, to) in [
        ("OFD.xml", "1.2.156", "1.2.157"),
        ("Doc_0/Attachs/Attach_0.xml", "<data/>", "<dat /> "),
        ("Doc_0/Attachs/Attachments.xml", "照面数据", "其他"),
        ("Doc_0/Tags/Tag_0.xml", "正本", "副本"),
        ("Doc_0/Pages/Page_0/Content.xml", "示例贸易", "示例贸昜"),
    ] {
        let changed = Ofd::read(package.clone().edited(part, from, to).write()).unwrap();
        let report = scene.verifier().document(&changed, scene.now).unwrap();
        assert_told(part, &report.signatures()[0].checks, "document.references", Outcome::Fail, part);
        assert_eq!(report.require_valid().unwrap_err().kind(), ErrorKind::NotValid, "{part}");
    }
}

/// A seal that leaves OFD.xml out, as many products' do, is good for the pages: not for the metadata.
#[test]
fn metadata_that_no_signature_protects_are_not_read() {
    let scene = Scene::new(algorithms()[0]);
    let ofd = licence();
    let names = Package::read(&eseal::Document::as_bytes(&ofd))
        .names()
        .iter()
        .map(|name| (*name).to_owned())
        .collect::<Vec<_>>();
    let all_but_entrance = names.iter().filter(|name| *name != "OFD.xml").cloned();
    let stamped = scene.stamp().protecting(all_but_entrance).apply(&ofd, &scene.by()).unwrap();
    let forged = Package::read(&eseal::Document::as_bytes(&stamped)).edited("OFD.xml", "1.2.156", "1.2.157").write();
    let forged = Ofd::read(forged).unwrap();
    let verified = verified(&scene, &forged);
    let error = verified.metadata().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotValid);
    assert!(error.to_string().contains("no signature protects OFD.xml"), "{error}");
    // The attachments and the pages are protected all the same.
    assert_eq!(verified.attachments().unwrap().len(), 1);
    assert_eq!(verified.tags().unwrap().len(), 1);
    // A later signature over everything makes up for it.
    let signed = Stamp::signature(scene.now).apply(&stamped, &scene.by()).unwrap();
    let report = scene.verifier().document(&signed, scene.now).unwrap();
    let metadata = report.require_valid().unwrap().metadata().unwrap();
    assert_eq!(metadata.custom_value("ZZBS").unwrap(), "1.2.156");
}

/// Several documents in one package: each has its pages, and the seal on one protects all that is shown.
#[test]
fn several_documents_in_one_package() {
    let scene = Scene::new(algorithms()[0]);
    let (first, second) = (licence(), licence());
    let mut package = Package::read(&eseal::Document::as_bytes(&first));
    for (name, contents) in Package::read(&eseal::Document::as_bytes(&second)).0 {
        if let Some(rest) = name.strip_prefix("Doc_0/") {
            package = package.with(&format!("Doc_1/{rest}"), contents);
        }
    }
    let body = "<ofd:DocBody><ofd:DocInfo><ofd:DocID>2</ofd:DocID></ofd:DocInfo><ofd:DocRoot>Doc_1/Document.xml\
                </ofd:DocRoot></ofd:DocBody></ofd:OFD>";
    let both = Ofd::read(package.edited("OFD.xml", "</ofd:OFD>", body).write()).unwrap();
    assert_eq!(both.page_count(), 2);
    let stamped = scene.stamped(&both, Payload::SealSignature);
    let report = scene.verifier().document(&stamped, scene.now).unwrap();
    assert_eq!(report.verdict(), Verdict::Valid, "{report}");
    assert_told("both", report.findings(), "document.structure", Outcome::Pass, "holds 2 documents");
    for part in ["Doc_0/Pages/Page_0/Content.xml", "Doc_1/Pages/Page_0/Content.xml", "Doc_1/Document.xml"] {
        let package = Package::read(&eseal::Document::as_bytes(&stamped));
        let changed = Ofd::read(package.edited(part, "</", " </").write()).unwrap();
        let report = scene.verifier().document(&changed, scene.now).unwrap();
        assert_eq!(report.verdict(), Verdict::Invalid);
        assert_told(part, &report.signatures()[0].checks, "document.references", Outcome::Fail, part);
    }
}

/// Other people's documents, as far as a verifier without their anchors lets us: through samples whose chain is
/// published.
#[test]
fn stamped_samples_of_others_are_read() {
    let scene = Scene::new(algorithms()[0]);
    for (name, attachments, tag) in [("999", 1, Some("eInvoice")), ("v4signed", 1, None), ("Page5", 0, None)] {
        // Their own signatures stay behind as files that nothing leads to; ours protects the document.
        let package = Package::read(&sample(&format!("ofd/{name}.ofd")));
        let mut unsigned = package.clone();
        for file in package.names().iter().filter(|file| file.contains("Signs/")) {
            unsigned = unsigned.without(file);
        }
        let text = unsigned.text("OFD.xml");
        let plain = match text.split_once("<ofd:Signatures>") {
            Some((head, rest)) => head.to_owned() + rest.split_once("</ofd:Signatures>").unwrap().1,
            None => text,
        };
        let ofd = Ofd::read(unsigned.with("OFD.xml", plain).write()).unwrap();
        let stamped = scene.stamped(&ofd, Payload::SealSignature);
        let verified = verified(&scene, &stamped);
        assert_eq!(verified.attachments().unwrap().len(), attachments, "{name}");
        let tags = verified.tags().unwrap();
        assert_eq!(tags.first().map(|(_, tag)| tag.name.as_str()), tag, "{name}");
        if name == "999" {
            assert_eq!(tags[0].1.descend(&["InvoiceCode"]).unwrap().shown, "050001700111");
            assert_eq!(verified.metadata().unwrap().custom_value("发票号码").unwrap(), "12235358");
        }
        assert_eq!(verified.text(Page(1)).unwrap().is_empty(), name == "Page5", "{name}");
    }
}

/// Time stamps over the values of stamps and of digital signatures.
#[test]
fn stamps_and_signatures_take_time_stamps() {
    for algorithm in algorithms() {
        let scene = Scene::new(algorithm);
        let stamper = scene.authority.time_stamper().unwrap();
        let trust = eseal::Trust::new().everything([scene.authority.root().clone()]);
        let verifier = eseal::Verifier::new(&trust);
        let mut payloads = vec![Payload::SealSignature, Payload::Cms];
        if algorithm == eseal::authority::Algorithm::Sm2 {
            payloads.push(Payload::CmsDigest);
        }
        for payload in payloads {
            let stamp = scene.stamp().payload(payload).time_stamped_by(&stamper);
            let stamped = stamp.apply(&licence(), &scene.by()).unwrap();
            let report = verifier.document(&stamped, scene.now.plus_days(1)).unwrap();
            assert_eq!(report.verdict(), Verdict::Valid, "{report}");
            assert_eq!(report.signatures()[0].times.proven, Some(scene.now), "{payload:?}");
            // The token of another signature proves nothing about this one.
            let other = scene.stamp().payload(payload).apply(&licence(), &scene.by()).unwrap();
            let report = verifier.document(&other, scene.now.plus_days(1)).unwrap();
            assert_eq!(report.signatures()[0].times.proven, None);
        }
    }
}
