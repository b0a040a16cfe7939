//! Licence identifiers (GB/T 36904-2018).

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::error::Error;
use crate::finding::{Finding, Outcome, checks};
use crate::identifier::{CreditCode, Region, admit, checksum, text_type};

const CLAUSE: &str = "GB/T 36904-2018";

/// The arc under which all licence identifiers stand.
const ROOT: &str = "1.2.156.3005.2";

/// An arc that older software wrote, with other parts after it.
const OLDER_ROOT: &str = "1.2.156.3003.2";

/// A licence type's code (证照类型代码): the unified social credit code of the body that defines the type, and
/// three digits; 21 characters.
///
/// ```
/// use eseal::identifier::LicenceTypeCode;
///
/// let code: LicenceTypeCode = "11100000000013338W011".parse()?;
/// assert_eq!((code.definer().as_str(), code.sequence()), ("11100000000013338W", 11));
/// # Ok::<(), eseal::Error>(())
/// ```
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct LicenceTypeCode {
    definer: CreditCode,
    sequence: u16,
}

impl LicenceTypeCode {
    /// Puts a code together.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Misuse`](crate::ErrorKind::Misuse) for a sequence above 999.
    pub fn new(definer: CreditCode, sequence: u16) -> Result<Self, Error> {
        if sequence > 999 {
            return Err(Error::misuse(format!("a licence type's sequence has three digits, {sequence} has more")));
        }
        Ok(LicenceTypeCode { definer, sequence })
    }

    /// What can be said about a text as a licence type's code.
    #[must_use]
    pub fn examine(text: &str) -> Vec<Finding> {
        let structure = checks::IDENTIFIER_STRUCTURE;
        let Some((definer, _)) = split_type(text) else {
            let told = "a licence type's code has 21 characters, the last three of them digits";
            return vec![Finding::fail(structure, told).under(CLAUSE)];
        };
        CreditCode::examine(definer)
    }

    /// The body that defines the type.
    #[must_use]
    pub fn definer(&self) -> &CreditCode {
        &self.definer
    }

    /// The number of the type among those that the body defines.
    #[must_use]
    pub fn sequence(&self) -> u16 {
        self.sequence
    }
}

fn split_type(text: &str) -> Option<(&str, u16)> {
    let (definer, sequence) = text.split_at_checked(18)?;
    Some((definer, three_digits(sequence)?))
}

fn three_digits(text: &str) -> Option<u16> {
    (text.len() == 3 && text.bytes().all(|byte| byte.is_ascii_digit())).then(|| text.parse().ok())?
}

impl FromStr for LicenceTypeCode {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        admit("licence type's code", LicenceTypeCode::examine(text))?;
        let (definer, sequence) =
            split_type(text).ok_or_else(|| Error::malformed("a licence type's code has 21 characters"))?;
        Ok(LicenceTypeCode { definer: definer.parse()?, sequence })
    }
}

impl fmt::Display for LicenceTypeCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{:03}", self.definer, self.sequence)
    }
}

text_type!(LicenceTypeCode);

/// A licence's identifier (电子证照标识, ZZBS):
/// `1.2.156.3005.2.<type>.<issuer>.<serial>.<version>.<check>`.
///
/// The check character is that of ISO/IEC 7064 MOD 37,36 over type, issuer, serial and version, without the dots
/// and without the root.
///
/// ```
/// use eseal::identifier::LicenceId;
///
/// let id: LicenceId = "1.2.156.3005.2.11100000000013338W011.11430000006122244L.20230000403.001.U".parse()?;
/// assert_eq!((id.serial(), id.version()), ("20230000403", 1));
///
/// let built = LicenceId::new(id.kind().clone(), id.issuer().clone(), "20230000403", 2)?;
/// assert!(built.to_string().contains(".20230000403.002."));
/// # Ok::<(), eseal::Error>(())
/// ```
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct LicenceId {
    kind: LicenceTypeCode,
    issuer: CreditCode,
    serial: String,
    version: u16,
}

/// Where the standard leaves room, what is admitted.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct LicenceIdRule {
    /// The most characters of a serial. Default 64; the standard's own bound is not known.
    pub longest_serial: usize,
    /// From how many characters of a serial on that is told. Default 32, the longest seen in use.
    pub usual_serial: usize,
    /// What may stand for the issuer. Default [`IssuerRule::CreditCode`].
    pub issuer: IssuerRule,
}

