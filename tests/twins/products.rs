//! OFD packages as other products sign them: every habit is read, and each has its bad twins.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use eseal::authority::Algorithm;
use eseal::verify::{Encoding, Policy};
use eseal::{Finding, Mm, Ofd, Outcome, Page, Verdict, Verifier};

use crate::common::package::Package;
use crate::common::scene::{CmsDraft, Scene, SealDraft, algorithms, digest, raw, sign, signature_oid};
use crate::common::{Numbers, all_findings, assert_judged, assert_told, sample};

/// How a product signs: where it puts its files, and what it makes of their texts.
pub(crate) struct Product {
    pub(crate) list: &'static str,
    pub(crate) description: &'static str,
    pub(crate) value: &'static str,
    pub(crate) seal: &'static str,
    /// What it does not protect: the beginnings of names.
    pub(crate) left_out: &'static [&'static str],
    /// What becomes of the package before it is signed.
    pub(crate) package: fn(Package) -> Package,
    pub(crate) list_text: fn(String) -> String,
    pub(crate) description_text: fn(String) -> String,
}

pub(crate) const PLAIN: Product = Product {
    list: "Doc_0/Signs/Signatures.xml",
    description: "Doc_0/Signs/Sign_0/Signature.xml",
    value: "Doc_0/Signs/Sign_0/SignedValue.dat",
    seal: "Doc_0/Signs/Sign_0/Seal.esl",
    left_out: &[],
    package: |package| package,
    list_text: |text| text,
    description_text: |text| text,
};

/// A package with two pages, a template, resources, annotations, an attachment, tags and an extension.
pub(crate) fn rich() -> Package {
    let namespace = "xmlns:ofd=\"http://www.ofdspec.org/2016\"";
    let page = |number: u32| {
        format!(
            "<ofd:Page {namespace}><ofd:Template TemplateID=\"10\"/><ofd:PageRes>PageRes.xml</ofd:PageRes><ofd:Content>\
             <ofd:Layer ID=\"2{number}\"><ofd:TextObject ID=\"3{number}\" Boundary=\"30 25 40 5\" Font=\"3\" Size=\"3\">\
             <ofd:TextCode X=\"0\" Y=\"3\">{number}</ofd:TextCode></ofd:TextObject></ofd:Layer></ofd:Content></ofd:Page>"
        )
    };
    let resources = format!("<ofd:Res {namespace} BaseLoc=\"Res\"/>");
    let media = format!(
        "<ofd:Res {namespace} BaseLoc=\"Res\"><ofd:MultiMedias><ofd:MultiMedia ID=\"40\" Type=\"Image\" Format=\"PNG\">\
         <ofd:MediaFile>logo.png</ofd:MediaFile></ofd:MultiMedia></ofd:MultiMedias></ofd:Res>"
    );
    let document = format!(
        "<ofd:Document {namespace}><ofd:CommonData><ofd:MaxUnitID>90</ofd:MaxUnitID><ofd:PageArea>\
         <ofd:PhysicalBox>0 0 210 297</ofd:PhysicalBox></ofd:PageArea><ofd:PublicRes>PublicRes.xml</ofd:PublicRes>\
         <ofd:TemplatePage ID=\"10\" BaseLoc=\"Tpls/Tpl_0/Content.xml\"/></ofd:CommonData><ofd:Pages>\
         <ofd:Page ID=\"1\" BaseLoc=\"Pages/Page_0/Content.xml\"/><ofd:Page ID=\"2\" BaseLoc=\"Pages/Page_1/Content.xml\"/>\
         </ofd:Pages><ofd:Annotations>Annots/Annotations.xml</ofd:Annotations><ofd:CustomTags>Tags/CustomTags.xml\
         </ofd:CustomTags><ofd:Attachments>Attachs/Attachments.xml</ofd:Attachments><ofd:Extensions>Exts/Extensions.xml\
         </ofd:Extensions></ofd:Document>"
    );
    let annotations = format!(
        "<ofd:Annotations {namespace}><ofd:Page PageID=\"1\"><ofd:FileLoc>Page_0/Annotation.xml</ofd:FileLoc></ofd:Page>\
         </ofd:Annotations>"
    );
    let annotation = format!(
        "<ofd:PageAnnot {namespace}><ofd:Annot ID=\"50\" Type=\"Watermark\"><ofd:Appearance Boundary=\"10 10 20 20\"/>\
         </ofd:Annot></ofd:PageAnnot>"
    );
    let attachments = format!(
        "<ofd:Attachments {namespace}><ofd:Attachment ID=\"60\" Name=\"a\"><ofd:FileLoc>a.txt</ofd:FileLoc>\
         </ofd:Attachment></ofd:Attachments>"
    );
    let tags = format!(
        "<ofd:CustomTags {namespace}><ofd:CustomTag TypeID=\"t\"><ofd:FileLoc>tag.xml</ofd:FileLoc></ofd:CustomTag>\
         </ofd:CustomTags>"
    );
    let extensions = format!(
        "<ofd:Extensions {namespace}><ofd:Extension AppName=\"a\" RefId=\"1\"><ofd:ExtendData>e.xml</ofd:ExtendData>\
         </ofd:Extension></ofd:Extensions>"
    );
    let template = format!("<ofd:Page {namespace}><ofd:Content><ofd:Layer ID=\"70\"/></ofd:Content></ofd:Page>");
    Package::read(&sample("ofd/helloworld.ofd"))
        .with("Doc_0/Document.xml", document)
        .with("Doc_0/PublicRes.xml", resources)
        .with("Doc_0/Tpls/Tpl_0/Content.xml", template)
        .with("Doc_0/Pages/Page_0/Content.xml", page(0))
        .with("Doc_0/Pages/Page_0/PageRes.xml", media.clone())
        .with("Doc_0/Pages/Page_0/Res/logo.png", "a picture")
        .with("Doc_0/Pages/Page_1/Content.xml", page(1))
        .with("Doc_0/Pages/Page_1/PageRes.xml", media)
        .with("Doc_0/Pages/Page_1/Res/logo.png", "a picture")
        .with("Doc_0/Annots/Annotations.xml", annotations)
        .with("Doc_0/Annots/Page_0/Annotation.xml", annotation)
        .with("Doc_0/Attachs/Attachments.xml", attachments)
        .with("Doc_0/Attachs/a.txt", "attached")
        .with("Doc_0/Tags/CustomTags.xml", tags)
        .with("Doc_0/Tags/tag.xml", "<t/>")
        .with("Doc_0/Exts/Extensions.xml", extensions)
        .with("Doc_0/Exts/e.xml", "<e/>")
}

