//! The list of signatures and the description of each (GB/T 33190-2016, 18.1 and 18.2).

use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};

use crate::crypto::DigestAlgorithm;
use crate::document::Announced;
use crate::document::ofd::package::{Located, Package, folder};
use crate::document::ofd::xml::{Element, Tree};
use crate::error::{Context, Error};
use crate::limits::Limits;
use crate::time::Time;

/// Base64 of which it does not matter whether it is filled up with `=`.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// China keeps one time, eight hours ahead of UTC.
const CHINA: i64 = 8 * 3600;

/// The list of signatures, `Signatures.xml`.
#[derive(Debug)]
pub(super) struct List {
    pub(super) tree: Tree,
    pub(super) entries: Vec<ListEntry>,
    /// Each `MaxSignId`, as written; there should be at most one.
    pub(super) highest: Vec<String>,
}

/// One line of the list.
#[derive(Debug)]
pub(super) struct ListEntry {
    pub(super) id: Option<String>,
    pub(super) kind: Option<String>,
    pub(super) location: Option<String>,
    /// GM/T 0099: the signature that this one builds on.
    pub(super) relative: Option<String>,
}

impl List {
    pub(super) fn read(package: &Package, index: usize, limits: &Limits) -> Result<Self, Error> {
        let bytes = package.unfold(index)?;
        Self::parse(&bytes, limits).context(package.path(index))
    }

    fn parse(bytes: &[u8], limits: &Limits) -> Result<Self, Error> {
        let tree = Tree::read(bytes, limits)?;
        let root = tree.rooted("Signatures")?;
        let own = |value: Option<&str>| value.map(str::to_owned);
        let entries: Vec<_> = root
            .all("Signature")
            .map(|entry| ListEntry {
                id: own(entry.attribute("ID")),
                kind: own(entry.attribute("Type")),
                location: own(entry.attribute("BaseLoc")),
                relative: own(entry.attribute("Relative")),
            })
            .collect();
        if entries.len() > limits.signatures {
            return Err(Error::too_large(format!(
                "the list has {} signatures, more than {} (Limits::signatures)",
                entries.len(),
                limits.signatures
            )));
        }
        let highest = root.all("MaxSignId").map(|element| element.text().to_owned()).collect();
        Ok(List { tree, entries, highest })
    }
}

impl ListEntry {
    /// `Seal` unless the entry says otherwise (table 66).
    pub(super) fn announced(&self) -> Result<Announced, &str> {
        match self.kind.as_deref() {
            None => Ok(Announced::Seal),
            Some(kind) if kind.eq_ignore_ascii_case("Seal") => Ok(Announced::Seal),
            Some(kind) if kind.eq_ignore_ascii_case("Sign") => Ok(Announced::Sign),
            Some(other) => Err(other),
        }
    }
}

/// The description of one signature, `Signature.xml`.
#[derive(Debug)]
pub(super) struct Description {
    pub(super) method: Option<String>,
    /// `SignatureDateTime` as far as it can be understood; nobody vouches for it.
    pub(super) claimed: Option<Time>,
    pub(super) check_method: Option<String>,
    pub(super) references: Vec<Reference>,
    pub(super) stamps: Vec<Stamp>,
    /// Where `Seal.esl` lies, if it is named.
    pub(super) seal: Option<(String, Option<Located>)>,
    /// Where the value lies.
    pub(super) value: Option<(String, Option<Located>)>,
    /// What the schema asks for and the description lacks, without which it says nothing.
    pub(super) missing: Vec<&'static str>,
}

/// One protected file.
#[derive(Debug)]
pub(super) struct Reference {
    pub(super) location: String,
    pub(super) located: Option<Located>,
    /// `None` when the text is no base64.
    pub(super) value: Option<Vec<u8>>,
}

/// One place at which a stamp shows.
#[derive(Debug)]
pub(super) struct Stamp {
    pub(super) id: Option<String>,
    /// The object ID of its page.
    pub(super) page: Option<String>,
    pub(super) boundary: Option<[f64; 4]>,
    /// The part of the picture that shows, measured from the boundary's corner.
    pub(super) clip: Option<[f64; 4]>,
}

impl Description {
    pub(super) fn read(package: &Package, index: usize, limits: &Limits) -> Result<Self, Error> {
        let bytes = package.unfold(index)?;
        let path = package.path(index);
        Self::parse(&bytes, package, folder(path.trim_start_matches('/')), limits).context(path)
    }

    /// Finds the nodes wherever they stand: writers differ in their order.
    fn parse(bytes: &[u8], package: &Package, folder: &str, limits: &Limits) -> Result<Self, Error> {
        let tree = Tree::read(bytes, limits)?;
        let root = tree.rooted("Signature")?;
        let info = root.only("SignedInfo")?;
        let within = |name: &str| info.map_or(Ok(None), |info| info.only(name));
        let references = within("References")?;
        let locate = |location: &str| (location.to_owned(), package.locate(folder, location));
        let value = root.only("SignedValue")?.map(Element::text).filter(|text| !text.is_empty());
        let seal = within("Seal")?.map_or(Ok(None), seal_location)?;
        let listed: Vec<_> = references
            .into_iter()
            .flat_map(|references| references.all("Reference"))
            .map(|reference| Reference::parse(reference, package, folder))
            .collect::<Result<_, _>>()?;
        let mut missing = Vec::new();
        for (name, is_there) in
            [("SignedInfo", info.is_some()), ("References", references.is_some()), ("SignedValue", value.is_some())]
        {
            if !is_there {
                missing.push(name);
            }
        }
        Ok(Description {
            method: within("SignatureMethod")?.map(|method| method.text().to_owned()),
            claimed: within("SignatureDateTime")?.and_then(|time| claimed_time(time.text())),
            check_method: references.and_then(|node| node.attribute("CheckMethod")).map(str::to_owned),
            references: listed,
            stamps: info.into_iter().flat_map(|info| info.all("StampAnnot")).map(Stamp::parse).collect(),
            seal: seal.map(locate),
            value: value.map(locate),
            missing,
        })
    }

