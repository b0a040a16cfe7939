//! Paths from a certificate to an anchor (RFC 5280, 6.1), with SM2 among the algorithms.

use crate::crypto::{Certificate, Judgement};
use crate::limits::Limits;
use crate::time::Time;
use crate::trust::{Role, Trust};

/// The most certificates in a path, anchor included.
const LONGEST: usize = 12;

/// What came of looking for a path.
#[derive(Debug)]
pub(crate) enum Path {
    /// A path holds: the subjects from the certificate up to the anchor.
    Holds(Vec<String>),
    /// Paths were found, and each breaks a rule; the sentence says which, of the one that got furthest.
    Broken(String),
    /// No path was found, or one that cannot be judged; the sentence says why.
    NotFound(String),
}

/// Looks for a path from `leaf` to an anchor of `role`, as of `at`. `pool` are certificates that came
/// with the signature: they are tried, never believed.
pub(crate) fn find_path(
    leaf: &Certificate,
    pool: &[Certificate],
    trust: &Trust,
    role: Role,
    at: Time,
    limits: &Limits,
) -> Path {
    let anchors = trust.anchors(role);
    if anchors.is_empty() {
        return Path::NotFound(format!("no anchors for {role} were given, so the chain cannot be judged"));
    }
    if anchors.contains(leaf) {
        return Path::Holds(vec![leaf.subject().to_owned()]);
    }
    let mut search = Search { pool, helpers: trust.helpers(), anchors, at, budget: limits.certificates, best: None };
    let mut path = vec![leaf.clone()];
    if search.extend(&mut path) {
        return Path::Holds(path.iter().map(|certificate| certificate.subject().to_owned()).collect());
    }
    match search.best {
        Some(Obstacle { broken: true, reason, .. }) => Path::Broken(reason),
        Some(Obstacle { reason, .. }) => Path::NotFound(reason),
        None => Path::NotFound(format!(
            "no certificate at hand issued that of {} (issuer: {})",
            leaf.subject(),
            leaf.issuer()
        )),
    }
}

struct Search<'a> {
    pool: &'a [Certificate],
    helpers: &'a [Certificate],
    anchors: &'a [Certificate],
    at: Time,
    /// How many more signatures may be checked.
    budget: usize,
    best: Option<Obstacle>,
}

/// Why a path did not hold. Of several the longest path's is told: a person can act on that one.
struct Obstacle {
    length: usize,
    broken: bool,
    reason: String,
}

