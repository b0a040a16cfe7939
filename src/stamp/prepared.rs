//! The phases between preparing and finishing, as plain data.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::crypto::{Certificate, SignatureAlgorithm, check_value};
use crate::document::{Document, Format, Reserved};
use crate::error::{Context, Error, ErrorKind};
use crate::limits::Limits;
use crate::stamp::payload::{Draft, Parts, Payload};
use crate::time::Time;
use crate::timestamp::{self, TimeStamper};

/// A document with room for a signature, and what is to be signed.
///
/// It is plain data: serialise it (with `serde`, in any format), let a key elsewhere sign
/// [`Prepared::to_be_signed`], read it back in another process and go on with [`Prepared::signed`].
/// What is read back is checked: the digest in what was to be signed must be the document's, and the
/// certificate the one it names. No secret is in it, and nothing that could not be seen in the finished document.
///
/// ```no_run
/// # fn ask_remote(message: &[u8]) -> Vec<u8> { message.to_vec() }
/// # fn demo(stamp: eseal::Stamp<'_>, form: &eseal::Pdf, certificate: &eseal::Certificate)
/// #     -> Result<(), Box<dyn std::error::Error>> {
/// let prepared = stamp.prepare(form, certificate)?;
/// let stored = serde_json::to_string(&prepared)?;
///
/// let prepared: eseal::Prepared<eseal::Pdf> = serde_json::from_str(&stored)?;
/// let value = ask_remote(prepared.to_be_signed());
/// let stamped = prepared.signed(&value)?.finish()?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
#[must_use = "a prepared stamp does nothing until it is signed and finished"]
pub struct Prepared<D: Document> {
    document: D,
    hole: D::Hole,
    /// How many bytes the signature may have.
    room: usize,
    parts: Parts,
}

impl<D: Document> Prepared<D> {
    pub(super) fn new(reserved: Reserved<D>, to_be_signed: Vec<u8>, room: usize, draft: &Draft<'_>) -> Self {
        Prepared { document: reserved.document, hole: reserved.hole, room, parts: Parts::of(draft, to_be_signed) }
    }

    /// The message for the key: some kilobytes of DER, whatever the document's size. It is not
    /// hashed yet; [`sm2_digest`](crate::sm2_digest) helps devices that want an SM2 digest.
    #[must_use]
    pub fn to_be_signed(&self) -> &[u8] {
        &self.parts.to_be_signed
    }

    /// How the message is to be signed.
    #[must_use]
    pub fn algorithm(&self) -> SignatureAlgorithm {
        self.parts.algorithm
    }

    /// Takes the value that the key made.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Signer`] when the value does not verify with the certificate: such a value is
    /// never written into a file.
    pub fn signed(self, value: &[u8]) -> Result<Signed<D>, Error> {
        check_value(self.parts.algorithm, &self.parts.certificate, &self.parts.to_be_signed, value)?;
        self.with_checked_value(value)
    }

    /// Goes on with a value that was checked where it was made.
    pub(super) fn with_checked_value(self, value: &[u8]) -> Result<Signed<D>, Error> {
        let Prepared { document, hole, room, parts } = self;
        let payload = parts.assemble(value, None)?;
        Ok(Signed { document, hole, room, parts, value: value.to_vec(), payload })
    }
}

/// A document with its signature beside it, about to be put in.
///
/// A time stamp over the signature may be added before; room for it was left when the stamp was prepared with
/// [`Stamp::time_stamped_by`](crate::Stamp::time_stamped_by) or
/// [`Stamp::time_stamp_room`](crate::Stamp::time_stamp_room).
///
/// ```no_run
/// # fn demo(
/// #     prepared: eseal::Prepared<eseal::Pdf>,
/// #     value: &[u8],
/// #     authority: &dyn eseal::timestamp::TimeStamper,
/// # ) -> Result<(), eseal::Error> {
/// let stamped = prepared.signed(value)?.time_stamped(authority, eseal::Time::now())?.finish()?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
#[must_use = "a signed stamp does nothing until it is finished"]
pub struct Signed<D: Document> {
    document: D,
    hole: D::Hole,
    room: usize,
    parts: Parts,
    value: Vec<u8>,
    payload: Vec<u8>,
}

impl<D: Document> Signed<D> {
    /// The signature as it will stand in the document: SES_Signature or ContentInfo, in DER.
    #[must_use]
    pub fn payload(&self) -> &[u8] {
        &self.payload
    }

