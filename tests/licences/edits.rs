//! Licences that were edited, under the seal that they had and under another.

use std::collections::BTreeMap;

use eseal::licence::{Face, Metadata, Reading};
use eseal::verify::ResultCode;
use eseal::{Document as _, ErrorKind, Mm, Ofd, Outcome, Page, Pdf, Verdict};

use crate::common::package::Package;
use crate::frame::{assert_licence, findings, laid_out, laid_out_with, ofd, pdf, read, resealed, sm3, world};
use crate::{common, samples};

/// The file as an attacker edits it: what the seal protects cannot be changed, and nothing is read out of it.
#[test]
fn edits_of_a_sealed_ofd_are_found_and_nothing_is_read() {
    let world = world();
    let package = Package::read(&ofd(&world, "teacher").as_bytes());
    let photo = package.names().iter().find(|name| name.ends_with(".png") && name.contains("Res")).unwrap().to_string();
    let data = package.names().iter().find(|name| name.ends_with(".json")).unwrap().to_string();
    let page = "Doc_0/Pages/Page_0/Content.xml";
    let tags = package
        .names()
        .iter()
        .filter(|name| name.contains("Tags/Tag_"))
        .map(|name| name.to_string())
        .collect::<Vec<_>>();
    let mut attacks = vec![
        ("metadata edited", package.clone().edited("OFD.xml", "20256210", "20256211"), "OFD.xml".to_owned()),
        ("face edited", package.clone().edited(page, "张示例", "王示例"), page.to_owned()),
        ("data edited", package.clone().edited(&data, "高级中学", "初级中学"), data.clone()),
        ("photo swapped", package.clone().with(&photo, samples::portrait(0).unwrap()), photo.clone()),
    ];
    for tag in &tags {
        attacks.push(("tags edited", package.clone().edited(tag, "</", " </"), tag.clone()));
    }
    for (what, attacked, part) in attacks {
        let in_chinese = match what {
            "metadata edited" => "元数据",
            "face edited" => "版面",
            "data edited" => "照面数据附件",
            "photo swapped" => "图片",
            _ => "数据标引",
        };
        let attacked = Ofd::read(attacked.write()).unwrap();
        let licence = read(&world, &attacked, &Reading::new());
        assert_eq!((licence.verdict(), licence.result_code()), (Verdict::Invalid, ResultCode::Wrong), "{what}");
        common::assert_told(what, &findings(&licence), "document.references", Outcome::Fail, &part);
        let chinese: Vec<_> = licence.findings().iter().filter(|one| one.is_fault()).map(|one| &one.chinese).collect();
        assert!(chinese.iter().any(|one| one.contains(in_chinese)), "{what}: {chinese:?}");
        assert!(licence.elements().values(eseal::licence::Element::Name).is_empty(), "{what}");
        let error = licence.require_good().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NotValid, "{what}");
    }
}