impl Product {
    fn listed(self, list_text: fn(String) -> String) -> Self {
        Product { list_text, ..self }
    }

    fn described(self, description_text: fn(String) -> String) -> Self {
        Product { description_text, ..self }
    }

    /// The same of the list and of the description.
    fn texts(self, text: fn(String) -> String) -> Self {
        Product { list_text: text, description_text: text, ..self }
    }

    /// The package as the product signs it.
    pub(crate) fn sign(&self, scene: &Scene, package: Package) -> Package {
        let named = format!("</ofd:DocRoot><ofd:Signatures>/{}</ofd:Signatures>", self.list);
        let is_named = package.text("OFD.xml").contains(self.list);
        let package = if is_named { package } else { package.edited("OFD.xml", "</ofd:DocRoot>", &named) };
        let mut package = (self.package)(package);
        if !self.seal.is_empty() {
            package = package.with(self.seal, scene.seal.der());
        }
        let algorithm = scene.algorithm;
        let mut references = String::new();
        for (name, content) in
            package.0.iter().filter(|(name, _)| !self.left_out.iter().any(|out| name.starts_with(out)))
        {
            let value = STANDARD.encode(digest(algorithm, content));
            references.push_str(&format!(
                "<ofd:Reference FileRef=\"/{name}\"><ofd:CheckValue>{value}</ofd:CheckValue></ofd:Reference>"
            ));
        }
        let method = if algorithm == Algorithm::Sm2 { "SM3" } else { "SHA256" };
        let seal = match self.seal {
            "" => String::new(),
            seal => format!("<ofd:Seal><ofd:BaseLoc>/{seal}</ofd:BaseLoc></ofd:Seal>"),
        };
        let text = format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<ofd:Signature xmlns:ofd=\"http://www.ofdspec.org/2016\">\
             <ofd:SignedInfo><ofd:Provider ProviderName=\"a product\"/>\
             <ofd:SignatureMethod>{}</ofd:SignatureMethod>\
             <ofd:SignatureDateTime>20250301000000Z</ofd:SignatureDateTime>\
             <ofd:References CheckMethod=\"{method}\">{references}</ofd:References>\
             <ofd:StampAnnot ID=\"s002\" PageRef=\"1\" Boundary=\"20 30 42 42\"/>{seal}</ofd:SignedInfo>\
             <ofd:SignedValue>/{}</ofd:SignedValue></ofd:Signature>",
            signature_oid(algorithm),
            self.value
        );
        let list = format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<ofd:Signatures xmlns:ofd=\"http://www.ofdspec.org/2016\">\
             <ofd:MaxSignId>s002</ofd:MaxSignId><ofd:Signature ID=\"s001\" Type=\"Seal\" BaseLoc=\"/{}\"/>\
             </ofd:Signatures>",
            self.description
        );
        let package =
            package.with(self.list, (self.list_text)(list)).with(self.description, (self.description_text)(text));
        self.sign_anew(scene, package)
    }

    /// The package with a value over the description as it stands now.
    pub(crate) fn sign_anew(&self, scene: &Scene, package: Package) -> Package {
        let mut draft = scene.signature_draft(package.get(self.description));
        draft.property = format!("/{}", self.description);
        let value = draft.der();
        package.with(self.value, value)
    }
}

