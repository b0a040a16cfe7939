//! A small world: an authority, whom it certified, a seal, and what may go wrong with each.

use eseal::authority::{Algorithm, Authority, Issued, Profile};
use eseal::seal::{SealContent, SealKind, Signatories};
use eseal::{
    Certificate, Credentials, Document, Mm, Page, Payload, Picture, Seal, SealMaker, Signatory, SigningKey as _,
    SoftwareKey, Stamp, Time, Trust, Validity, Verifier,
};

use super::der::{
    Node, bit_string, constructed, explicit, generalized_time, ia5, integer, octet_string, oid, primitive, sequence,
    set, utf8,
};
use super::sample;

pub const CLOCK: &str = "2025-03-01T00:00:00Z";

/// The algorithms that are built in and have fast keys.
pub fn algorithms() -> Vec<Algorithm> {
    let mut list = vec![Algorithm::P256];
    if cfg!(feature = "sm") {
        list.push(Algorithm::Sm2);
    }
    list
}

pub struct Scene {
    pub algorithm: Algorithm,
    pub authority: Authority,
    pub trust: Trust,
    pub maker: Issued,
    pub signatory: Issued,
    pub seal: Seal,
    pub now: Time,
}

impl Scene {
    pub fn new(algorithm: Algorithm) -> Self {
        let now: Time = CLOCK.parse().unwrap();
        let authority = Authority::new(algorithm, now).unwrap();
        let maker = authority.issue(&authority.profile("示例印章制作中心")).unwrap();
        let signatory = authority.issue(&authority.profile("示例市人民政府")).unwrap();
        let seal = SealMaker::new(maker.credentials.clone()).create(content(&signatory, now), now).unwrap();
        let trust = Trust::new().seal_makers([authority.root().clone()]).signatories([authority.root().clone()]);
        Scene { algorithm, authority, trust, maker, signatory, seal, now }
    }

    pub fn verifier(&self) -> Verifier<'_> {
        Verifier::new(&self.trust)
    }

    pub fn by(&self) -> Signatory {
        Signatory::new(self.signatory.credentials.clone())
    }

    /// A stamp that is about to be made, as of the clock.
    pub fn stamp(&self) -> Stamp<'_> {
        self.stamp_at(self.now)
    }

    pub fn stamp_at(&self, at: Time) -> Stamp<'_> {
        Stamp::of(self.verifier().seal(&self.seal, at).require_valid().unwrap())
    }

    /// The document with one visible stamp.
    pub fn stamped<D: Document>(&self, document: &D, payload: Payload) -> D {
        self.stamp().payload(payload).on(Page(1), Mm(20.0), Mm(30.0)).apply(document, &self.by()).unwrap()
    }

    /// A certificate that differs from the signatory's in what `change` changes.
    pub fn issue(&self, change: impl FnOnce(&mut Profile)) -> Issued {
        let mut profile = self.authority.profile("示例市人民政府");
        change(&mut profile);
        self.authority.issue(&profile).unwrap()
    }

    /// A seal to be written by the letter, good as it stands.
    pub fn seal_draft(&self) -> SealDraft<'_> {
        SealDraft {
            version: 4,
            list: List::Certificates(vec![self.signatory.credentials.certificate().clone()]),
            created: self.now,
            validity: Validity::years(self.now, 2),
            picture_type: "PNG".into(),
            picture: sample("pictures/small/rgba.png"),
            size: (42, 42),
            extensions: None,
            maker: &self.maker,
            algorithm: self.algorithm,
        }
    }

    /// A seal signature to be written by the letter, good as it stands over `content`.
    pub fn signature_draft(&self, content: &[u8]) -> SignatureDraft<'_> {
        SignatureDraft {
            version: 4,
            seal: self.seal.der().to_vec(),
            time: self.now,
            digest: digest(self.algorithm, content),
            property: "/Doc_0/Signs/Sign_0/Signature.xml".into(),
            extensions: None,
            signer: &self.signatory,
            algorithm: self.algorithm,
        }
    }
}

