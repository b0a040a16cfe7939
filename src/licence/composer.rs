//! From a profile, metadata and values to pages.

use std::fmt;
use std::sync::Arc;

use crate::compose::{Assets, Attachment, Draft, PdfOptions, Prepared, Size, Value, Values, Watermark};
use crate::crypto::sm3;
use crate::document::{Ofd, Pdf};
use crate::error::{Context, Error};
use crate::licence::data::{DIGEST, Data, FILE, nfc};
use crate::licence::metadata::Element;
use crate::licence::profile::{Item, ItemKind};
use crate::licence::remark::require_good;
use crate::licence::{Composed, CopyNote, Face, FaceValue, Metadata, Profile};
use crate::time::{Day, write_time};
use crate::units::Mm;

/// Composes licences of one type: the profile's layout with its fonts and fixed pictures is made ready once, for
/// any number of licences. It can be shared by threads.
#[derive(Clone, Debug)]
pub struct Composer {
    profile: Arc<Profile>,
    pub(super) assets: Assets,
    prepared: Prepared,
}

/// A licence that is laid out, to be painted as PDF and as OFD.
///
/// `Debug` does not show what stands on the pages.
#[derive(Clone)]
#[must_use = "what is laid out is painted by to_pdf or to_ofd"]
pub struct LaidOut {
    draft: Draft,
    metadata: Metadata,
    profile: Arc<Profile>,
}

impl Composer {
    /// Makes a profile ready. `assets` has the fonts and pictures that its face names.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotValid`](crate::ErrorKind::NotValid) when [`Profile::check`] says no; as
    /// [`Prepared::new`].
    pub fn new(profile: Profile, assets: Assets) -> Result<Self, Error> {
        Self::with_samples(profile, assets, &[])
    }

    /// Makes a profile ready for licences like these, each of metadata and a face. What the samples show of the fonts is
    /// embedded in every licence, made small once; of other characters each licence makes its own small font. So give a
    /// few with the bodies, places and kinds that come again and again, and made-up holders.
    ///
    /// # Errors
    ///
    /// As [`Composer::new`]; for samples that cannot be laid out as [`Composer::lay_out`].
    pub fn with_samples(profile: Profile, assets: Assets, samples: &[(Metadata, Face)]) -> Result<Self, Error> {
        require_good(&format!("the profile of {}", profile.kind.name), profile.check())?;
        let samples = samples.iter().map(|(metadata, face)| {
            let (metadata, face) = checked(&profile, metadata, face)?;
            Ok(values(&profile, &metadata, &face))
        });
        let samples = samples.collect::<Result<Vec<_>, Error>>().context("a sample")?;
        let prepared = Prepared::with_samples(&profile.face, &assets, &samples)?;
        Ok(Composer { profile: Arc::new(profile), assets, prepared })
    }

    /// The profile.
    #[must_use]
    pub fn profile(&self) -> &Profile {
        &self.profile
    }

    /// Lays an original out. Its metadata carry no elements of copies.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotValid`](crate::ErrorKind::NotValid) with the findings when metadata or values are not what the
    /// profile asks for; [`ErrorKind::Misuse`](crate::ErrorKind::Misuse) when the metadata are those of a copy;
    /// [`ErrorKind::Mismatch`](crate::ErrorKind::Mismatch) when text does not fit its place or no font has a
    /// character: the message names the item.
    pub fn lay_out(&self, metadata: &Metadata, face: &Face) -> Result<LaidOut, Error> {
        if metadata.copy.is_some() {
            let told = "a new original says nothing of copies: make one of it by Composer::lay_out_copy";
            return Err(Error::misuse(told));
        }
        self.drafted(metadata, face, None)
    }

    /// Lays an annotated copy out, to be sealed by the issuer again.
    pub(crate) fn lay_out_note(&self, metadata: &Metadata, face: &Face, note: &CopyNote) -> Result<LaidOut, Error> {
        let metadata = Metadata { copy: Some(note.clone()), ..metadata.clone() };
        self.drafted(&metadata, face, Some(note))
    }

    fn drafted(&self, metadata: &Metadata, face: &Face, note: Option<&CopyNote>) -> Result<LaidOut, Error> {
        let (metadata, face) = checked(&self.profile, metadata, face)?;
        let values = values(&self.profile, &metadata, &face);
        let draft = match note {
            None => self.prepared.draft(&values),
            Some(note) => {
                let mut layout = self.profile.face.clone();
                layout.watermark = Some(watermark(self.profile.copy.text(note)));
                layout.draft(&self.assets, &values)
            }
        };
        let mut draft = draft.context(format_args!("the licence {}", metadata.id))?;
        self.describe(&mut draft, &metadata, &face)?;
        Ok(LaidOut { draft, metadata, profile: Arc::clone(&self.profile) })
    }

    /// What no page shows: title, metadata, and the data with their digest.
    fn describe(&self, draft: &mut Draft, metadata: &Metadata, face: &Face) -> Result<(), Error> {
        let data = Data::of(&self.profile, metadata, face, draft)?.to_bytes()?;
        // Their digests, which are in the data, took decoding them.
        for (_, value) in face.iter() {
            if let FaceValue::Picture(picture) = value {
                draft.know_decoded(Arc::clone(picture));
            }
        }
        let digest = sm3(&data)?;
        // By the standard a UUID; the same licence has the same.
        let id: String = sm3(metadata.id.to_string().as_bytes())?.chars().take(32).collect();
        draft.id(id).title(&metadata.name).tag_namespace(&self.profile.tags);
        let issuers: Vec<_> = metadata.issuers.iter().map(|body| body.name.as_str()).collect();
        draft.author(issuers.join("、")).subject(format!("{} {}", metadata.type_name, metadata.number));
        draft.created(metadata.created.unwrap_or(metadata.issued.start()));
        for (name, value) in metadata.pairs() {
            draft.data(name, value);
        }
        draft.data(DIGEST, digest);
        let mut attachment = Attachment::new(FILE, "application/json", data);
        attachment.description = Some("照面数据".to_owned());
        draft.attach(attachment);
        if self.profile.copy.is_allowed && metadata.copy.is_none() {
            draft.keep_room();
        }
        Ok(())
    }
}

