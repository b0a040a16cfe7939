//! What a signature dictionary says (ISO 32000-2, 12.8.1): its formats, its value, what lies beside it.

use crate::der::Tlv;
use crate::document::pdf::changes::Restriction;
use crate::document::pdf::file::{Indirect, View};
use crate::document::pdf::object::{Dictionary, Object, Value};
use crate::document::pdf::signature::ranges::{self, Ranges};
use crate::document::pdf::signature::{Draft, Notes};
use crate::document::pdf::text;
use crate::document::{Announced, Found};
use crate::error::{Context as _, Error};
use crate::finding::{Finding, checks};
use crate::time::Time;

/// The formats of `/SubFilter` that somebody here can read.
const SUB_FILTERS: [&[u8]; 8] = [
    b"adbe.pkcs7.detached",
    b"adbe.pkcs7.sha1",
    b"adbe.x509.rsa_sha1",
    b"ETSI.CAdES.detached",
    b"ETSI.RFC3161",
    b"GM.sm2seal",
    b"GM.sm2cms.detached",
    b"GM.SM2",
];

/// A signature dictionary as of the revision that it closed.
pub(super) struct Subject<'s> {
    pub(super) view: View<'s>,
    pub(super) indirect: &'s Indirect,
    pub(super) dictionary: &'s Dictionary,
}

