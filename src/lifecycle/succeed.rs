//! Making a seal of an older one: migrating it to another edition, and remaking it.
//!
//! A seal is signed by its maker, so it can never be edited. What is called migrating is reading the
//! old one, carrying over what it says and signing anew; documents stamped with the old one go on to be
//! judged by the old one, which lies in them.

use std::fmt;

use crate::crypto::{Certificate, DigestAlgorithm};
use crate::error::{BoxError, Context, Error, ErrorKind};
use crate::lifecycle::create::TimeStamping;
use crate::lifecycle::{Provenance, RemakeReason, provenance};
use crate::picture::Picture;
use crate::seal::{Edition, Seal, SealContent, SealId, SealKind, SealMaker, Signatories, SourceFormat, ValidSeal};
use crate::time::{Time, Validity};
use crate::timestamp::TimeStamper;

impl SealMaker {
    /// Begins the migration of a seal to another edition (GB/T 38540-2020 or GM/T 0031-2025).
    ///
    /// `old` is evidence that the verifier found it valid; for one whose validity is over see
    /// [`evidence`](crate::lifecycle::evidence). Name, kind, identifier, signatories, extensions and the
    /// bytes of the picture are carried over, validity never grows, and the new seal says what it was
    /// made of ([`Provenance`]).
    ///
    /// There is no way to give it another picture or another name: a new picture is a reason to
    /// [remake](SealMaker::remake), a new name is one to cancel the seal and to make a new one.
    ///
    /// ```compile_fail,E0599
    /// # fn never(maker: &eseal::SealMaker, old: &eseal::seal::ValidSeal<'_>, picture: eseal::Picture) {
    /// maker.migrate(old, eseal::Edition::Gbt38540_2020).picture(picture);
    /// # }
    /// ```
    pub fn migrate(&self, old: &ValidSeal<'_>, to: Edition) -> Migration<'_> {
        Migration(Succession::new(self, old.seal(), to))
    }

    /// Begins a new seal in place of an old one: for the same owner, under the same name.
    ///
    /// Without more it is made in the old seal's edition (in GB/T 38540-2020, where that is
    /// superseded), with the same identifier, kind, signatories, extensions and picture, and is valid
    /// no longer than the old one.
    ///
    /// There is no way to give it another name: that is a reason to cancel the old seal
    /// ([`CancelReason::Renamed`](crate::lifecycle::CancelReason::Renamed)) and to make a new one.
    ///
    /// ```compile_fail,E0599
    /// # fn never(maker: &eseal::SealMaker, old: &eseal::seal::ValidSeal<'_>) {
    /// maker.remake(old, eseal::lifecycle::RemakeReason::Expiry).name("another");
    /// # }
    /// ```
    pub fn remake(&self, old: &ValidSeal<'_>, reason: RemakeReason) -> Remake<'_> {
        let edition = match old.seal().edition() {
            Edition::Gmt0031_2014 => Edition::Gbt38540_2020,
            other => other,
        };
        Remake { succession: Succession::new(self, old.seal(), edition), reason, picture: None }
    }
}

/// What becomes of a seal's identifier (`esID`) when it is migrated or remade. Registers differ.
#[derive(Clone, Debug, Default, Eq, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum IdPolicy {
    /// It stays.
    #[default]
    Keep,
    /// The new seal has this one; the old one is in its [`Provenance`].
    Replace(SealId),
}

macro_rules! builder {
    ($($path:tt)+) => {
        /// Keeps the identifier, or replaces it.
        pub fn id(mut self, id: IdPolicy) -> Self {
            self.$($path)+.id = id;
            self
        }

        /// The kind of the new seal, where the numbers of the old system have another meaning.
        pub fn kind(mut self, kind: SealKind) -> Self {
            self.$($path)+.kind = Some(kind);
            self
        }

        /// Those who may stamp with the new seal, as when their certificates were renewed.
        pub fn signatories(mut self, signatories: Signatories) -> Self {
            self.$($path)+.signatories = Some(signatories);
            self
        }

        /// Who does it, in the register's own words; without it the maker's subject.
        pub fn by(mut self, who: impl Into<String>) -> Self {
            self.$($path)+.by = Some(who.into());
            self
        }

        /// The object identifier of the extension that holds the [`Provenance`], in dots, where the
        /// platform has an arc of its own; without it [`Provenance::DEFAULT_OID`].
        pub fn provenance_oid(mut self, dotted: impl Into<String>) -> Self {
            self.$($path)+.provenance_oid = Some(dotted.into());
            self
        }

        /// Puts a time stamp over the maker's signature into the new seal (GM/T 0031-2025 only), as
        /// [`NewSeal::time_stamp`](crate::lifecycle::NewSeal::time_stamp).
        pub fn time_stamp(mut self, stamper: impl FnOnce(&[u8]) -> Result<Vec<u8>, BoxError> + 'm) -> Self {
            self.$($path)+.time_stamp = Some(TimeStamping::Tokens(Box::new(stamper)));
            self
        }

        /// Puts a time stamp by this authority over the maker's signature into the new seal (GM/T 0031-2025
        /// only).
        pub fn time_stamped_by(mut self, stamper: &'m dyn TimeStamper) -> Self {
            self.$($path)+.time_stamp = Some(TimeStamping::Asked(stamper));
            self
        }
    };
}

/// A migration about to be done. Begin with [`SealMaker::migrate`].
#[derive(Debug)]
#[must_use = "a migration is done by make()"]
pub struct Migration<'m>(Succession<'m>);

