//! What was looked at, and what was seen.

mod conclusion;

use std::fmt;

use serde::Serialize;

pub use crate::finding::conclusion::{Conclusion, Indication, Standard, SubIndication};

/// The answer to one check.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// It was looked at and is as it should be.
    Pass,
    /// It could not be told; never to be read as yes.
    Unknown,
    /// It was looked at and is not as it should be.
    Fail,
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Outcome::Pass => "pass",
            Outcome::Unknown => "unknown",
            Outcome::Fail => "FAIL",
        })
    }
}

/// One question that verification asks, with the name that programs may store and translate.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct Check {
    name: &'static str,
    clause: &'static str,
    asks: &'static str,
}

impl Check {
    /// The stable name, such as `seal.maker-signature`.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// The clause that asks for it, unless a finding names another edition's.
    #[must_use]
    pub fn clause(&self) -> &'static str {
        self.clause
    }

    /// What it asks, as a question.
    #[must_use]
    pub fn asks(&self) -> &'static str {
        self.asks
    }
}

/// One fact: a check, its outcome and one sentence that says what was seen.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Finding {
    /// The stable name of the check.
    pub check: &'static str,
    /// What was seen.
    pub outcome: Outcome,
    /// The clause that the check comes from.
    pub clause: &'static str,
    /// One sentence; where two things differ, both are named.
    pub detail: String,
    /// Whether the verdict depends on it. A finding that is not needed is told for information: an
    /// oddity that was tolerated, or an answer that the policy does not insist on.
    pub needed: bool,
    /// What it means in the words of EN 319 102-1, where that is more exact than what the check means
    /// as a rule.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sub_indication: Option<SubIndication>,
}

impl Finding {
    fn new(check: Check, outcome: Outcome, detail: impl Into<String>) -> Self {
        let detail = detail.into();
        Finding { check: check.name, outcome, clause: check.clause, detail, needed: true, sub_indication: None }
    }

    pub(crate) fn pass(check: Check, detail: impl Into<String>) -> Self {
        Self::new(check, Outcome::Pass, detail)
    }

    pub(crate) fn fail(check: Check, detail: impl Into<String>) -> Self {
        Self::new(check, Outcome::Fail, detail)
    }

    pub(crate) fn unknown(check: Check, detail: impl Into<String>) -> Self {
        Self::new(check, Outcome::Unknown, detail)
    }

    /// An oddity that is tolerated and told.
    pub(crate) fn note(check: Check, detail: impl Into<String>) -> Self {
        Self::new(check, Outcome::Pass, detail).not_needed()
    }

    /// Takes the finding out of the verdict.
    pub(crate) fn not_needed(mut self) -> Self {
        self.needed = false;
        self
    }

    /// Says what it means in the words of EN 319 102-1.
    pub(crate) fn because(mut self, reason: SubIndication) -> Self {
        self.sub_indication = Some(reason);
        self
    }

    /// Names the clause of the edition that was applied.
    pub(crate) fn under(mut self, clause: &'static str) -> Self {
        self.clause = clause;
        self
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Finding { check, outcome, clause, detail, needed, .. } = self;
        let weight = if *needed || *outcome == Outcome::Pass { "" } else { " (not needed)" };
        write!(f, "{outcome:<7} {check}{weight}: {detail} [{clause}]")
    }
}

macro_rules! checks {
    ($($constant:ident = $name:literal, $clause:literal, $asks:literal;)*) => {
        /// Every check there is. The names are part of the API: none is renamed or given another meaning.
        pub mod checks {
            use super::Check;

            $(
                #[doc = $asks]
                #[doc = concat!("\n\n`", $name, "`, ", $clause, ".")]
                pub const $constant: Check = Check { name: $name, clause: $clause, asks: $asks };
            )*

            /// All of them, in the order in which a report lists them.
            pub const ALL: &[Check] = &[$($constant),*];
        }
    };
}

