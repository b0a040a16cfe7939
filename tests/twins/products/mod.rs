//! OFD packages as other products sign them.

mod attacks;
mod habits;
mod values;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use eseal::authority::Algorithm;
use eseal::{Finding, Ofd, Verdict};

use crate::common::package::Package;
use crate::common::scene::{Scene, digest, signature_oid};
use crate::common::{all_findings, assert_judged, sample};

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
    pub(crate) fn listed(self, list_text: fn(String) -> String) -> Self {
        Product { list_text, ..self }
    }

    pub(crate) fn described(self, description_text: fn(String) -> String) -> Self {
        Product { description_text, ..self }
    }

    /// The same of the list and of the description.
    pub(crate) fn texts(self, text: fn(String) -> String) -> Self {
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
pub(crate) fn judged(what: &str, scene: &Scene, package: &Package, verdict: Verdict, fails: &[&str]) -> Vec<Finding> {
    let ofd = Ofd::read(package.write()).unwrap_or_else(|error| panic!("{what}: {error}"));
    let report = scene.verifier().document(&ofd, scene.now).unwrap_or_else(|error| panic!("{what}: {error}"));
    let findings = all_findings(&report);
    assert_judged(what, report.verdict(), &findings, verdict, fails);
    findings
}

pub(crate) fn replaced(text: &str, from: &str, to: &str) -> String {
    assert!(text.contains(from), "no {from} in {text}");
    text.replace(from, to)
}

pub(crate) const SPACE: &str = " xmlns:ofd=\"http://www.ofdspec.org/2016\"";

/// The package with another edition of its document, whose page is a file of its own, and with a cover.
pub(crate) fn with_version(package: Package) -> Package {
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

pub(crate) const CHANGED: &[&str] = &["document.references", "document.changes"];
