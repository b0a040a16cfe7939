//! Annotated copies (加注件): what was asked for a purpose says so on its face, and may be used for a time.

use crate::compose::Overlay;
use crate::document::Pdf;
use crate::error::{Error, ErrorKind};
use crate::licence::composer::watermark;
use crate::licence::{Composer, CopyNote, Face, FaceValue, GoodLicence, LaidOut};
use crate::seal::Signatory;
use crate::stamp::Stamp;
use crate::time::{Day, Time, read_time, write_time};
use crate::verify::Verified;

/// What a note that was laid over a file begins with.
const BEGINNING: &str = "加注件";

/// What stands between its parts.
const BETWEEN: char = '\u{3000}';

/// A licence with a note laid over it, to be sealed by whoever makes the copy.
#[derive(Clone, Debug)]
#[must_use = "a note that nobody seals makes the licence a forgery"]
pub struct Annotated {
    document: Pdf,
}

impl Annotated {
    /// Seals the copy: the original's seals stay whole below.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotAllowed`] for a stamp without a seal; as [`Stamp::apply`].
    pub fn seal(self, stamp: Stamp<'_>, by: &Signatory) -> Result<Pdf, Error> {
        if !stamp.has_seal() {
            let told = "a copy is sealed with a seal: begin with Stamp::of, not with Stamp::signature";
            return Err(Error::new(ErrorKind::NotAllowed, told));
        }
        stamp.apply(&self.document, by)
    }
}

impl Composer {
    /// Lays an annotated copy of an original out, for the issuer to seal it again: the same face below the purpose,
    /// the same data with what the copy says of itself. `face` is what the original was issued with; pictures are
    /// compared with the original's as the texts are.
    ///
    /// The copy is a file of its own, with a record of its own: what it says is in its metadata (`JZJ…`).
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotAllowed`] when copies of this type may not be made, the original is a copy itself, or the copy
    /// would be usable longer than the profile allows; [`ErrorKind::Misuse`] when it could be used until a time before
    /// `now`, or has no purpose or maker; [`ErrorKind::Mismatch`] when `face` is not the original's; as
    /// [`Composer::lay_out`].
    pub fn lay_out_copy(
        &self,
        original: &GoodLicence,
        face: &Face,
        note: &CopyNote,
        now: Time,
    ) -> Result<LaidOut, Error> {
        self.require_note(original, note, now)?;
        original.require_face(face)?;
        self.lay_out_note(&original.metadata, face, note)
    }

    /// Lays the note over the original itself, by a revision behind it, for whoever makes the copy to seal: the
    /// issuer's seals still verify. The note fills a field that the original keeps for it, which a PDF signature
    /// allows.
    ///
    /// There is no such thing in OFD, where a seal protects every file of its package: there a copy is laid out anew
    /// ([`Composer::lay_out_copy`]).
    ///
    /// # Errors
    ///
    /// As [`Composer::lay_out_copy`]; [`ErrorKind::NotAllowed`] when the file keeps no room for a note, or has one;
    /// [`ErrorKind::Misuse`] when purpose or maker have line breaks or ideographic spaces in them.
    pub fn annotate(
        &self,
        verified: &Verified<'_, Pdf>,
        original: &GoodLicence,
        note: &CopyNote,
        now: Time,
    ) -> Result<Annotated, Error> {
        self.require_note(original, note, now)?;
        let broken = |text: &String| text.chars().any(|each| each == BETWEEN || each.is_control());
        if broken(&note.purpose) || broken(&note.maker) {
            return Err(Error::misuse("purpose and maker of a copy stand on one line, without ideographic spaces"));
        }
        let mut line = vec![
            BEGINNING.to_owned(),
            format!("用途：{}", note.purpose),
            format!("制作者：{}", note.maker),
            format!("制作时间：{}", write_time(note.made_at)),
        ];
        line.extend(note.until.map(|until| format!("有效期至：{}", write_time(until))));
        let mark = watermark(self.profile().copy.words(note));
        let overlay = Overlay::new("song").watermark(mark).note(line.join(&BETWEEN.to_string()));
        Ok(Annotated { document: overlay.on_pdf(verified.document(), &self.assets)? })
    }

    /// Refuses a note that no copy may carry.
    pub(super) fn require_note(&self, original: &GoodLicence, note: &CopyNote, now: Time) -> Result<(), Error> {
        let rules = &self.profile().copy;
        let refuse = |told: String| Err(Error::new(ErrorKind::NotAllowed, told));
        if !rules.is_allowed {
            return refuse(format!("no copies may be made of licences of the type {}", self.profile().kind.name));
        }
        if original.metadata.copy.is_some() {
            return refuse("a copy of a copy is asked for: make it of the original".into());
        }
        for (what, text) in [("purpose", &note.purpose), ("maker", &note.maker)] {
            if text.trim().is_empty() {
                return Err(Error::misuse(format!("the copy has no {what}: say it in the note")));
            }
        }
        let Some(until) = note.until else { return Ok(()) };
        if until < now {
            return Err(Error::misuse(format!("the copy could be used until {until}, and it is {now} already")));
        }
        if let Some(days) = rules.longest_days
            && until > now.plus_days(i64::from(days)).max(Day::of(now).plus_days(i64::from(days)).end())
        {
            return refuse(format!("copies of this type may be used for {days} days, and this one until {until}"));
        }
        Ok(())
    }
}

impl GoodLicence {
    /// Refuses a face that is not this licence's.
    fn require_face(&self, face: &Face) -> Result<(), Error> {
        let differs = |key: &str| {
            let told = format!("the item \"{}\" is not what the original was issued with", key.escape_debug());
            Error::new(ErrorKind::Mismatch, told)
        };
        for (key, value) in face.iter() {
            let same = match value {
                FaceValue::Picture(bytes) => self.has_picture(key, bytes)?,
                value => self.face.get(key) == Some(value),
            };
            if !same {
                return Err(differs(key));
            }
        }
        let lacks =
            self.face.keys().chain(self.pictures.keys().map(String::as_str)).find(|key| face.get(key).is_none());
        lacks.map_or(Ok(()), |key| Err(differs(key)))
    }
}

/// What a note that was laid over a file says; none where it is not of the form in which they are written.
pub(super) fn read_note(text: &str) -> Option<CopyNote> {
    let line = text.lines().last()?;
    let mut parts = line.split(BETWEEN);
    if parts.next()? != BEGINNING {
        return None;
    }
    let mut part = |name: &str| parts.next()?.strip_prefix(name).map(str::to_owned);
    let (purpose, maker) = (part("用途：")?, part("制作者：")?);
    let made_at = read_time(&part("制作时间：")?).ok()?;
    let until = match part("有效期至：") {
        Some(until) => Some(read_time(&until).ok()?),
        None => None,
    };
    Some(CopyNote { made_at, maker, purpose, until })
}
