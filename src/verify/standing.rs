//! One seal for many stamps.

use std::sync::{Mutex, PoisonError};

use crate::error::Error;
use crate::seal::{Seal, ValidSeal};
use crate::time::Time;
use crate::verify::{SealReport, Verifier};

/// A seal that many documents are stamped with: it is judged once for each time at which it is asked for, and times
/// are whole seconds. So the time of signing stays the time of judgement, and a batch that lasts an hour judges the
/// seal 3600 times, however many stamps it makes.
///
/// It can be shared by threads.
///
/// ```
/// # #[cfg(feature = "authority")] {
/// # use eseal::authority::{Algorithm, Authority};
/// # use eseal::seal::{SealContent, SealKind, Signatories};
/// # use eseal::{Mm, Picture, SealMaker, Signatory, Stamp, Trust, Validity, Verifier};
/// # let now: eseal::Time = "2026-08-01T00:00:00Z".parse()?;
/// # let world = Authority::new(Algorithm::P256, now)?;
/// # let us = Signatory::new(world.signatory("示例有限公司")?);
/// # let seal = SealMaker::new(world.seal_maker()?).create(SealContent {
/// #     id: "31010600012345".parse()?,
/// #     kind: SealKind::Organisation,
/// #     name: "示例有限公司".into(),
/// #     picture: Picture::svg(br#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 42 42"/>"#, Mm(42.0), Mm(42.0))?,
/// #     signatories: Signatories::listed([us.certificate()]),
/// #     validity: Validity::years(now, 3),
/// # }, now)?;
/// # let trust = Trust::new().everything([world.root().clone()]);
/// let verifier = Verifier::new(&trust);
/// let standing = verifier.standing(&seal);
/// let first = Stamp::of(standing.at(now)?);
/// let second = Stamp::of(standing.at(now)?); // judged once
/// assert!(standing.at(now.plus_years(4)).is_err(), "and again when time has passed");
/// # }
/// # Ok::<(), eseal::Error>(())
/// ```
#[derive(Debug)]
#[must_use = "a standing is asked for a seal at a time"]
pub struct SealStanding<'v, 's> {
    verifier: &'v Verifier<'v>,
    seal: &'s Seal,
    judged: Mutex<Option<SealReport<'s>>>,
}

impl Verifier<'_> {
    /// A seal to be judged again and again, once for each time.
    pub fn standing<'v, 's>(&'v self, seal: &'s Seal) -> SealStanding<'v, 's> {
        SealStanding { verifier: self, seal, judged: Mutex::new(None) }
    }
}

impl<'s> SealStanding<'_, 's> {
    /// The evidence that the seal is valid as of `now`.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotValid`](crate::ErrorKind::NotValid) with the findings that say no.
    pub fn at(&self, now: Time) -> Result<ValidSeal<'s>, Error> {
        let mut judged = self.judged.lock().unwrap_or_else(PoisonError::into_inner);
        let report = match judged.take() {
            Some(report) if report.at() == now => report,
            _ => self.verifier.seal(self.seal, now),
        };
        judged.insert(report).clone().require_valid()
    }
}