/// What the scene's seal says.
pub fn content(signatory: &Issued, now: Time) -> SealContent {
    SealContent {
        id: "31010600012345".parse().unwrap(),
        kind: SealKind::Organisation,
        name: "示例市人民政府".into(),
        picture: Picture::png(&sample("pictures/small/rgba.png"), Mm(42.0), Mm(42.0)).unwrap(),
        signatories: Signatories::listed([signatory.credentials.certificate()]),
        validity: Validity::years(now, 2),
    }
}

/// The digest that goes with an algorithm.
pub fn digest(algorithm: Algorithm, bytes: &[u8]) -> Vec<u8> {
    match algorithm {
        #[cfg(feature = "sm")]
        Algorithm::Sm2 => {
            use sm3::Digest as _;
            sm3::Sm3::digest(bytes).to_vec()
        }
        _ => ring::digest::digest(&ring::digest::SHA256, bytes).as_ref().to_vec(),
    }
}

/// The object identifier of a signature algorithm.
pub fn signature_oid(algorithm: Algorithm) -> &'static str {
    match algorithm {
        Algorithm::Sm2 => "1.2.156.10197.1.501",
        Algorithm::P256 => "1.2.840.10045.4.3.2",
        _ => "1.2.840.113549.1.1.11",
    }
}

/// A value by an issued key.
pub fn sign(by: &Issued, message: &[u8]) -> Vec<u8> {
    SoftwareKey::from_pem(by.key_pem.as_bytes()).unwrap().sign(message).unwrap()
}

/// `SEQUENCE { r, s }` as r‖s of 64 octets.
pub fn raw(value: &[u8]) -> Vec<u8> {
    let mut octets = Vec::new();
    for number in Node::read(value).nodes() {
        let mut number = number.octets();
        while number.len() > 32 {
            number = &number[1..];
        }
        octets.extend(std::iter::repeat_n(0, 32 - number.len()));
        octets.extend(number);
    }
    octets
}

/// Credentials with a key from `testdata/keys`; the certificate is signed by the key itself.
pub fn credentials(name: &str) -> Credentials {
    let key = SoftwareKey::from_pem(&sample(&format!("keys/{name}.pem"))).unwrap();
    let certificate = match name {
        "p384" => self_signed_p384(&key),
        _ => Certificate::from_pem(&sample(&format!("keys/{name}-certificate.pem"))).unwrap(),
    };
    Credentials::new(vec![certificate], key).unwrap()
}

/// The certificate of the P-256 key, made one of a P-384 key.
fn self_signed_p384(key: &SoftwareKey) -> Certificate {
    let pattern = Certificate::from_pem(&sample("keys/p256-certificate.pem")).unwrap();
    let mut certificate = Node::read(pattern.der());
    let algorithm = || sequence([oid("1.2.840.10045.4.3.3")]);
    *certificate.at_mut(&[0, 2]) = algorithm();
    let curve = sequence([oid("1.2.840.10045.2.1"), oid("1.3.132.0.34")]);
    *certificate.at_mut(&[0, 6]) = sequence([curve, bit_string(&key.public_key().unwrap())]);
    let value = key.sign(&certificate.at(&[0]).der()).unwrap();
    *certificate.at_mut(&[1]) = algorithm();
    *certificate.at_mut(&[2]) = bit_string(&value);
    Certificate::from_der(&certificate.der()).unwrap()
}

/// Whom a seal lists.
pub enum List {
    Certificates(Vec<Certificate>),
    /// Labels and digests.
    Digests(Vec<(String, Vec<u8>)>),
}

/// SESeal of GB/T 38540-2020, 6.1.
pub struct SealDraft<'s> {
    pub version: u32,
    pub list: List,
    pub created: Time,
    pub validity: Validity,
    pub picture_type: String,
    pub picture: Vec<u8>,
    pub size: (u32, u32),
    pub extensions: Option<Node>,
    pub maker: &'s Issued,
    pub algorithm: Algorithm,
}