checks! {
    DOCUMENT_STRUCTURE = "document.structure", "ISO 32000-2 7.5; GB/T 33190-2016 6",
        "Is the file well formed, and does each reader see the same document in it?";
    SIGNATURE_FORMAT = "signature.format", "EN 319 102-1 5.2.2; GB/T 38540-2020 7.3 a",
        "Is the signature well formed where the document keeps it?";
    DOCUMENT_INTACT = "document.intact", "GB/T 38540-2020 7.3; EN 319 102-1 5.2.7",
        "Are the protected bytes the ones that were signed?";
    DOCUMENT_REFERENCES = "document.references", "GB/T 33190-2016 18.2",
        "Is each file of the package that the signature lists the one that was signed?";
    DOCUMENT_COVERAGE = "document.coverage", "ISO 32000-2 12.8.1; GB/T 33190-2016 18.1",
        "How much of the document does the signature protect?";
    DOCUMENT_CHANGES = "document.changes", "ISO 32000-2 12.8.2.2",
        "Was anything added after signing, and was that allowed?";
    DOCUMENT_HIDDEN = "document.hidden", "ISO 32000-2 8.11; shadow attacks (NDSS 2021)",
        "Does the file hold something that could be shown later in place of what is seen now?";
    DOCUMENT_ACTIVE = "document.active", "ISO 32000-2 12.6",
        "Does the file hold scripts, actions, or references to what lies elsewhere?";
    SIGNATURE_ATTRIBUTES = "signature.attributes", "EN 319 122-1 5; RFC 5652 11",
        "Do the signed attributes say what they have to, each once?";
    SIGNATURE_ALGORITHM = "signature.algorithm", "TS 119 312; GB/T 38540-2020 6.1",
        "Are the algorithms known, consistent and strong enough?";
    SIGNATURE_VALUE = "signature.value", "GB/T 38540-2020 7.3 b; RFC 5652 5.4",
        "Does the signature value verify with the certificate given?";
    SIGNATURE_POLICY = "signature.policy", "EN 319 102-1 5.2.4; EN 319 122-1 5.2.9",
        "Under which signature policy was it made, and is that one known?";
    SIGNATURE_PROPERTY = "signature.property", "GB/T 38540-2020 7.1.2",
        "Does the seal signature name the description that it protects?";
    SIGNATURE_SEED_VALUES = "signature.seed-values", "ISO 32000-2 12.7.5.5",
        "Is the signature what its field asks of whoever signs it?";
    CERTIFICATE_USAGE = "certificate.usage", "RFC 5280 4.2.1.3; GB/T 38540-2020 7.3",
        "May the certificate's key be used to sign?";
    CERTIFICATE_VALIDITY = "certificate.validity", "RFC 5280 4.1.2.5; GB/T 38540-2020 7.3",
        "Was the certificate in its validity at the time that counts?";
    CERTIFICATE_TRUSTED = "certificate.trusted", "RFC 5280 6.1; GB/T 38540-2020 7.3",
        "Does the certificate lead to an anchor for its role?";
    CERTIFICATE_REVOCATION = "certificate.revocation", "RFC 5280 6.3; GB/T 38540-2020 7.3",
        "Had the certificate been revoked by then?";
    SEAL_FORMAT = "seal.format", "GB/T 38540-2020 6.3 a",
        "Is the seal well formed?";
    SEAL_ENCODING = "seal.encoding", "GB/T 38540-2020 6.1",
        "Is the seal encoded as its edition prescribes?";
    SEAL_SAME = "seal.same", "GB/T 33190-2016 18.2",
        "Is the seal that lies beside the signature the one that was signed?";
    SEAL_MAKER_SIGNATURE = "seal.maker-signature", "GB/T 38540-2020 6.3 b",
        "Is the seal what its maker signed?";
    SEAL_MAKER_ALGORITHM = "seal.maker-algorithm", "GB/T 38540-2020 6.1",
        "Are the algorithms of the maker's signature known and strong enough?";
    SEAL_MAKER_TRUSTED = "seal.maker-trusted", "GB/T 38540-2020 6.3 d",
        "Does the maker's certificate lead to an anchor for makers of seals?";
    SEAL_MAKER_VALIDITY = "seal.maker-validity", "GM/T 0031-2025 (time-aware maker rule)",
        "Was the maker's certificate in its validity when the seal was made?";
    SEAL_MAKER_USAGE = "seal.maker-usage", "GB/T 38540-2020 6.3 d",
        "May the maker's certificate sign?";
    SEAL_MAKER_REVOCATION = "seal.maker-revocation", "GB/T 38540-2020 6.3 d",
        "Had the maker's certificate been revoked when the seal was made?";
    SEAL_CREATED = "seal.created", "GM/T 0031-2025 (createDate)",
        "Is the date on which the seal was made plausible?";
    SEAL_TIME_STAMP = "seal.time-stamp", "GM/T 0031-2025 (timeStamp)",
        "Does the seal's own time stamp hold?";
    SEAL_IN_VALIDITY = "seal.in-validity", "GB/T 38540-2020 6.3 e, 7.3",
        "Did the time that counts lie within the seal's validity?";
    SEAL_PICTURE = "seal.picture", "GB/T 38540-2020 6.1",
        "Is the picture what its type says, in a plausible size?";
    SEAL_SIGNATORY_LISTED = "seal.signatory-listed", "GB/T 38540-2020 7.3 c",
        "Is the signing certificate named in the seal?";
    SEAL_STATUS = "seal.status", "State Council measure on e-seals (2025)",
        "Was the seal in force, as far as its making authority has told?";
    LEDGER_STATEMENT = "ledger.statement", "State Council measure on e-seals (2025)",
        "Did the keeper of the register sign this checkpoint or snapshot?";
    TIME_CLAIMED = "time.claimed", "EN 319 102-1 5.2.8; GB/T 38540-2020 7.3",
        "What does the signatory claim about the time of signing, and can it be so?";
    TIME_STAMP = "time.stamp", "RFC 3161; GB/T 20520",
        "Does a time stamp prove when the signature existed?";
    PLACEMENT_PAGE = "placement.page", "none; a measure of this crate",
        "Does the stamp lie on its page?";
    PLACEMENT_OVERLAP = "placement.overlap", "GB/T 9704-2012 7.3.5.1",
        "Does the stamp cover no other stamp, field or annotation?";
    PLACEMENT_TEXT = "placement.text", "none; a measure of this crate",
        "Does the stamp cut no text but what it is to press?";
    PLACEMENT_LETTER = "placement.letter", "GB/T 9704-2012 7.3.5",
        "Does the stamp stand where the rules for official letters put it?";
    DRAWING_FORM = "drawing.form", "国发〔1999〕25号; local police size tables",
        "Does the seal have the form that its owner's seals have?";
    DRAWING_SIZE = "drawing.size", "国发〔1999〕25号; local police size tables",
        "Is the seal as large as its owner's seals are?";
    DRAWING_EDGE = "drawing.edge", "local police size tables",
        "Is the edge as thick as the rule has it?";
    DRAWING_MIDDLE = "drawing.middle", "国发〔1999〕25号",
        "Does the emblem, the star or nothing stand in the middle, as the owner is entitled to?";
    DRAWING_NAME = "drawing.name", "国发〔1999〕25号",
        "Is the name one that goes with this kind of seal?";
    DRAWING_CODE = "drawing.code", "GA 241.1-2000; GB/T 2260",
        "Can the number at the rim be one that registers give?";
    DRAWING_LEGIBLE = "drawing.legible", "none; a measure of this crate",
        "Are the characters large enough to be read in print?";
    PICTURE_DECODES = "picture.decodes", "GB/T 38540-2020 6.1",
        "Do the picture's bytes decode?";
    PICTURE_SIZE = "picture.size", "GB/T 38540-2020 6.1",
        "Are the millimetres plausible, and do they have the proportions of the dots?";
    PICTURE_RESOLUTION = "picture.resolution", "none; a measure of this crate",
        "Has the picture enough dots to print well, and does the file say the same?";
    PICTURE_TRANSPARENCY = "picture.transparency", "none; a measure of this crate",
        "Does the document show through where nothing is drawn?";
    PICTURE_COLOUR = "picture.colour", "GB/T 9704-2012 7.3.5",
        "Is the ink red?";
    PICTURE_MARGIN = "picture.margin", "GB/T 38540-2020 6.1",
        "Does the ink reach the picture's sides, so that the millimetres are the seal's?";
    PICTURE_FILE = "picture.file", "none; limits of platforms",
        "Is the file neither too small nor too large for platforms to take?";
    IDENTIFIER_STRUCTURE = "identifier.structure", "GB/T 36904-2018; GB 32100-2015; GB 11643-1999",
        "Has the identifier the parts, lengths and characters that its standard prescribes?";
    IDENTIFIER_CHECK_CHARACTER = "identifier.check-character", "GB/T 17710-2008; GB 32100-2015; GB 11643-1999",
        "Does the check character go with the others?";
    IDENTIFIER_PARTS = "identifier.parts", "GB/T 2260; GB 11714-1997; GB 32100-2015",
        "Are the codes and dates inside the identifier good themselves?";
    FORM_TEMPLATE_IDENTITY = "form.template.identity", "none; a measure of this crate",
        "Has the template an identifier, names, a version and a category of three levels?";
    FORM_TEMPLATE_KEY = "form.template.key", "none; a measure of this crate",
        "Is every key well formed and met once?";
    FORM_TEMPLATE_ATTRIBUTE = "form.template.attribute", "none; a measure of this crate",
        "Do the attributes of each field go with its kind?";
    FORM_TEMPLATE_REFERENCE = "form.template.reference", "none; a measure of this crate",
        "Is there whatever rules, code tables and steps are named?";
    FORM_TEMPLATE_EXPRESSION = "form.template.expression", "none; a measure of this crate",
        "Can every expression and pattern be read, and do its parts go together?";
    FORM_TEMPLATE_CYCLE = "form.template.cycle", "none; a measure of this crate",
        "Does no field depend on itself?";
    FORM_TEMPLATE_RANGE = "form.template.range", "none; a measure of this crate",
        "Is there a value within every range?";
    FORM_TEMPLATE_DEFAULT = "form.template.default", "none; a measure of this crate",
        "Is every default a value that its field takes?";
    FORM_TEMPLATE_PATTERN = "form.template.pattern", "none; a measure of this crate",
        "Can the options of each field meet its pattern?";
    FORM_TEMPLATE_VISIBILITY = "form.template.visibility", "none; a measure of this crate",
        "Can every field that has to be filled in be seen?";
    FORM_TEMPLATE_CONTRADICTION = "form.template.contradiction", "none; a measure of this crate",
        "Is there a form that keeps all rules at once?";
    FORM_TEMPLATE_LAYOUT = "form.template.layout", "none; a measure of this crate",
        "Is every field on the page, and nothing else?";
    FORM_VALUE_TEMPLATE = "form.value.template", "none; a measure of this crate",
        "Was the form filled in under this version of the template?";
    FORM_VALUE_UNKNOWN = "form.value.unknown", "none; a measure of this crate",
        "Has the form every field that was given?";
    FORM_VALUE_REQUIRED = "form.value.required", "none; a measure of this crate",
        "Is everything filled in that has to be?";
    FORM_VALUE_TYPE = "form.value.type", "none; a measure of this crate",
        "Is the value of the kind that its field takes?";
    FORM_VALUE_LENGTH = "form.value.length", "none; a measure of this crate",
        "Is the text as long as it may be?";
    FORM_VALUE_RANGE = "form.value.range", "none; a measure of this crate",
        "Does the value lie in its range?";
    FORM_VALUE_PATTERN = "form.value.pattern", "none; a measure of this crate",
        "Does the text meet its pattern?";
    FORM_VALUE_CODE = "form.value.code", "none; a measure of this crate",
        "Is the code one of its table?";
    FORM_VALUE_IDENTIFIER = "form.value.identifier", "none; a measure of this crate",
        "Is the number of a citizen or a body a good one?";
    FORM_VALUE_ROWS = "form.value.rows", "none; a measure of this crate",
        "Has the table as many rows as it may have?";
    FORM_VALUE_CALCULATED = "form.value.calculated", "none; a measure of this crate",
        "Is what is calculated what was given?";
    FORM_VALUE_HIDDEN = "form.value.hidden", "none; a measure of this crate",
        "Is nothing filled in that does not apply?";
    FORM_VALUE_READ_ONLY = "form.value.read-only", "none; a measure of this crate",
        "Is what this step may not change as it was?";
    FORM_VALUE_RULE = "form.value.rule", "none; a measure of this crate",
        "Do the rules between fields hold?";
    FORM_VALUE_EVIDENCE = "form.value.evidence", "none; a measure of this crate",
        "Are values that came from a source still the source's?";
    FORM_DATA_PROTECTED = "form.data.protected", "none; a measure of this crate",
        "Is the form as it was when it was sealed, but for further seals?";
    FORM_DATA_EMBEDDED = "form.data.embedded", "none; a measure of this crate",
        "Does the document hold the data of a form, once?";
    FORM_DATA_DIGEST = "form.data.digest", "none; a measure of this crate",
        "Is the digest in the document's metadata that of its data?";
    FORM_DATA_TEMPLATE = "form.data.template", "none; a measure of this crate",
        "Was it rendered by this version of the template?";
    FORM_DATA_VALID = "form.data.valid", "none; a measure of this crate",
        "Do the data keep the rules of the template?";
    FORM_DATA_FACE = "form.data.face", "none; a measure of this crate",
        "Do the pages show what the data say?";
    FORM_DATA_PICTURE = "form.data.picture", "none; a measure of this crate",
        "Are the pictures on the pages those of the data?";
    LICENCE_METADATA = "licence.metadata", "GB/T 36903-2018",
        "Are the licence's metadata complete, and is each element what the standard has it to be?";
    LICENCE_HOLDER = "licence.holder", "GB/T 36903-2018 annex A",
        "Does each holder have a code, and is it good for its kind?";
    LICENCE_IDENTIFIER = "licence.identifier", "GB/T 36904-2018",
        "Does the licence's identifier say the same type, issuer and version as its metadata?";
    LICENCE_PROFILE = "licence.profile", "GB/T 36902-2018; concrete-licence standards",
        "Is the licence what its type's profile asks for?";
    LICENCE_CATALOGUE = "licence.catalogue", "GB/T 36902-2018",
        "Are the row, the entry, the claim and the link of the catalogue good, and do they go together?";
    LICENCE_PROTECTED = "licence.protected", "GB/T 36905-2018 (security)",
        "Do the licence's data lie in what its seals protect, as they stood when it was issued?";
    LICENCE_DATA = "licence.data", "GB/T 36905-2018 (data)",
        "Are the embedded data the ones that the licence was issued with?";
    LICENCE_DATA_SAME = "licence.data-same", "GB/T 36905-2018 (metadata)",
        "Do the document's metadata say the same as the embedded data?";
    LICENCE_FACE = "licence.face", "GB/T 36905-2018 (data indexing)",
        "Does the face show what the data say?";
    LICENCE_PICTURE = "licence.picture", "GB/T 36905-2018 (appearance)",
        "Are the pictures on the face the ones that the licence was issued with?";
    LICENCE_ISSUER = "licence.issuer", "GB/T 36903-2018; GB/T 38540-2020 7.3",
        "Do the seals belong to the bodies that the licence names as its issuers?";
    LICENCE_IN_FORCE = "licence.in-force", "GB/T 36903-2018",
        "Is the licence in force on the day in question, by its own dates?";
    LICENCE_COPY = "licence.copy", "GB/T 36903-2018 (annotated copies)",
        "If it is an annotated copy: is it complete, and may it still be used?";
    LICENCE_STATE = "licence.state", "GB/T 36906-2018",
        "Is the licence in force by the record of its issuer?";
}

