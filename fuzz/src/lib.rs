//! What each fuzz target does with a stranger's bytes: all that the public functions offer for them.
//!
//! ```sh
//! cargo install cargo-fuzz                     # needs a nightly toolchain to run
//! cargo +nightly fuzz run pdf -- -rss_limit_mb=1024 -timeout=5
//! cargo check --manifest-path fuzz/Cargo.toml  # builds with the stable one
//! ```
//!
//! The files in `testdata/` are good beginnings for the corpora:
//! `cargo +nightly fuzz run pdf fuzz/corpus/pdf testdata/pdf/*`.
//!
//! No target looks at what a reader says, only that it says something: no panic, no overflow, and
//! no more time and memory than the limits allow.

use std::hint::black_box;
use std::sync::LazyLock;

use eseal::authority::{Algorithm, Authority};
use eseal::compose::{Assets, Layout, PdfOptions, Prepared, Values};
use eseal::form::{Circumstances, Instance, Particulars, Renderer, Template};
use eseal::licence::{Composer, Elements, Metadata, Profile, catalogue, sharing};
use eseal::pdf::{FieldValue, Font};
use eseal::seal::{SealContent, SealKind, Signatories};
use eseal::{
    Certificate, Credentials, Document, Evidence, Limits, Mm, Ofd, Page, Pdf, Picture, Pkcs12, Role, Seal, SealMaker, Signatory,
    SigningKey, SoftwareKey, Stamp, Time, Trust, Validity, Verifier,
};

/// Tighter than the default, so that a finding is a small one.
fn limits() -> Limits {
    Limits {
        document_bytes: 8 << 20,
        seal_bytes: 1 << 20,
        stream_bytes: 8 << 20,
        unfolded_bytes: 32 << 20,
        objects: 100_000,
        revisions: 64,
        signatures: 64,
        pixels: 1 << 20,
        password_rounds: 10_000,
        ..Limits::default()
    }
}

/// Someone who stamps, and who is trusted.
struct World {
    now: Time,
    trust: Trust,
    maker: SealMaker,
    signatory: Signatory,
}

static WORLD: LazyLock<World> = LazyLock::new(|| {
    let now = "2025-03-01T08:00:00+08:00".parse().unwrap();
    let authority = Authority::new(Algorithm::P256, now).unwrap();
    let maker = SealMaker::new(authority.seal_maker().unwrap());
    let signatory = Signatory::new(authority.signatory("fuzz").unwrap());
    let trust = Trust::new().everything([authority.root().clone()]);
    World { now, trust, maker, signatory }
});

fn verifier() -> Verifier<'static> {
    Verifier::new(&WORLD.trust).limits(limits())
}

/// A seal in DER: read, described, judged.
pub fn seal(bytes: &[u8]) {
    let Ok(seal) = Seal::from_der(bytes) else { return };
    black_box((seal.id(), seal.name(), seal.edition(), seal.validity(), seal.signatories().certificates()));
    let _ = black_box((seal.maker(), seal.picture()));
    black_box(verifier().seal(&seal, WORLD.now).to_string());
}

/// A seal signature, CMS or a time stamp that stands apart from what it signs.
pub fn seal_signature(bytes: &[u8]) {
    let report = verifier().detached(bytes, b"content", WORLD.now);
    black_box(serde_json::to_string(&report).unwrap());
}

