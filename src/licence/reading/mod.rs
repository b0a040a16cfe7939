//! Back from a sealed file to data that can be trusted.

mod compare;
mod face;
mod issuer;
mod letters;
mod note;
mod pictures;
mod touched;
mod upon;
mod words;

use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;

use crate::crypto::sm3;
use crate::document::Format;
use crate::error::{Error, ErrorKind};
use crate::finding::{Conclusion, Standard, Verdict};
use crate::form::Source;
use crate::licence::carrier::Carrier;
use crate::licence::data::{Data, FILE};
use crate::licence::metadata::Element;
use crate::licence::pixels;
use crate::licence::reading::note::Notes;
use crate::licence::reading::words::in_chinese;
use crate::licence::remark::findings;
use crate::licence::{CopyNote, Day, Elements, Face, FaceValue, Metadata, Profile, Remark};
use crate::limits::Limits;
use crate::time::Time;
use crate::verify::{LicenceState, Report, ResultCode, Verified};

/// What is known beside the file when a licence is read.
#[derive(Clone, Copy, Debug, Default)]
#[must_use = "it is given to Licence::read"]
pub struct Reading<'p> {
    state: Option<LicenceState>,
    profile: Option<&'p Profile>,
    tolerates_bare: bool,
    on: Option<Time>,
}

impl<'p> Reading<'p> {
    /// Nothing beside the file.
    pub fn new() -> Self {
        Reading::default()
    }

    /// Where the licence stands by the record of its issuer.
    pub fn state(mut self, state: impl Into<LicenceState>) -> Self {
        self.state = Some(state.into());
        self
    }

    /// The profile of its type, which it has to keep.
    pub fn profile(mut self, profile: &'p Profile) -> Self {
        self.profile = Some(profile);
        self
    }

    /// Takes licences of other products, which have metadata and no data to compare them with.
    pub fn tolerate_bare(mut self) -> Self {
        self.tolerates_bare = true;
        self
    }

    /// The time at which it has to be in force; by default, the time of verification.
    pub fn on(mut self, time: Time) -> Self {
        self.on = Some(time);
        self
    }
}

/// A licence that was read from a verified document, and what was found about it.
///
/// Only a document that was found valid is read:
///
/// ```compile_fail,E0308
/// # fn never(ofd: &eseal::Ofd) -> Result<(), eseal::Error> {
/// use eseal::licence::{Licence, Reading};
///
/// let licence = Licence::read(ofd, &Reading::new())?; // a document that nobody verified
/// # Ok(())
/// # }
/// ```
///
/// The data come out by [`Licence::require_good`], which asks that everything holds.
#[derive(Clone, Debug, Serialize)]
#[must_use = "a licence that was read is not good until require_good is called"]
pub struct Licence {
    verdict: Verdict,
    #[serde(flatten)]
    conclusion: Conclusion,
    result_code: ResultCode,
    format: Format,
    at: Time,
    /// The identifier as it stands in the file.
    identifier: Option<String>,
    checks: Vec<Remark>,
    #[serde(skip)]
    elements: Elements,
    #[serde(skip)]
    values: Values,
}

/// What a face says.
#[derive(Clone, Debug, Default)]
struct Values {
    face: Face,
    pictures: BTreeMap<String, String>,
    /// What the file says of itself as a copy.
    note: Option<CopyNote>,
}

impl Values {
    fn of(data: &Data) -> Self {
        Values { face: data.values(), pictures: data.picture_digests(), note: None }
    }
}

/// The data of a licence that holds. Only [`Licence::require_good`] makes one.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct GoodLicence {
    /// The metadata.
    pub metadata: Metadata,
    /// The texts and rows of the face by their keys; of licences of other products none.
    pub face: Face,
    /// As of when it was found good.
    pub at: Time,
    /// The digests of the pictures of the face.
    pub(super) pictures: BTreeMap<String, String>,
}

impl GoodLicence {
    /// Whether this is the picture of that item.
    ///
    /// # Errors
    ///
    /// When it does not decode.
    pub fn has_picture(&self, key: &str, bytes: &[u8]) -> Result<bool, Error> {
        let digest = pixels::digest_file(bytes, &Limits::default())?;
        Ok(self.pictures.get(key).is_some_and(|own| *own == digest))
    }
}

