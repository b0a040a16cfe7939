//! What somebody makes of a stamped package, or prepares before it is stamped.

use eseal::{Mm, Ofd, Outcome, Page, Verdict};

use super::{CHANGED, PLAIN, Product, judged, rich};
use crate::common::package::Package;
use crate::common::scene::{Scene, algorithms};
use crate::common::{Numbers, assert_told};

/// What each change says that somebody makes after the stamp.
type Attack =
    (&'static str, fn(Package) -> Package, Verdict, &'static [&'static str], (&'static str, Outcome, &'static str));

const LIST: &str = PLAIN.list;

/// Upon a package whose signature protects every file.
fn attacks() -> Vec<Attack> {
    use Outcome::{Fail, Pass, Unknown};
    use Verdict::{Invalid, Valid};
    let references = |part| ("document.references", Fail, part);
    let structure = |outcome, part| ("document.structure", outcome, part);
    vec![
        (
            "pages in another order",
            |good| {
                good.edited("Doc_0/Document.xml", "ID=\"1\" BaseLoc=\"Pages/Page_0", "ID=\"1\" BaseLoc=\"Pages/Page_1")
            },
            Invalid,
            CHANGED,
            references("/Doc_0/Document.xml"),
        ),
        (
            "an annotation more",
            |good| {
                let file = "Page_0/Annotation.xml</ofd:FileLoc><ofd:FileLoc>Page_0/More.xml";
                let good = good.edited("Doc_0/Annots/Annotations.xml", "Page_0/Annotation.xml", file);
                let text = good.text("Doc_0/Annots/Page_0/Annotation.xml");
                good.with("Doc_0/Annots/Page_0/More.xml", text)
            },
            Invalid,
            &["document.references", "document.changes", "document.coverage"],
            ("document.coverage", Fail, "/Doc_0/Annots/Page_0/More.xml (annotations)"),
        ),
        (
            "an annotation changed",
            |good| good.edited("Doc_0/Annots/Page_0/Annotation.xml", "10 10 20 20", "10 10 99 99"),
            Invalid,
            CHANGED,
            references("/Doc_0/Annots/Page_0/Annotation.xml"),
        ),
        (
            "no annotations",
            |good| good.edited("Doc_0/Annots/Annotations.xml", "<ofd:FileLoc>Page_0/Annotation.xml</ofd:FileLoc>", ""),
            Invalid,
            CHANGED,
            references("/Doc_0/Annots/Annotations.xml"),
        ),
        (
            "a template changed",
            |good| good.edited("Doc_0/Tpls/Tpl_0/Content.xml", "ID=\"70\"", "ID=\"71\""),
            Invalid,
            CHANGED,
            references("/Doc_0/Tpls/Tpl_0/Content.xml"),
        ),
        (
            "a picture changed",
            |good| good.with("Doc_0/Pages/Page_0/Res/logo.png", "another"),
            Invalid,
            CHANGED,
            references("logo.png"),
        ),
        (
            "an attachment changed",
            |good| good.with("Doc_0/Attachs/a.txt", "another"),
            Invalid,
            CHANGED,
            references("/Doc_0/Attachs/a.txt"),
        ),
        (
            "a version that shows another document",
            |good| {
                let versions = "<ofd:Versions><ofd:Version ID=\"1\" Index=\"0\" Current=\"true\" BaseLoc=\"V.xml\"/>\
                                </ofd:Versions><ofd:Signatures>";
                let text = good.text("Doc_0/Document.xml");
                good.edited("OFD.xml", "<ofd:Signatures>", versions)
                    .with("V.xml", "<DocVersion><DocRoot>Doc_0/D.xml</DocRoot></DocVersion>")
                    .with("Doc_0/D.xml", text)
            },
            Invalid,
            CHANGED,
            ("document.coverage", Unknown, "/Doc_0/D.xml (a version)"),
        ),
        (
            "a name with a blank at its end",
            |good| good.with("Doc_0/Pages/Page_0/Content.xml ", "<Page/>"),
            Invalid,
            &["document.structure"],
            structure(Fail, "page_0/content.xml"),
        ),
        (
            "a name in another case",
            |good| good.with("Doc_0/pages/Page_0/Content.xml", "<Page/>"),
            Invalid,
            &["document.structure"],
            structure(Fail, "differ only in case"),
        ),
        (
            "a list of signatures that cannot be read",
            |good| good.with(LIST, "<Signatures>"),
            Verdict::Unsigned,
            &["document.structure"],
            structure(Fail, "the list of signatures cannot be read"),
        ),
        (
            "a list of another kind",
            |good| good.with(LIST, "<Other/>"),
            Verdict::Unsigned,
            &["document.structure"],
            structure(Fail, "not <Signatures>"),
        ),
        (
            "one stamp for two entries",
            |good| {
                let text = good.text(LIST);
                let entry = text.find("<ofd:Signature ").unwrap();
                let end = text.find("</ofd:Signatures>").unwrap();
                let more = text[entry..end].replace("s001", "s009");
                good.with(LIST, [&text[..end], &more, &text[end..]].concat())
            },
            Invalid,
            &["signature.format", "signature.value"],
            ("signature.format", Fail, "is that of another signature"),
        ),
        (
            "an ID twice",
            |good| {
                let more = "<ofd:Signature ID=\"s001\" BaseLoc=\"/none.xml\"/></ofd:Signatures>";
                good.edited(LIST, "</ofd:Signatures>", more)
            },
            Invalid,
            &["signature.format", "signature.value"],
            ("signature.format", Fail, "another signature with the same ID"),
        ),
        (
            "the value in the place of a page",
            |good| {
                good.edited(
                    PLAIN.description,
                    ">/Doc_0/Signs/Sign_0/SignedValue.dat",
                    ">/Doc_0/Pages/Page_0/Content.xml",
                )
            },
            Invalid,
            &["signature.format"],
            ("signature.format", Fail, "neither a seal signature nor CMS"),
        ),
        (
            "a stamp without its list",
            |good| good.edited("OFD.xml", "<ofd:Signatures>/Doc_0/Signs/Signatures.xml</ofd:Signatures>", ""),
            Verdict::Unsigned,
            &[],
            ("document.changes", Unknown, "/Doc_0/Signs/Sign_0/Signature.xml"),
        ),
        (
            "the value alone is left",
            |good| {
                good.edited(
                    LIST,
                    "<ofd:Signature ID=\"s001\" Type=\"Seal\" BaseLoc=\"/Doc_0/Signs/Sign_0/Signature.xml\"/>",
                    "",
                )
                .without(PLAIN.description)
            },
            Verdict::Unsigned,
            &[],
            ("document.changes", Unknown, "/Doc_0/Signs/Sign_0/SignedValue.dat"),
        ),
        (
            "the description under another name",
            |good| {
                let text = good.text(PLAIN.description);
                good.edited(
                    LIST,
                    "<ofd:Signature ID=\"s001\" Type=\"Seal\" BaseLoc=\"/Doc_0/Signs/Sign_0/Signature.xml\"/>",
                    "",
                )
                .without(PLAIN.description)
                .with("old.bak", text)
            },
            Verdict::Unsigned,
            &[],
            ("document.changes", Unknown, "/old.bak"),
        ),
        (
            "a file that nothing leads to",
            |good| good.with("Doc_0/more.bin", "more"),
            Valid,
            &[],
            structure(Pass, "nothing in the package leads to /Doc_0/more.bin"),
        ),
        (
            "a document that nothing leads to",
            |good| {
                let text = good.text("Doc_0/Document.xml");
                good.with("Doc_0/other.bin", text)
            },
            Valid,
            &[],
            structure(Pass, "/Doc_0/other.bin"),
        ),
        (
            "a signature that it does not build on",
            |good| good.edited(LIST, " Type=\"Seal\"", " Type=\"Seal\" Relative=\"s000\""),
            Invalid,
            &["signature.format"],
            ("signature.format", Fail, "which the list does not name"),
        ),
        (
            "a Type that nobody knows",
            |good| good.edited(LIST, "\"Seal\"", "\"Stamp\""),
            Invalid,
            &["signature.format"],
            ("signature.format", Fail, "neither Seal nor Sign"),
        ),
        (
            "a list of all files that leaves some out",
            |good| good.with("OFDEntries.xml", "<DocEntries><FileList/></DocEntries>"),
            Invalid,
            &["document.structure", "signature.format", "signature.value"],
            structure(Fail, "does not name"),
        ),
    ]
}

#[test]
fn attacks_after_the_stamp() {
    let scene = Scene::new(algorithms()[0]);
    let good = PLAIN.sign(&scene, rich());
    for (what, attack, verdict, fails, (check, outcome, part)) in attacks() {
        let findings = judged(what, &scene, &attack(good.clone()), verdict, fails);
        assert_told(what, &findings, check, outcome, part);
    }
}

/// Where OFD.xml is open, as with many products, it leaves no choice.
#[test]
fn attacks_upon_an_open_entrance() {
    let scene = Scene::new(algorithms()[0]);
    let open = Product { left_out: &["OFD.xml"], ..PLAIN };
    let good = open.sign(&scene, rich());
    judged("open", &scene, &good, Verdict::Valid, &[]);
    let text = good.text("Doc_0/Document.xml");
    // The other document was there when the stamp was made, under a name that says nothing.
    let prepared = |package: Package| {
        let text = package.text("Doc_0/Document.xml").replace("Page_0", "Page_1");
        package.with("Doc_0/other.bin", text)
    };
    let two = Product { package: prepared, ..open };
    let before = two.sign(&scene, rich());
    for (what, package) in [
        ("prepared", before.clone()),
        ("redirected", before.edited("OFD.xml", "Doc_0/Document.xml", "Doc_0/other.bin")),
    ] {
        let findings = judged(what, &scene, &package, Verdict::Indeterminate, &[]);
        assert_told(what, &findings, "document.coverage", Outcome::Unknown, "could as well name");
    }
    // It was an attachment, and makes the first document its own: nothing stands apart.
    let swapped = Product {
        package: |package| {
            let list = "<ofd:Attachments xmlns:ofd=\"http://www.ofdspec.org/2016\"><ofd:Attachment ID=\"61\" Name=\"b\">\
                        <ofd:FileLoc>/Doc_0/Document.xml</ofd:FileLoc></ofd:Attachment></ofd:Attachments>";
            let other = package.text("Doc_0/Document.xml").replace("Attachs/Attachments.xml", "Attachs/Other.xml");
            let other = other.replace("BaseLoc=\"Pages/Page_0", "BaseLoc=\"Pages/Page_1");
            let more = "<ofd:FileLoc>a.txt</ofd:FileLoc></ofd:Attachment><ofd:Attachment ID=\"62\" Name=\"c\"><ofd:FileLoc>\
                        Other.xml</ofd:FileLoc></ofd:Attachment><ofd:Attachment ID=\"63\" Name=\"d\"><ofd:FileLoc>/Doc_0/d.xml\
                        </ofd:FileLoc></ofd:Attachment>";
            let own = "<ofd:FileLoc>a.txt</ofd:FileLoc></ofd:Attachment>";
            let all = list.replace("</ofd:Attachments>", &format!("{}</ofd:Attachments>", more.replacen(own, "", 1)));
            package
                .edited("Doc_0/Attachs/Attachments.xml", own, more)
                .with("Doc_0/Attachs/Other.xml", all.replace("Other.xml", "Attachments.xml"))
                .with("Doc_0/d.xml", other)
        },
        ..open
    };
    let before = swapped.sign(&scene, rich());
    for (what, package) in
        [("attached", before.clone()), ("swapped", before.edited("OFD.xml", "Doc_0/Document.xml", "Doc_0/d.xml"))]
    {
        let findings = judged(what, &scene, &package, Verdict::Indeterminate, &[]);
        assert_told(what, &findings, "document.coverage", Outcome::Unknown, "could as well name");
    }
    // An attachment that only has the same root does not matter.
    let other = Product { package: |package| package.with("Doc_0/Attachs/a.txt", "<Document><x/></Document>"), ..open };
    judged("a message", &scene, &other.sign(&scene, rich()), Verdict::Valid, &[]);
    let redirected = good.clone().edited("OFD.xml", "Doc_0/Document.xml", "Doc_0/new.xml").with("Doc_0/new.xml", text);
    let findings = judged("redirected to a new one", &scene, &redirected, Verdict::Invalid, &["document.coverage"]);
    assert_told("redirected", &findings, "document.coverage", Outcome::Fail, "/Doc_0/new.xml (a document)");
    let version = "<ofd:Versions><ofd:Version ID=\"1\" Index=\"0\" BaseLoc=\"V.xml\"/></ofd:Versions><ofd:Signatures>";
    let added = good.edited("OFD.xml", "<ofd:Signatures>", version).with("V.xml", "<DocVersion/>");
    let findings = judged("a version", &scene, &added, Verdict::Indeterminate, &[]);
    assert_told("a version", &findings, "document.coverage", Outcome::Unknown, "/V.xml (a version)");
}

/// Descriptions that say what cannot be: by the letter, and signed well.
#[test]
fn descriptions_that_cannot_hold() {
    let scene = Scene::new(algorithms()[0]);
    let file = "<ofd:Reference FileRef=\"/OFD.xml";
    let own = "<ofd:Reference FileRef=\"/Doc_0/Signs/Sign_0/Signature.xml\"><ofd:CheckValue>AAAA</ofd:CheckValue>\
               </ofd:Reference>";
    for (what, from, to, fails, part) in [
        ("its own description", file, &*format!("{own}{file}"), CHANGED, "Sign_0/Signature.xml"),
        (
            "its own value",
            file,
            &own.replace("Signature.xml", "SignedValue.dat")
                .replace("</ofd:Reference>", &format!("</ofd:Reference>{file}")),
            CHANGED,
            "SignedValue.dat",
        ),
        (
            "another value for a file",
            file,
            &*format!("{file}\"><ofd:CheckValue>AAAA</ofd:CheckValue></ofd:Reference>{file}"),
            CHANGED,
            "/OFD.xml",
        ),
        ("no base64", "=</ofd:CheckValue>", "!</ofd:CheckValue>", &["document.references"], "no base64"),
        (
            "no value",
            file,
            &*format!("<ofd:Reference FileRef=\"/OFD.xml\"/>{file}"),
            &["document.references"],
            "no base64",
        ),
        (
            "out of the package",
            file,
            &own.replace("/Doc_0/Signs/Sign_0/Signature.xml", "/../../etc/passwd")
                .replace("</ofd:Reference>", &format!("</ofd:Reference>{file}")),
            CHANGED,
            "missing: /../../etc/passwd",
        ),
        (
            "a folder",
            file,
            &own.replace("/Doc_0/Signs/Sign_0/Signature.xml", "/Doc_0/")
                .replace("</ofd:Reference>", &format!("</ofd:Reference>{file}")),
            CHANGED,
            "missing: /Doc_0/",
        ),
    ] {
        let plain = PLAIN.sign(&scene, rich());
        let text = plain.text(PLAIN.description).replacen(from, to, 1);
        let package = PLAIN.sign_anew(&scene, plain.with(PLAIN.description, text));
        let findings = judged(what, &scene, &package, Verdict::Invalid, fails);
        assert_told(what, &findings, "document.references", Outcome::Fail, part);
    }
    for (what, from, to, part) in [
        (
            "two SignedInfo",
            "<ofd:SignedInfo>",
            "<ofd:SignedInfo></ofd:SignedInfo><ofd:SignedInfo>",
            "second <ofd:SignedInfo>",
        ),
        ("two References", "<ofd:References ", "<ofd:References/><ofd:References ", "second <ofd:References>"),
        ("two values", "<ofd:SignedValue>", "<ofd:SignedValue/><ofd:SignedValue>", "second <ofd:SignedValue>"),
        ("two seals", "<ofd:Seal>", "<ofd:Seal/><ofd:Seal>", "second <ofd:Seal>"),
        ("an entity", "<ofd:SignedInfo>", "<ofd:SignedInfo>&x;", "unknown entity"),
        ("a DOCTYPE", "<ofd:Signature ", "<!DOCTYPE x><ofd:Signature ", "DOCTYPE"),
    ] {
        let plain = PLAIN.sign(&scene, rich());
        let text = plain.text(PLAIN.description).replacen(from, to, 1);
        let package = PLAIN.sign_anew(&scene, plain.with(PLAIN.description, text));
        let findings = judged(what, &scene, &package, Verdict::Invalid, &["signature.format", "signature.value"]);
        assert_told(what, &findings, "signature.format", Outcome::Fail, part);
    }
}

/// Pieces of one file put in the place of pieces of another: whatever comes of it, it is not what was signed.
#[test]
fn pieces_exchanged() {
    let scene = Scene::new(algorithms()[0]);
    let good = PLAIN.sign(&scene, rich());
    let files: Vec<_> = good.0.iter().filter(|(name, _)| name.ends_with(".xml")).cloned().collect();
    // What stands between quotes or tags.
    let pieces = |text: &[u8]| {
        let text = String::from_utf8(text.to_vec()).unwrap();
        text.split(['"', '>', '<']).filter(|piece| !piece.trim().is_empty()).map(str::to_owned).collect::<Vec<_>>()
    };
    let all: Vec<String> = files.iter().flat_map(|(_, text)| pieces(text)).collect();
    let mut numbers = Numbers(11);
    for _ in 0..300 {
        let (name, text) = &files[numbers.below(files.len())];
        let own = pieces(text);
        let (from, to) = (&own[numbers.below(own.len())], &all[numbers.below(all.len())]);
        let package = good.clone().edited(name, from, to);
        let Ok(ofd) = Ofd::read(package.write()) else { continue };
        let Ok(report) = scene.verifier().document(&ofd, scene.now) else { continue };
        // The list of signatures is open; what it says of this one has to be so.
        if from != to && name != PLAIN.list {
            assert_ne!(report.verdict(), Verdict::Valid, "{name}: {from} became {to}: {report}");
        }
        drop(scene.stamp().on(Page(1), Mm(1.0), Mm(1.0)).apply(&ofd, &scene.by()));
    }
}
