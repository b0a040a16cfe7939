//! The plan of the house. Changing it is a line here that a reviewer sees.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// Each room, and the rooms it may use. A room may use only rooms listed before it, so the list
/// cannot hold a circle.
///
/// Against the first plan: `der` (reading ASN.1) is on the ground floor, since seals, CMS, time stamps
/// and key files all read it; `picture` is a room below `seal` and `document`, since a seal carries a
/// picture and a document shows one, and neither may know the other; `document` may speak in findings,
/// since only it sees the bytes that most checks on a signature's format are about; `seal` reads time-stamp
/// tokens, which GM/T 0031-2014 lets stand in place of a time; `lifecycle` is built on `verify`, since a plan
/// for many old seals says which of them are not to be believed; `identifier` stands on the ground floor and not
/// in `licence`, since forms, seals and the program check identifiers without any feature; `trust` reads lists
/// of revoked certificates, OCSP answers and the extensions of certificates that a path is judged by; `document`
/// draws its pages with outlines out of `font`, embeds its subsets in what it composes and fills in, and `render` stands above `document` and `seal`, since only there
/// a stamp gets its picture; `stamp` may speak in findings, since it alone knows whether a place keeps the rules
/// for where seals go; `deflate` stands on the ground floor, since fonts, packages, streams and drawings are all compressed by
/// one tool for each thread; `compose` describes pages without knowing what a seal is: it leaves a place for one, so it stands
/// beside `draw` and below whatever fills in forms and licences.
const PLAN: &[(&str, &[&str])] = &[
    ("finding", &[]),
    ("limits", &[]),
    ("units", &[]),
    ("error", &["finding"]),
    ("deflate", &["error"]),
    ("time", &["error"]),
    ("identifier", &["error", "finding"]),
    ("der", &["error", "time"]),
    ("picture", &["error", "limits", "units"]),
    ("font", &["deflate", "error", "limits"]),
    ("crypto", &["der", "error", "limits", "time"]),
    ("keys", &["crypto", "der", "error"]),
    ("timestamp", &["crypto", "der", "error", "time"]),
    ("trust", &["crypto", "der", "error", "limits", "time"]),
    ("fetch", &["crypto", "error", "keys", "time", "timestamp", "trust"]),
    ("seal", &["crypto", "der", "error", "picture", "time", "timestamp", "units"]),
    ("document", &["crypto", "deflate", "der", "error", "finding", "font", "limits", "picture", "time", "units"]),
    ("render", &["document", "error", "font", "limits", "picture", "seal", "units"]),
    ("draw", &["deflate", "document", "error", "finding", "font", "identifier", "limits", "picture", "units"]),
    ("compose", &["document", "error", "finding", "font", "limits", "picture", "time", "units"]),
    ("stamp", &["crypto", "document", "error", "finding", "limits", "seal", "time", "timestamp", "units"]),
    (
        "verify",
        &["crypto", "der", "document", "error", "finding", "limits", "seal", "time", "timestamp", "trust", "units"],
    ),
    // Only what was found valid is made to last, so it is built on `verify`.
    ("archive", &["crypto", "document", "error", "limits", "time", "timestamp", "trust", "verify"]),
    ("lifecycle", &["crypto", "der", "error", "finding", "picture", "seal", "time", "timestamp", "verify"]),
    ("ledger", &["crypto", "error", "finding", "lifecycle", "seal", "time", "trust"]),
    // Whatever is done to one record is the caller's: a batch knows neither documents nor seals.
    ("batch", &["error"]),
    (
        "form",
        &[
            "compose",
            "crypto",
            "document",
            "error",
            "finding",
            "identifier",
            "limits",
            "picture",
            "time",
            "units",
            "verify",
        ],
    ),
    (
        "licence",
        &[
            "compose",
            "crypto",
            "document",
            "error",
            "finding",
            "form",
            "identifier",
            "limits",
            "seal",
            "stamp",
            "time",
            "trust",
            "units",
            "verify",
        ],
    ),
    ("authority", &["crypto", "der", "error", "time", "timestamp"]),
    ("manual", &[]),
];

fn source() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