/// What may stand in a licence identifier for the issuing body.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub enum IssuerRule {
    /// Its unified social credit code.
    #[default]
    CreditCode,
    /// That, or the code of its region as some cities wrote it: that is told then and does not count. Such
    /// an identifier can be examined, and is not one that [`LicenceId`] holds.
    CreditCodeOrRegion,
}

impl Default for LicenceIdRule {
    fn default() -> Self {
        LicenceIdRule { longest_serial: 64, usual_serial: 32, issuer: IssuerRule::default() }
    }
}

impl LicenceId {
    /// Builds an identifier and its check character. The version begins with 1 and grows with every new issue
    /// of the same licence.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Misuse`](crate::ErrorKind::Misuse) for a serial that is empty, longer than 64 or has other
    /// characters than digits and capital letters, and for a version that is not 1 to 999.
    pub fn new(kind: LicenceTypeCode, issuer: CreditCode, serial: &str, version: u16) -> Result<Self, Error> {
        read_serial(serial, &LicenceIdRule::default()).map_err(Error::misuse)?;
        if !(1..=999).contains(&version) {
            return Err(Error::misuse(format!("a licence's version is 1 to 999, not {version}")));
        }
        Ok(LicenceId { kind, issuer, serial: serial.to_owned(), version })
    }

    /// The identifier of the next issue of the same licence.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Misuse`](crate::ErrorKind::Misuse) after version 999.
    pub fn next(&self) -> Result<Self, Error> {
        LicenceId::new(self.kind.clone(), self.issuer.clone(), &self.serial, self.version.saturating_add(1))
    }

    /// What can be said about a text as a licence's identifier: its structure, its check character and the
    /// codes inside it are findings of their own.
    #[must_use]
    pub fn examine(text: &str) -> Vec<Finding> {
        LicenceId::examine_by(text, &LicenceIdRule::default())
    }

    /// The same by another rule.
    #[must_use]
    pub fn examine_by(text: &str, rule: &LicenceIdRule) -> Vec<Finding> {
        match Parts::of(text) {
            Ok(parts) => parts.examine(rule),
            Err(reason) => vec![Finding::fail(checks::IDENTIFIER_STRUCTURE, reason).under(CLAUSE)],
        }
    }

    /// The licence's type.
    #[must_use]
    pub fn kind(&self) -> &LicenceTypeCode {
        &self.kind
    }

    /// The body that issued it.
    #[must_use]
    pub fn issuer(&self) -> &CreditCode {
        &self.issuer
    }

    /// The serial, unique among the licences of this type by this issuer.
    #[must_use]
    pub fn serial(&self) -> &str {
        &self.serial
    }

    /// The version: 1 for the first issue.
    #[must_use]
    pub fn version(&self) -> u16 {
        self.version
    }

    /// The check character.
    #[must_use]
    pub fn check_character(&self) -> char {
        // Every part is of digits and capitals, so there always is one.
        checksum::mod_37_36(self.body().chars()).unwrap_or_default()
    }

    fn body(&self) -> String {
        format!("{}{}{}{:03}", self.kind, self.issuer, self.serial, self.version)
    }
}

/// An identifier taken apart, and not yet believed.
struct Parts<'a> {
    kind: &'a str,
    issuer: &'a str,
    serial: &'a str,
    version: &'a str,
    check: &'a str,
}

impl<'a> Parts<'a> {
    fn of(text: &'a str) -> Result<Self, String> {
        if text.starts_with(OLDER_ROOT) {
            return Err(format!(
                "this is an identifier of older software, under {OLDER_ROOT} with other parts: ask its issuer for one under {ROOT}"
            ));
        }
        let rest = text.strip_prefix(ROOT).and_then(|rest| rest.strip_prefix('.'));
        let rest = rest.ok_or_else(|| format!("a licence's identifier begins with \"{ROOT}.\""))?;
        let parts: Vec<&str> = rest.split('.').take(6).collect();
        match *parts.as_slice() {
            [kind, issuer, serial, version, check] => Ok(Parts { kind, issuer, serial, version, check }),
            _ => Err(format!("five parts come after {ROOT}: type, issuer, serial, version and check character")),
        }
    }

    fn examine(&self, rule: &LicenceIdRule) -> Vec<Finding> {
        let mut findings = vec![self.structure(rule), self.check_character()];
        findings.extend(self.type_and_issuer());
        if self.serial.len() > rule.usual_serial {
            let told = format!("a serial of {} characters is longer than those in use", self.serial.len());
            findings.push(Finding::note(checks::IDENTIFIER_STRUCTURE, told).under(CLAUSE));
        }
        findings
    }