impl Search<'_> {
    /// Tries every issuer of the path's last certificate, anchors first.
    fn extend(&mut self, path: &mut Vec<Certificate>) -> bool {
        let Some(subject) = path.last().cloned() else { return false };
        if let Err(reason) = self.check(path) {
            self.note(path.len(), true, reason);
            return false;
        }
        let named = |issuer: &&Certificate| issuer.subject_raw() == subject.issuer_raw();
        let anchors: Vec<_> = self.anchors.iter().filter(named).cloned().collect();
        for anchor in anchors {
            match self.issued(&subject, &anchor) {
                Some(Judgement::Good { .. }) => match self.check_depth(path, &anchor) {
                    Ok(()) => {
                        path.push(anchor);
                        return true;
                    }
                    Err(reason) => self.note(path.len(), true, reason),
                },
                Some(Judgement::Bad) => self.note(path.len(), true, wrong_key(&subject, &anchor)),
                Some(Judgement::Unsupported(reason)) => self.note(path.len(), false, reason),
                None => return false,
            }
        }
        if path.len() >= LONGEST {
            self.note(path.len(), true, format!("the path is longer than {LONGEST} certificates"));
            return false;
        }
        let mut issuers: Vec<_> = self.pool.iter().chain(self.helpers).filter(named).cloned().collect();
        // Key identifiers are a help, no proof: those that match are tried first.
        issuers.sort_by_key(|issuer| subject.authority_key_id() != issuer.subject_key_id());
        for issuer in issuers {
            if path.contains(&issuer) {
                continue;
            }
            match self.issued(&subject, &issuer) {
                Some(Judgement::Good { .. }) => {
                    path.push(issuer);
                    if self.extend(path) {
                        return true;
                    }
                    path.pop();
                }
                Some(Judgement::Bad) => self.note(path.len(), true, wrong_key(&subject, &issuer)),
                Some(Judgement::Unsupported(reason)) => self.note(path.len(), false, reason),
                None => return false,
            }
        }
        self.note(
            path.len(),
            false,
            format!(
                "no certificate at hand leads from {} to an anchor (its issuer: {})",
                subject.subject(),
                subject.issuer()
            ),
        );
        false
    }

    /// Whether `issuer` signed `subject`; `None` when the budget is spent.
    fn issued(&mut self, subject: &Certificate, issuer: &Certificate) -> Option<Judgement> {
        match self.budget.checked_sub(1) {
            Some(left) => self.budget = left,
            None => {
                self.note(usize::MAX, false, "more certificates than the limits allow would have to be tried".into());
                return None;
            }
        }
        Some(subject.signed_by(issuer))
    }

    /// The rules for the path's last certificate: validity for all, authority for all but the first.
    fn check(&self, path: &[Certificate]) -> Result<(), String> {
        let Some(last) = path.last() else { return Ok(()) };
        let subject = last.subject();
        if !last.unknown_critical().is_empty() {
            let list = last.unknown_critical().join(", ");
            return Err(format!("the certificate of {subject} has critical extensions that are not processed: {list}"));
        }
        if path.len() == 1 {
            // The leaf's own validity is a check of its own, at the time that counts for it.
            return Ok(());
        }
        if !last.validity().contains(self.at) {
            return Err(format!(
                "the certificate of the authority {subject} is valid {}, not at {}",
                last.validity(),
                self.at
            ));
        }
        if !last.is_authority() {
            return Err(format!("{subject} is not an authority, but issued the certificate of {}", below(path)));
        }
        if last.key_usage().is_some_and(|usage| !usage.may_certify()) {
            return Err(format!("the key of {subject} may not sign certificates, but signed that of {}", below(path)));
        }
        check_length(last, path.get(1..path.len() - 1).unwrap_or_default())
    }

    /// An anchor is a name and a key (RFC 5280, 6.1.1 d): of its extensions only the path length is
    /// honoured, so that roots without keyCertSign, which exist, can be anchors.
    fn check_depth(&self, path: &[Certificate], anchor: &Certificate) -> Result<(), String> {
        check_length(anchor, path.get(1..).unwrap_or_default())
    }

    fn note(&mut self, length: usize, broken: bool, reason: String) {
        let rank = |obstacle: &Obstacle| (obstacle.broken, obstacle.length);
        let obstacle = Obstacle { length, broken, reason };
        if self.best.as_ref().is_none_or(|best| rank(&obstacle) > rank(best)) {
            self.best = Some(obstacle);
        }
    }
}

fn wrong_key(subject: &Certificate, issuer: &Certificate) -> String {
    format!(
        "the certificate of {} names {} as its issuer, but was not signed by that one's key (serial {})",
        subject.subject(),
        issuer.subject(),
        issuer.serial_number()
    )
}

/// The subject of the certificate below the last one.
fn below(path: &[Certificate]) -> &str {
    path.iter().rev().nth(1).map_or("", Certificate::subject)
}

/// RFC 5280, 4.2.1.9: how many authorities may follow below this one; self-issued ones do not count.
fn check_length(authority: &Certificate, between: &[Certificate]) -> Result<(), String> {
    let Some(most) = authority.path_length() else { return Ok(()) };
    let count = between.iter().filter(|one| one.subject_raw() != one.issuer_raw()).count();
    if count > most as usize {
        return Err(format!("{} allows {most} authorities below itself, the path has {count}", authority.subject()));
    }
    Ok(())
}
