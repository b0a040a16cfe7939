//! What the benches share: a throw-away world for each algorithm, the documents, and the
//! cryptography beneath, called without this crate.

use std::fs;
use std::path::Path;

use eseal::authority::{Algorithm, Authority, TimeStampingAuthority};
use eseal::lifecycle::evidence;
use eseal::seal::{SealContent, SealKind, Signatories, ValidSeal};
use eseal::verify::Need;
use eseal::{
    Certificate, Document, Edition, Evidence, Mm, Page, Payload, Pdf, Picture, Policy, Role, Seal, SealMaker,
    Signatory, Stamp, Time, Trust, Validity, Verdict, Verifier,
};
use ring::rand::SystemRandom;
use ring::signature::{
    ECDSA_P256_SHA256_ASN1, ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair as _, RSA_PKCS1_2048_8192_SHA256,
    RSA_PKCS1_SHA256, RsaKeyPair, UnparsedPublicKey,
};
use sm2::dsa::signature::{Signer as _, Verifier as _};
use sm3::{Digest as _, Sm3};

pub(crate) const ALGORITHMS: [Algorithm; 3] = [Algorithm::Sm2, Algorithm::P256, Algorithm::Rsa];

/// An authority, whom it certified, and a seal.
pub(crate) struct World {
    pub(crate) seal: Seal,
    pub(crate) now: Time,
    pub(crate) bare: Bare,
    picture: Picture,
    maker: SealMaker,
    signatory: Signatory,
    clerk: TimeStampingAuthority,
    root: Certificate,
    trust: Trust,
}

impl World {
    /// With the picture that most rows show, a photograph of a seal in 52 kB.
    pub(crate) fn new(algorithm: Algorithm) -> Self {
        Self::showing(algorithm, "pictures/round.png")
    }

    pub(crate) fn showing(algorithm: Algorithm, picture: &str) -> Self {
        let now = Time::now();
        let authority = Authority::new(algorithm, now).unwrap();
        let picture = Picture::png(&sample(picture), Mm(42.0), Mm(42.0)).unwrap();
        let maker = SealMaker::new(authority.seal_maker().unwrap());
        let us = authority.issue(&authority.profile("示例市人民政府")).unwrap();
        let bare = Bare::new(algorithm, &us.key_pem);
        let signatory = Signatory::new(us.credentials);
        let seal = maker.create(content(&signatory, &picture, now), now).unwrap();
        let root = authority.root().clone();
        let trust = Trust::new().seal_makers([root.clone()]).signatories([root.clone()]);
        let clerk = authority.time_stamper().unwrap();
        World { seal, now, bare, picture, maker, signatory, clerk, root, trust }
    }

    pub(crate) fn content(&self) -> SealContent {
        content(&self.signatory, &self.picture, self.now)
    }

    pub(crate) fn signatory(&self) -> &Signatory {
        &self.signatory
    }

    pub(crate) fn trust(&self) -> &Trust {
        &self.trust
    }

    pub(crate) fn make_seal(&self, content: SealContent) -> Seal {
        self.maker.create(content, self.now).unwrap()
    }

    /// A seal of GM/T 0031-2014, as old systems have them.
    pub(crate) fn old_seal(&self) -> Vec<u8> {
        let new = self.maker.prepare(self.content()).edition(Edition::Gmt0031_2014);
        new.make(self.now).unwrap().der().to_vec()
    }

    /// Reads an old seal, judges it and makes one of GB/T 38540 of it.
    pub(crate) fn migrate(&self, der: &[u8]) -> Seal {
        let seal = Seal::from_der(der).unwrap();
        let old = evidence(&Verifier::new(&self.trust), &seal, self.now).unwrap();
        self.maker.migrate(&old, Edition::Gbt38540_2020).make(self.now).unwrap()
    }

    /// Reads a seal and judges it.
    pub(crate) fn verify_seal(&self, der: &[u8]) {
        let seal = Seal::from_der(der).unwrap();
        let _ = Verifier::new(&self.trust).seal(&seal, self.now).require_valid().unwrap();
    }

