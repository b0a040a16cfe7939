//! Making a new seal.

use std::fmt;

use ::der::asn1::ObjectIdentifier;

use crate::crypto::DigestAlgorithm;
use crate::error::{BoxError, Error, ErrorKind};
use crate::lifecycle::{Provenance, provenance};
use crate::seal::{
    Edition, Extension, Seal, SealContent, SealDraft, SealMaker, encode_info, encode_seal, encode_to_be_made,
};
use crate::time::Time;
use crate::timestamp::{self, TimeStamper};

impl SealMaker {
    /// Makes a seal (GB/T 38540-2020, 6.2). `now` becomes its date of making.
    ///
    /// The content is encoded once; those bytes are signed, and the value is checked before the seal
    /// is handed out. For another edition, extensions or a time stamp, see [`SealMaker::prepare`].
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Misuse`] when the content contradicts itself: a validity that ends before it
    /// begins, an empty or overlong name, nobody listed, a picture whose sides are not whole
    /// millimetres. [`ErrorKind::NotAllowed`] when the maker's certificate is not in its validity, or
    /// its key may not sign. [`ErrorKind::Signer`] when the key does not sign.
    pub fn create(&self, content: SealContent, now: Time) -> Result<Seal, Error> {
        self.prepare(content).make(now)
    }

    /// Begins a new seal of which more is to be said than its content.
    ///
    /// ```
    /// # use eseal::authority::{Algorithm, Authority};
    /// # use eseal::seal::{SealContent, SealKind, Signatories};
    /// use eseal::{Edition, SealMaker};
    /// # let now: eseal::Time = "2026-08-01T00:00:00Z".parse()?;
    /// # let authority = Authority::new(Algorithm::P256, now)?;
    /// # let signatory = authority.signatory("示例有限公司")?;
    /// # let svg = br#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 42 42"/>"#;
    /// # let content = SealContent {
    /// #     id: "31010600012345".parse()?,
    /// #     kind: SealKind::Organisation,
    /// #     name: "示例有限公司".into(),
    /// #     picture: eseal::Picture::svg(svg, eseal::Mm(42.0), eseal::Mm(42.0))?,
    /// #     signatories: Signatories::listed([signatory.certificate()]),
    /// #     validity: eseal::Validity::years(now, 3),
    /// # };
    /// let maker = SealMaker::new(authority.seal_maker()?);
    /// let seal = maker.prepare(content).edition(Edition::Gmt0031_2025).make(now)?;
    /// assert_eq!(seal.edition(), Edition::Gmt0031_2025);
    /// # Ok::<(), eseal::Error>(())
    /// ```
    pub fn prepare(&self, content: SealContent) -> NewSeal<'_> {
        NewSeal {
            maker: self,
            content,
            edition: Edition::Gbt38540_2020,
            extensions: Vec::new(),
            foreign: Vec::new(),
            provenance: None,
            time_stamp: None,
        }
    }
}

/// Gives a token over a value.
type Tokens<'m> = Box<dyn FnOnce(&[u8]) -> Result<Vec<u8>, BoxError> + 'm>;

/// Who stamps the time of making.
pub(super) enum TimeStamping<'m> {
    /// Gets the value of the maker's signature and returns a token (RFC 3161, GB/T 20520) over it.
    Tokens(Tokens<'m>),
    /// Is asked for one.
    Asked(&'m dyn TimeStamper),
}

/// A seal about to be made.
#[must_use = "a new seal is made by make()"]
pub struct NewSeal<'m> {
    maker: &'m SealMaker,
    content: SealContent,
    edition: Edition,
    extensions: Vec<Extension>,
    foreign: Vec<Vec<u8>>,
    provenance: Option<(ObjectIdentifier, Provenance)>,
    time_stamp: Option<TimeStamping<'m>>,
}

impl<'m> NewSeal<'m> {
    /// The edition to write; without it GB/T 38540-2020.
    pub fn edition(mut self, edition: Edition) -> Self {
        self.edition = edition;
        self
    }

    /// Puts a time stamp over the maker's signature into the seal (GM/T 0031-2025 only). `stamper`
    /// gets the octets of the signature's value and returns a time-stamp token over their digest; how
    /// it gets one is its own business.
    pub fn time_stamp(mut self, stamper: impl FnOnce(&[u8]) -> Result<Vec<u8>, BoxError> + 'm) -> Self {
        self.time_stamp = Some(TimeStamping::Tokens(Box::new(stamper)));
        self
    }

    /// Puts a time stamp by this authority over the maker's signature into the seal (GM/T 0031-2025 only).
    pub fn time_stamped_by(mut self, stamper: &'m dyn TimeStamper) -> Self {
        self.time_stamp = Some(TimeStamping::Asked(stamper));
        self
    }

