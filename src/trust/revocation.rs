//! Whether a certificate was revoked: by lists (RFC 5280, 6.3) and by OCSP answers (RFC 6960).
//!
//! A revocation counts whoever tells of it, if only the word is authentic; that there was none counts
//! only from data that covers the time in question.

use serde::{Deserialize, Serialize};

use crate::crypto::{Certificate, Judgement, PublicKey};
use crate::error::Error;
use crate::time::Time;
use crate::trust::Anchor;
use crate::trust::chain::{ChainState, Doubt, EvidenceKind, Reason, Revocation, Told, Wanted};
use crate::trust::crl::{Crl, Entry};
use crate::trust::general::{ALL_REASONS, GeneralName, Point, access_addresses, list_addresses, oid};
use crate::trust::ocsp::{Answer, AnswerState, OcspResponse};
use crate::trust::path::{Context, Issuer, Search};
use crate::trust::watch::Watch;

/// How far the clock of whoever made a list or an answer may run ahead.
const SKEW: i64 = 300;

/// How deep the question who vouches for whom is followed.
const DEPTH: usize = 4;

/// id-kp-OCSPSigning (RFC 6960, 4.2.2.2).
const OCSP_SIGNING: &str = "1.3.6.1.5.5.7.3.9";

/// How old a list or an answer may be at the time as of which it is asked.
///
/// Data of after that time is never too old: it is asked what it says about before.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Freshness {
    /// Until its `nextUpdate`, that instant included (RFC 5280, 6.3.3; RFC 6960, 4.2.2.1). Data
    /// without one is never fresh. The default.
    #[default]
    NextUpdate,
    /// At most so many seconds after its `thisUpdate`, whatever its `nextUpdate` (EN 319 102-1, 5.2.5).
    Seconds(u32),
}

/// What one piece of data says of a certificate.
struct Said {
    /// Nothing when the certificate was not revoked.
    entry: Option<Entry>,
    this_update: Time,
    next_update: Option<Time>,
    /// Since when certificates that have ended are still spoken of.
    keeps_since: Option<Time>,
    told: Told,
}

/// What was said, and why the rest does not count.
#[derive(Default)]
struct Heard {
    said: Vec<Said>,
    doubts: Vec<(Doubt, String)>,
}

impl Heard {
    fn doubt(&mut self, why: Doubt, detail: impl Into<String>) {
        self.doubts.push((why, detail.into()));
    }
}

/// Whoever signed a list or an answer, once that is clear.
struct Signer {
    name: String,
    until: Option<Time>,
}

