//! What products are known to do, or may do by the letter: it is read, and each habit has its bad twins.

use eseal::verify::{Encoding, Policy};
use eseal::{Ofd, Outcome, Verdict};

use super::{PLAIN, Product, SPACE, judged, replaced, rich, with_version};
use crate::common::package::Package;
use crate::common::scene::{Scene, SealDraft, algorithms};
use crate::common::{all_findings, assert_judged, assert_told, sample};

/// The text with the element that begins with `start` put in front of `place`.
fn moved(text: &str, start: &str, end: &str, place: &str) -> String {
    let from = text.find(start).unwrap_or_else(|| panic!("no {start} in {text}"));
    let to = from + text[from..].find(end).unwrap() + end.len();
    let rest = [&text[..from], &text[to..]].concat();
    rest.replacen(place, &[&text[from..to], place].concat(), 1)
}

/// What products are known to do, or may do by the letter of the standard.
fn habits() -> Vec<(&'static str, Product)> {
    vec![
        ("as the standard has it", PLAIN),
        (
            "no prefix, and no year in the namespace",
            PLAIN.texts(|text| text.replace("xmlns:ofd", "xmlns").replace("/2016", "").replace("ofd:", "")),
        ),
        ("another prefix", PLAIN.texts(|text| text.replace(":ofd=", ":etax=").replace("ofd:", "etax:"))),
        ("no namespace", PLAIN.texts(|text| text.replace(SPACE, "").replace("ofd:", ""))),
        (
            "a mark of UTF-8 before everything",
            Product {
                package: |package| {
                    let marked = |name: &str, content: Vec<u8>| match name.ends_with(".xml") {
                        true => ["\u{feff}".as_bytes(), &content].concat(),
                        false => content,
                    };
                    Package(package.0.into_iter().map(|(name, text)| (name.clone(), marked(&name, text))).collect())
                },
                ..PLAIN.texts(|text| format!("\u{feff}{text}"))
            },
        ),
        (
            "comments, CDATA, references to characters",
            Product {
                list_text: |text| text.replace("<ofd:Sig", "<!-- <x> --><?p i?>\r\n<ofd:Sig"),
                description_text: |text| {
                    let text = replaced(&text, "/OFD.xml", "&#x2F;OFD&#46;xml");
                    let value = "<ofd:SignedValue><![CDATA[/Doc_0/]]><!-- -->Signs/";
                    let text = replaced(&text, "<ofd:SignedValue>/Doc_0/Signs/", value);
                    replaced(&text, "</ofd:Reference><", "</ofd:Reference> <!-- a -->\r\n<")
                },
                ..PLAIN
            },
        ),
        (
            "elements in another order",
            PLAIN.described(|text| {
                let text = moved(&text, "<ofd:StampAnnot", "/>", "<ofd:References");
                let text = moved(&text, "<ofd:SignatureDateTime", "</ofd:SignatureDateTime>", "<ofd:SignatureMethod");
                moved(&text, "<ofd:SignedValue", "</ofd:SignedValue>", "<ofd:SignedInfo")
            }),
        ),
        (
            "relative paths",
            Product {
                list_text: |text| replaced(&text, "/Doc_0/Signs/", "./"),
                description_text: |text| {
                    let text = replaced(&text, "/Doc_0/Signs/Sign_0/", "");
                    let text = replaced(&text, "\"/Doc_0/", "\"../../");
                    replaced(&text, "\"/OFD", "\"../../../OFD")
                },
                ..PLAIN
            },
        ),
        (
            "paths from the root without their first character",
            Product {
                list_text: |text| replaced(&text, "\"/Doc_0/", "\"Doc_0/"),
                description_text: |text| {
                    replaced(&replaced(&text, "FileRef=\"/", "FileRef=\""), ">/Doc_0", ">Doc_0")
                },
                ..PLAIN
            },
        ),
        (
            "dots and doubled slashes in paths",
            PLAIN.texts(|text| replaced(&text, "/Doc_0/", "//Doc_0/Pages/..//./")),
        ),
        ("backslashes in paths", PLAIN.texts(|text| replaced(&text, "/Doc_0/Signs/Sign_0/", "\\Doc_0\\Signs\\Sign_0\\"))),
        (
            "files in other places",
            Product {
                list: "Signatures.xml",
                description: "签名/说明.xml",
                value: "Doc_0/SignValue.dat",
                seal: "S/印章.esl",
                ..PLAIN
            },
        ),
        (
            "a file of its own",
            Product { package: |package| package.with("Doc_0/Signs/Sign_0/signFilePaths.dat", "/a|/b"), ..PLAIN },
        ),
        (
            "a file of its own, not protected",
            Product {
                package: |package| package.with("Doc_0/Signs/Sign_0/signFilePaths.dat", "/a|/b"),
                left_out: &["Doc_0/Signs/Sign_0/signFilePaths.dat"],
                ..PLAIN
            },
        ),
        (
            "values in several lines",
            PLAIN.described(|text| replaced(&text, "=</ofd:CheckValue>", "\r\n\t=\r\n</ofd:CheckValue>")),
        ),
        ("values not filled up", PLAIN.described(|text| replaced(&text, "=</ofd:CheckValue>", "</ofd:CheckValue>"))),
        (
            "no Type, no MaxSignId",
            PLAIN.listed(|text| {
                replaced(&replaced(&text, " Type=\"Seal\"", ""), "<ofd:MaxSignId>s002</ofd:MaxSignId>", "")
            }),
        ),
        (
            "MaxSignId twice, too low and behind",
            PLAIN.listed(|text| replaced(&text, "</ofd:Signatures>", "<ofd:MaxSignId>0</ofd:MaxSignId></ofd:Signatures>")),
        ),
        ("no ID", PLAIN.listed(|text| replaced(&text, " ID=\"s001\"", ""))),
        (
            "particulars that the schema does not know",
            PLAIN.described(|text| {
                let provider = "<ofd:Provider ProviderName=\"a product\"/>";
                let other = "<ofd:Provider InterUser=\"1\" ProtocolVer=\"2\"><ofd:ProviderName>x</ofd:ProviderName>text\
                             </ofd:Provider><ofd:Parameters><ofd:Parameter Name=\"a\">1</ofd:Parameter></ofd:Parameters>\
                             <ofd:Other/>";
                replaced(&replaced(&text, provider, other), "20250301000000Z", "1 March")
            }),
        ),
        ("no copy of the seal", Product { seal: "", ..PLAIN }),
        (
            "a copy of the seal that is not there",
            Product { seal: "", ..PLAIN }.described(|text| {
                let seal = "<ofd:Seal><ofd:BaseLoc>/Doc_0/Seal.esl</ofd:BaseLoc></ofd:Seal></ofd:SignedInfo>";
                replaced(&text, "</ofd:SignedInfo>", seal)
            }),
        ),
        (
            "the copy's place as a text",
            PLAIN.described(|text| {
                replaced(&replaced(&text, "<ofd:BaseLoc>", ""), "</ofd:BaseLoc>", "")
            }),
        ),
        (
            "the copy's place in an attribute",
            PLAIN.described(|text| {
                let text = replaced(&text, "<ofd:Seal><ofd:BaseLoc>", "<ofd:Seal BaseLoc=\"");
                replaced(&text, "</ofd:BaseLoc></ofd:Seal>", "\"/>")
            }),
        ),
        (
            "stamps that show nowhere",
            PLAIN.described(|text| {
                let stamp = "<ofd:StampAnnot ID=\"s002\" PageRef=\"99\" Boundary=\"20 30\" Clip=\"a\"/>";
                replaced(&text, "<ofd:StampAnnot ID=\"s002\" PageRef=\"1\" Boundary=\"20 30 42 42\"/>", stamp)
            }),
        ),
        ("OFD.xml not protected", Product { left_out: &["OFD.xml"], ..PLAIN }),
        (
            "a file listed twice",
            PLAIN.described(|text| {
                let from = text.find("<ofd:Reference ").unwrap();
                let end = from + text[from..].find("</ofd:Reference>").unwrap() + "</ofd:Reference>".len();
                [&text[..end], &text[from..]].concat()
            }),
        ),
        (
            "a version and a cover",
            Product { package: with_version, ..PLAIN },
        ),
        (
            "names that the disk composes otherwise",
            Product { package: |package| package.with("Doc_0/e\u{301}.txt", "x"), ..PLAIN }
                .described(|text| replaced(&text, "e\u{301}", "\u{e9}")),
        ),
    ]
}

