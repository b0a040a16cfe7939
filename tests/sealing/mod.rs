//! What the tests of seals share: a small world of certificates, and a pen for ASN.1 that also writes what
//! no standard has.

#![allow(dead_code)]

use eseal::authority::{Algorithm, Authority};
use eseal::seal::{SealContent, SealKind, Signatories};
use eseal::{Credentials, Finding, Mm, Outcome, Picture, Seal, SealMaker, Signatory, Time, Trust, Validity};
use sm3::{Digest as _, Sm3};

pub(crate) const NOW: &str = "2025-03-01T00:00:00Z";
pub(crate) const SM2_SM3: &[u8] = &[6, 8, 0x2A, 0x81, 0x1C, 0xCF, 0x55, 1, 0x83, 0x75];
pub(crate) const PROPERTY: &str = "/Doc_0/Signs/Sign_0/Signature.xml";
pub(crate) const FORM: &[u8] = b"<Signature/>";

pub(crate) fn time(text: &str) -> Time {
    text.parse().unwrap()
}

pub(crate) fn now() -> Time {
    time(NOW)
}

pub(crate) fn sample(name: &str) -> Vec<u8> {
    let path = format!("{}/testdata/editions/{name}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

pub(crate) fn package(name: &str) -> Vec<u8> {
    let path = format!("{}/testdata/ofd/{name}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// A root, a maker, a signatory, a time-stamping authority, and a verifier's trust in the root.
pub(crate) struct World {
    pub(crate) authority: Authority,
    pub(crate) maker: SealMaker,
    pub(crate) signatory: Signatory,
    pub(crate) clerk: Credentials,
    pub(crate) trust: Trust,
}

impl World {
    pub(crate) fn new() -> Self {
        let authority = Authority::new(Algorithm::Sm2, now()).unwrap();
        let maker = SealMaker::new(authority.seal_maker().unwrap());
        let signatory = Signatory::new(authority.signatory("示例有限公司").unwrap());
        let clerk = authority.time_stamping().unwrap();
        let trust = Trust::new().everything([authority.root().clone()]);
        World { authority, maker, signatory, clerk, trust }
    }

    pub(crate) fn content(&self) -> SealContent {
        SealContent {
            id: "31010600012345".parse().unwrap(),
            kind: SealKind::Organisation,
            name: "示例有限公司".into(),
            picture: picture(),
            signatories: Signatories::listed([self.signatory.certificate()]),
            validity: Validity::years(now(), 2),
        }
    }

    pub(crate) fn seal(&self) -> Seal {
        self.maker.create(self.content(), now()).unwrap()
    }

    /// The maker's signature over SES_SealInfo, whatever it holds.
    pub(crate) fn sign_info(&self, info: &[u8]) -> Vec<u8> {
        let value = self.maker.credentials().sign(info).unwrap();
        sequence(&[info, &octets(self.maker.certificate().der()), SM2_SM3, &bits(&value)])
    }

    /// A seal of GB/T 38540 of which one element was changed before it was signed. The path leads into
    /// SES_SealInfo.
    pub(crate) fn seal_with(&self, path: &[usize], change: impl FnOnce(&[u8]) -> Vec<u8>) -> Vec<u8> {
        let info = children(self.seal().der()).remove(0);
        self.sign_info(&edit(&info, path, change))
    }

    /// TBS_Sign around a seal, over [`FORM`].
    pub(crate) fn to_be_signed(&self, seal: &[u8]) -> Vec<u8> {
        let time = tlv(0x18, b"20250302000000Z");
        let digest = bits(&sm3(FORM));
        sequence(&[&[2, 1, 4], seal, &time, &digest, &tlv(0x16, PROPERTY.as_bytes())])
    }

    /// A seal signature over a TBS_Sign, whatever it holds.
    pub(crate) fn sign(&self, to_be_signed: &[u8]) -> Vec<u8> {
        let value = self.signatory.credentials().sign(to_be_signed).unwrap();
        self.pack(to_be_signed, &value)
    }

    pub(crate) fn pack(&self, to_be_signed: &[u8], value: &[u8]) -> Vec<u8> {
        sequence(&[to_be_signed, &octets(self.signatory.certificate().der()), SM2_SM3, &bits(value)])
    }

    /// A time-stamp token (RFC 3161) over a value, with SM3.
    pub(crate) fn token(&self, value: &[u8], at: Time) -> Vec<u8> {
        token(&self.clerk, value, at)
    }
}

pub(crate) fn picture() -> Picture {
    let bytes = std::fs::read(format!("{}/testdata/pictures/round.png", env!("CARGO_MANIFEST_DIR"))).unwrap();
    Picture::png(&bytes, Mm(42.0), Mm(42.0)).unwrap()
}

pub(crate) fn sm3(bytes: &[u8]) -> Vec<u8> {
    Sm3::digest(bytes).to_vec()
}

/// The findings of one check, in their order.
pub(crate) fn of<'f>(findings: &'f [Finding], check: &str) -> Vec<&'f Finding> {
    findings.iter().filter(|finding| finding.check == check).collect()
}

/// Asserts that a check has a finding with this outcome and these words.
#[track_caller]
pub(crate) fn told(findings: &[Finding], check: &str, outcome: Outcome, words: &str) {
    let found = of(findings, check);
    assert!(
        found.iter().any(|finding| finding.outcome == outcome && finding.detail.contains(words)),
        "no {outcome:?} of {check} with \"{words}\" among {found:#?}"
    );
}

/// Asserts that nothing was told about the encoding.
#[track_caller]
pub(crate) fn silent(findings: &[Finding]) {
    assert!(of(findings, "seal.encoding").is_empty(), "{:#?}", of(findings, "seal.encoding"));
}

pub(crate) fn tlv(tag: u8, content: &[u8]) -> Vec<u8> {
    let mut bytes = vec![tag];
    match content.len() {
        short @ 0..=0x7F => bytes.push(short as u8),
        long => {
            let length = long.to_be_bytes();
            let length: Vec<u8> = length.iter().copied().skip_while(|octet| *octet == 0).collect();
            bytes.push(0x80 | length.len() as u8);
            bytes.extend(length);
        }
    }
    bytes.extend_from_slice(content);
    bytes
}

pub(crate) fn sequence(parts: &[&[u8]]) -> Vec<u8> {
    tlv(0x30, &parts.concat())
}

pub(crate) fn set(parts: &[&[u8]]) -> Vec<u8> {
    let mut sorted: Vec<_> = parts.to_vec();
    sorted.sort();
    tlv(0x31, &sorted.concat())
}

pub(crate) fn octets(content: &[u8]) -> Vec<u8> {
    tlv(4, content)
}

pub(crate) fn bits(content: &[u8]) -> Vec<u8> {
    tlv(3, &[&[0], content].concat())
}

/// Tag, and where the content begins and ends.
fn header(bytes: &[u8]) -> (usize, usize) {
    let count = usize::from(bytes[1] & 0x7F);
    if bytes[1] < 0x80 {
        return (2, 2 + usize::from(bytes[1]));
    }
    let length = bytes[2..2 + count].iter().fold(0, |sum, octet| sum << 8 | usize::from(*octet));
    (2 + count, 2 + count + length)
}

pub(crate) fn content(bytes: &[u8]) -> &[u8] {
    let (start, end) = header(bytes);
    &bytes[start..end]
}

/// The elements of a constructed one, each with tag and length.
pub(crate) fn children(bytes: &[u8]) -> Vec<Vec<u8>> {
    let mut rest = content(bytes);
    let mut list = Vec::new();
    while !rest.is_empty() {
        let (element, after) = rest.split_at(header(rest).1);
        list.push(element.to_vec());
        rest = after;
    }
    list
}

/// Replaces the element at the end of a path of child numbers; all lengths above are written anew. The
/// number one past the last child appends.
pub(crate) fn edit(bytes: &[u8], path: &[usize], change: impl FnOnce(&[u8]) -> Vec<u8>) -> Vec<u8> {
    let Some((first, rest)) = path.split_first() else { return change(bytes) };
    let mut list = children(bytes);
    if *first == list.len() {
        list.push(change(&[]));
    } else {
        list[*first] = edit(&list[*first], rest, change);
    }
    tlv(bytes[0], &list.concat())
}

const TST_INFO: &[u8] = &[6, 11, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 1, 9, 16, 1, 4];
const SM3_ID: &[u8] = &[6, 8, 0x2A, 0x81, 0x1C, 0xCF, 0x55, 1, 0x83, 0x11];
const CONTENT_TYPE: &[u8] = &[6, 9, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 1, 9, 3];
const MESSAGE_DIGEST: &[u8] = &[6, 9, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 1, 9, 4];
const SIGNING_CERTIFICATE_V2: &[u8] = &[6, 11, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 1, 9, 16, 2, 47];
const SIGNED_DATA: &[u8] = &[6, 9, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 1, 7, 2];

/// A time-stamp token (RFC 3161) over the SM3 digest of a value.
pub(crate) fn token(clerk: &Credentials, value: &[u8], at: Time) -> Vec<u8> {
    let algorithm = sequence(&[SM3_ID]);
    let text = at.to_string().replace(['-', ':', 'T'], "");
    let info = sequence(&[
        &[2, 1, 1],
        &[6, 3, 0x2A, 3, 4],
        &sequence(&[&algorithm, &octets(&sm3(value))]),
        &[2, 1, 7],
        &tlv(0x18, text.as_bytes()),
    ]);
    let certificate = clerk.certificate().der();
    let reference = sequence(&[&sequence(&[&sequence(&[&algorithm, &octets(&sm3(certificate))])])]);
    let attribute = |kind: &[u8], value: &[u8]| sequence(&[kind, &set(&[value])]);
    let attributes = set(&[
        &attribute(CONTENT_TYPE, TST_INFO),
        &attribute(MESSAGE_DIGEST, &octets(&sm3(&info))),
        &attribute(SIGNING_CERTIFICATE_V2, &reference),
    ]);
    let signature = clerk.sign(&attributes).unwrap();
    let body = children(certificate).remove(0);
    let fields = children(&body);
    let signer = sequence(&[
        &[2, 1, 1],
        &sequence(&[&fields[3], &fields[1]]),
        &algorithm,
        &tlv(0xA0, content(&attributes)),
        &sequence(&[SM2_SM3]),
        &octets(&signature),
    ]);
    let signed = sequence(&[
        &[2, 1, 3],
        &set(&[&algorithm]),
        &sequence(&[TST_INFO, &tlv(0xA0, &octets(&info))]),
        &tlv(0xA0, certificate),
        &set(&[&signer]),
    ]);
    sequence(&[SIGNED_DATA, &tlv(0xA0, &signed)])
}