impl SealDraft<'_> {
    /// SES_SealInfo, which the maker signs.
    pub fn info(&self) -> Node {
        let (kind, items) = match &self.list {
            List::Certificates(list) => (1, list.iter().map(|one| octet_string(one.der())).collect()),
            List::Digests(list) => (
                2,
                list.iter()
                    .map(|(label, digest)| sequence([primitive(0x13, label.as_bytes()), octet_string(digest)]))
                    .collect::<Vec<_>>(),
            ),
        };
        let property = sequence([
            integer(1),
            utf8("示例市人民政府"),
            integer(kind),
            sequence(items),
            generalized_time(self.created),
            generalized_time(self.validity.not_before),
            generalized_time(self.validity.not_after),
        ]);
        let picture = sequence([
            ia5(&self.picture_type),
            octet_string(&self.picture),
            integer(self.size.0),
            integer(self.size.1),
        ]);
        let mut info =
            vec![sequence([ia5("ES"), integer(self.version), ia5("eseal")]), ia5("31010600012345"), property, picture];
        info.extend(self.extensions.clone());
        sequence(info)
    }

    /// The seal, signed by the maker.
    pub fn der(&self) -> Vec<u8> {
        let info = self.info();
        let value = sign(self.maker, &info.der());
        self.with_value(&value)
    }

    pub fn with_value(&self, value: &[u8]) -> Vec<u8> {
        let maker = octet_string(self.maker.credentials.certificate().der());
        sequence([self.info(), maker, oid(signature_oid(self.algorithm)), bit_string(value)]).der()
    }
}

/// SES_Signature of GB/T 38540-2020, 7.1.
pub struct SignatureDraft<'s> {
    pub version: u32,
    pub seal: Vec<u8>,
    pub time: Time,
    pub digest: Vec<u8>,
    pub property: String,
    pub extensions: Option<Node>,
    pub signer: &'s Issued,
    pub algorithm: Algorithm,
}

impl SignatureDraft<'_> {
    /// TBS_Sign, which the signatory signs.
    pub fn to_be_signed(&self) -> Vec<u8> {
        let mut fields = vec![
            integer(self.version),
            Node::read(&self.seal),
            generalized_time(self.time),
            bit_string(&self.digest),
            ia5(&self.property),
        ];
        fields.extend(self.extensions.clone().map(|extensions| explicit(0, extensions)));
        sequence(fields).der()
    }

    pub fn der(&self) -> Vec<u8> {
        self.with_value(&sign(self.signer, &self.to_be_signed()))
    }

    pub fn with_value(&self, value: &[u8]) -> Vec<u8> {
        let certificate = octet_string(self.signer.credentials.certificate().der());
        let signed = Node::read(&self.to_be_signed());
        sequence([signed, certificate, oid(signature_oid(self.algorithm)), bit_string(value)]).der()
    }
}

/// SignedData of RFC 5652, or of GB/T 35275 with SM2.
pub struct CmsDraft<'s> {
    pub attributes: Vec<Node>,
    /// In the order in which they are written; the signer's own belongs among them.
    pub certificates: Vec<Certificate>,
    /// The content inside, if it is not detached.
    pub content: Option<Vec<u8>>,
    pub signer: &'s Issued,
    pub algorithm: Algorithm,
}

const SIGNED_DATA: [&str; 2] = ["1.2.840.113549.1.7.2", "1.2.156.10197.6.1.4.2.2"];
const DATA: [&str; 2] = ["1.2.840.113549.1.7.1", "1.2.156.10197.6.1.4.2.1"];
pub const CONTENT_TYPE: &str = "1.2.840.113549.1.9.3";
pub const MESSAGE_DIGEST: &str = "1.2.840.113549.1.9.4";
pub const SIGNING_TIME: &str = "1.2.840.113549.1.9.5";
pub const SIGNING_CERTIFICATE_V2: &str = "1.2.840.113549.1.9.16.2.47";