/// Each is valid; and with a page, the description, or the seal beside it changed, each says which.
#[test]
fn habits_of_products() {
    for algorithm in algorithms() {
        let scene = Scene::new(algorithm);
        let other = SealDraft { picture: sample("pictures/small/rgb.png"), ..scene.seal_draft() }.der();
        for (what, product) in habits() {
            let good = product.sign(&scene, rich());
            let findings = judged(what, &scene, &good, Verdict::Valid, &[]);
            assert_told(what, &findings, "document.coverage", Outcome::Pass, "protected");
            let page = "Doc_0/Pages/Page_1/Content.xml";
            let edited = good.clone().edited(page, "Size=\"3\"", "Size=\"4\"");
            let fails = &["document.references", "document.changes"];
            let findings = judged(what, &scene, &edited, Verdict::Invalid, fails);
            assert_told(what, &findings, "document.references", Outcome::Fail, "Page_1");
            let method =
                good.text(product.description).replace("a product", "another").replace("Signature>", "Signature >");
            let described = good.clone().with(product.description, method);
            judged(what, &scene, &described, Verdict::Invalid, &["document.intact"]);
            if !product.seal.is_empty() {
                let fails = &["document.references", "document.changes", "seal.same"];
                judged(what, &scene, &good.with(product.seal, other.clone()), Verdict::Invalid, fails);
            }
        }
    }
}