/// The same edits, sealed again by another key that verifiers trust: the licence contradicts itself, or its issuer.
#[test]
fn edits_that_are_sealed_again_contradict_the_data_or_the_issuer() {
    let world = world();
    let package = Package::read(&ofd(&world, "teacher").as_bytes());
    let photo = package.names().iter().find(|name| name.ends_with(".png") && name.contains("Res")).unwrap().to_string();
    let data = package.names().iter().find(|name| name.ends_with(".json")).unwrap().to_string();
    let page = "Doc_0/Pages/Page_0/Content.xml";
    let (own, other) = (world.office(2).unwrap(), world.office(6).unwrap());
    let unknown = world.office_of("示例协会", None, 77).unwrap();
    let namesake = world.office_of(samples::BODIES[2].0, None, 78).unwrap();
    let attacks = [
        ("nothing edited", package.clone(), vec![]),
        ("metadata edited", package.clone().edited("OFD.xml", "张示例", "王示例"), vec!["licence.data-same"]),
        ("face edited", package.clone().edited(page, "张示例", "王示例"), vec!["licence.face"]),
        (
            "data edited",
            package.clone().edited(&data, "\"subject\":\"语文\"", "\"subject\":\"数学\""),
            vec!["licence.data"],
        ),
        ("photo swapped", package.clone().with(&photo, samples::portrait(0).unwrap()), vec!["licence.picture"]),
    ];
    for (what, attacked, fails) in attacks {
        // By the issuer's own office: what contradicts itself is told.
        let verdict = if fails.is_empty() { Verdict::Valid } else { Verdict::Invalid };
        let code = if fails.is_empty() { ResultCode::Valid } else { ResultCode::Wrong };
        let licence = read(&world, &resealed(&world, attacked.clone(), &own), &Reading::new());
        assert_licence(what, &licence, verdict, code, &fails);
        // By another body's.
        let mut more = fails.clone();
        more.push("licence.issuer");
        let licence = read(&world, &resealed(&world, attacked.clone(), &other), &Reading::new());
        assert_licence(what, &licence, Verdict::Invalid, ResultCode::Wrong, &more);
        common::assert_told(
            what,
            &findings(&licence),
            "licence.issuer",
            Outcome::Fail,
            "wrong issuer code for the seal's owner",
        );
        // By one whose certificate names no code, and who is called as the issuer is: that is told.
        let licence = read(&world, &resealed(&world, attacked.clone(), &namesake), &Reading::new());
        assert_licence(what, &licence, verdict, code, &fails);
        common::assert_told(what, &findings(&licence), "licence.issuer", Outcome::Pass, "by its name alone");
        // By one who is called otherwise: whose seal it is cannot be told, and nothing is believed.
        let licence = read(&world, &resealed(&world, attacked, &unknown), &Reading::new());
        let (verdict, code) = match fails.is_empty() {
            true => (Verdict::Indeterminate, ResultCode::Insufficient),
            false => (verdict, code),
        };
        assert_licence(what, &licence, verdict, code, &fails);
        common::assert_told(what, &findings(&licence), "licence.issuer", Outcome::Unknown, "示例协会");
        assert!(licence.require_good().is_err(), "{what}");
    }
}

/// Data, digest and metadata changed together, and sealed again: the face tells.
#[test]
fn data_that_agree_with_each_other_have_to_agree_with_the_face() {
    let world = world();
    let own = world.office(2).unwrap();
    let package = Package::read(&ofd(&world, "teacher").as_bytes());
    let data = package.names().iter().find(|name| name.ends_with(".json")).unwrap().to_string();
    let before = package.text(&data);
    // The number in the metadata and on the face's line both.
    let after = before.replace("20256210", "20256211");
    let digest = |text: &str| sm3(text.as_bytes());
    let entrance = package.text("OFD.xml").replace("20256210", "20256211").replace(&digest(&before), &digest(&after));
    let attacked = package.clone().with(&data, after).with("OFD.xml", entrance);
    let licence = read(&world, &resealed(&world, attacked, &own), &Reading::new());
    assert_licence("number", &licence, Verdict::Invalid, ResultCode::Wrong, &["licence.face"]);
    // A wrong check character of the identifier, everywhere.
    let id = samples::metadata("teacher", 7).unwrap().id.to_string();
    let bad = format!("{}{}", &id[..id.len() - 1], if id.ends_with('A') { 'B' } else { 'A' });
    let after = before.replace(&id, &bad);
    let entrance = package.text("OFD.xml").replace(&id, &bad).replace(&digest(&before), &digest(&after));
    let page = "Doc_0/Pages/Page_0/Content.xml";
    let attacked = package.clone().with(&data, after).with("OFD.xml", entrance);
    let shown = attacked.text(page).replace(&id, &bad);
    let licence = read(&world, &resealed(&world, attacked.with(page, shown), &own), &Reading::new());
    assert_licence("check", &licence, Verdict::Invalid, ResultCode::Wrong, &["identifier.check-character"]);
    assert!(licence.require_good().is_err());
}