impl GoodLicence {
    /// This licence as what forms are filled in from: each element of the metadata as `licence.` with its short name,
    /// extensions likewise, and each text of the face as `licence.` with its key. `document` is the one that it was
    /// read from; its SM3 is kept as evidence.
    ///
    /// # Errors
    ///
    /// None that data can cause; the digest has a result all the same.
    pub fn source<D: Carrier>(&self, document: &D) -> Result<Source, Error> {
        let mut values = BTreeMap::new();
        for element in Element::ALL {
            let of_element = self.metadata.values(*element);
            if !of_element.is_empty() {
                values.insert(format!("licence.{}", element.short_name()), of_element.join("、"));
            }
        }
        for (key, value) in self.face.iter() {
            if let FaceValue::Text(text) = value {
                values.insert(format!("licence.{key}"), text.clone());
            }
        }
        let extensions = self.metadata.extensions.iter();
        values.extend(extensions.map(|(name, value)| (format!("licence.{name}"), value.clone())));
        let identifier = self.metadata.id.to_string();
        Ok(Source { identifier, digest: sm3(&document.as_bytes())?, at: self.at, values })
    }
}

impl Licence {
    /// Reads a licence out of a document that was found valid, and compares all that says the same: embedded data,
    /// metadata, the words and pictures on its pages, the issuers and the owners of the seals; and looks at its days
    /// and, if it is an annotated copy, at what a copy may be used for.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Mismatch`] when there is no licence in the document; when it cannot be read within its limits.
    pub fn read<D: Carrier>(verified: &Verified<'_, D>, reading: &Reading<'_>) -> Result<Self, Error> {
        let document = verified.document();
        let pairs = document.pairs()?;
        let files = document.files(FILE)?;
        let mut remarks = Vec::new();
        let is_bare = files.is_empty();
        if is_bare && !pairs.iter().any(|(name, _)| Element::of(name) == Some(Element::Identifier)) {
            let told = format!("the {} holds no licence: no metadata of one (ZZBS), no attachment {FILE}", D::FORMAT);
            return Err(Error::new(ErrorKind::Mismatch, told));
        }
        remarks.push(compare::protected(verified)?);
        let outside = Elements::from_pairs(pairs.iter().map(|(name, value)| (name, value)))?;
        let data = compare::embedded(&files, &pairs, reading.tolerates_bare, &mut remarks)?;
        let elements = match &data {
            Some(data) => Elements::from_value(&data.metadata)?,
            None => outside.clone(),
        };
        if data.is_some() {
            remarks.push(compare::same(&elements, &outside));
        }
        remarks.extend(elements.check());
        let notes = Notes::of(document)?;
        let metadata = Metadata::of(&elements).ok();
        let is_copy = notes.is_there() || metadata.as_ref().is_some_and(|metadata| metadata.copy.is_some());
        if let Some(data) = &data {
            let upon = upon::Upon::of(verified, &elements, &notes, is_copy)?;
            remarks.extend(face::compare(verified, data, &upon)?);
            remarks.extend(pictures::compare(document, data)?);
        }
        let mut values = data.as_ref().map(Values::of).unwrap_or_default();
        let at = reading.on.unwrap_or(verified.at());
        remarks.extend(notes.compare());
        let note = metadata.as_ref().and_then(|metadata| metadata.copy.clone()).or(notes.said().cloned());
        remarks.push(issuer::compare(verified, &elements, note.is_some()));
        remarks.extend(note.as_ref().map(|note| compare::copy(note, at)));
        remarks.extend(note.as_ref().and_then(|note| issuer::of_copy(verified, &elements, &note.maker)));
        if let Some(metadata) = &metadata {
            remarks.push(compare::in_force(metadata, Day::of(at)));
            if let Some(profile) = reading.profile {
                remarks.extend(profile.check_read(metadata, &values.face));
            }
        }
        values.note = note;
        let identifier = elements.first(Element::Identifier).map(str::to_owned);
        Ok(Self::concluded(D::FORMAT, at, identifier, remarks, reading.state, elements, values))
    }