#[track_caller]
fn judged(what: &str, scene: &Scene, package: &Package, verdict: Verdict, fails: &[&str]) -> Vec<Finding> {
    judged_bytes(what, scene, package.write(), verdict, fails)
}

#[track_caller]
fn judged_bytes(what: &str, scene: &Scene, bytes: Vec<u8>, verdict: Verdict, fails: &[&str]) -> Vec<Finding> {
    let ofd = Ofd::read(bytes).unwrap_or_else(|error| panic!("{what}: {error}"));
    let report = scene.verifier().document(&ofd, scene.now).unwrap_or_else(|error| panic!("{what}: {error}"));
    let findings = all_findings(&report);
    assert_judged(what, report.verdict(), &findings, verdict, fails);
    findings
}

fn replaced(text: &str, from: &str, to: &str) -> String {
    assert!(text.contains(from), "no {from} in {text}");
    text.replace(from, to)
}

/// The text with the element that begins with `start` put in front of `place`.
fn moved(text: &str, start: &str, end: &str, place: &str) -> String {
    let from = text.find(start).unwrap_or_else(|| panic!("no {start} in {text}"));
    let to = from + text[from..].find(end).unwrap() + end.len();
    let rest = [&text[..from], &text[to..]].concat();
    rest.replacen(place, &[&text[from..to], place].concat(), 1)
}

const SPACE: &str = " xmlns:ofd=\"http://www.ofdspec.org/2016\"";

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