pub fn attribute(kind: &str, values: impl IntoIterator<Item = Node>) -> Node {
    sequence([oid(kind), set(values)])
}

/// signing-certificate-v2, where SHA-256 goes without saying (RFC 5035, 4).
pub fn signing_certificate(algorithm: Algorithm, certificate: &Certificate) -> Node {
    let mut id = vec![octet_string(&digest(algorithm, certificate.der()))];
    if algorithm == Algorithm::Sm2 {
        id.insert(0, digest_identifier(algorithm));
    }
    attribute(SIGNING_CERTIFICATE_V2, [sequence([sequence([sequence(id)])])])
}

fn digest_identifier(algorithm: Algorithm) -> Node {
    let digest = if algorithm == Algorithm::Sm2 { "1.2.156.10197.1.401" } else { "2.16.840.1.101.3.4.2.1" };
    sequence([oid(digest)])
}

impl<'s> CmsDraft<'s> {
    /// Good as it stands over `content`.
    pub fn new(scene: &'s Scene, content: &[u8]) -> Self {
        let algorithm = scene.algorithm;
        let certificate = scene.signatory.credentials.certificate();
        let attributes = vec![
            attribute(CONTENT_TYPE, [oid(DATA[usize::from(algorithm == Algorithm::Sm2)])]),
            attribute(MESSAGE_DIGEST, [octet_string(&digest(algorithm, content))]),
            attribute(SIGNING_TIME, [super::der::utc_time(scene.now)]),
            signing_certificate(algorithm, certificate),
        ];
        CmsDraft {
            attributes,
            certificates: vec![certificate.clone()],
            content: None,
            signer: &scene.signatory,
            algorithm,
        }
    }

    /// Puts another attribute in the place of the one of its type.
    pub fn replace(&mut self, attribute: Node) {
        let kind = attribute.at(&[0]).clone();
        self.attributes.retain(|one| *one.at(&[0]) != kind);
        self.attributes.push(attribute);
    }

    pub fn without(&mut self, kind: &str) {
        self.attributes.retain(|one| *one.at(&[0]) != oid(kind));
    }

    /// One SignerInfo; the value is over `message`, or over the attributes.
    pub fn signer_info(&self, message: Option<&[u8]>) -> Node {
        let certificate = Node::read(self.signer.credentials.certificate().der());
        let tbs = certificate.at(&[0]);
        // version, serialNumber, signature, issuer.
        let id = sequence([tbs.at(&[3]).clone(), tbs.at(&[1]).clone()]);
        let attributes = set(self.attributes.clone());
        let value = sign(self.signer, message.unwrap_or(&attributes.der()));
        let mut fields = vec![integer(1), id, digest_identifier(self.algorithm)];
        if !self.attributes.is_empty() {
            fields.push(Node { tag: 0xA0, ..attributes });
        }
        fields.push(sequence([oid(signature_oid(self.algorithm))]));
        fields.push(octet_string(&value));
        sequence(fields)
    }

    pub fn der(&self) -> Vec<u8> {
        self.with_signers(vec![self.signer_info(None)])
    }

    pub fn with_signers(&self, signers: Vec<Node>) -> Vec<u8> {
        let gm = usize::from(self.algorithm == Algorithm::Sm2);
        let mut content = vec![oid(DATA[gm])];
        content.extend(self.content.as_deref().map(|content| explicit(0, octet_string(content))));
        let certificates = self.certificates.iter().map(|one| Node::read(one.der())).collect();
        let signed = sequence([
            integer(1),
            set([digest_identifier(self.algorithm)]),
            sequence(content),
            constructed(0xA0, certificates),
            constructed(0x31, signers),
        ]);
        sequence([oid(SIGNED_DATA[gm]), explicit(0, signed)]).der()
    }
}