fn files_below(path: &Path, found: &mut Vec<PathBuf>) {
    if path.is_file() {
        if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path.to_owned());
        }
        return;
    }
    for entry in fs::read_dir(path).unwrap() {
        files_below(&entry.unwrap().path(), found);
    }
}

/// A room's files: `src/room.rs`, or all below `src/room/`.
fn files_of(room: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for path in [source().join(format!("{room}.rs")), source().join(room)] {
        if path.exists() {
            files_below(&path, &mut found);
        }
    }
    assert!(!found.is_empty(), "the plan has a room \"{room}\" that src has not");
    found
}

/// The lines of a file that are code: no comments, and nothing from `#[cfg(test)]` on.
fn code_of(path: &Path) -> String {
    let text = fs::read_to_string(path).unwrap();
    let code = text.split("#[cfg(test)]\nmod tests").next().unwrap();
    code.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
}

/// Every `crate::room` in a room's code.
fn rooms_used_by(room: &str) -> BTreeSet<String> {
    let mut used = BTreeSet::new();
    for path in files_of(room) {
        if path.components().any(|part| part.as_os_str() == "tests") || path.ends_with("tests.rs") {
            continue;
        }
        for after in code_of(&path).split("crate::").skip(1) {
            let name: String = after.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
            if name.chars().next().is_some_and(char::is_lowercase) {
                used.insert(name);
            }
        }
    }
    used
}

#[test]
fn rooms_use_only_the_rooms_the_plan_allows() {
    let mut broken = Vec::new();
    for (room, allowed) in PLAN {
        for used in rooms_used_by(room) {
            if used != *room && !allowed.contains(&used.as_str()) {
                broken.push(format!("{room} uses {used}"));
            }
        }
    }
    assert!(broken.is_empty(), "{broken:#?}");
}

#[test]
fn the_plan_holds_no_circle() {
    for (at, (room, allowed)) in PLAN.iter().enumerate() {
        for used in *allowed {
            assert!(
                PLAN[..at].iter().any(|(earlier, _)| earlier == used),
                "{room} may use {used}, which is built later"
            );
        }
    }
}

#[test]
fn every_room_is_on_the_plan() {
    for entry in fs::read_dir(source()).unwrap() {
        let path = entry.unwrap().path();
        let room = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let outside = ["lib", "bin"].contains(&room.as_str());
        assert!(outside || PLAN.iter().any(|(name, _)| *name == room), "{room} is not on the plan");
    }
}

/// Who may name what: the clock, files, the environment, the network, processes and threads.
#[test]
fn the_core_reads_no_clock_and_opens_no_file() {
    let mut all = Vec::new();
    files_below(&source(), &mut all);
    for path in all {
        let name = path.strip_prefix(source()).unwrap().to_str().unwrap().replace('\\', "/");
        if name.ends_with("tests.rs") || name.contains("/tests/") {
            continue;
        }
        let code = code_of(&path);
        let forbid = |word: &str, where_allowed: &[&str]| {
            let allowed = where_allowed.iter().any(|place| name.starts_with(place));
            assert!(allowed || !code.contains(word), "{name} names {word}");
        };
        forbid("SystemTime", &["time.rs"]);
        forbid("Instant::now", &[]);
        // A register survives the loss of power by locking, syncing and renaming its file: none of that can
        // be asked of bytes handed in, so the embedded store opens one, in one place.
        forbid("std::fs", &["bin/", "ledger/store/file.rs"]);
        forbid("std::env", &["bin/"]);
        // Whoever wants lists, answers and time stamps fetched switches it on: no other room opens a socket.
        forbid("std::net", &["fetch/"]);
        forbid("ureq", &["fetch/"]);
        forbid("std::process", &["bin/"]);
    }
}

/// Evidence is issued in one room only.
#[test]
fn only_the_verifier_vouches() {
    let mut all = Vec::new();
    files_below(&source(), &mut all);
    for path in all {
        let name = path.strip_prefix(source()).unwrap().to_str().unwrap().replace('\\', "/");
        let claims = code_of(&path).matches("::assertion(").count();
        assert!(claims == 0 || name.starts_with("verify/"), "{name} issues evidence");
    }
}