impl Context<'_> {
    /// Whether `certificate`, issued by `issuer` on a path to `anchor`, was revoked as of `at`.
    pub(super) fn state_of(
        &self,
        certificate: &Certificate,
        issuer: Issuer<'_>,
        anchor: &Anchor,
        at: &Watch,
    ) -> Revocation {
        let mut heard = Heard::default();
        self.hear_answers(certificate, issuer, anchor, at, &mut heard);
        if let Err(error) = self.hear_lists(certificate, issuer, anchor, at, &mut heard) {
            heard.doubt(Doubt::NotUsable, error.to_string());
        }
        self.conclude(certificate, heard, at)
    }

    fn conclude(&self, certificate: &Certificate, heard: Heard, at: &Watch) -> Revocation {
        let Heard { said, mut doubts } = heard;
        if let Some(revoked) = gravest(&said) {
            return revoked_at(revoked, at);
        }
        let covering = said.iter().filter(|said| said.entry.is_none_or(|entry| entry.reason == Reason::Released));
        let (covering, stale): (Vec<_>, Vec<_>) = covering.partition(|said| self.covers(said, certificate, at));
        if let Some(newest) = covering.into_iter().max_by_key(|said| said.this_update) {
            return Revocation::Good { told: newest.told.clone() };
        }
        if let Some(reason) = exempt(certificate) {
            return Revocation::NotAsked { reason };
        }
        doubts.extend(stale.iter().max_by_key(|said| said.this_update).map(|said| {
            let due = said.next_update.map_or("names no next one".into(), |next| format!("ended at {next}"));
            (Doubt::Stale, format!("the {} of {} does not cover that time: it {due}", said.told.kind, said.this_update))
        }));
        let (why, detail) = doubts
            .into_iter()
            .max_by_key(|(why, _)| *why)
            .unwrap_or_else(|| (Doubt::NoData, "no revocation data was at hand".into()));
        Revocation::Unknown { why, detail }
    }

    /// Whether data that does not speak of a certificate says that it was not revoked by then.
    fn covers(&self, said: &Said, certificate: &Certificate, at: &Watch) -> bool {
        if at.reached(said.this_update) {
            return match self.question.freshness {
                Freshness::NextUpdate => said.next_update.is_some_and(|next| !at.passed(next)),
                Freshness::Seconds(most) => !at.passed(said.this_update.plus_seconds(i64::from(most))),
            };
        }
        // Data of later on: certificates that had ended by then may have been dropped from it.
        let ended = certificate.validity().not_after;
        said.this_update <= ended || said.keeps_since.is_some_and(|since| since <= ended)
    }

    fn is_from_the_future(&self, this_update: Time) -> bool {
        !self.now.reached(this_update.plus_seconds(-SKEW))
    }

    // OCSP

    fn hear_answers(
        &self,
        certificate: &Certificate,
        issuer: Issuer<'_>,
        anchor: &Anchor,
        at: &Watch,
        heard: &mut Heard,
    ) {
        let Some(key) = issuer.key() else { return };
        for response in &self.ocsps {
            let about = |answer: &&Answer| {
                let serial = certificate.serial_raw();
                answer.is_about(serial, issuer.name_der(), key)
                    || answer.is_about(serial, certificate.issuer_raw(), key)
            };
            for answer in response.answers.iter().filter(about) {
                match self.hear_answer(response, answer, issuer, key, anchor, at) {
                    Ok(said) => heard.said.push(said),
                    Err((why, detail)) => heard.doubt(why, detail),
                }
            }
        }
    }

    fn hear_answer(
        &self,
        response: &OcspResponse,
        answer: &Answer,
        issuer: Issuer<'_>,
        key: &PublicKey,
        anchor: &Anchor,
        at: &Watch,
    ) -> Result<Said, (Doubt, String)> {
        let unusable = |told: String| (Doubt::NotUsable, told);
        if let Some(id) = response.unknown_critical(answer) {
            return Err(unusable(format!("the OCSP answer has the critical extension {id}, which is not known")));
        }
        if self.is_from_the_future(answer.this_update) {
            return Err(unusable(format!(
                "the OCSP answer is of {}, after the time of verification",
                answer.this_update
            )));
        }
        let later;
        let moment = if at.reached(answer.this_update) {
            at
        } else {
            later = Watch::new(answer.this_update);
            &later
        };
        let signer = self.responder(response, issuer, key, anchor, moment).map_err(unusable)?;
        let entry = match answer.state {
            AnswerState::Good => None,
            AnswerState::Revoked(entry) => Some(entry),
            AnswerState::Unknown => {
                return Err((Doubt::NotKnown, "the OCSP responder says that it does not know the certificate".into()));
            }
        };
        Ok(Said {
            entry,
            this_update: answer.this_update,
            next_update: answer.next_update,
            keeps_since: answer.archive_cutoff,
            told: Told {
                kind: EvidenceKind::Ocsp,
                origin: response.origin,
                signer: signer.name,
                signer_until: signer.until,
                this_update: answer.this_update,
                next_update: answer.next_update,
                der: response.der().clone(),
            },
        })
    }

    /// Who signed an answer: the issuer itself, or one to whom it gave that right (RFC 6960, 4.2.2.2).
    fn responder(
        &self,
        response: &OcspResponse,
        issuer: Issuer<'_>,
        key: &PublicKey,
        anchor: &Anchor,
        at: &Watch,
    ) -> Result<Signer, String> {
        let mut reason = "none of the certificates at hand is that of the OCSP responder".to_owned();
        if response.responder.is(issuer.name(), key) && self.may_check() {
            match response.signed_with(key) {
                Judgement::Good { .. } => return Ok(signer(issuer)),
                Judgement::Bad => reason = "the OCSP answer was not signed by the issuer's key".into(),
                Judgement::Unsupported(why) => reason = why,
            }
        }
        for delegate in response.certificates.iter().chain(self.certificates.iter().copied()) {
            let Ok(own) = delegate.public_key() else { continue };
            if own.bits() == key.bits() || !response.responder.is(delegate.subject_name(), own) {
                continue;
            }
            match self.judge_delegate(response, delegate, own, issuer, key, anchor, at) {
                Ok(()) => {
                    return Ok(Signer {
                        name: delegate.subject().to_owned(),
                        until: Some(delegate.validity().not_after),
                    });
                }
                Err(why) => reason = why,
            }
        }
        Err(reason)
    }

    #[allow(clippy::too_many_arguments, reason = "who answers for whom, and when, has that many sides")]
    fn judge_delegate(
        &self,
        response: &OcspResponse,
        delegate: &Certificate,
        own: &PublicKey,
        issuer: Issuer<'_>,
        key: &PublicKey,
        anchor: &Anchor,
        at: &Watch,
    ) -> Result<(), String> {
        let who = delegate.subject();
        let purposes = delegate.extended_key_usage().unwrap_or_default();
        if !purposes.iter().any(|purpose| purpose == OCSP_SIGNING) {
            return Err(format!("{who} signed the OCSP answer and is not certified to (extendedKeyUsage)"));
        }
        if delegate.key_usage().is_some_and(|usage| !usage.may_sign()) || !delegate.unknown_critical().is_empty() {
            return Err(format!("the certificate of {who} does not allow it to sign OCSP answers"));
        }
        if !at.lies_in(delegate.validity()) {
            return Err(format!("{who} signed the OCSP answer outside its validity, {}", delegate.validity()));
        }
        if delegate.issuer_name() != issuer.name() {
            return Err(format!("{who} signed the OCSP answer and was not certified by the issuer that it is about"));
        }
        if !self.may_check() || !self.may_check() {
            return Err("more signatures than the limits allow would have to be checked".into());
        }
        let good = |judgement| match judgement {
            Judgement::Good { .. } => Ok(()),
            Judgement::Bad => {
                Err(format!("the OCSP answer's signature, or that on the certificate of {who}, is wrong"))
            }
            Judgement::Unsupported(reason) => Err(reason),
        };
        good(response.signed_with(own))?;
        good(delegate.signed_with(key))?;
        if delegate.extension(&oid::OCSP_NO_CHECK).is_some() {
            return Ok(());
        }
        self.guarded(delegate, || match self.state_of(delegate, issuer, anchor, at) {
            Revocation::Revoked { since, .. } => {
                Err(format!("{who}, which signed the OCSP answer, was revoked at {since}"))
            }
            Revocation::Unknown { detail, .. } if self.question.strict => {
                Err(format!("it is not known whether {who}, which signed the OCSP answer, was revoked: {detail}"))
            }
            _ => Ok(()),
        })
    }

    /// Looks into whether `who` can be relied on, unless that is being done already.
    fn guarded(&self, who: &Certificate, look: impl FnOnce() -> Result<(), String>) -> Result<(), String> {
        let busy = self.stack.borrow().len() >= DEPTH || self.stack.borrow().contains(who);
        if busy {
            return Err(format!("whether {} can be relied on would rest on its own word", who.subject()));
        }
        self.stack.borrow_mut().push(who.clone());
        let outcome = look();
        self.stack.borrow_mut().pop();
        outcome
    }

    // Lists

    fn hear_lists(
        &self,
        certificate: &Certificate,
        issuer: Issuer<'_>,
        anchor: &Anchor,
        at: &Watch,
        heard: &mut Heard,
    ) -> Result<(), Error> {
        let points = Point::list(certificate)?;
        let mut complete = Vec::new();
        for crl in self.crls.iter().filter(|crl| crl.base.is_none()) {
            let reasons = in_scope(crl, certificate, &points);
            if reasons == 0 {
                continue;
            }
            // Whoever is named by its own certificate as the list's issuer is spoken of by its own list.
            let own = GeneralName::Directory(certificate.subject_name().clone());
            let speaks_of_itself = points.iter().any(|point| point.issuers.contains(&own));
            let itself = Some(certificate).filter(|_| speaks_of_itself);
            match self.hear_list(crl, certificate, (issuer, itself), anchor, at) {
                Ok(said) => complete.push((reasons, said)),
                Err(told) => heard.doubt(Doubt::NotUsable, told),
            }
        }
        complete.sort_by_key(|(_, said)| std::cmp::Reverse(said.this_update));
        let (mut covered, mut oldest) = (0, None);
        for (reasons, said) in complete {
            let is_good = said.entry.is_none_or(|entry| entry.reason == Reason::Released);
            if !is_good || !self.covers(&said, certificate, at) {
                heard.said.push(said);
            } else if reasons & !covered != 0 {
                covered |= reasons;
                oldest = Some(said);
            }
        }
        match oldest {
            // Only lists that together know every reason say that there was none (RFC 5280, 6.3.3).
            Some(said) if covered == ALL_REASONS => heard.said.push(said),
            Some(_) => heard.doubt(Doubt::NotUsable, "the lists at hand are about some reasons of revocation only"),
            None => {}
        }
        Ok(())
    }

    /// What a complete list, with the newest delta that fits it, says.
    fn hear_list(
        &self,
        crl: &Crl,
        certificate: &Certificate,
        by: (Issuer<'_>, Option<&Certificate>),
        anchor: &Anchor,
        at: &Watch,
    ) -> Result<Said, String> {
        let signer = self.list_signer(crl, by, anchor, at)?;
        let fits = |delta: &&&Crl| extends(delta, crl) && !self.is_from_the_future(delta.this_update);
        let mut deltas: Vec<&Crl> = self.crls.iter().filter(fits).copied().collect();
        deltas.sort_by_key(|delta| std::cmp::Reverse(delta.this_update));
        let delta = deltas.into_iter().find(|delta| self.list_signer(delta, by, anchor, at).is_ok());
        let look = |list: &Crl| list.find(certificate.serial_raw(), certificate.issuer_name());
        let entry = delta.and_then(look).or_else(|| look(crl));
        let newest = delta.unwrap_or(crl);
        // X.509, 7.3 (2005) and later: who is on a list with something critical that is not known is
        // revoked all the same; of who is not, nothing can be said.
        let unknown = crl.unknown_critical.or(delta.and_then(|delta| delta.unknown_critical));
        if let (Some(id), None) = (unknown, entry) {
            return Err(format!(
                "the list of revoked certificates has the critical extension {id}, which is not known"
            ));
        }
        Ok(Said {
            entry,
            this_update: newest.this_update,
            next_update: newest.next_update,
            keeps_since: crl.keeps_since,
            told: Told {
                kind: EvidenceKind::Crl,
                origin: newest.origin,
                signer: signer.name,
                signer_until: signer.until,
                this_update: newest.this_update,
                next_update: newest.next_update,
                der: newest.der().clone(),
            },
        })
    }

    /// Who signed a list: the issuer of the certificate, an anchor, or another certificate with the
    /// list's issuer's name that leads to the same anchor (RFC 5280, 6.3.3 f).
    fn list_signer(
        &self,
        crl: &Crl,
        (issuer, itself): (Issuer<'_>, Option<&Certificate>),
        anchor: &Anchor,
        at: &Watch,
    ) -> Result<Signer, String> {
        if self.is_from_the_future(crl.this_update) {
            return Err(format!(
                "the list of revoked certificates is of {}, after the time of verification",
                crl.this_update
            ));
        }
        let later;
        let moment = if at.reached(crl.this_update) {
            at
        } else {
            later = Watch::new(crl.this_update);
            &later
        };
        let mut reason = "no certificate at hand is that of whoever signed the list of revoked certificates".to_owned();
        let mut vouching = None;
        for candidate in [issuer, Issuer::Anchor(anchor)] {
            if *candidate.name() != crl.issuer {
                continue;
            }
            match self.signed_list(crl, candidate) {
                Ok(()) if candidate.may_sign_lists() => return Ok(signer(candidate)),
                Ok(()) => vouching = Some(may_not(candidate)),
                Err(why) => reason = why,
            }
        }
        let mut others: Vec<_> =
            self.certificates.iter().copied().filter(|one| *one.subject_name() == crl.issuer).collect();
        others.sort_by_key(|one| one.subject_key_id() != crl.authority_key_id.as_deref());
        for other in others {
            if let Err(why) = self.signed_list(crl, Issuer::Certificate(other)) {
                reason = why;
                continue;
            }
            let vouched = match itself {
                _ if !Issuer::Certificate(other).may_sign_lists() => Err(may_not(Issuer::Certificate(other))),
                Some(itself) if itself == other => Ok(()),
                _ => self.guarded(other, || self.leads_to(other, anchor, moment)),
            };
            match vouched {
                Ok(()) => return Ok(signer(Issuer::Certificate(other))),
                // Whoever did sign it is worth telling of, before those who did not.
                Err(why) => vouching = Some(why),
            }
        }
        Err(vouching.unwrap_or(reason))
    }

    /// Whether the list bears this signer's signature.
    fn signed_list(&self, crl: &Crl, by: Issuer<'_>) -> Result<(), String> {
        let Some(key) = by.key() else { return Err("the key of the list's signer is not built in".into()) };
        if !self.may_check() {
            return Err("more signatures than the limits allow would have to be checked".into());
        }
        match crl.signed_with(key) {
            Judgement::Good { .. } => Ok(()),
            Judgement::Bad => Err("the list of revoked certificates was not signed by its issuer's key".into()),
            Judgement::Unsupported(reason) => Err(reason),
        }
    }

    /// Whether a path leads from a list's signer to the anchor of the certificate in question. With
    /// another anchor somebody else could have taken the issuer's name.
    fn leads_to(&self, signer: &Certificate, anchor: &Anchor, at: &Watch) -> Result<(), String> {
        let who = signer.subject();
        if !at.lies_in(signer.validity()) {
            return Err(format!("{who} signed the list outside its validity, {}", signer.validity()));
        }
        let chain = Search::new(self, at).run(signer);
        if let ChainState::Broken(obstacle) | ChainState::NotFound(obstacle) = &chain.state {
            return Err(format!("{who} signed the list of revoked certificates, and {}", obstacle.detail));
        }
        if chain.anchor.as_deref() != Some(anchor.subject()) {
            return Err(format!("{who}, which signed the list, leads to another anchor than the certificate"));
        }
        if chain.revoked().is_some() {
            return Err(format!("{who} signed the list of revoked certificates, and was revoked itself"));
        }
        let doubtful = chain.links.iter().any(|link| matches!(link.revocation, Revocation::Unknown { .. }));
        if doubtful && self.question.strict {
            return Err(format!("it is not known whether {who}, which signed the list, was revoked itself"));
        }
        Ok(())
    }
}

fn signer(issuer: Issuer<'_>) -> Signer {
    let until = issuer.certificate().map(|certificate| certificate.validity().not_after);
    Signer { name: issuer.subject().to_owned(), until }
}

fn may_not(issuer: Issuer<'_>) -> String {
    format!("{} signed the list of revoked certificates, and its key may not (keyUsage)", issuer.subject())
}

/// A revocation for good counts whoever tells of it; a hold counts until newer data no longer knows it.
fn gravest(said: &[Said]) -> Option<(&Said, Entry)> {
    let entries = || said.iter().filter_map(|said| said.entry.map(|entry| (said, entry)));
    let passing = |entry: &Entry| matches!(entry.reason, Reason::Hold | Reason::Released);
    let for_good = entries().filter(|(_, entry)| !passing(entry)).min_by_key(|(_, entry)| begins(entry));
    for_good.or_else(|| {
        let newest = said.iter().max_by_key(|said| said.this_update)?;
        newest.entry.filter(|entry| entry.reason == Reason::Hold).map(|entry| (newest, entry))
    })
}

/// A key that was lost before anyone noticed was lost then (RFC 5280, 5.3.2).
fn begins(entry: &Entry) -> Time {
    entry.invalid_since.map_or(entry.since, |invalid| invalid.min(entry.since))
}

fn revoked_at((said, entry): (&Said, Entry), at: &Watch) -> Revocation {
    let (since, reason, told) = (begins(&entry), entry.reason, said.told.clone());
    if at.reached(since) {
        Revocation::Revoked { since, reason, told }
    } else {
        Revocation::RevokedLater { since, reason, told }
    }
}

/// Why nobody is to be asked about a certificate.
pub(crate) fn exempt(certificate: &Certificate) -> Option<String> {
    if certificate.extension(&oid::NO_REVOCATION_AVAILABLE).is_some() {
        return Some("its issuer publishes nothing about it (noRevAvail, RFC 9608)".into());
    }
    certificate
        .extension(&oid::SHORT_TERM)
        .map(|_| "it is valid so shortly that its issuer assures its validity (EN 319 412-1)".into())
}

/// Which reasons a list covers for a certificate; none when it is about others (RFC 5280, 6.3.3 b, d).
fn in_scope(crl: &Crl, certificate: &Certificate, points: &[Point<'_>]) -> u16 {
    let scope = &crl.scope;
    let authority = certificate.is_authority();
    if scope.attributes_only || (scope.users_only && authority) || (scope.authorities_only && !authority) {
        return 0;
    }
    let own = certificate.issuer_name();
    let mut covered = 0;
    for point in points {
        let directories = |names: &[GeneralName]| {
            let directory = |name: &GeneralName| match name {
                GeneralName::Directory(name) => Some(name.clone()),
                _ => None,
            };
            names.iter().filter_map(directory).collect::<Vec<_>>()
        };
        let issuers = directories(&point.issuers);
        let by = if point.issuers.is_empty() {
            if crl.issuer != *own {
                continue;
            }
            own
        } else {
            if !scope.indirect || !issuers.contains(&crl.issuer) {
                continue;
            }
            &crl.issuer
        };
        let at = match (&scope.names, &point.name) {
            (None, _) => true,
            (Some(names), Some(name)) => name.names(by).iter().any(|name| names.contains(name)),
            (Some(names), None) => point.issuers.iter().any(|name| names.contains(name)),
        };
        if at {
            covered |= point.reasons & scope.reasons;
        }
    }
    // Where nobody says otherwise the issuer's own name is the distribution point.
    let implied = GeneralName::Directory(own.clone());
    if crl.issuer == *own && scope.names.as_ref().is_none_or(|names| names.contains(&implied)) {
        covered |= scope.reasons;
    }
    covered
}

/// Whether a delta builds on a complete list: same issuer and scope, numbered after it, and begun no
/// later (RFC 5280, 5.2.4).
fn extends(delta: &Crl, complete: &Crl) -> bool {
    let number = |octets: &[u8]| (octets.len(), octets.to_vec());
    let Some(base) = &delta.base else { return false };
    delta.issuer == complete.issuer
        && delta.scope == complete.scope
        && delta.authority_key_id == complete.authority_key_id
        && !complete.number.is_empty()
        && number(base) <= number(&complete.number)
        && number(&complete.number) < number(&delta.number)
}

/// What would tell whether a certificate was revoked, where that is not known.
pub(super) fn wanted(certificate: &Certificate, issuer: Issuer<'_>, state: &Revocation) -> Vec<Wanted> {
    if !matches!(state, Revocation::Unknown { .. }) {
        return Vec::new();
    }
    let want = |kind, addresses| Wanted {
        kind,
        certificate: certificate.clone(),
        issuer: issuer.certificate().cloned(),
        addresses,
    };
    let answers = access_addresses(certificate, &oid::OCSP);
    let mut list = Vec::new();
    if !answers.is_empty() {
        list.push(want(EvidenceKind::Ocsp, answers));
    }
    let lists = list_addresses(certificate);
    if !lists.is_empty() || list.is_empty() {
        list.push(want(EvidenceKind::Crl, lists));
    }
    list
}

/// The certificate of whoever issued this one.
pub(super) fn wanted_issuer(certificate: &Certificate) -> Wanted {
    Wanted {
        kind: EvidenceKind::Certificate,
        certificate: certificate.clone(),
        issuer: None,
        addresses: access_addresses(certificate, &oid::CA_ISSUERS),
    }
}