impl<'m> Migration<'m> {
    builder!(0);

    /// Makes the new seal end sooner, or begin later. It never reaches beyond the old seal's validity
    /// nor beyond that of a certificate listed in the new one.
    pub fn validity(mut self, validity: Validity) -> Self {
        self.0.validity = Some(validity);
        self
    }

    /// Makes the new seal. `now` becomes its date of making.
    ///
    /// # Errors
    ///
    /// As [`SealMaker::create`]; [`ErrorKind::NotAllowed`] when something of the old seal cannot be
    /// carried over unharmed (a name that is not UTF-8, extensions that cannot be told apart), or when
    /// nothing of its validity is left; [`ErrorKind::Mismatch`] when its list holds something that is
    /// no certificate and no other signatories were named.
    pub fn make(self, now: Time) -> Result<Seal, Error> {
        self.0.make(None, Growth::Never, now).context("migrating a seal")
    }
}

/// A seal about to be remade. Begin with [`SealMaker::remake`].
#[derive(Debug)]
#[must_use = "a remake is done by make()"]
pub struct Remake<'m> {
    succession: Succession<'m>,
    reason: RemakeReason,
    picture: Option<Picture>,
}

impl<'m> Remake<'m> {
    builder!(succession);

    /// The edition of the new seal.
    pub fn edition(mut self, edition: Edition) -> Self {
        self.succession.edition = edition;
        self
    }

    /// The new seal's validity. It ends no later than the old one's, unless that end is the reason of
    /// remaking ([`RemakeReason::Expiry`]), and never reaches beyond a listed certificate's.
    pub fn validity(mut self, validity: Validity) -> Self {
        self.succession.validity = Some(validity);
        self
    }

    /// The new picture, for [`RemakeReason::PictureChanged`] and no other.
    pub fn picture(mut self, picture: Picture) -> Self {
        self.picture = Some(picture);
        self
    }

    /// Makes the new seal. `now` becomes its date of making.
    ///
    /// # Errors
    ///
    /// As [`Migration::make`]; [`ErrorKind::Misuse`] when what the reason asks for was not given: new
    /// signatories for renewed certificates, a picture for a changed one, a validity for an ended one,
    /// none of the old certificates when the key was compromised; [`ErrorKind::NotAllowed`] for a new
    /// picture with a reason that keeps it.
    pub fn make(self, now: Time) -> Result<Seal, Error> {
        self.check()
            .and_then(|()| {
                let growth = if self.reason == RemakeReason::Expiry { Growth::AsAsked } else { Growth::Never };
                self.succession.make(self.picture, growth, now)
            })
            .context("remaking a seal")
    }

    fn check(&self) -> Result<(), Error> {
        let missing = |what: &str| {
            Err(Error::new(ErrorKind::Misuse, format!("a seal remade for \"{}\" needs {what}", self.reason)))
        };
        let Succession { signatories, validity, old, .. } = &self.succession;
        if self.picture.is_some() && self.reason.keeps_picture() {
            return Err(Error::new(
                ErrorKind::NotAllowed,
                format!("a seal remade for \"{}\" keeps its picture, byte for byte", self.reason),
            ));
        }
        match (self.reason, signatories) {
            (RemakeReason::PictureChanged, _) if self.picture.is_none() => missing("its new picture"),
            (RemakeReason::Expiry, _) if validity.is_none() => missing("a new validity"),
            (RemakeReason::CertificateRenewed | RemakeReason::SignatoriesChanged, None) => {
                missing("the certificates of those who may stamp with it")
            }
            (RemakeReason::KeyCompromised, None) => missing("a certificate over a new key"),
            (RemakeReason::KeyCompromised, Some(new)) => {
                let kept = old.signatories().certificates().into_iter().find(|one| new.names(one));
                match kept {
                    Some(one) => missing(&format!(
                        "a certificate over a new key: that of {} (serial {}) was in the old seal",
                        one.subject(),
                        one.serial_number()
                    )),
                    None => Ok(()),
                }
            }
            _ => Ok(()),
        }
    }
}

/// Whether a new validity may reach beyond the old one.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Growth {
    Never,
    AsAsked,
}

