//! Annotated copies (加注件): what was asked for a purpose says so on its face, and may be used for a time.

use crate::error::{Error, ErrorKind};
use crate::licence::day::Day;
use crate::licence::{Composer, CopyNote, Face, FaceValue, GoodLicence, LaidOut};
use crate::time::Time;

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
        let lacks = self.face.keys().chain(self.pictures.keys().map(String::as_str)).find(|key| face.get(key).is_none());
        lacks.map_or(Ok(()), |key| Err(differs(key)))
    }
}
