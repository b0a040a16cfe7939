//! The record in a migrated or remade seal that says what it was made of.
//!
//! ```text
//! Provenances ::= SEQUENCE SIZE (1..MAX) OF Provenance       -- newest first
//! Provenance  ::= SEQUENCE {
//!     version       INTEGER { v1(1) },
//!     sourceFormat  UTF8String,                              -- the name of a SourceFormat
//!     sourceSm3     OCTET STRING (SIZE (32)),                -- over all bytes of the source
//!     sourceId      [0] EXPLICIT UTF8String OPTIONAL,        -- its esID
//!     migratedAt    GeneralizedTime,
//!     by            UTF8String }
//! ```
//!
//! It is the value of an extension of the seal, not critical: who does not know it loses nothing. A
//! seal that was remade three times holds three records, so that its ancestry can be followed.

use ::der::asn1::{GeneralizedTime, ObjectIdentifier, OctetString};
use ::der::{DateTime, Encode as _, Sequence};

use crate::der::{Tlv, tag};
use crate::error::{Error, ErrorKind};
use crate::lifecycle::Provenance;
use crate::seal::{Extension, Seal, SourceFormat};
use crate::time::Time;

/// The most records in one seal: a seal remade every month for eighty years.
const MOST: usize = 1000;

#[derive(Debug, Sequence)]
struct Record {
    version: u8,
    source_format: String,
    source_sm3: OctetString,
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT", optional = "true")]
    source_id: Option<String>,
    migrated_at: GeneralizedTime,
    by: String,
}

impl Provenance {
    /// The object identifier of the extension unless another is given: in the arc that RFC 5612 keeps
    /// for documentation, so that it is nobody else's. A platform that has an arc of its own gives
    /// one of that.
    pub const DEFAULT_OID: &'static str = "1.3.6.1.4.1.32473.38540.1";

    /// The records in a seal, the newest first; none for a seal that was made from nothing.
    ///
    /// `id` is the extension's object identifier, usually [`Provenance::DEFAULT_OID`]. What the records
    /// say is as true as the seal is good: judge that first.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Malformed`] when there is such an extension and it cannot be read.
    pub fn of(seal: &Seal, id: &str) -> Result<Vec<Self>, Error> {
        match seal.extension(id) {
            None => Ok(Vec::new()),
            Some((_, value)) => read(value),
        }
    }
}

/// Puts a record in front of those that are there, under this identifier.
pub(super) fn add(extensions: &mut Vec<Extension>, id: ObjectIdentifier, record: Provenance) -> Result<(), Error> {
    let mut records = vec![record];
    let at = extensions.iter().position(|one| one.id == id);
    if let Some(old) = at.and_then(|at| extensions.get(at)) {
        records.extend(read(&old.value)?);
    }
    let extension = Extension { id, critical: false, value: write(&records)? };
    match at.and_then(|at| extensions.get_mut(at)) {
        Some(place) => *place = extension,
        None => extensions.push(extension),
    }
    Ok(())
}

pub(super) fn parse_oid(dotted: &str) -> Result<ObjectIdentifier, Error> {
    ObjectIdentifier::new(dotted).map_err(|source| {
        Error::new(ErrorKind::Misuse, format!("\"{}\" is not an object identifier in dots", dotted.escape_debug()))
            .caused_by(source)
    })
}

fn write(records: &[Provenance]) -> Result<Vec<u8>, Error> {
    let records = records.iter().map(|one| {
        if one.by.trim().is_empty() || one.by.len() > 1024 {
            return Err(Error::new(ErrorKind::Misuse, "a provenance says in 1 to 1024 bytes who made the seal"));
        }
        // The `der` crate reaches back to 1970 only; no seal is older.
        let seconds = u64::try_from(one.migrated_at.unix_seconds()).unwrap_or(0);
        let date = DateTime::from_unix_duration(std::time::Duration::from_secs(seconds)).map_err(encoding)?;
        Ok(Record {
            version: 1,
            source_format: one.source_format.name().to_owned(),
            source_sm3: OctetString::new(one.source_sm3).map_err(encoding)?,
            source_id: one.source_id.clone(),
            migrated_at: GeneralizedTime::from_date_time(date),
            by: one.by.clone(),
        })
    });
    records.collect::<Result<Vec<_>, Error>>()?.to_der().map_err(encoding)
}