/// What migrating and remaking have in common.
struct Succession<'m> {
    maker: &'m SealMaker,
    old: Seal,
    edition: Edition,
    id: IdPolicy,
    kind: Option<SealKind>,
    signatories: Option<Signatories>,
    validity: Option<Validity>,
    by: Option<String>,
    provenance_oid: Option<String>,
    time_stamp: Option<TimeStamping<'m>>,
}

impl<'m> Succession<'m> {
    fn new(maker: &'m SealMaker, old: &Seal, edition: Edition) -> Self {
        Succession {
            maker,
            old: old.clone(),
            edition,
            id: IdPolicy::Keep,
            kind: None,
            signatories: None,
            validity: None,
            by: None,
            provenance_oid: None,
            time_stamp: None,
        }
    }

    fn make(self, picture: Option<Picture>, growth: Growth, now: Time) -> Result<Seal, Error> {
        if self.edition == Edition::Gmt0031_2014 {
            return Err(Error::unsupported("no new seals are made of GM/T 0031-2014, which is superseded"));
        }
        let parts = self.old.parts();
        let extensions = &parts.extensions;
        if extensions.unreadable {
            return Err(not_allowed(
                "its extensions cannot be told apart, so they cannot be carried over, and none is dropped in silence",
            ));
        }
        let signatories = self.signatories()?;
        let content = SealContent {
            id: self.new_id()?,
            kind: self.new_kind()?,
            name: self.name()?,
            validity: self.new_validity(&signatories, growth, now)?,
            picture: picture.map_or_else(|| self.old.picture(), Ok)?,
            signatories,
        };
        let oid = provenance::parse_oid(self.provenance_oid.as_deref().unwrap_or(Provenance::DEFAULT_OID))?;
        let record = self.record(now)?;
        self.maker
            .prepare(content)
            .edition(self.edition)
            .carry_over(&extensions.list, &extensions.foreign)
            .provenance_under(oid, record)
            .time_stamping(self.time_stamp)
            .make(now)
    }

    fn new_id(&self) -> Result<SealId, Error> {
        match &self.id {
            IdPolicy::Replace(id) => Ok(id.clone()),
            IdPolicy::Keep => self.old.id().parse::<SealId>().context("keeping the identifier (replace it instead)"),
        }
    }

    fn new_kind(&self) -> Result<SealKind, Error> {
        let code = self.old.kind_code();
        self.kind.or_else(|| SealKind::from_code(code)).ok_or_else(|| {
            not_allowed(&format!("its kind is written as {code}, which no register uses: say which kind it is to be"))
        })
    }

    fn name(&self) -> Result<String, Error> {
        if !self.old.parts().name_is_whole {
            return Err(not_allowed(
                "its name is not UTF-8, so it cannot be carried over unharmed: cancel it and make a new seal",
            ));
        }
        Ok(self.old.name().to_owned())
    }

    /// The new list, or the old one, if each of its items can be carried over.
    fn signatories(&self) -> Result<Signatories, Error> {
        if let Some(new) = &self.signatories {
            return Ok(new.clone());
        }
        let old = self.old.signatories();
        if !old.is_whole() {
            return Err(Error::new(
                ErrorKind::Mismatch,
                "its list of signatories holds something that is no certificate: name the signatories of the new seal",
            ));
        }
        Ok(old.clone())
    }

    /// Within the old validity (or the one asked for), and within every listed certificate's.
    fn new_validity(&self, signatories: &Signatories, growth: Growth, now: Time) -> Result<Validity, Error> {
        let old = self.old.validity();
        let asked = self.validity.unwrap_or(old);
        let mut new = match growth {
            Growth::Never => within(asked, old),
            Growth::AsAsked => asked,
        };
        let certificates = signatories.certificates();
        new = certificates.iter().map(Certificate::validity).fold(new, within);
        if new.is_reversed() || new.not_after < now {
            return Err(not_allowed(&format!(
                "nothing of its validity ({old}) would be left at {now}: that of the new seal can be neither longer \
                 than the old one's nor than those of the certificates listed in it"
            )));
        }
        Ok(new)
    }

    fn record(&self, now: Time) -> Result<Provenance, Error> {
        let digest = self.old.digest(DigestAlgorithm::Sm3)?;
        Ok(Provenance {
            source_format: SourceFormat::from(self.old.edition()),
            source_sm3: <[u8; 32]>::try_from(digest).unwrap_or_default(),
            source_id: Some(self.old.id().to_owned()),
            migrated_at: now,
            by: self.by.clone().unwrap_or_else(|| self.maker.certificate().subject().to_owned()),
        })
    }
}

impl fmt::Debug for Succession<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Succession({:?} → {})", self.old, self.edition)
    }
}

/// The part of `inner` that lies in `outer`; reversed when there is none.
fn within(inner: Validity, outer: Validity) -> Validity {
    Validity { not_before: inner.not_before.max(outer.not_before), not_after: inner.not_after.min(outer.not_after) }
}

fn not_allowed(message: &str) -> Error {
    Error::new(ErrorKind::NotAllowed, message)
}