    /// The judgement that each stamp spends.
    pub(crate) fn judged<'s>(&self, seal: &'s Seal) -> ValidSeal<'s> {
        Verifier::new(&self.trust).seal(seal, self.now).require_valid().unwrap()
    }

    pub(crate) fn stamp<D: Document>(&self, seal: ValidSeal<'_>, document: &D, payload: Payload) -> D {
        Stamp::of(seal).on(Page(1), Mm(100.0), Mm(100.0)).payload(payload).apply(document, &self.signatory).unwrap()
    }

    /// A stamp with a time stamp, by an authority in this process.
    pub(crate) fn stamp_in_time(&self, seal: ValidSeal<'_>, document: &Pdf) -> Pdf {
        Stamp::of(seal)
            .on(Page(1), Mm(100.0), Mm(100.0))
            .payload(Payload::Cms)
            .time_stamped_by(&self.clerk)
            .apply(document, &self.signatory)
            .unwrap()
    }

    pub(crate) fn verify<D: Document>(&self, document: &D) {
        Verifier::new(&self.trust).document(document, self.now).unwrap().require_valid().unwrap();
    }

    /// What a key signs when it puts this seal on a small form.
    pub(crate) fn to_be_signed<D: Document>(&self, document: &D, payload: Payload) -> Vec<u8> {
        let stamp = Stamp::of(self.judged(&self.seal)).payload(payload);
        stamp.prepare(document, self.signatory.certificate()).unwrap().to_be_signed().to_vec()
    }

    /// A certificate's worth of bytes: what one link of a chain is signed over.
    pub(crate) fn link(&self) -> &[u8] {
        self.root.der()
    }
}

/// A chain of three with the lists of revoked certificates that it takes, as bytes.
pub(crate) struct Chain {
    pub(crate) trust: Trust,
    pub(crate) leaf: Vec<u8>,
    pub(crate) middle: Vec<u8>,
    pub(crate) lists: [Vec<u8>; 2],
    pub(crate) now: Time,
}

impl Chain {
    pub(crate) fn new(algorithm: Algorithm) -> Self {
        let now = Time::now();
        let authority = Authority::new(algorithm, now).unwrap().with_intermediate().unwrap();
        let leaf = authority.signatory("示例市人民政府").unwrap();
        let span = Validity { not_before: now, not_after: now.plus_days(9) };
        let lists = [authority.crl(&[]).unwrap(), authority.crl_by(authority.issued_root(), &[], span).unwrap()];
        let middle = authority.issuer().credentials.certificate().der().to_vec();
        let trust = Trust::new().signatories([authority.root().clone()]);
        Chain { trust, leaf: leaf.certificate().der().to_vec(), middle, lists, now }
    }

    /// What was read of it.
    pub(crate) fn evidence(&self) -> Evidence {
        let evidence = Evidence::new().certificates([Certificate::from_der(&self.middle).unwrap()]);
        self.lists.iter().fold(evidence, |evidence, list| evidence.crl(&list[..]).unwrap())
    }

    pub(crate) fn verifier<'c>(&'c self, evidence: &'c Evidence) -> Verifier<'c> {
        let policy = Policy { revocation: Need::Required, ..Policy::default() };
        Verifier::new(&self.trust).evidence(evidence).policy(policy)
    }

    pub(crate) fn judge(&self, verifier: &Verifier<'_>, leaf: &Certificate) {
        let report = verifier.certificate(leaf, Role::Signatory, self.now, self.now);
        assert_eq!(report.verdict, Verdict::Valid, "{report}");
    }
}

fn content(signatory: &Signatory, picture: &Picture, now: Time) -> SealContent {
    SealContent {
        id: "31010600012345".parse().unwrap(),
        kind: SealKind::Organisation,
        name: "示例市人民政府".into(),
        picture: picture.clone(),
        signatories: Signatories::listed([signatory.certificate()]),
        validity: Validity::years(now, 3),
    }
}

/// The signature operations themselves, with keys ready for use.
pub(crate) enum Bare {
    Sm2(sm2::dsa::SigningKey),
    P256(EcdsaKeyPair),
    Rsa(RsaKeyPair),
}