/// What a product may leave unprotected is named, and what is drawn fails.
#[test]
fn what_is_left_out_is_named() {
    let scene = Scene::new(algorithms()[0]);
    let cases: [(&'static [&'static str], bool, &str); 14] = [
        (&["Doc_0/Document.xml"], true, "a document"),
        (&["Doc_0/PublicRes.xml"], true, "a list of resources"),
        (&["Doc_0/Tpls/Tpl_0/Content.xml"], true, "a template page"),
        (&["Doc_0/Pages/Page_1/Content.xml"], true, "a page"),
        (&["Doc_0/Pages/Page_1/PageRes.xml"], true, "a list of resources"),
        (&["Doc_0/Pages/Page_1/Res/logo.png"], true, "a font, a picture or a profile"),
        (&["Doc_0/Annots/Page_0/Annotation.xml"], true, "annotations"),
        (&["Doc_0/Annots/Annotations.xml"], false, "the list of annotations"),
        (&["Doc_0/Attachs/a.txt"], false, "an attachment"),
        (&["Doc_0/Tags/tag.xml"], false, "custom tags"),
        (&["Doc_0/Exts/e.xml"], false, "an extension"),
        (&["Doc_0/cover.png"], false, "the cover"),
        (&["Doc_0/Versions/Document_1.xml"], false, "a version"),
        (&["Doc_0/Pages/Page_9/Content.xml"], false, "a version"),
    ];
    for (left_out, is_drawn, role) in cases {
        let package = Product { left_out, package: with_version, ..PLAIN }.sign(&scene, rich());
        let named = format!("/{} ({role})", left_out[0]);
        let (verdict, fails, outcome): (_, &[&str], _) = match is_drawn {
            true => (Verdict::Invalid, &["document.coverage"], Outcome::Fail),
            false => (Verdict::Indeterminate, &[], Outcome::Unknown),
        };
        let findings = judged(&named, &scene, &package, verdict, fails);
        assert_told(&named, &findings, "document.coverage", outcome, &named);
    }
    // A file that is listed as two things leads on as both: here a template, first named as a picture.
    let hidden = Product {
        package: |package| {
            let media = "<ofd:MultiMedias><ofd:MultiMedia ID=\"41\"><ofd:MediaFile>../Tpls/Tpl_0/Content.xml</ofd:MediaFile>\
                         </ofd:MultiMedia></ofd:MultiMedias></ofd:Res>";
            let content = "<ofd:PageRes>Res.xml</ofd:PageRes><ofd:Content>";
            let text =
                package.text("Doc_0/PublicRes.xml").replace("BaseLoc=\"Res\"/>", &format!("BaseLoc=\"Res\">{media}"));
            package
                .with("Doc_0/PublicRes.xml", text)
                .edited("Doc_0/Tpls/Tpl_0/Content.xml", "<ofd:Content>", content)
                .with("Doc_0/Tpls/Tpl_0/Res.xml", "<Res/>")
        },
        left_out: &["Doc_0/Tpls/Tpl_0/Res.xml"],
        ..PLAIN
    };
    let findings = judged("hidden", &scene, &hidden.sign(&scene, rich()), Verdict::Invalid, &["document.coverage"]);
    assert_told("hidden", &findings, "document.coverage", Outcome::Fail, "/Doc_0/Tpls/Tpl_0/Res.xml");
}

/// Names with backslashes are understood, and refused by whoever insists on the letter.
#[test]
fn backslashes_by_the_letter() {
    let scene = Scene::new(algorithms()[0]);
    let slashed = PLAIN.described(|text| replaced(&text, "/Doc_0/Pages/", "\\Doc_0\\Pages\\"));
    let in_paths = slashed.sign(&scene, rich());
    let plain = PLAIN.sign(&scene, rich());
    let in_names = Package(plain.0.iter().map(|(name, text)| (name.replace('/', "\\"), text.clone())).collect());
    for package in [in_paths, in_names] {
        let findings = judged("lenient", &scene, &package, Verdict::Valid, &[]);
        assert_told("lenient", &findings, "document.references", Outcome::Pass, "tolerated: listed files whose names");
        let ofd = Ofd::read(package.write()).unwrap();
        let strict = Policy { encoding: Encoding::Strict, ..Policy::default() };
        let report = scene.verifier().policy(strict).document(&ofd, scene.now).unwrap();
        let findings = all_findings(&report);
        assert_judged("strict", report.verdict(), &findings, Verdict::Invalid, &["document.references"]);
    }
}

