//! What was fetched lately.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use crate::time::Time;

/// Answers by what was asked, as many bytes of them as it may hold; the oldest go first.
#[derive(Debug)]
pub(super) struct Cache {
    most_bytes: usize,
    keep_seconds: i64,
    bytes: usize,
    entries: HashMap<Vec<u8>, (Time, Arc<Vec<u8>>)>,
    order: VecDeque<Vec<u8>>,
}

impl Cache {
    pub(super) fn new(most_bytes: usize, keep_seconds: i64) -> Self {
        Cache { most_bytes, keep_seconds, bytes: 0, entries: HashMap::new(), order: VecDeque::new() }
    }

    /// The answer, if it was got at most so long ago; an answer from the future is none.
    pub(super) fn get(&self, question: &[u8], now: Time) -> Option<Arc<Vec<u8>>> {
        let (got, answer) = self.entries.get(question)?;
        let age = now.unix_seconds().saturating_sub(got.unix_seconds());
        (0..=self.keep_seconds).contains(&age).then(|| answer.clone())
    }

    pub(super) fn put(&mut self, question: Vec<u8>, answer: Arc<Vec<u8>>, now: Time) {
        self.forget(&question);
        let cost = question.len() + answer.len();
        if cost > self.most_bytes {
            return;
        }
        while self.bytes + cost > self.most_bytes {
            let Some(oldest) = self.order.front().cloned() else { break };
            self.forget(&oldest);
        }
        self.bytes += cost;
        self.order.push_back(question.clone());
        self.entries.insert(question, (now, answer));
    }

    fn forget(&mut self, question: &[u8]) {
        if let Some((_, answer)) = self.entries.remove(question) {
            self.bytes -= question.len() + answer.len();
            self.order.retain(|one| one != question);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Cache;
    use crate::time::Time;

    #[test]
    fn old_answers_and_too_many_go() {
        let at = Time::from_unix_seconds;
        let mut cache = Cache::new(25, 60);
        cache.put(b"a".to_vec(), vec![1; 9].into(), at(0));
        assert_eq!(cache.get(b"a", at(60)).unwrap().len(), 9);
        assert!(cache.get(b"a", at(61)).is_none());
        assert!(cache.get(b"a", at(-1)).is_none(), "got in the future");
        cache.put(b"b".to_vec(), vec![2; 9].into(), at(1));
        cache.put(b"c".to_vec(), vec![3; 9].into(), at(2));
        assert!(cache.get(b"a", at(2)).is_none(), "the oldest went");
        assert!(cache.get(b"b", at(2)).is_some() && cache.get(b"c", at(2)).is_some());
        cache.put(b"b".to_vec(), vec![4; 2].into(), at(3));
        assert_eq!((cache.get(b"b", at(3)).unwrap()[0], cache.bytes), (4, 13));
        cache.put(b"d".to_vec(), vec![0; 25].into(), at(3));
        assert!(cache.get(b"d", at(3)).is_none(), "larger than the cache");
    }
}