    /// The licence in a document that was verified, valid or not: of one that was not, the findings of the
    /// verification, and nothing is read out of it.
    ///
    /// # Errors
    ///
    /// As [`Licence::read`].
    pub fn judge<D: Carrier>(report: Report<'_, D>, reading: &Reading<'_>) -> Result<Self, Error> {
        if report.verdict() == Verdict::Valid {
            return Self::read(&report.require_valid()?, reading);
        }
        let all = report.signatures().iter().flat_map(|signature| &signature.checks).chain(report.findings());
        let mut remarks: Vec<_> =
            all.map(|finding| Remark { finding: finding.clone(), chinese: in_chinese(finding) }).collect();
        let (mut conclusion, mut result_code) = (report.conclusion(), report.result_code());
        // Where what came behind the seals may be allowed for a document, it is not for a licence.
        if let Some(remark) = touched::altered(report.signatures()) {
            remarks.push(remark);
            if report.verdict() != Verdict::Invalid {
                conclusion = Conclusion::of(&findings(&remarks), Standard::Gb);
                result_code = ResultCode::of(conclusion);
            }
        }
        Ok(Licence {
            verdict: conclusion.verdict(),
            conclusion,
            result_code,
            format: D::FORMAT,
            at: report.at(),
            identifier: None,
            checks: remarks,
            elements: Elements::default(),
            values: Values::default(),
        })
    }

    fn concluded(
        format: Format,
        at: Time,
        identifier: Option<String>,
        mut checks: Vec<Remark>,
        state: Option<LicenceState>,
        elements: Elements,
        values: Values,
    ) -> Self {
        let of_file = Conclusion::of(&findings(&checks), Standard::Gb);
        let mut result_code = ResultCode::of(of_file);
        if let Some(state) = state {
            checks.push(compare::state(state));
            result_code = result_code.and_licence(state);
        }
        let conclusion = Conclusion::of(&findings(&checks), Standard::Gb);
        let verdict = conclusion.verdict();
        Licence { verdict, conclusion, result_code, format, at, identifier, checks, elements, values }
    }

    /// The conclusion in one word.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        self.verdict
    }

    /// The conclusion with its reason.
    #[must_use]
    pub fn conclusion(&self) -> Conclusion {
        self.conclusion
    }

    /// The conclusion as the sharing interface says it.
    #[must_use]
    pub fn result_code(&self) -> ResultCode {
        self.result_code
    }

    /// Every finding, in the order of the checks.
    #[must_use]
    pub fn findings(&self) -> &[Remark] {
        &self.checks
    }

    /// As of when it was judged.
    #[must_use]
    pub fn at(&self) -> Time {
        self.at
    }

    /// The metadata as they stand in the file, good or not; of a document that is not valid, none.
    #[must_use]
    pub fn elements(&self) -> &Elements {
        &self.elements
    }

    /// The data of a licence that holds.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotValid`] with the findings that say no.
    pub fn require_good(self) -> Result<GoodLicence, Error> {
        if self.verdict == Verdict::Valid {
            let mut metadata = Metadata::of(&self.elements)?;
            let Values { face, pictures, note } = self.values;
            metadata.copy = note;
            return Ok(GoodLicence { metadata, face, at: self.at, pictures });
        }
        let against: Vec<_> = self.checks.iter().filter(|remark| remark.is_fault()).collect();
        let worst = against.iter().min_by_key(|remark| std::cmp::Reverse(remark.outcome()));
        let reason = worst.map(|worst| format!(": {} ({}; {})", worst.finding.detail, worst.check(), worst.chinese));
        let message = format!("the licence is {}{}", self.verdict, reason.unwrap_or_default());
        Err(Error::not_valid(message, against.into_iter().map(|remark| remark.finding.clone()).collect()))
    }
}

impl fmt::Display for Licence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let id = self.identifier.as_deref().unwrap_or("without an identifier that can be read");
        writeln!(f, "{}: licence {} ({}), judged as of {}", self.verdict, id.escape_debug(), self.format, self.at)?;
        writeln!(f, "  result {}", self.result_code)?;
        let mut sorted: Vec<_> = self.checks.iter().collect();
        sorted.sort_by_key(|remark| (!remark.finding.needed, std::cmp::Reverse(remark.outcome())));
        sorted.iter().try_for_each(|remark| writeln!(f, "  {remark}"))
    }
}