    /// How many bytes there is room for; where the format leaves none beforehand, any number.
    pub(super) fn room(&self) -> usize {
        match D::FORMAT {
            Format::Pdf => self.room,
            Format::Ofd => usize::MAX,
        }
    }

    /// The signature's value, over whose digest a time stamp is made.
    #[must_use]
    pub fn value(&self) -> &[u8] {
        &self.value
    }

    /// Asks for a time stamp over the signature's value and adds it. `now` is the time of asking.
    ///
    /// # Errors
    ///
    /// As [`timestamp::ask`](crate::timestamp::ask).
    pub fn time_stamped(self, stamper: &dyn TimeStamper, now: Time) -> Result<Self, Error> {
        let token = timestamp::ask(stamper, &self.value, self.parts.algorithm.digest(), now)?;
        self.with_checked_token(&token)
    }

    /// Adds a time-stamp token that was asked for elsewhere.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::TimeStamp`] when it is no token over this signature's value, or not one as an authority
    /// gives it.
    pub fn with_token(self, token: &[u8]) -> Result<Self, Error> {
        timestamp::check_token(token, &self.value)?;
        self.with_checked_token(token)
    }

    /// Adds a token that was checked where it was asked for.
    fn with_checked_token(mut self, token: &[u8]) -> Result<Self, Error> {
        self.payload = self.parts.assemble(&self.value, Some(token))?;
        Ok(self)
    }

    /// Puts the signature into its room.
    ///
    /// # Errors
    ///
    /// When the room is too small, or the prepared document was changed while it was stored.
    pub fn finish(self) -> Result<D, Error> {
        self.document.fill_room(&self.hole, &self.payload)
    }
}

/// The stored form. Bytes are base64, so that text formats can hold them.
#[derive(Serialize, Deserialize)]
struct Stored<H> {
    format: String,
    document: String,
    hole: H,
    room: usize,
    to_be_signed: String,
    payload: Payload,
    algorithm: SignatureAlgorithm,
    certificates: Vec<String>,
}

impl<D: Document> Serialize for Prepared<D> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let parts = &self.parts;
        let certificates = std::iter::once(&parts.certificate).chain(&parts.chain);
        let stored = Stored {
            format: format!("{}", D::FORMAT),
            document: STANDARD.encode(self.document.as_bytes()),
            hole: self.hole.clone(),
            room: self.room,
            to_be_signed: STANDARD.encode(&parts.to_be_signed),
            payload: parts.payload,
            algorithm: parts.algorithm,
            certificates: certificates.map(|one| STANDARD.encode(one.der())).collect(),
        };
        stored.serialize(serializer)
    }
}

impl<'de, D: Document> Deserialize<'de> for Prepared<D> {
    fn deserialize<R: Deserializer<'de>>(deserializer: R) -> Result<Self, R::Error> {
        let stored = Stored::<D::Hole>::deserialize(deserializer)?;
        restore(stored).context("reading a prepared stamp").map_err(R::Error::custom)
    }
}

fn restore<D: Document>(stored: Stored<D::Hole>) -> Result<Prepared<D>, Error> {
    let mismatch = |message: String| Error::new(ErrorKind::Mismatch, message);
    if stored.format != format!("{}", D::FORMAT) {
        return Err(mismatch(format!("it holds a document of {}, not of {}", stored.format, D::FORMAT)));
    }
    let decode = |text: &str| {
        STANDARD.decode(text).map_err(|source| Error::malformed("a stored value is not base64").caused_by(source))
    };
    let document = D::from_bytes(decode(&stored.document)?, &Limits::default())?;
    let mut chain = Vec::new();
    for certificate in &stored.certificates {
        chain.push(Certificate::from_der(&decode(certificate)?)?);
    }
    if chain.is_empty() {
        return Err(mismatch("it names no certificate".into()));
    }
    let certificate = chain.remove(0);
    let parts = Parts {
        payload: stored.payload,
        algorithm: stored.algorithm,
        certificate,
        chain,
        to_be_signed: decode(&stored.to_be_signed)?,
    };
    parts.check_resumed(&document.protected_digest(&stored.hole, stored.algorithm.digest())?)?;
    Ok(Prepared { document, hole: stored.hole, room: stored.room, parts })
}