/// Two documents in one package, each with a signature that protects what it consists of and nothing else.
#[test]
fn documents_with_signatures_of_their_own() {
    const SECOND: Product = Product {
        list: "Doc_1/Signs/Signatures.xml",
        description: "Doc_1/Signs/Sign_0/Signature.xml",
        value: "Doc_1/Signs/Sign_0/SignedValue.dat",
        seal: "Doc_1/Signs/Sign_0/Seal.esl",
        left_out: &["Doc_0/"],
        ..PLAIN
    };
    const FIRST: Product = Product { left_out: &["Doc_1/"], ..PLAIN };
    let scene = Scene::new(algorithms()[0]);
    let both = || {
        let one = rich();
        let copies: Vec<_> = one.0.iter().map(|(name, text)| (name.replace("Doc_0", "Doc_1"), text.clone())).collect();
        let mut both = copies.into_iter().fold(one, |both, (name, text)| both.with(&name, text));
        let body = |number: u32| {
            format!(
                "<ofd:DocBody><ofd:DocInfo><ofd:DocID>{number}</ofd:DocID></ofd:DocInfo><ofd:DocRoot>Doc_{number}/Document.xml\
                 </ofd:DocRoot><ofd:Signatures>Doc_{number}/Signs/Signatures.xml</ofd:Signatures></ofd:DocBody>"
            )
        };
        let root = format!("<ofd:OFD{SPACE} Version=\"1.0\" DocType=\"OFD\">{}{}</ofd:OFD>", body(0), body(1));
        both = both.with("OFD.xml", root);
        both
    };
    let signed = |first: &Product, second: &Product| second.sign(&scene, first.sign(&scene, both()));
    let good = signed(&FIRST, &SECOND);
    let findings = judged("both", &scene, &good, Verdict::Valid, &[]);
    let own = "files of the others that only their own signatures protect";
    assert_told("both", &findings, "document.coverage", Outcome::Pass, own);

    // A page of the second that its signature leaves out, or that was changed, is nobody's.
    let open = Product { left_out: &["Doc_0/", "Doc_1/Pages/Page_1/Content.xml"], ..SECOND };
    let findings = judged("open", &scene, &signed(&FIRST, &open), Verdict::Invalid, &["document.coverage"]);
    assert_told("open", &findings, "document.coverage", Outcome::Fail, "/Doc_1/Pages/Page_1/Content.xml (a page)");
    let changed = good.clone().edited("Doc_1/Pages/Page_1/Content.xml", "Size=\"3\"", "Size=\"4\"");
    let fails = &["document.coverage", "document.references", "document.changes"];
    judged("changed", &scene, &changed, Verdict::Invalid, fails);
    // The second document without its signature, and a first whose signature leaves a page to the other's.
    let entry = good.text(SECOND.list);
    let at = entry.find("<ofd:Signature ").unwrap();
    let unsigned = good.clone().with(SECOND.list, entry[..at].to_owned() + "</ofd:Signatures>");
    let findings = judged("unsigned", &scene, &unsigned, Verdict::Invalid, &["document.coverage"]);
    assert_told("unsigned", &findings, "document.coverage", Outcome::Fail, "Doc_1/");
    let borrowed = Product { left_out: &["Doc_1/", "Doc_0/Pages/Page_1/Content.xml"], ..PLAIN };
    let lent = Product { left_out: &["Doc_0/Signs", "Doc_0/Annots"], ..SECOND };
    let findings = judged("borrowed", &scene, &signed(&borrowed, &lent), Verdict::Invalid, &["document.coverage"]);
    assert_told("borrowed", &findings, "document.coverage", Outcome::Fail, "/Doc_0/Pages/Page_1/Content.xml (a page)");
    // Whoever leaves OFD.xml open lets others add documents with signatures of their own.
    let findings = judged(
        "open entrance",
        &scene,
        &signed(&Product { left_out: &["Doc_1/", "OFD.xml"], ..PLAIN }, &SECOND),
        Verdict::Indeterminate,
        &[],
    );
    assert_told("open entrance", &findings, "document.coverage", Outcome::Unknown, "more than one document");
}