/// Words that the data do not have, and words that are gone.
#[test]
fn words_put_onto_the_face_or_taken_off_it_are_found() {
    let world = world();
    let own = world.office(2).unwrap();
    let package = Package::read(&ofd(&world, "teacher").as_bytes());
    let page = "Doc_0/Pages/Page_0/Content.xml";
    let text = package.text(page);
    let start = text.rfind("<ofd:TextObject").unwrap();
    let end = start + text[start..].find("</ofd:TextObject>").unwrap() + "</ofd:TextObject>".len();
    let gone = format!("{}{}", &text[..start], &text[end..]);
    let more = text[start..end].replacen("Boundary=\"", "Boundary=\"10 10 10 10\" Old=\"", 1);
    let more = format!("{}{more}{}", &text[..end], &text[end..]);
    for (what, changed, part) in [("taken off", gone, "does not show"), ("put onto", more, "that the data do not have")]
    {
        let attacked = resealed(&world, package.clone().with(page, changed), &own);
        let licence = read(&world, &attacked, &Reading::new());
        assert_eq!(licence.verdict(), Verdict::Invalid, "{what}: {licence}");
        common::assert_told(what, &findings(&licence), "licence.face", Outcome::Fail, part);
    }
}

/// What is laid over a page of an OFD, or drawn where nobody reads it.
#[test]
fn annotations_over_a_resealed_ofd_are_found() {
    let world = world();
    let own = world.office(2).unwrap();
    let package = Package::read(&ofd(&world, "teacher").as_bytes());
    let page = package.text("Doc_0/Document.xml");
    let page = page.split("<ofd:Page ID=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let space = "xmlns:ofd=\"http://www.ofdspec.org/2016\"";
    let annotated = |appearance: &str| {
        let list = format!(
            "<ofd:Annotations {space}><ofd:Page PageID=\"{page}\"><ofd:FileLoc>Annot_0.xml</ofd:FileLoc></ofd:Page></ofd:Annotations>"
        );
        let notes = format!(
            "<ofd:PageAnnot {space}><ofd:Annot ID=\"9001\" Type=\"Stamp\" Creator=\"x\" LastModDate=\"2025-03-01\">\
             <ofd:Appearance Boundary=\"100 60 60 80\">{appearance}</ofd:Appearance></ofd:Annot></ofd:PageAnnot>"
        );
        let document = package.text("Doc_0/Document.xml");
        let document =
            document.replace("</ofd:Pages>", "</ofd:Pages><ofd:Annotations>Annots/Annotations.xml</ofd:Annotations>");
        let edited = package.clone().with("Doc_0/Document.xml", document);
        edited.with("Doc_0/Annots/Annotations.xml", list).with("Doc_0/Annots/Annot_0.xml", notes)
    };
    let white = "<ofd:PathObject ID=\"9002\" Boundary=\"0 0 60 80\" Fill=\"true\" Stroke=\"false\">\
                 <ofd:FillColor Value=\"255 255 255\"/><ofd:AbbreviatedData>M 0 0 L 60 0 L 60 80 C</ofd:AbbreviatedData></ofd:PathObject>";
    // Behind the seal, and sealed again by the issuer's own office.
    let behind = Ofd::read(annotated(white).write()).unwrap();
    let licence = read(&world, &behind, &Reading::new());
    assert_eq!((licence.verdict(), licence.result_code()), (Verdict::Invalid, ResultCode::Wrong), "{licence}");
    common::assert_told("behind", &findings(&licence), "document.references", Outcome::Fail, "/Doc_0/Document.xml");
    let licence = read(&world, &resealed(&world, annotated(white), &own), &Reading::new());
    assert_licence("annotation", &licence, Verdict::Invalid, ResultCode::Wrong, &["licence.face"]);
    common::assert_told("annotation", &findings(&licence), "licence.face", Outcome::Fail, "an annotation lies upon");
    // Metadata that say something beside what the data have.
    for (what, pair) in [
        ("a name", "<ofd:CustomData Name=\"XX_NOTE\">x</ofd:CustomData>"),
        ("again", "<ofd:CustomData Name=\"KZ_SJZY\">x</ofd:CustomData>"),
        ("an element", "<ofd:CustomData Name=\"ZZBH\">x</ofd:CustomData>"),
    ] {
        let entrance = package.text("OFD.xml").replace("</ofd:CustomDatas>", &format!("{pair}</ofd:CustomDatas>"));
        let attacked = resealed(&world, package.clone().with("OFD.xml", entrance), &own);
        let licence = read(&world, &attacked, &Reading::new());
        assert_eq!(
            (licence.verdict(), licence.result_code()),
            (Verdict::Invalid, ResultCode::Wrong),
            "{what}: {licence}"
        );
        common::assert_told(what, &findings(&licence), "licence.data-same", Outcome::Fail, "differ in");
    }
}

/// A description may be changed under a good PDF signature, by the rules of PDF: not a licence's.
#[test]
fn a_description_changed_after_sealing_is_found() {
    let world = world();
    let sealed = pdf(&world, "teacher");
    let bytes = sealed.as_bytes().into_owned();
    let text = |range: std::ops::Range<usize>| String::from_utf8_lossy(&bytes[range]).into_owned();
    // The metadata stream's number, by the catalog.
    let all = text(0..bytes.len());
    let number: u32 = all.split("/Metadata ").nth(1).unwrap().split(' ').next().unwrap().parse().unwrap();
    let verified = world.verifier().document(&sealed, world.now).unwrap().require_valid().unwrap();
    let pairs = verified.custom_data().unwrap();
    let data: String = pairs
        .iter()
        .map(|(name, value)| format!("<d:{name}>{}</d:{name}>", value.replace("张示例", "王示例")))
        .collect();
    let xmp = format!(
        "<x:xmpmeta xmlns:x=\"adobe:ns:meta/\"><rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\">\
         <rdf:Description rdf:about=\"\" xmlns:d=\"urn:x-eseal:data#\">{data}</rdf:Description></rdf:RDF></x:xmpmeta>"
    );
    let object = format!("<< /Type /Metadata /Subtype /XML /Length {} >>\nstream\n{xmp}\nendstream", xmp.len());
    let changed = common::pdf::append(&bytes, &[(number, object.into_bytes())]);
    let changed = Pdf::read(changed).unwrap();
    let report = world.verifier().document(&changed, world.now).unwrap();
    assert_eq!(report.verdict(), Verdict::Valid, "{report}");
    let licence = read(&world, &changed, &Reading::new());
    assert_licence("xmp", &licence, Verdict::Invalid, ResultCode::Wrong, &["licence.protected", "licence.data-same"]);
}

/// The number and the text of each object of a composed PDF.
fn objects(bytes: &[u8]) -> BTreeMap<u32, Vec<u8>> {
    let mut objects = BTreeMap::new();
    let mut from = 0;
    while let Some(at) = common::pdf::find(bytes, b" 0 obj", from) {
        from = at + b" 0 obj".len();
        let digits = bytes[..at].iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
        let Ok(number) = String::from_utf8_lossy(&bytes[at - digits..at]).parse() else { continue };
        let Some(end) = common::pdf::find(bytes, b"endobj", from) else { break };
        objects.insert(number, bytes[from..end].trim_ascii().to_vec());
        from = end;
    }
    objects
}

/// What a part of a PDF is, by the object that has it.
fn is_a(object: &[u8], part: &str) -> bool {
    let [data, metadata, picture] =
        [&b"/EmbeddedFile"[..], b"/Metadata", b"/Image"].map(|kind| common::pdf::find(object, kind, 0).is_some());
    let is_stream = common::pdf::find(object, b"stream", 0).is_some();
    match part {
        "data" => data && is_stream,
        "metadata" => metadata && is_stream && !data,
        "picture" => picture && is_stream,
        _ => !(data || metadata || picture) && (is_stream || common::pdf::find(object, b"/Font", 0).is_some()),
    }
}

/// The objects of another licence of the same type which are such a part and differ.
fn swapped(own: &[u8], other: &[u8], part: &str) -> Vec<(u32, Vec<u8>)> {
    let own = objects(own);
    let differs = |(number, object): &(u32, Vec<u8>)| is_a(object, part) && own.get(number) != Some(object);
    let swapped: Vec<_> = objects(other).into_iter().filter(differs).collect();
    assert!(!swapped.is_empty(), "nothing of \"{part}\" differs");
    swapped
}

/// A part of a PDF licence taken from another licence of the type: behind the seal, and before a seal of the issuer's
/// own, or of another body.
#[test]
fn parts_of_a_pdf_from_another_licence_are_found() {
    let world = world();
    let (metadata, face) = (samples::metadata("teacher", 7).unwrap(), samples::face("teacher").unwrap());
    let unsealed = |metadata: &Metadata, face: &Face| {
        laid_out_with("teacher", metadata, face).to_pdf().unwrap().document().as_bytes().into_owned()
    };
    let own = unsealed(&metadata, &face);
    let mut named = metadata.clone();
    named.holders[0].name = "王示例".into();
    let (mut subject, mut photo) = (face.clone(), face.clone());
    subject.text("subject", "数学");
    photo.picture("photo", samples::portrait(0).unwrap());
    let attacks = [
        ("metadata edited", "metadata", unsealed(&named, &face), &["licence.data", "licence.data-same"][..]),
        ("face edited", "face", unsealed(&named, &face), &["licence.face"]),
        ("data swapped", "data", unsealed(&metadata, &subject), &["licence.data", "licence.face"]),
        ("photo swapped", "picture", unsealed(&metadata, &photo), &["licence.picture"]),
    ];
    let touched = ["the metadata were", "what a page", "the embedded data were", "a picture was"];
    let sealed = pdf(&world, "teacher").as_bytes().into_owned();
    for ((what, part, other, checks), told) in attacks.into_iter().zip(touched) {
        let parts = swapped(&own, &other, part);
        // Behind the seal.
        let behind = Pdf::read(common::pdf::append(&sealed, &parts)).unwrap();
        let licence = read(&world, &behind, &Reading::new());
        assert_eq!(
            (licence.verdict(), licence.result_code()),
            (Verdict::Invalid, ResultCode::Wrong),
            "{what}: {licence}"
        );
        common::assert_told(what, &findings(&licence), "licence.protected", Outcome::Fail, told);
        assert_eq!(licence.require_good().unwrap_err().kind(), ErrorKind::NotValid, "{what}");
        // Before one.
        let before = Pdf::read(common::pdf::append(&own, &parts)).unwrap();
        for (office, more) in [(2, None), (6, Some("licence.issuer"))] {
            let office = world.office(office).unwrap();
            let stamp = world.stamp(&office).unwrap().on(Page(1), Mm(200.0), Mm(120.0));
            let licence = read(&world, &stamp.apply(&before, &office.by).unwrap(), &Reading::new());
            let fails: Vec<_> = checks.iter().copied().chain(more).collect();
            assert_licence(what, &licence, Verdict::Invalid, ResultCode::Wrong, &fails);
        }
    }
}

/// A photo that the page still holds, and that is not drawn any more.
#[test]
fn a_photo_that_is_held_and_not_drawn_is_found() {
    use std::io::Read as _;
    let world = world();
    let office = world.office(2).unwrap();
    let bytes = laid_out("teacher").to_pdf().unwrap().document().as_bytes().into_owned();
    let page = objects(&bytes).into_values().find(|object| common::pdf::find(object, b"/Type/Page/", 0).is_some());
    let page = String::from_utf8(page.unwrap()).unwrap();
    let contents: u32 = page.split("/Contents ").nth(1).unwrap().split(' ').next().unwrap().parse().unwrap();
    let stream = &objects(&bytes)[&contents];
    let from = common::pdf::find(stream, b"stream\n", 0).unwrap() + "stream\n".len();
    let mut drawn = String::new();
    flate2::read::ZlibDecoder::new(&stream[from..]).read_to_string(&mut drawn).unwrap();
    assert!(drawn.contains("/I0 Do"), "{drawn}");
    let undrawn = drawn.replace("/I0 Do", "");
    let undrawn = format!("<</Length {}>>\nstream\n{undrawn}\nendstream", undrawn.len()).into_bytes();
    let edited = Pdf::read(common::pdf::revised(&bytes, &[(contents, undrawn)])).unwrap();
    let stamp = world.stamp(&office).unwrap().on(Page(1), Mm(200.0), Mm(120.0));
    let licence = read(&world, &stamp.apply(&edited, &office.by).unwrap(), &Reading::new());
    assert_licence("undrawn", &licence, Verdict::Invalid, ResultCode::Wrong, &["licence.picture"]);
    common::assert_told("undrawn", &findings(&licence), "licence.picture", Outcome::Fail, "draws nothing");
}
