//! Digests of what signatures protect, reading what they share once.

use std::borrow::Cow;

use crate::crypto::{DigestAlgorithm, Digester};
use crate::document::pdf::source::{Source, unreadable};
use crate::error::Error;
use crate::limits::Limits;

/// What one signature asks for.
pub(super) struct Question<'a> {
    pub(super) ranges: &'a [(u64, u64)],
    pub(super) algorithm: DigestAlgorithm,
}

/// The digests, in the order of the questions.
///
/// All signatures of one file begin with its first byte, so for each algorithm one digest runs over
/// the file from the beginning; at each hole a copy of it goes on over what follows the hole.
pub(super) fn digests(source: &Source, questions: &[Question<'_>], limits: &Limits) -> Result<Vec<Vec<u8>>, Error> {
    let mut answers = vec![Vec::new(); questions.len()];
    let mut order: Vec<(usize, &Question<'_>)> = questions.iter().enumerate().collect();
    order.sort_by_key(|(_, question)| (question.algorithm.oid(), head(question.ranges)));
    let mut running: Option<(DigestAlgorithm, Digester, u64)> = None;
    let mut budget = Budget::new(source, limits);
    for (index, question) in order {
        check(source, question.ranges)?;
        let (mut digester, mut at) = match running.take() {
            Some((algorithm, digester, at)) if algorithm == question.algorithm => (digester, at),
            _ => (Digester::new(question.algorithm)?, 0),
        };
        let head = head(question.ranges);
        feed(source, &mut digester, at, head.saturating_sub(at))?;
        at = at.max(head);
        let mut own = digester.clone();
        let tails = question.ranges.iter().skip(usize::from(head > 0));
        for (start, length) in tails {
            budget.spend(*length)?;
            feed(source, &mut own, *start, *length)?;
        }
        if let Some(answer) = answers.get_mut(index) {
            *answer = own.finish();
        }
        running = Some((question.algorithm, digester, at));
    }
    Ok(answers)
}

/// The length of the first range when it starts with the file.
fn head(ranges: &[(u64, u64)]) -> u64 {
    match ranges.first() {
        Some((0, length)) => *length,
        _ => 0,
    }
}

fn check(source: &Source, ranges: &[(u64, u64)]) -> Result<(), Error> {
    let beyond = ranges.iter().find(|(start, length)| start.checked_add(*length).is_none_or(|end| end > source.len()));
    match beyond {
        Some((start, length)) => Err(Error::malformed(format!(
            "{length} bytes from byte {start} on reach beyond the {} bytes of the document",
            source.len()
        ))),
        None if ranges.is_empty() => Err(Error::malformed("the signature protects nothing that could be digested")),
        None => Ok(()),
    }
}

fn feed(source: &Source, digester: &mut Digester, start: u64, length: u64) -> Result<(), Error> {
    let take = |piece: &[u8]| {
        digester.update(piece);
        Ok(())
    };
    source.pass(start..start.saturating_add(length), take).map_err(unreadable)
}

/// What follows the holes may be read again for each signature; honest files have little there.
struct Budget {
    left: u64,
    limit: u64,
}

impl Budget {
    fn new(source: &Source, limits: &Limits) -> Self {
        let limit = limits.unfolded_bytes.max(source.len());
        Budget { left: limit, limit }
    }

    fn spend(&mut self, bytes: u64) -> Result<(), Error> {
        self.left = self.left.checked_sub(bytes).ok_or_else(|| {
            Error::too_large(format!(
                "the signatures of the document together protect more than {} bytes behind themselves",
                self.limit
            ))
        })?;
        Ok(())
    }
}

/// The protected bytes in one piece, for the few signatures that sign them without a digest.
pub(super) fn protected<'s>(
    source: &'s Source,
    ranges: &[(u64, u64)],
    limits: &Limits,
) -> Result<Cow<'s, [u8]>, Error> {
    check(source, ranges)?;
    let total = ranges.iter().fold(0_u64, |sum, range| sum.saturating_add(range.1));
    if !source.is_held() && total > limits.stream_bytes {
        let most = limits.stream_bytes;
        return Err(Error::too_large(format!(
            "the signature signs {total} bytes without a digest, and at most {most} of a document that is read in \
             place are taken into memory"
        )));
    }
    if let [(start, length)] = ranges {
        return Ok(source.slice(*start..start.saturating_add(*length))?.unwrap_or_default());
    }
    let mut joined = Vec::new();
    for (start, length) in ranges {
        let join = |piece: &[u8]| {
            joined.extend_from_slice(piece);
            Ok(())
        };
        source.pass(*start..start.saturating_add(*length), join).map_err(unreadable)?;
    }
    Ok(Cow::Owned(joined))
}

#[cfg(test)]
mod tests {
    use super::{Question, digests, protected};
    use crate::crypto::{DigestAlgorithm, digest};
    use crate::document::pdf::source::Source;
    use crate::error::ErrorKind;
    use crate::limits::Limits;

    #[test]
    fn one_pass_gives_what_many_give() {
        let bytes: Vec<u8> = (0..1000_u32).map(|index| (index * 7 % 251) as u8).collect();
        let source = Source::new(bytes[..400].to_vec()).with(bytes[400..].to_vec());
        let ranges: Vec<Vec<(u64, u64)>> = vec![
            vec![(0, 700), (750, 250)],
            vec![(0, 100), (150, 200)],
            vec![(0, 390), (410, 190)],
            vec![(0, 390), (410, 190)],
            vec![(0, 10), (20, 30)],
            vec![(5, 10), (20, 30)],
            vec![(0, 1000)],
            vec![(0, 0), (0, 1000)],
        ];
        let mut questions = Vec::new();
        for (index, ranges) in ranges.iter().enumerate() {
            let other = if index % 2 == 0 { DigestAlgorithm::Sha512 } else { DigestAlgorithm::Sha1 };
            questions.push(Question { ranges, algorithm: DigestAlgorithm::Sha256 });
            questions.push(Question { ranges, algorithm: other });
        }
        let answers = digests(&source, &questions, &Limits::default()).unwrap();
        for (question, answer) in questions.iter().zip(&answers) {
            let naive =
                digest(question.algorithm, &protected(&source, question.ranges, &Limits::default()).unwrap()).unwrap();
            assert_eq!(answer, &naive, "{:?}", question.ranges);
        }
    }

    #[test]
    fn ranges_beyond_the_end_and_greedy_ones_are_refused() {
        let source = Source::new(vec![0; 100]);
        let ask = |ranges: &[(u64, u64)], count: usize| {
            let questions: Vec<_> =
                (0..count).map(|_| Question { ranges, algorithm: DigestAlgorithm::Sha256 }).collect();
            let limits = Limits { unfolded_bytes: 1000, ..Limits::default() };
            digests(&source, &questions, &limits)
        };
        for bad in [&[(0, 101)][..], &[(0, 10), (u64::MAX, 2)], &[(90, 11)], &[]] {
            assert_eq!(ask(bad, 1).unwrap_err().kind(), ErrorKind::Malformed);
        }
        assert!(ask(&[(0, 10), (20, 80)], 12).is_ok());
        assert_eq!(ask(&[(0, 10), (20, 80)], 13).unwrap_err().kind(), ErrorKind::TooLarge);
    }
}
