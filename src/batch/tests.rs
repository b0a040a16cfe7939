use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use super::{Batch, Done};
use crate::error::Error;

#[test]
fn results_come_in_order_with_the_reasons_of_those_that_failed() {
    let mut numbers = Vec::new();
    let mut failed = Vec::new();
    let summary = Batch::new()
        .threads(4)
        .window(7)
        .run(
            0..200_usize,
            |number, record| {
                assert_eq!(number, record);
                // The later ones of each ten are done before the earlier ones.
                std::thread::sleep(std::time::Duration::from_micros(100 * u64::try_from(10 - number % 10).unwrap()));
                if number % 50 == 3 { Err(Error::malformed(format!("record {number} is no good"))) } else { Ok(record) }
            },
            |number, result| {
                numbers.push(number);
                failed.extend(result.err().map(|error| error.to_string()));
                Ok(())
            },
        )
        .unwrap();
    assert_eq!(numbers, (0..200).collect::<Vec<_>>());
    assert_eq!(
        failed,
        ["record 3 is no good", "record 53 is no good", "record 103 is no good", "record 153 is no good"]
    );
    assert_eq!((summary.worked, summary.failed, summary.skipped, summary.is_cancelled), (200, 4, 0, false));
    assert_eq!(summary.done.to_string(), "0-2,4-52,54-102,104-152,154-199");
}

#[test]
fn no_more_are_under_way_than_the_window_holds() {
    let (taken, told) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let records = (0..500).inspect(|_| {
        let ahead = taken.fetch_add(1, Ordering::SeqCst) + 1 - told.load(Ordering::SeqCst);
        // The one that is being told is no longer in the window.
        assert!(ahead <= 6, "{ahead} are under way");
    });
    let slow = |_, result: Result<i32, Error>| {
        std::thread::sleep(std::time::Duration::from_micros(50));
        told.fetch_add(1, Ordering::SeqCst);
        result.map(drop)
    };
    Batch::new().threads(3).window(5).run(records, |_, record| Ok(record), slow).unwrap();
    assert_eq!(told.load(Ordering::SeqCst), 500);
}

#[test]
fn a_batch_that_was_broken_off_goes_on_where_it_was() {
    let flag = AtomicBool::new(false);
    let mut first = Vec::new();
    let summary = Batch::new()
        .threads(2)
        .window(4)
        .cancelled_by(&flag)
        .run(
            0..1000_usize,
            |_, record| Ok(record),
            |number, result| {
                first.push(result?);
                flag.store(number >= 99, Ordering::Relaxed);
                Ok(())
            },
        )
        .unwrap();
    assert!(summary.is_cancelled);
    assert!((100..=110).contains(&first.len()), "{}", first.len());
    let mut rest = Vec::new();
    let mut last = None;
    let kept: Done = summary.done.to_string().parse().unwrap();
    let again = Batch::new()
        .resume(kept)
        .progress(|progress| last = Some(progress))
        .run(0..1000_usize, |_, record| Ok(record), |_, result| result.map(|record| rest.push(record)))
        .unwrap();
    assert_eq!(again.skipped, first.len());
    first.extend(rest);
    assert_eq!(first, (0..1000).collect::<Vec<_>>(), "each once, in order");
    assert_eq!(again.done.to_string(), "0-999");
    let last = last.unwrap();
    assert_eq!((last.worked + last.skipped, last.failed, last.total), (1000, 0, Some(1000)));
}

#[test]
fn what_goes_wrong_around_the_records_ends_the_batch_and_does_not_hang() {
    let full = |number: usize, _: Result<usize, Error>| {
        if number == 9 { Err(Error::misuse("the disk is full")) } else { Ok(()) }
    };
    let error = Batch::new().threads(3).run(0..10_000_usize, |_, record| Ok(record), full).unwrap_err();
    assert_eq!(error.to_string(), "the disk is full");

    let mut reasons = Vec::new();
    let panics = |_, record: usize| if record == 2 { panic!("a defect") } else { Ok(record) };
    let take = |_, result: Result<usize, Error>| {
        reasons.extend(result.err().map(|error| error.to_string()));
        Ok(())
    };
    let summary = Batch::new().threads(2).run(0..5_usize, panics, take).unwrap();
    assert_eq!((summary.worked, summary.failed), (5, 1));
    assert!(reasons[0].contains("record 2 panicked"), "{reasons:?}");

    let nothing = Batch::new().run(std::iter::empty::<usize>(), |_, record| Ok(record), |_, _| Ok(())).unwrap();
    assert_eq!((nothing.worked, nothing.done.count()), (0, 0));
}

#[test]
fn what_was_done_is_read_as_it_was_written() {
    let mut done = Done::default();
    for number in [5, 3, 4, 9, 0, 8, 5] {
        done.insert(number);
    }
    assert_eq!(done.to_string(), "0,3-5,8-9");
    assert_eq!(done.count(), 6);
    assert!(done.contains(4) && !done.contains(6) && !done.contains(10));
    assert_eq!("0,3-5,8-9".parse::<Done>().unwrap(), done);
    assert_eq!("0,1-5".parse::<Done>().unwrap().to_string(), "0-5");
    assert_eq!("".parse::<Done>().unwrap(), Done::default());
    for bad in ["5-3", "3,2", "a", "1-", "0-5,5", "18446744073709551615"] {
        assert!(bad.parse::<Done>().is_err(), "{bad}");
    }
}
