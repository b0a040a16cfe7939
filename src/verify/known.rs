//! Seals whose maker's value was checked: the documents of a batch are stamped with few seals, and each carries
//! its seal whole.

use std::collections::{HashMap, VecDeque};
use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::crypto::Judgement;
use crate::seal::Seal;

/// How many bytes of seals are kept.
const MOST: usize = 16 << 20;

/// Seals whose maker's value is good. That depends on their bytes alone, not on anchors, policies or times.
pub(super) struct KnownSeals {
    kept: Mutex<Kept>,
    most: usize,
}

#[derive(Default)]
struct Kept {
    /// By the maker's value; the seal has to be the same to the byte.
    seals: HashMap<Vec<u8>, (Seal, Judgement)>,
    /// The values in the order in which they came.
    order: VecDeque<Vec<u8>>,
    bytes: usize,
}

impl Default for KnownSeals {
    fn default() -> Self {
        KnownSeals { kept: Mutex::default(), most: MOST }
    }
}

impl KnownSeals {
    /// What `check` says of the maker's value, or said of this very seal before.
    pub(super) fn judge(&self, seal: &Seal, check: impl FnOnce() -> Judgement) -> Judgement {
        if let Some(known) = self.recall(seal) {
            return known;
        }
        let judgement = check();
        if matches!(judgement, Judgement::Good { .. }) {
            self.keep(seal, &judgement);
        }
        judgement
    }

    fn recall(&self, seal: &Seal) -> Option<Judgement> {
        let kept = self.lock();
        let (known, judgement) = kept.seals.get(&seal.parts().value)?;
        (known == seal).then(|| judgement.clone())
    }

    fn keep(&self, seal: &Seal, judgement: &Judgement) {
        let (value, length) = (&seal.parts().value, seal.der().len());
        let mut kept = self.lock();
        if length > self.most || kept.seals.contains_key(value) {
            return;
        }
        kept.bytes += length;
        while kept.bytes > self.most
            && let Some(oldest) = kept.order.pop_front()
        {
            let gone = kept.seals.remove(&oldest);
            kept.bytes -= gone.map_or(0, |(seal, _)| seal.der().len());
        }
        kept.order.push_back(value.clone());
        kept.seals.insert(value.clone(), (seal.clone(), judgement.clone()));
    }

    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for KnownSeals {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kept = self.lock();
        write!(f, "KnownSeals({} of {} bytes)", kept.seals.len(), kept.bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::KnownSeals;
    use crate::crypto::Judgement;
    use crate::seal::Seal;

    const GOOD: Judgement = Judgement::Good { raw: false };

    fn seal(name: &str) -> Vec<u8> {
        std::fs::read(format!("{}/testdata/seals/{name}.esl", env!("CARGO_MANIFEST_DIR"))).unwrap()
    }

    fn never() -> Judgement {
        panic!("a known seal is not checked again")
    }

    #[test]
    fn only_the_very_same_seal_is_known_and_only_when_it_was_good() {
        let known = KnownSeals::default();
        let bytes = seal("ofdrw-UserV4");
        let read = || Seal::from_der(&bytes).unwrap();
        assert_eq!(known.judge(&read(), || Judgement::Bad), Judgement::Bad);
        assert_eq!(
            known.judge(&read(), || Judgement::Unsupported("rare".into())),
            Judgement::Unsupported("rare".into())
        );
        assert_eq!(known.judge(&read(), || GOOD), GOOD);
        assert_eq!(known.judge(&read(), never), GOOD);
        // The same value under other contents: the name is within what the maker signed.
        let name = read().name().to_owned();
        let at = bytes.windows(name.len()).position(|window| window == name.as_bytes()).unwrap();
        let mut forged = bytes.clone();
        forged[at..at + 3].copy_from_slice("伪".as_bytes());
        let forged = Seal::from_der(&forged).unwrap();
        assert_eq!(forged.parts().value, read().parts().value);
        assert_eq!(known.judge(&forged, || Judgement::Bad), Judgement::Bad);
        assert_eq!(known.judge(&read(), never), GOOD);
    }

    #[test]
    fn the_oldest_make_room() {
        let seals = ["ofdrw-UserV1", "ofdrw-UserV4", "ofdrw-UserV5"].map(|name| Seal::from_der(&seal(name)).unwrap());
        let [first, second, third] = &seals;
        let most = second.der().len() + third.der().len();
        let known = KnownSeals { most, ..KnownSeals::default() };
        for seal in &seals {
            assert_eq!(known.judge(seal, || GOOD), GOOD);
        }
        assert_eq!(known.judge(second, never), GOOD);
        assert_eq!(known.judge(third, never), GOOD);
        assert_eq!(known.judge(first, || Judgement::Bad), Judgement::Bad);
        assert_eq!(format!("{known:?}"), format!("KnownSeals(2 of {most} bytes)"));
        // What is larger than all that may be kept is not kept, and drives nothing out.
        let small = KnownSeals { most: first.der().len() - 1, ..KnownSeals::default() };
        small.judge(first, || GOOD);
        assert_eq!(small.judge(first, || Judgement::Bad), Judgement::Bad);
    }
}