    /// How the listed files were digested (18.2.3). Beside the words of the schema stand object
    /// identifiers, that of HMAC with SM3 among them, by which its users mean plain SM3.
    pub(super) fn digest(&self) -> Result<DigestAlgorithm, Error> {
        let Some(method) = &self.check_method else { return Ok(DigestAlgorithm::Md5) };
        match method.to_ascii_lowercase().replace(['-', '_'], "").as_str() {
            "sm3" | "1.2.156.10197.1.401" | "1.2.156.10197.1.401.1" | "1.2.156.10197.1.401.2" => {
                Ok(DigestAlgorithm::Sm3)
            }
            "md5" | "1.2.840.113549.2.5" => Ok(DigestAlgorithm::Md5),
            "sha1" | "1.3.14.3.2.26" => Ok(DigestAlgorithm::Sha1),
            "sha256" | "2.16.840.1.101.3.4.2.1" => Ok(DigestAlgorithm::Sha256),
            "sha384" | "2.16.840.1.101.3.4.2.2" => Ok(DigestAlgorithm::Sha384),
            "sha512" | "2.16.840.1.101.3.4.2.3" => Ok(DigestAlgorithm::Sha512),
            _ => Err(Error::unsupported(format!("the CheckMethod \"{method}\" names no digest that is built in"))),
        }
    }

    /// Whether the file is among those that it lists.
    pub(super) fn protects(&self, index: usize) -> bool {
        self.references.iter().any(|reference| reference.located.is_some_and(|located| located.index == index))
    }
}

/// Where the copy of the seal lies. The schema has an element for it; who writes the path into an attribute, or as the
/// text, is understood, for a reader that does so shows that copy.
fn seal_location(seal: Element<'_>) -> Result<Option<&str>, Error> {
    let own = || seal.attribute("BaseLoc").or_else(|| Some(seal.text()));
    Ok(seal.only("BaseLoc")?.map(Element::text).or_else(own).filter(|location| !location.is_empty()))
}

impl Reference {
    fn parse(node: Element<'_>, package: &Package, folder: &str) -> Result<Self, Error> {
        let location = node.attribute("FileRef").unwrap_or_default().to_owned();
        let located = package.locate(folder, &location);
        let text = node.only("CheckValue")?.map_or("", Element::text);
        let text: String = text.chars().filter(|character| !character.is_whitespace()).collect();
        let value = LENIENT.decode(text).ok().filter(|value| !value.is_empty());
        Ok(Reference { location, located, value })
    }
}

impl Stamp {
    fn parse(node: Element<'_>) -> Self {
        let own = |name| node.attribute(name).map(str::to_owned);
        let boundary = node.attribute("Boundary").and_then(numbers);
        let clip = node.attribute("Clip").and_then(numbers);
        Stamp { id: own("ID"), page: own("PageRef"), boundary, clip }
    }
}

/// Four finite numbers, as in `ST_Box`.
pub(super) fn numbers(text: &str) -> Option<[f64; 4]> {
    let numbers: Option<Vec<f64>> =
        text.split_whitespace().map(|word| word.parse().ok().filter(|number: &f64| number.is_finite())).collect();
    numbers?.try_into().ok()
}

/// A time in one of the forms met: `20200817111329Z`, `20200723130907.763Z`, `2020-10-23 19:45:37`,
/// RFC 3339. Without a zone it is China's time.
fn claimed_time(text: &str) -> Option<Time> {
    let mut rest = text;
    let mut parts = [0; 6];
    for (part, width) in parts.iter_mut().zip([4, 2, 2, 2, 2, 2]) {
        let digits = rest.get(..width).filter(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()))?;
        *part = digits.parse().ok()?;
        rest = rest.get(width..)?.trim_start_matches(['-', ':', ' ', 'T', '/']);
    }
    if let Some(fraction) = rest.strip_prefix(['.', ',']) {
        rest = fraction.trim_start_matches(|character: char| character.is_ascii_digit());
    }
    let offset = match rest.trim() {
        "" => CHINA,
        "Z" | "z" | "+00:00" => 0,
        "+08:00" | "+0800" => CHINA,
        _ => return None,
    };
    Time::from_parts(parts, offset)
}

#[cfg(test)]
mod tests {
    use super::{claimed_time, numbers};

    #[test]
    fn times_in_the_forms_met() {
        for (text, meant) in [
            ("20200817111329Z", "2020-08-17T11:13:29Z"),
            ("20200723130907.763Z", "2020-07-23T13:09:07Z"),
            ("2020-10-23 19:45:37", "2020-10-23T11:45:37Z"),
            ("20221031141634", "2022-10-31T06:16:34Z"),
            ("2022-10-31T14:16:34+08:00", "2022-10-31T06:16:34Z"),
        ] {
            assert_eq!(claimed_time(text).unwrap().to_string(), meant, "{text}");
        }
        for bad in ["", "2020", "20201317111329Z", "20200817111329X", "2020年10月23日", "2020-10-23"] {
            assert_eq!(claimed_time(bad), None, "{bad}");
        }
    }

    #[test]
    fn boxes_have_four_finite_numbers() {
        assert_eq!(numbers(" 0.0 -1 210  297.5 "), Some([0.0, -1.0, 210.0, 297.5]));
        for bad in ["", "1 2 3", "1 2 3 4 5", "1 2 3 inf", "1 2 3 NaN", "a b c d"] {
            assert_eq!(numbers(bad), None, "{bad}");
        }
    }
}