fn encoding(source: ::der::Error) -> Error {
    Error::new(ErrorKind::Misuse, format!("a provenance cannot be written ({source})")).caused_by(source)
}

fn read(value: &[u8]) -> Result<Vec<Provenance>, Error> {
    let list = Tlv::only(value, "Provenances")?.expect(tag::SEQUENCE, "Provenances")?.list("Provenances")?;
    if list.is_empty() || list.len() > MOST {
        return Err(Error::malformed(format!("Provenances: it has {} records, not 1 to {MOST}", list.len())));
    }
    list.iter().map(read_record).collect()
}

fn read_record(element: &Tlv<'_>) -> Result<Provenance, Error> {
    let what = "Provenance";
    let mut fields = element.expect(tag::SEQUENCE, what)?.children();
    let version = fields.take(tag::INTEGER, "Provenance.version")?.small_integer("Provenance.version")?;
    if version != 1 {
        return Err(Error::unsupported(format!("Provenance.version is {version}, only 1 is known")));
    }
    let format = text(&fields.take(tag::UTF8_STRING, "Provenance.sourceFormat")?)?;
    let source_format = SourceFormat::ALL.into_iter().find(|one| one.name() == format);
    let digest = fields.take(tag::OCTET_STRING, "Provenance.sourceSm3")?.value;
    let id = fields.optional(tag::context(0, true), "Provenance.sourceId")?;
    let id = id.map(|wrapper| Tlv::only(wrapper.value, "Provenance.sourceId")?.expect(tag::UTF8_STRING, what));
    let migrated_at: Time = fields.take(tag::GENERALIZED_TIME, "Provenance.migratedAt")?.time("migratedAt")?;
    let by = text(&fields.take(tag::UTF8_STRING, "Provenance.by")?)?;
    fields.finish(what)?;
    Ok(Provenance {
        source_format: source_format.ok_or_else(|| {
            Error::unsupported(format!("Provenance.sourceFormat \"{}\" is not known", format.escape_debug()))
        })?,
        source_sm3: <[u8; 32]>::try_from(digest)
            .map_err(|_| Error::malformed(format!("Provenance.sourceSm3 has {} bytes, SM3 has 32", digest.len())))?,
        source_id: id.transpose()?.map(|id| text(&id)).transpose()?,
        migrated_at,
        by,
    })
}

fn text(element: &Tlv<'_>) -> Result<String, Error> {
    match element.text() {
        (text, true) => Ok(text),
        (_, false) => Err(Error::malformed(format!("Provenance: a text is not UTF-8, at byte {}", element.at))),
    }
}

#[cfg(test)]
mod tests {
    use super::{add, parse_oid, read, write};
    use crate::lifecycle::Provenance;
    use crate::seal::SourceFormat;

    fn record(by: &str, id: Option<&str>) -> Provenance {
        Provenance {
            source_format: SourceFormat::PackedStructure,
            source_sm3: [7; 32],
            source_id: id.map(Into::into),
            migrated_at: "2026-05-04T03:02:01Z".parse().unwrap(),
            by: by.into(),
        }
    }

    #[test]
    fn there_and_back() {
        let records = [record("平台", None), record("王工", Some("印章-1"))];
        assert_eq!(read(&write(&records).unwrap()).unwrap(), records);
        assert!(write(&[record(" ", None)]).unwrap_err().to_string().contains("who made"));
    }

    #[test]
    fn the_newest_comes_first() {
        let id = parse_oid(Provenance::DEFAULT_OID).unwrap();
        let mut extensions = Vec::new();
        add(&mut extensions, id, record("first", None)).unwrap();
        add(&mut extensions, id, record("second", None)).unwrap();
        let [only] = extensions.as_slice() else { panic!("{extensions:?}") };
        assert!(!only.critical);
        let by: Vec<_> = read(&only.value).unwrap().into_iter().map(|one| one.by).collect();
        assert_eq!(by, ["second", "first"]);
    }

    #[test]
    fn damage_is_told() {
        let good = write(&[record("by", Some("id"))]).unwrap();
        for end in 0..good.len() {
            read(&good[..end]).unwrap_err();
        }
        for at in 0..good.len() {
            let mut bad = good.clone();
            bad[at] ^= 0x80;
            let _ = read(&bad);
        }
        assert!(read(&[0x30, 0]).unwrap_err().to_string().contains("0 records"));
    }
}