/// The package with another edition of its document, whose page is a file of its own, and with a cover.
fn with_version(package: Package) -> Package {
    let versions = "<ofd:Versions><ofd:Version ID=\"1\" Index=\"0\" Current=\"true\" BaseLoc=\"Doc_0/Versions/V1.xml\"/>\
                    </ofd:Versions><ofd:Signatures>";
    let version = "<DocVersion ID=\"1\"><FileList><File ID=\"1\">/Doc_0/Document.xml</File></FileList>\
                   <DocRoot>Document_1.xml</DocRoot></DocVersion>";
    let document = package.text("Doc_0/Document.xml");
    let document =
        document.replace("BaseLoc=\"Pages/Page_0", "BaseLoc=\"Pages/Page_9").replace("\"Pages", "\"../Pages");
    let page = package.text("Doc_0/Pages/Page_0/Content.xml").replace("PageRes.xml", "../Page_0/PageRes.xml");
    package
        .edited("OFD.xml", "<ofd:Signatures>", versions)
        .edited("OFD.xml", "<ofd:DocInfo>", "<ofd:DocInfo><ofd:Cover>Doc_0/cover.png</ofd:Cover>")
        .with("Doc_0/cover.png", "a picture")
        .with("Doc_0/Versions/V1.xml", version)
        .with("Doc_0/Versions/Document_1.xml", document)
        .with("Doc_0/Pages/Page_9/Content.xml", page)
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

/// What each change says that somebody makes after the stamp.
type Attack =
    (&'static str, fn(Package) -> Package, Verdict, &'static [&'static str], (&'static str, Outcome, &'static str));

const LIST: &str = PLAIN.list;
const CHANGED: &[&str] = &["document.references", "document.changes"];

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

/// Beside a value that holds no seal, the seal is a file like others: whoever could exchange it would show another
/// picture.
#[test]
fn a_seal_beside_a_digital_signature() {
    for algorithm in algorithms() {
        let scene = Scene::new(algorithm);
        let signed = |product: &Product| {
            let package = product.sign(&scene, rich());
            let value = CmsDraft::new(&scene, package.get(product.description)).der();
            package.with(product.value, value)
        };
        let other = SealDraft { picture: sample("pictures/small/rgb.png"), ..scene.seal_draft() }.der();
        let good = signed(&PLAIN);
        let findings = judged("listed", &scene, &good, Verdict::Valid, &[]);
        assert_told("listed", &findings, "seal.signatory-listed", Outcome::Pass, "the seal lists");
        judged("exchanged", &scene, &good.with(PLAIN.seal, other.clone()), Verdict::Invalid, CHANGED);
        let open = signed(&Product { left_out: &[PLAIN.seal], ..PLAIN });
        for package in [open.clone(), open.with(PLAIN.seal, other)] {
            let findings = judged("not listed", &scene, &package, Verdict::Invalid, &["document.coverage"]);
            assert_told("not listed", &findings, "document.coverage", Outcome::Fail, "the value does not hold");
        }
        // Where the value holds the seal, that one counts.
        let held = Product { left_out: &[PLAIN.seal], ..PLAIN }.sign(&scene, rich());
        judged("held", &scene, &held, Verdict::Valid, &[]);
    }
}

/// The description names the algorithm that the value is made with (18.2).
#[test]
fn the_method_that_the_description_names() {
    for algorithm in algorithms() {
        let scene = Scene::new(algorithm);
        let plain = PLAIN.sign(&scene, rich());
        let named = |method: &str| plain.clone().edited(PLAIN.description, signature_oid(algorithm), method);
        let by_seal = |method: &str| PLAIN.sign_anew(&scene, named(method));
        let by_cms = |method: &str| {
            let package = named(method);
            let value = CmsDraft::new(&scene, package.get(PLAIN.description)).der();
            package.with(PLAIN.value, value)
        };
        for of in [&by_seal as &dyn Fn(&str) -> Package, &by_cms] {
            let rsa = of("1.2.840.113549.1.1.11");
            let findings = judged("another", &scene, &rsa, Verdict::Indeterminate, &[]);
            assert_told("another", &findings, "signature.algorithm", Outcome::Unknown, "SignatureMethod");
            for unknown in ["SM2", "1.2.3", ""] {
                judged(unknown, &scene, &of(unknown), Verdict::Valid, &[]);
            }
        }
        if algorithm == Algorithm::Sm2 {
            for same in ["1.2.156.10197.1.501", "1.2.156.10197.1.301.1", "1.2.156.10197.1.301"] {
                let findings = judged(same, &scene, &by_cms(same), Verdict::Valid, &[]);
                assert!(!findings.iter().any(|finding| finding.detail.contains("SignatureMethod")), "{same}");
            }
        }
    }
}

/// A value without anything around it, made by the algorithm that the description names; whose it is the caller knows.
#[test]
fn bare_values() {
    const BARE: Product = Product { seal: "", ..PLAIN };
    let mut all = algorithms();
    all.push(Algorithm::Rsa);
    for algorithm in all {
        let scene = Scene::new(algorithm);
        let signed = BARE.listed(|text| replaced(&text, "Seal", "Sign")).sign(&scene, rich());
        let message = signed.get(BARE.description).to_vec();
        let package = |value: &[u8]| Ofd::read(signed.clone().with(BARE.value, value).write()).unwrap();
        let own = scene.trust.clone().intermediates([scene.signatory.credentials.certificate().clone()]);
        let told = |ofd: &Ofd, policy: Policy| {
            let report = Verifier::new(&own).policy(policy).document(ofd, scene.now).unwrap();
            (report.verdict(), all_findings(&report))
        };
        let value = sign(&scene.signatory, &message);
        let good = package(&value);
        let (verdict, findings) = told(&good, Policy::default());
        assert_judged("good", verdict, &findings, Verdict::Valid, &[]);
        // Nobody at hand whose it could be; another's; over something else.
        let unknown = scene.verifier().document(&good, scene.now).unwrap();
        assert_judged("whose", unknown.verdict(), &all_findings(&unknown), Verdict::Indeterminate, &[]);
        for wrong in [sign(&scene.maker, &message), sign(&scene.signatory, b"another description")] {
            let (verdict, findings) = told(&package(&wrong), Policy::default());
            assert_judged("wrong", verdict, &findings, Verdict::Indeterminate, &[]);
            assert_told("wrong", &findings, "signature.value", Outcome::Unknown, "verifies with none");
        }
        let (verdict, findings) = told(&package(b"no value"), Policy::default());
        assert_judged("junk", verdict, &findings, Verdict::Invalid, &["signature.format"]);
        if algorithm == Algorithm::Sm2 {
            let octets = package(&raw(&value));
            let (verdict, findings) = told(&octets, Policy::default());
            assert_judged("octets", verdict, &findings, Verdict::Valid, &[]);
            let (verdict, findings) = told(&octets, Policy { encoding: Encoding::Strict, ..Policy::default() });
            assert_eq!(verdict, Verdict::Invalid);
            assert_told("octets", &findings, "seal.encoding", Outcome::Fail, "SignedValue");
        }
    }
}