impl Subject<'_> {
    pub(super) fn read(&self, mut notes: Notes, written: Option<usize>) -> Result<Draft, Error> {
        self.check_form(&mut notes);
        let sub_filter = self.check_names(&mut notes);
        let ranges = Ranges::read(&self.view, self.dictionary, &mut notes.0);
        let payload = self.payload(&sub_filter, &mut notes)?;
        let judged = ranges::judge(&self.view, self.dictionary, ranges, !payload.is_empty(), written, &mut notes.0)?;
        let seal = self.seal(&judged, &mut notes)?;
        let label = |key: &str| self.dictionary.name(key).map(|name| String::from_utf8_lossy(name).into_owned());
        if !notes.has_failed(checks::SIGNATURE_FORMAT) {
            notes.0.push(Finding::pass(
                checks::SIGNATURE_FORMAT,
                format!("the signature dictionary, object {}, is as it should be", self.indirect.reference),
            ));
        }
        let is_stamp = sub_filter == b"ETSI.RFC3161" || self.dictionary.name("Type") == Some(b"DocTimeStamp");
        let found = Found {
            announced: if is_stamp { Announced::TimeStamp } else { Announced::Signature },
            label: [label("Filter"), label("SubFilter")].into_iter().flatten().collect::<Vec<_>>().join(" "),
            payload,
            seal,
            certificates: self.certificates()?,
            claimed: self.claimed()?,
            coverage: judged.coverage,
            findings: notes.0,
            protected: judged.protected,
            ..Found::default()
        };
        let order = judged.hole.map_or(u64::MAX, |hole| hole.0);
        Ok(Draft { found, hole: judged.hole, order, restriction: Restriction::default() })
    }

    fn check_form(&self, notes: &mut Notes) {
        if let Some(key) = self.dictionary.repeated() {
            notes.format(format!("the signature dictionary has the key /{key} twice"));
        }
        if self.indirect.pack.is_some() {
            notes.format("the signature dictionary stands in an object stream, where no signature can be");
        }
        match self.dictionary.get("Type").map(|value| (value, value.as_name())) {
            None | Some((_, Some(b"Sig" | b"DocTimeStamp"))) => {}
            Some((_, Some(other))) => {
                notes.format(format!("its /Type is /{}, not /Sig", String::from_utf8_lossy(other)));
            }
            Some((value, None)) => notes.format(format!("its /Type is {}, not a name", value.kind())),
        }
    }

    /// The names of handler and format, which have to stand in the dictionary itself.
    fn check_names(&self, notes: &mut Notes) -> Vec<u8> {
        let mut named = |key: &str| match self.dictionary.get(key).map(|value| (value, value.as_name())) {
            Some((_, Some(name))) => name.to_vec(),
            Some((value, None)) => {
                notes.format(format!("its /{key} is {}, not a direct name", value.kind()));
                Vec::new()
            }
            None => {
                notes.format(format!("it has no /{key}"));
                Vec::new()
            }
        };
        named("Filter");
        let sub_filter = named("SubFilter");
        if !sub_filter.is_empty() && !SUB_FILTERS.contains(&sub_filter.as_slice()) {
            let name = String::from_utf8_lossy(&sub_filter);
            let text = format!("its /SubFilter /{name} is none of those known; what it holds decides");
            notes.0.push(Finding::note(checks::SIGNATURE_FORMAT, text));
        }
        sub_filter
    }

    /// The signature itself: the one ASN.1 element that `/Contents` begins with.
    fn payload(&self, sub_filter: &[u8], notes: &mut Notes) -> Result<Vec<u8>, Error> {
        let Some(contents) = self.dictionary.get("Contents") else {
            notes.format("it has no /Contents, hence no signature value");
            return Ok(Vec::new());
        };
        let Value::String(bytes) = &contents.value else {
            notes.format(format!("its /Contents is {}, not a direct string", contents.kind()));
            return Ok(Vec::new());
        };
        let text = self.view.source_text(self.indirect, &contents.span)?;
        if text.first() != Some(&b'<') {
            notes.format("its /Contents is not in hexadecimal form");
        }
        let digits = text.iter().filter(|byte| byte.is_ascii_hexdigit()).count();
        if text.first() == Some(&b'<') && digits % 2 == 1 {
            notes.format("its /Contents has an odd number of digits");
        }
        // A bare PKCS#1 value comes as an OCTET STRING, everything else as a SEQUENCE.
        let wanted = if sub_filter == b"adbe.x509.rsa_sha1" { 0x04 } else { 0x30 };
        if bytes.iter().all(|byte| *byte == 0) {
            notes.format("its /Contents is empty: there is no signature value");
            return Ok(Vec::new());
        }
        if bytes.len() > self.view.work.limits.seal_bytes {
            let most = self.view.work.limits.seal_bytes;
            return Err(Error::too_large(format!("a signature of {} bytes exceeds the limit of {most}", bytes.len())))
                .context(format_args!("object {}", self.indirect.reference));
        }
        let (element, rest) = match Tlv::first(bytes, "/Contents") {
            Ok(read) if read.0.tag == wanted || read.0.tag == 0x30 => read,
            Ok(read) => {
                notes.format(format!("its /Contents begins with the tag 0x{:02X}, as no signature does", read.0.tag));
                return Ok(Vec::new());
            }
            Err(error) => {
                notes.format(format!("its /Contents is no ASN.1: {error}"));
                return Ok(Vec::new());
            }
        };
        if rest.iter().any(|byte| *byte != 0) {
            notes.format(format!("something else than zeros follows the {} bytes of the signature", element.raw.len()));
        }
        if !element.shortest {
            let text = "the signature is encoded in BER with indefinite or long lengths, where DER is asked for";
            notes.0.push(Finding::note(checks::SIGNATURE_FORMAT, text));
        }
        Ok(element.raw.to_vec())
    }

    /// The certificates beside the signature: one string or an array of them.
    fn certificates(&self) -> Result<Vec<Vec<u8>>, Error> {
        let Some(value) = self.dictionary.get("Cert") else { return Ok(Vec::new()) };
        let mut list = Vec::new();
        let one = std::slice::from_ref(value);
        for item in value.as_array().unwrap_or(one).iter().take(self.view.work.limits.certificates) {
            if let Some(bytes) = item.as_string() {
                list.push(self.view.decrypted(self.indirect, bytes)?);
            }
        }
        Ok(list)
    }

    fn claimed(&self) -> Result<Option<Time>, Error> {
        let Some(date) = self.dictionary.get("M").and_then(Object::as_string) else { return Ok(None) };
        Ok(text::decode_date(&self.view.decrypted(self.indirect, date)?))
    }

    /// The seal that our own stamps lay beside the signature; it has to be signed with the rest.
    fn seal(&self, judged: &ranges::Judged, notes: &mut Notes) -> Result<Option<Vec<u8>>, Error> {
        let Some(value) = self.dictionary.get("ESEAL_Seal") else { return Ok(None) };
        let fail = |text: String| Finding::fail(checks::SEAL_SAME, text);
        let stream = match value.as_reference().map(|reference| self.view.load(reference)) {
            Some(Ok(Some(stream))) if stream.is_stream() => stream,
            Some(Err(error)) if error.ends_the_work() => return Err(error),
            Some(Err(error)) => {
                notes.0.push(fail(format!("the seal beside the signature cannot be read: {error}")));
                return Ok(None);
            }
            _ => {
                notes.0.push(fail("/ESEAL_Seal of the signature dictionary refers to no stream".into()));
                return Ok(None);
            }
        };
        let span = self.view.data_span(&stream)?;
        if stream.pack.is_some() || !judged.covers(stream.object.span.start, span.end) {
            notes.0.push(fail(format!(
                "the seal beside the signature, object {}, is not protected by it",
                stream.reference
            )));
        }
        match self.view.stream(&stream) {
            Ok(bytes) if bytes.len() <= self.view.work.limits.seal_bytes => Ok(Some(bytes)),
            Ok(bytes) => {
                Err(Error::too_large(format!("the seal in object {} has {} bytes", stream.reference, bytes.len())))
            }
            Err(error) if error.ends_the_work() => Err(error),
            Err(error) => {
                notes.0.push(fail(format!("the seal beside the signature cannot be read: {error}")));
                Ok(None)
            }
        }
    }
}