/// An answer of a time-stamping authority, and a token by itself: over a signature, and given by hand.
pub fn time_stamp(bytes: &[u8]) {
    use eseal::DigestAlgorithm;
    use eseal::timestamp::{Request, Response};
    if let Ok(answer) = Response::from_der(bytes) {
        let request = Request::over(b"value", DigestAlgorithm::Sha256).unwrap();
        black_box((answer.status(), answer.reasons(), answer.token_for(&request, WORLD.now, 300).is_ok()));
    }
    let _ = black_box(Request::from_der(bytes));
    // As a seal's time stamp: what checks a token there is what checks it anywhere.
    let maker = &WORLD.maker;
    let content = SealContent {
        id: "31010600012345".parse().unwrap(),
        kind: SealKind::Organisation,
        name: "fuzz".into(),
        picture: Picture::svg(br#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"/>"#, Mm(9.0), Mm(9.0)).unwrap(),
        signatories: Signatories::listed([WORLD.signatory.certificate()]),
        validity: Validity::years(WORLD.now, 1),
    };
    let new = maker.prepare(content).edition(eseal::Edition::Gmt0031_2025);
    let _ = black_box(new.time_stamp(|_| Ok(bytes.to_vec())).make(WORLD.now));
}

/// A PDF document: read, walked, judged, stamped.
pub fn pdf(bytes: &[u8]) {
    let Ok(pdf) = Pdf::read_within(bytes, &limits()) else { return };
    let _ = black_box((pdf.page_count(), pdf.page_size(Page(1)), pdf.fields()));
    document(&pdf);
    for made in [fill(&pdf), pdf.draw_missing(&FONT), pdf.flatten(), pdf.without_xfa()].into_iter().flatten() {
        // What was filled in can be read again.
        let _ = black_box(Pdf::read(made.as_bytes()).unwrap().form_fields());
    }
}

/// Every field that takes a text gets one.
fn fill(pdf: &Pdf) -> Result<Pdf, eseal::Error> {
    let fields = pdf.form_fields()?;
    let values: Vec<_> = fields.iter().map(|field| (field.name.as_str(), FieldValue::from("示例 text"))).collect();
    pdf.fill(&values, &FONT)
}

static FONT: LazyLock<Font> =
    LazyLock::new(|| Font::read(&include_bytes!("../../testdata/fonts/FormSong.otf")[..], 0).unwrap());

fn assets() -> Assets {
    Assets::new().font("song", FONT.clone()).font("hei", FONT.clone()).font("kai", FONT.clone()).fallback("song")
}

/// A form's template: read, examined, filled in with the templates' names for values, laid out.
pub fn form(bytes: &[u8]) {
    let Ok(template) = Template::within(bytes, &limits()) else { return };
    black_box(template.check());
    if template.require_good().is_err() {
        return;
    }
    static VALUES: &[u8] = include_bytes!("../../testdata/form-templates/social_insurance_unit.data.json");
    let Ok(instance) = Instance::read(&template, VALUES, &limits()) else { return };
    let Ok(report) = template.judge(&instance, &Circumstances::on("2026-03-10".parse().unwrap())) else { return };
    black_box(report.remarks());
    let (Ok(renderer), Ok(valid)) = (Renderer::new(&template, &assets()), report.require_valid()) else { return };
    let particulars = Particulars::new("5f6e4b7a0c9d4e1f8a2b3c4d5e6f7081", WORLD.now);
    let _ = black_box((renderer.pdf(&valid, &particulars), renderer.ofd(&valid, &particulars)));
}

/// What somebody filled in, for a template that has a field of each kind.
pub fn form_data(bytes: &[u8]) {
    static TEMPLATE: LazyLock<Template> = LazyLock::new(|| {
        let json = include_bytes!("../../testdata/form-templates/social_insurance_unit.json");
        Template::from_json(json).unwrap()
    });
    let Ok(instance) = Instance::read(&TEMPLATE, bytes, &limits()) else { return };
    if let Ok(report) = TEMPLATE.judge(&instance, &Circumstances::on("2026-03-10".parse().unwrap())) {
        black_box((report.remarks(), report.findings()));
    }
}

/// A layout, prepared and painted without values.
pub fn layout(bytes: &[u8]) {
    let Ok(layout) = Layout::from_json(bytes) else { return };
    let Ok(prepared) = Prepared::new(&layout, &assets()) else { return };
    if let Ok(draft) = prepared.draft(&Values::new()) {
        let _ = black_box((draft.to_pdf(&PdfOptions::default()), draft.to_ofd()));
    }
}

/// What licence platforms hand each other: profiles, metadata, rows of a catalogue, messages.
pub fn licence(bytes: &[u8]) {
    if let Ok(profile) = Profile::from_json(bytes) {
        let _ = black_box(Composer::new(profile, assets()));
    }
    for elements in [Elements::from_json(bytes), Elements::from_xml(bytes)].into_iter().flatten() {
        let _ = black_box(Metadata::of(&elements).map(|metadata| (metadata.check(), metadata.pairs())));
    }
    if let Ok(row) = serde_json::from_slice::<catalogue::Row>(bytes) {
        black_box(row.check());
    }
    if let Ok(catalogue) = serde_json::from_slice::<catalogue::Catalogue>(bytes) {
        black_box(catalogue.check());
    }
    if let Ok(asked) = serde_json::from_slice::<sharing::Request<sharing::QueryByHolder>>(bytes) {
        let _ = black_box(asked.data.check());
    }
    if let Ok(asked) = serde_json::from_slice::<sharing::Request<sharing::VerifyFile>>(bytes) {
        let _ = black_box(asked.data.check());
    }
}

/// An OFD package: read, walked, judged, stamped.
pub fn ofd(bytes: &[u8]) {
    let Ok(ofd) = Ofd::read_within(bytes, &limits()) else { return };
    let _ = black_box((ofd.page_count(), ofd.page_size(Page(1))));
    document(&ofd);
    if let Ok(page) = ofd.render(Page(1), &[]) {
        let _ = black_box(page.png(20.0));
    }
    // Data is given out of valid documents alone; ours is the seal that makes this one valid.
    let Ok(stamped) = stamp(&SEAL, &ofd) else { return };
    let report = verifier().document(&stamped, WORLD.now);
    if let Ok(verified) = report.and_then(|report| report.require_valid()) {
        let _ = black_box((verified.metadata(), verified.tags(), verified.text(Page(1))));
        let attachments = verified.attachments().unwrap_or_default();
        attachments.iter().for_each(|attachment| drop(black_box(attachment.contents())));
    }
}

static SEAL: LazyLock<Seal> = LazyLock::new(|| {
    make_seal(Picture::svg(br#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"/>"#, Mm(9.0), Mm(9.0)).unwrap())
});

fn document<D: Document>(document: &D) {
    if let Ok(report) = verifier().document(document, WORLD.now) {
        black_box(report.to_string());
        black_box(serde_json::to_string(&report).unwrap());
    }
    if let Ok(stamped) = stamp(&SEAL, document) {
        // What was stamped can be read again, whatever else is the matter with it.
        let again = D::from_bytes(stamped.as_bytes().into_owned(), &limits()).unwrap();
        let _ = black_box(verifier().document(&again, WORLD.now));
    }
}

/// A PKCS#12 file, by the wrong password and by those of the samples.
pub fn pkcs12(bytes: &[u8]) {
    for password in ["", "123456", "password"] {
        if let Ok(opened) = Pkcs12::open(bytes, password, &limits()) {
            black_box(opened.certificates());
            let _ = black_box(opened.into_credentials());
        }
    }
}

/// A private key in PEM or DER.
pub fn pem_key(bytes: &[u8]) {
    for key in [SoftwareKey::from_pem(bytes), SoftwareKey::from_der(bytes)].into_iter().flatten() {
        // A key may be read and still be unusable: of RSA nobody multiplies the primes on reading.
        let value = key.sign(b"message").ok();
        black_box((value, key.public_key(), format!("{key:?}")));
    }
    let _ = black_box(Credentials::from_pem(bytes, bytes));
}

/// A certificate, or a list of them.
pub fn certificate(bytes: &[u8]) {
    let single = Certificate::from_der(bytes).into_iter();
    for certificate in single.chain(Certificate::list_from_pem(bytes).unwrap_or_default()) {
        black_box((certificate.subject(), certificate.serial_number(), certificate.validity().to_string()));
        black_box(format!("{certificate:?}"));
        // With a stranger for an anchor nothing may break either.
        let trust = Trust::new().everything([certificate]);
        let seal = make_seal(Picture::gif(b"GIF89a", Mm(9.0), Mm(9.0)).unwrap());
        black_box(Verifier::new(&trust).seal(&seal, WORLD.now).to_string());
    }
}

/// A list of revoked certificates, asked about a certificate.
pub fn crl(bytes: &[u8]) {
    if let Ok(evidence) = Evidence::new().crl(bytes) {
        ask(&evidence);
    }
}

/// An OCSP response, asked about a certificate.
pub fn ocsp(bytes: &[u8]) {
    if let Ok(evidence) = Evidence::new().ocsp(bytes) {
        ask(&evidence);
    }
}

fn ask(evidence: &Evidence) {
    let verifier = verifier().evidence(evidence);
    black_box(verifier.certificate(WORLD.signatory.certificate(), Role::Signatory, WORLD.now, WORLD.now).to_string());
}

/// A picture of any format, drawn into a PDF.
pub fn picture(bytes: &[u8]) {
    let Ok(picture) = Picture::sniffed(bytes, Mm(40.0), Mm(30.0)) else { return };
    static FORM: LazyLock<Pdf> =
        LazyLock::new(|| Pdf::read(&include_bytes!("../../testdata/forms/form-fill.pdf")[..]).unwrap());
    let _ = black_box(stamp(&make_seal(picture), &*FORM));
}

fn make_seal(picture: Picture) -> Seal {
    let content = SealContent {
        id: "31010600012345".parse().unwrap(),
        kind: SealKind::Organisation,
        name: "fuzz".into(),
        picture,
        signatories: Signatories::listed([WORLD.signatory.certificate()]),
        validity: Validity::years(WORLD.now, 1),
    };
    WORLD.maker.create(content, WORLD.now).unwrap()
}

fn stamp<D: Document>(seal: &Seal, document: &D) -> Result<D, eseal::Error> {
    let valid = verifier().seal(seal, WORLD.now).require_valid()?;
    Stamp::of(valid).on(Page(1), Mm(10.0), Mm(10.0)).limits(limits()).apply(document, &WORLD.signatory)
}