    /// Adds an extension: its object identifier in dots, whether whoever does not know it has to
    /// refuse the seal, and its value.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Misuse`] when the identifier cannot be written, or was added before.
    pub fn extension(mut self, id: &str, critical: bool, value: &[u8]) -> Result<Self, Error> {
        let id = provenance::parse_oid(id)?;
        if self.extensions.iter().any(|one| one.id == id) {
            return Err(Error::new(ErrorKind::Misuse, format!("the extension {id} was added before")));
        }
        self.extensions.push(Extension { id, critical, value: value.to_vec() });
        Ok(self)
    }

    /// Records what the seal was made of, under [`Provenance::DEFAULT_OID`]: for seals made of what
    /// cannot be migrated, as a picture or the structure of an old product.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Misuse`] when the record cannot be written.
    pub fn provenance(mut self, provenance: Provenance) -> Result<Self, Error> {
        self.provenance = Some((provenance::parse_oid(Provenance::DEFAULT_OID)?, provenance));
        Ok(self)
    }

    pub(super) fn carry_over(mut self, extensions: &[Extension], foreign: &[Vec<u8>]) -> Self {
        self.extensions.extend_from_slice(extensions);
        self.foreign.extend_from_slice(foreign);
        self
    }

    pub(super) fn provenance_under(mut self, id: ObjectIdentifier, provenance: Provenance) -> Self {
        self.provenance = Some((id, provenance));
        self
    }

    pub(super) fn time_stamping(mut self, stamper: Option<TimeStamping<'m>>) -> Self {
        self.time_stamp = stamper;
        self
    }

    /// Makes it. `now` becomes its date of making.
    ///
    /// # Errors
    ///
    /// As [`SealMaker::create`]; [`ErrorKind::Misuse`] for a time stamp in an edition that has no
    /// place for it; [`ErrorKind::TimeStamp`] when the stamper gives none, or a token that is not over
    /// this signature or of a time before `now`; [`ErrorKind::Unsupported`] for GM/T 0031-2014, of
    /// which no new seals are made.
    pub fn make(mut self, now: Time) -> Result<Seal, Error> {
        check_content(&self.content)?;
        self.maker.certificate().require_usable(now)?;
        if self.time_stamp.is_some() && self.edition != Edition::Gmt0031_2025 {
            return Err(Error::new(
                ErrorKind::Misuse,
                format!("a seal of {} has no place for a time stamp; one of GM/T 0031-2025 has", self.edition),
            ));
        }
        if let Some((id, record)) = self.provenance.take() {
            provenance::add(&mut self.extensions, id, record)?;
        }
        let info = encode_info(&SealDraft {
            edition: self.edition,
            content: &self.content,
            created: now,
            extensions: &self.extensions,
            foreign: &self.foreign,
        })?;
        let credentials = self.maker.credentials();
        let (certificate, algorithm) = (credentials.certificate().der(), credentials.algorithm().oid());
        let value = credentials.sign(&encode_to_be_made(self.edition, &info, certificate, algorithm)?)?;
        let usual = credentials.algorithm().digest();
        let token = self.time_stamp.map(|stamper| stamp(stamper, &value, usual, now)).transpose()?;
        Seal::from_der(&encode_seal(self.edition, &info, certificate, algorithm, &value, token.as_deref())?)
    }
}

impl fmt::Debug for NewSeal<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "NewSeal({}, {:?}, {})", self.content.id, self.content.name, self.edition)
    }
}

/// Has the time stamped. A token that is not over this value would make a bad seal, and is refused
/// here; whom the token comes from is judged by the verifier.
fn stamp(stamper: TimeStamping<'_>, value: &[u8], usual: DigestAlgorithm, now: Time) -> Result<Vec<u8>, Error> {
    let refuse = |message: String| Error::new(ErrorKind::TimeStamp, message);
    let token = match stamper {
        TimeStamping::Asked(stamper) => timestamp::ask(stamper, value, usual, now)?,
        TimeStamping::Tokens(give) => {
            give(value).map_err(|source| refuse(format!("no time stamp was given: {source}")).caused_by(source))?
        }
    };
    // GM/T 0031-2025: the date of making is not later than the time stamp's.
    let time = timestamp::check_token(&token, value)?;
    if time < now {
        return Err(refuse(format!(
            "the time stamp is of {time}, before the date of making, {now}: one of the two clocks is wrong"
        )));
    }
    Ok(token)
}

fn check_content(content: &SealContent) -> Result<(), Error> {
    let misuse = |message: String| Err(Error::new(ErrorKind::Misuse, message));
    let validity = content.validity;
    if validity.is_reversed() {
        return misuse(format!(
            "the seal's validity is reversed: it would begin at {} and end before that, at {}",
            validity.not_before, validity.not_after
        ));
    }
    let name = content.name.trim();
    if name.is_empty() || name.len() > 1024 || name.chars().any(char::is_control) {
        return misuse("a seal needs a name of 1 to 1024 bytes without control characters".into());
    }
    content.signatories.check()
}