impl Bare {
    fn new(algorithm: Algorithm, pem: &str) -> Self {
        let der = || {
            use base64::Engine as _;
            let body: String = pem.lines().filter(|line| !line.starts_with('-')).collect();
            base64::engine::general_purpose::STANDARD.decode(body).unwrap()
        };
        match algorithm {
            Algorithm::Sm2 => {
                // Any key does: neither the time to sign nor to verify depends on it.
                Bare::Sm2(sm2::dsa::SigningKey::from_slice("1234567812345678", &[7; 32]).unwrap())
            }
            Algorithm::P256 => {
                let random = SystemRandom::new();
                let key = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &random).unwrap();
                let key = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, key.as_ref(), &random);
                Bare::P256(key.unwrap())
            }
            _ => Bare::Rsa(RsaKeyPair::from_pkcs8(&der()).unwrap()),
        }
    }

    /// Hashes as the algorithm does.
    pub(crate) fn hash(&self, bytes: &[u8]) -> Vec<u8> {
        match self {
            Bare::Sm2(_) => Sm3::digest(bytes).to_vec(),
            _ => ring::digest::digest(&ring::digest::SHA256, bytes).as_ref().to_vec(),
        }
    }

    /// Signs a message.
    pub(crate) fn sign(&self, message: &[u8]) -> Vec<u8> {
        let random = SystemRandom::new();
        match self {
            Bare::Sm2(key) => {
                let signature: sm2::dsa::Signature = key.sign(message);
                signature.to_bytes().to_vec()
            }
            Bare::P256(key) => key.sign(&random, message).unwrap().as_ref().to_vec(),
            Bare::Rsa(key) => {
                let mut value = vec![0; key.public().modulus_len()];
                key.sign(&RSA_PKCS1_SHA256, &random, message, &mut value).unwrap();
                value
            }
        }
    }

    /// Verifies a value that [`Bare::sign`] made.
    pub(crate) fn verify(&self, message: &[u8], value: &[u8]) {
        match self {
            Bare::Sm2(key) => {
                let value = sm2::dsa::Signature::from_slice(value).unwrap();
                key.verifying_key().verify(message, &value).unwrap();
            }
            Bare::P256(key) => {
                let key = UnparsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, key.public_key());
                key.verify(message, value).unwrap();
            }
            Bare::Rsa(key) => {
                let key = UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, key.public_key());
                key.verify(message, value).unwrap();
            }
        }
    }
}

/// The name of the person of that number: few characters make many names, and no sample has them.
pub(crate) fn person(number: usize) -> String {
    const SURNAMES: &str = "李刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋";
    const GIVEN_NAMES: &str = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华";
    let nth = |names: &str, place: usize| names.chars().nth(place % names.chars().count());
    [nth(SURNAMES, number), nth(GIVEN_NAMES, number / 20)].into_iter().flatten().collect()
}

/// A file of `testdata/`.
pub(crate) fn sample(path: &str) -> Vec<u8> {
    fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata").join(path)).unwrap()
}

/// A PDF of one page that carries `size` bytes more: a second revision with one stream of noise.
pub(crate) fn large_pdf(size: usize) -> Vec<u8> {
    let mut pdf = sample("forms/form-fill.pdf");
    let previous = after_last(&pdf, "startxref");
    let root = after_last(&pdf, "/Root");
    let number = after_last(&pdf, "/Size");
    let object = pdf.len();
    pdf.reserve_exact(size + 1024);
    pdf.extend(format!("{number} 0 obj\n<< /Length {size} >>\nstream\n").bytes());
    let end = pdf.len() + size;
    let mut state = 0x9E37_79B9_7F4A_7C15_u64;
    while pdf.len() < end {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        pdf.extend(state.to_le_bytes());
    }
    pdf.truncate(end);
    pdf.extend(b"\nendstream\nendobj\n");
    let table = pdf.len();
    pdf.extend(
        format!(
            "xref\n{number} 1\n{object:010} 00000 n \ntrailer\n<< /Size {} /Root {root} 0 R /Prev {previous} >>\n\
             startxref\n{table}\n%%EOF\n",
            number + 1
        )
        .bytes(),
    );
    pdf
}

/// The number behind the last `keyword` of a file.
fn after_last(file: &[u8], keyword: &str) -> usize {
    let at = file.windows(keyword.len()).rposition(|window| window == keyword.as_bytes()).unwrap() + keyword.len();
    let digits = file[at..].iter().skip_while(|byte| !byte.is_ascii_digit()).take_while(|byte| byte.is_ascii_digit());
    digits.fold(0, |number, digit| number * 10 + usize::from(digit - b'0'))
}