/// The conclusion of many findings in one word: that of [`Conclusion`], without its reason.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// All that is needed passed.
    Valid,
    /// Something failed.
    Invalid,
    /// Nothing failed, and something that is needed could not be told.
    Indeterminate,
    /// There was nothing to judge: the document has no signature.
    Unsigned,
}

impl Verdict {
    /// The conclusion about what is judged by itself, not as a signature of EN 319 102-1: whatever fails makes
    /// it invalid.
    pub(crate) fn of<'f>(findings: impl IntoIterator<Item = &'f Finding>) -> Self {
        Conclusion::of(findings, Standard::Gb).verdict()
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Verdict::Valid => "valid",
            Verdict::Invalid => "INVALID",
            Verdict::Indeterminate => "indeterminate",
            Verdict::Unsigned => "unsigned",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{Finding, Verdict, checks};

    #[test]
    fn unknown_is_not_yes_and_nothing_is_unsigned() {
        let verdict = |findings: &[&Finding]| Verdict::of(findings.iter().copied());
        let pass = Finding::pass(checks::SIGNATURE_VALUE, "");
        let unknown = Finding::unknown(checks::CERTIFICATE_TRUSTED, "");
        let fail = Finding::fail(checks::DOCUMENT_INTACT, "");
        assert_eq!(verdict(&[]), Verdict::Unsigned);
        assert_eq!(verdict(&[&pass]), Verdict::Valid);
        assert_eq!(verdict(&[&pass, &unknown]), Verdict::Indeterminate);
        assert_eq!(verdict(&[&fail, &pass, &unknown]), Verdict::Invalid);
        assert_eq!(verdict(&[&pass, &unknown.clone().not_needed()]), Verdict::Valid);
    }

    #[test]
    fn the_manual_lists_every_check() {
        let manual = include_str!("manual/checks.md");
        for check in checks::ALL {
            let row = format!("| `{}` | {} | {} |", check.name(), check.asks(), check.clause());
            assert!(manual.contains(&row), "the manual lacks: {row}");
        }
    }

    #[test]
    fn names_are_unique() {
        let mut names: Vec<_> = checks::ALL.iter().map(super::Check::name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), checks::ALL.len());
    }
}