    /// The lengths and characters of all parts.
    fn structure(&self, rule: &LicenceIdRule) -> Finding {
        let check = checks::IDENTIFIER_STRUCTURE;
        let mut wrong = Vec::new();
        let structure = |findings: Vec<Finding>| {
            findings
                .into_iter()
                .find(|finding| finding.check == check.name() && finding.outcome == Outcome::Fail)
                .map(|finding| finding.detail)
        };
        if let Some(reason) = structure(LicenceTypeCode::examine(self.kind)) {
            wrong.push(format!("the type \"{}\": {reason}", self.kind.escape_debug()));
        }
        if let Some(reason) = structure(CreditCode::examine(self.issuer)) {
            let region = rule.issuer == IssuerRule::CreditCodeOrRegion && Region::read(self.issuer).is_ok();
            if !region {
                wrong.push(format!("the issuer \"{}\": {reason}", self.issuer.escape_debug()));
            }
        }
        wrong.extend(read_serial(self.serial, rule).err());
        if three_digits(self.version).is_none_or(|version| version == 0) {
            wrong.push(format!("the version \"{}\" is not three digits from 001 on", self.version.escape_debug()));
        }
        if self.check.chars().count() != 1 {
            wrong.push(format!("the check character \"{}\" is not one character", self.check.escape_debug()));
        }
        match wrong.is_empty() {
            true => Finding::pass(check, "type, issuer, serial, version and check character").under(CLAUSE),
            false => Finding::fail(check, wrong.join("; ")).under(CLAUSE),
        }
    }

    /// The check character, over whatever letters and digits there are: a wrong structure says nothing about it.
    /// Underscores, which some systems put into serials, stay out as the dots do.
    fn check_character(&self) -> Finding {
        let check = checks::IDENTIFIER_CHECK_CHARACTER;
        let body = [self.kind, self.issuer, self.serial, self.version].into_iter().flat_map(str::chars);
        let finding = match checksum::mod_37_36(body.filter(|each| *each != '_')) {
            Some(right) if self.check.chars().eq([right]) => Finding::pass(check, format!("{right} is right")),
            Some(right) => {
                let told = format!("the check character is \"{}\", and has to be {right}", self.check.escape_debug());
                Finding::fail(check, told)
            }
            None => Finding::fail(check, "it cannot be computed over characters other than digits and capital letters"),
        };
        finding.under("GB/T 17710-2008")
    }

    /// The check characters of the codes inside.
    fn type_and_issuer(&self) -> Vec<Finding> {
        let definer = self.kind.split_at_checked(18).map_or(self.kind, |(definer, _)| definer);
        let inside = [("type", definer), ("issuer", self.issuer)];
        let told = inside.into_iter().filter_map(|(name, code)| {
            let found = CreditCode::examine(code);
            let digit = found.into_iter().find(|found| found.check == checks::IDENTIFIER_CHECK_CHARACTER.name())?;
            let detail = format!("the unified social credit code in the {name}: {}", digit.detail);
            Some(match digit.outcome {
                Outcome::Pass => Finding::pass(checks::IDENTIFIER_PARTS, detail),
                _ => Finding::fail(checks::IDENTIFIER_PARTS, detail),
            })
        });
        told.collect()
    }
}

fn read_serial(serial: &str, rule: &LicenceIdRule) -> Result<(), String> {
    if serial.is_empty() || serial.len() > rule.longest_serial {
        return Err(format!("a serial has 1 to {} characters, this has {}", rule.longest_serial, serial.len()));
    }
    match serial.chars().find(|each| checksum::value(*each).is_none()) {
        Some(each) => Err(format!("a serial is of digits and capital letters, this has '{}'", each.escape_debug())),
        None => Ok(()),
    }
}

impl FromStr for LicenceId {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        admit("licence identifier", LicenceId::examine(text))?;
        let parts = Parts::of(text).map_err(Error::malformed)?;
        let version = three_digits(parts.version).unwrap_or_default();
        LicenceId::new(parts.kind.parse()?, parts.issuer.parse()?, parts.serial, version)
    }
}

impl fmt::Display for LicenceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let LicenceId { kind, issuer, serial, version } = self;
        write!(f, "{ROOT}.{kind}.{issuer}.{serial}.{version:03}.{}", self.check_character())
    }
}

text_type!(LicenceId);