/// Metadata and face in one spelling, if they are what the profile asks for.
fn checked(profile: &Profile, metadata: &Metadata, face: &Face) -> Result<(Metadata, Face), Error> {
    let (metadata, face) = (normal(metadata)?, normal_face(face));
    require_good(&format!("the licence {}", metadata.id), profile.check_licence(&metadata, &face))?;
    Ok((metadata, face))
}

/// What the layout's placeholders stand for.
fn values(profile: &Profile, metadata: &Metadata, face: &Face) -> Values {
    let mut values = Values::new();
    for element in Element::ALL {
        values.insert(element.short_name(), Value::Text(element_text(metadata, *element)));
    }
    for item in &profile.items {
        let value = item.value(metadata, face);
        match (item.kind, value) {
            (ItemKind::Picture, Some(FaceValue::Picture(bytes))) => {
                values.insert(&item.key, Value::Image(bytes));
            }
            (ItemKind::Picture, _) => values = values.hide(&item.key),
            (ItemKind::List, Some(FaceValue::Rows(rows))) => {
                let rows = rows.iter().map(|row| row_values(item, row)).collect();
                values.insert(&item.key, Value::List(rows));
            }
            (ItemKind::List, _) => values.insert(&item.key, Value::List(Vec::new())),
            (_, Some(FaceValue::Text(text))) => values.insert(&item.key, Value::Text(item.shown(&text))),
            (_, _) => values.insert(&item.key, Value::Text(String::new())),
        }
    }
    values
}

/// Words across every page, no longer than its shorter side is wide.
pub(super) fn watermark(text: String) -> Watermark {
    const LONGEST: f64 = 240.0;
    let ems: f64 = text.chars().map(|each| if each.is_ascii() { 0.6 } else { 1.0 }).sum();
    let side = Mm((LONGEST / ems.max(1.0)).min(Size(36.0).to_mm().0));
    Watermark { size: Size(side.to_points()), ..Watermark::new(text) }
}

/// An element as a face shows it: several values side by side, days in Chinese.
fn element_text(metadata: &Metadata, element: Element) -> String {
    let texts: Vec<_> =
        metadata.values(element).into_iter().map(|text| text.parse::<Day>().map_or(text, Day::chinese)).collect();
    texts.join("、")
}

fn row_values(item: &Item, row: &std::collections::BTreeMap<String, String>) -> Values {
    let mut values = Values::new();
    for column in &item.columns {
        let text = row.get(&column.key).map(|text| column.shown(text)).unwrap_or_default();
        values.insert(&column.key, Value::Text(text));
    }
    values
}

/// Good metadata, all texts of which are in Unicode's form C.
fn normal(metadata: &Metadata) -> Result<Metadata, Error> {
    let pairs = metadata.pairs().into_iter().map(|(name, value)| (name, nfc(&value)));
    let elements = crate::licence::Elements::from_pairs(pairs)?;
    Metadata::of(&elements)
}

fn normal_face(face: &Face) -> Face {
    let mut normal = Face::new();
    for (key, value) in face.iter() {
        let value = match value {
            FaceValue::Text(text) => FaceValue::Text(nfc(text)),
            FaceValue::Rows(rows) => {
                let row = |row: &std::collections::BTreeMap<String, String>| {
                    row.iter().map(|(key, text)| (key.clone(), nfc(text))).collect()
                };
                FaceValue::Rows(rows.iter().map(row).collect())
            }
            other => other.clone(),
        };
        normal.insert(key, value);
    }
    normal
}

impl crate::licence::profile::CopyRules {
    /// What lies over the pages of a copy.
    pub(crate) fn words(&self, note: &CopyNote) -> String {
        let until = note.until.map(|until| Day::of(until).chinese()).unwrap_or_default();
        let made = write_time(note.made_at);
        let filled = self.watermark.replace("{purpose}", &note.purpose).replace("{maker}", &note.maker);
        filled.replace("{made}", &made).replace("{until}", &until)
    }

    /// The same for a layout, in which braces in a purpose are no placeholders.
    pub(crate) fn text(&self, note: &CopyNote) -> String {
        self.words(note).replace('{', "{{").replace('}', "}}")
    }
}

impl fmt::Debug for LaidOut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let pages = self.draft.sheets().len();
        f.debug_struct("LaidOut").field("metadata", &self.metadata).field("pages", &pages).finish_non_exhaustive()
    }
}

impl LaidOut {
    /// Paints it as a PDF (PDF/A-3), to be sealed.
    ///
    /// # Errors
    ///
    /// As [`Draft::to_pdf`].
    pub fn to_pdf(&self) -> Result<Composed<Pdf>, Error> {
        Ok(Composed::new(self.draft.to_pdf(&PdfOptions::default())?, self.metadata.clone(), &self.profile))
    }

    /// Paints it as an OFD, to be sealed.
    ///
    /// # Errors
    ///
    /// As [`Draft::to_ofd`].
    pub fn to_ofd(&self) -> Result<Composed<Ofd>, Error> {
        Ok(Composed::new(self.draft.to_ofd()?, self.metadata.clone(), &self.profile))
    }

    /// The metadata.
    #[must_use]
    pub fn metadata(&self) -> &Metadata {
        &self.metadata
    }
}
