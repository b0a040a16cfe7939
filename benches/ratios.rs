//! What this crate costs beside the cryptography it cannot do without:
//!
//! ```sh
//! cargo bench --bench ratios            # everything
//! cargo bench --bench ratios -- Sm2     # rows whose name contains the word
//! cargo bench --bench ratios -- Sm2 10  # with ten times the rounds
//! ```
//!
//! Hashing the document means what the signature protects of the stamped one: everything but its value.
//!
//! Each job and its bare cryptography are run in turns in the same process, and the medians compared.
//! A job begins with the file's bytes in memory and ends with the last byte written, or with the
//! verdict. Bare cryptography is, of stamping: hashing the document once, one signature, and one
//! verification of it, as no value is written that does not verify; of verifying: hashing the document
//! once, and the signatories', the maker's and their two certificates' values. Keys are ready for use.
//!
//! Memory is what a job holds at its peak above what it was given.

#[allow(dead_code)]
mod common;

use std::cell::RefCell;
use std::env;
use std::fs::{self, File, OpenOptions};
use std::hint::black_box;
use std::io::{self, Read as _};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use eseal::authority::Algorithm;
use eseal::{Certificate, Document as _, Limits, Mm, Ofd, Payload, Pdf, Seal, Verifier};
use peak_alloc::PeakAlloc;
use sm3::{Digest as _, Sm3};

use crate::common::{ALGORITHMS, Chain, World, large_pdf, sample};

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

/// How much dearer than its bare cryptography a job may be: a small one, one on a large document, and one on
/// a chain of certificates.
const SMALL: f64 = 2.0;
const LARGE: f64 = 1.2;
const CHAIN: f64 = 1.5;
/// How much memory it may take, in bytes.
const PEAK: usize = 16 << 20;

fn main() {
    let mut arguments = env::args().skip(1).filter(|argument| !argument.starts_with('-'));
    let word = arguments.next().unwrap_or_default();
    let patience = arguments.next().and_then(|times| times.parse().ok()).unwrap_or(1);
    let table = Table { word, patience, failed: RefCell::new(Vec::new()) };
    println!("{:46} {:>10} {:>12} {:>7} {:>5} {:>10}", "what", "time", "cryptography", "ratio", "aim", "memory");
    for algorithm in ALGORITHMS {
        let world = World::new(algorithm);
        seals(&table, algorithm, &world);
        small_pdf(&table, algorithm, &world);
        ofd(&table, algorithm, &world);
        in_bulk(&table, algorithm);
        #[cfg(feature = "compose")]
        composing(&table, algorithm, &world);
        chains(&table, algorithm, &world);
    }
    if table.wants("signatures") {
        let world = World::new(Algorithm::P256);
        for count in [1, 10, 100] {
            many_signatures(&table, &world, count);
        }
    }
    if table.wants("100 MB") {
        let large = large_pdf(100_000_000);
        for algorithm in ALGORITHMS {
            pdf(&table, &format!("{algorithm:?}, 100 MB PDF"), &World::new(algorithm), &large, LARGE, 7);
            in_place(&table, &format!("{algorithm:?}, 100 MB PDF in its file"), &World::new(algorithm), &large);
        }
    }
    let failed = table.failed.borrow();
    println!("\n{} aims missed{}{}", failed.len(), if failed.is_empty() { "" } else { ": " }, failed.join("; "));
}

fn seals(table: &Table, algorithm: Algorithm, world: &World) {
    let message = world.seal.der().to_vec();
    let value = world.bare.sign(&message);
    let link = world.bare.sign(world.link());
    table.row(
        &format!("{algorithm:?}, make a seal"),
        (SMALL, 100),
        || world.content(),
        |content| world.make_seal(content),
        || {
            let value = world.bare.sign(&message);
            world.bare.verify(&message, &value);
        },
    );
    table.row(
        &format!("{algorithm:?}, read and verify a seal"),
        (SMALL, 100),
        || (),
        |()| world.verify_seal(&message),
        || {
            world.bare.verify(&message, &value);
            world.bare.verify(world.link(), &link);
        },
    );
    table.row(
        &format!("{algorithm:?}, parse a seal"),
        (f64::NAN, 200),
        || message.clone(),
        |message| Seal::from_der(&message).unwrap(),
        || world.bare.verify(&message, &value),
    );
    let old = world.old_seal();
    let value_of_old = world.bare.sign(&old);
    table.row(
        &format!("{algorithm:?}, judge and migrate a seal of 2014"),
        (SMALL, 100),
        || (),
        |()| world.migrate(&old),
        || {
            // The new seal says what it was made of, by this digest.
            black_box(Sm3::digest(&old));
            world.bare.verify(&old, &value_of_old);
            world.bare.verify(world.link(), &link);
            let value = world.bare.sign(&message);
            world.bare.verify(&message, &value);
        },
    );
    city(table, algorithm, world);
}

/// One licence of one page, with a photo and a QR code, composed by a layout that is ready; beside it the hash of its bytes,
/// one signature, and one verification of it. Of the first kind each record brings characters of its own, of the second
/// the samples had them all.
#[cfg(feature = "compose")]
fn composing(table: &Table, algorithm: Algorithm, world: &World) {
    use eseal::compose::{Assets, Draft, Font, Layout, PdfOptions, Prepared, Values};

    let font = |name: &str| Font::read(sample(&format!("fonts/{name}")), 0).unwrap();
    let assets = Assets::new().font("song", font("FormSong.otf")).font("hei", font("FormHei.otf"));
    let assets = assets.font("kai", font("FormKai.ttf")).fallback("song");
    let layout = Layout::from_json(sample("layouts/licence.json")).unwrap();
    let photo: std::sync::Arc<[u8]> = sample("layouts/photo.jpg").into();
    let texts = [
        ("CZZT", "张示例"),
        ("CZZTDM", "11010519491231002X"),
        ("KZ_ZYFW", "内科专业、儿科专业、预防保健科专业、全科医学专业（含社区卫生服务）"),
        ("ZZBH", "示例〔2026〕第 000123 号"),
        ("ZZYXQQSRQ", "2026年3月1日"),
        ("ZZYXQJZRQ", "2031年2月28日"),
        ("ZZBS", "1.2.156.3005.2.11100000000013338W001.11621000MB0000019T.2023000000001.001.1"),
        ("ZZBFJG", "示例市卫生健康委员会"),
        ("ZZBFRQ", "2026年3月1日"),
    ];
    let values =
        texts.iter().fold(Values::new(), |values, (name, text)| values.text(*name, *text)).image("photo", photo);
    let (own, shared) = (
        Prepared::new(&layout, &assets).unwrap(),
        Prepared::with_samples(&layout, &assets, std::slice::from_ref(&values)).unwrap(),
    );
    for (kind, prepared) in [("with characters of its own", &own), ("of known characters", &shared)] {
        let draft = || -> Draft {
            let mut draft = prepared.draft(&values).unwrap();
            draft.id("5f6e4b7a0c9d4e1f8a2b3c4d5e6f7081").title("示例").created(world.now);
            draft
        };
        let (pdf, ofd) = (draft().to_pdf(&PdfOptions::default()).unwrap(), draft().to_ofd().unwrap());
        let beside = |bytes: &[u8]| {
            black_box(world.bare.hash(bytes));
            let value = world.bare.sign(world.seal.der());
            world.bare.verify(world.seal.der(), &value);
        };
        let (pdf, ofd) = (pdf.as_bytes().into_owned(), ofd.as_bytes().into_owned());
        let (in_pdf, in_ofd) = (pdf.len() / 1000, ofd.len() / 1000);
        table.row(
            &format!("{algorithm:?}, licence {kind}, PDF {in_pdf} kB"),
            (SMALL, 100),
            || (),
            |()| draft().to_pdf(&PdfOptions::default()).unwrap(),
            || beside(&pdf),
        );
        table.row(
            &format!("{algorithm:?}, licence {kind}, OFD {in_ofd} kB"),
            (SMALL, 100),
            || (),
            |()| draft().to_ofd().unwrap(),
            || beside(&ofd),
        );
    }
}

/// 507 seals of 2014 judged and migrated and 363 made, on all cores; beside them the values that have to be
/// verified and made, on as many. The makers' certificates are one, so no link of a chain is counted.
fn city(table: &Table, algorithm: Algorithm, world: &World) {
    let (old, message) = (world.old_seal(), world.seal.der().to_vec());
    let value = world.bare.sign(&old);
    let make = || {
        let value = world.bare.sign(&message);
        world.bare.verify(&message, &value);
    };
    table.row(
        &format!("{algorithm:?}, 507 seals migrated and 363 made"),
        (SMALL, 5),
        || (0..870).map(|_| world.content()).collect::<Vec<_>>(),
        |contents| {
            on_all_cores(870, |number| match number {
                0..507 => drop(world.migrate(&old)),
                _ => drop(world.make_seal(contents[number].clone())),
            });
            contents
        },
        || {
            on_all_cores(870, |number| {
                if number < 507 {
                    black_box(Sm3::digest(&old));
                    world.bare.verify(&old, &value);
                }
                make();
            });
        },
    );
}

fn on_all_cores(count: usize, job: impl Fn(usize) + Sync) {
    let next = AtomicUsize::new(0);
    let cores = thread::available_parallelism().map_or(1, usize::from);
    thread::scope(|scope| {
        for _ in 0..cores {
            scope.spawn(|| {
                while let Some(number) = Some(next.fetch_add(1, Ordering::Relaxed)).filter(|number| *number < count) {
                    job(number);
                }
            });
        }
    });
}

/// A chain of three with a list for each issuer: read and judged from bytes, and asked for again.
fn chains(table: &Table, algorithm: Algorithm, world: &World) {
    let chain = Chain::new(algorithm);
    let signed = [&chain.leaf, &chain.middle, &chain.lists[0], &chain.lists[1]];
    let values = signed.map(|content| world.bare.sign(content));
    table.row(
        &format!("{algorithm:?}, read and judge a chain of 3, lists"),
        (CHAIN, 200),
        || (),
        |()| {
            let evidence = chain.evidence();
            let leaf = Certificate::from_der(&chain.leaf).unwrap();
            chain.judge(&chain.verifier(&evidence), &leaf);
        },
        || signed.iter().zip(&values).for_each(|(content, value)| world.bare.verify(content, value)),
    );
    let evidence = chain.evidence();
    let leaf = Certificate::from_der(&chain.leaf).unwrap();
    table.row(
        &format!("{algorithm:?}, chain of 10 000 documents, one signatory"),
        (CHAIN, 3),
        || (),
        |()| {
            let verifier = chain.verifier(&evidence);
            (0..10_000).for_each(|_| chain.judge(&verifier, &leaf));
        },
        // One value for each document: what it costs beside, the chain may not exceed by much.
        || (0..10_000).for_each(|_| world.bare.verify(&chain.leaf, &values[0])),
    );
}

fn small_pdf(table: &Table, algorithm: Algorithm, world: &World) {
    let form = sample("forms/form-fill.pdf");
    let name = format!("{algorithm:?}, PDF of one page");
    pdf(table, &name, world, &form, SMALL, 100);
    time_stamped(table, &name, world, &form);
    // A seal that was just read: its picture has not been drawn before.
    let message = world.to_be_signed(&Pdf::read(&form).unwrap(), Payload::SealSignature);
    let mut stamped = Vec::new();
    let of = world.stamp(world.judged(&world.seal), &Pdf::read(&form).unwrap(), Payload::SealSignature);
    of.write_to(&mut stamped).unwrap();
    let (head, tail) = protected(&stamped, form.len());
    table.row(
        &format!("{name}, seal's first stamp"),
        (f64::NAN, 20),
        || (Seal::from_der(world.seal.der()).unwrap(), form.clone()),
        |(seal, form)| {
            let form = Pdf::read(form).unwrap();
            let stamped = world.stamp(world.judged(&seal), &form, Payload::SealSignature);
            stamped.write_to(&mut io::sink()).unwrap();
            (seal, stamped)
        },
        || {
            world.bare.hash(head);
            world.bare.hash(tail);
            let value = world.bare.sign(&message);
            world.bare.verify(&message, &value);
        },
    );
}

fn pdf(table: &Table, name: &str, world: &World, form: &[u8], aim: f64, rounds: usize) {
    for payload in [Payload::SealSignature, Payload::Cms] {
        let label = if payload == Payload::Cms { "CMS" } else { "seal signature" };
        if !table.wants(&format!("{name}, {label}")) {
            continue;
        }
        let message = world.to_be_signed(&Pdf::read(sample("forms/form-fill.pdf")).unwrap(), payload);
        let stamp = |form: Vec<u8>, seal| {
            let stamped = world.stamp(seal, &Pdf::read(form).unwrap(), payload);
            stamped.write_to(&mut io::sink()).unwrap();
            stamped
        };
        let stamped = {
            let mut bytes = Vec::with_capacity(form.len() + (1 << 20));
            stamp(form.to_vec(), world.judged(&world.seal)).write_to(&mut bytes).unwrap();
            bytes
        };
        let (head, tail) = protected(&stamped, form.len());
        table.row(
            &format!("{name}, {label}, stamp"),
            (aim, rounds),
            || (form.to_vec(), world.judged(&world.seal)),
            |(form, seal)| stamp(form, seal),
            || {
                world.bare.hash(head);
                world.bare.hash(tail);
                let value = world.bare.sign(&message);
                world.bare.verify(&message, &value);
            },
        );
        let inner = world.seal.der();
        let (outer_value, value) = (world.bare.sign(&message), world.bare.sign(inner));
        let link = world.bare.sign(world.link());
        table.row(
            &format!("{name}, {label}, verify"),
            (aim, rounds),
            || stamped.clone(),
            |stamped| {
                let stamped = Pdf::read(stamped).unwrap();
                world.verify(&stamped);
                stamped
            },
            || {
                world.bare.hash(head);
                world.bare.hash(tail);
                world.bare.verify(&message, &outer_value);
                world.bare.verify(inner, &value);
                world.bare.verify(world.link(), &link);
                world.bare.verify(world.link(), &link);
            },
        );
    }
}

/// The authority's work counts too, since it is done in this process: its signature and its own check of it, beside
/// the signatory's; and the token's value is checked before it is used.
fn time_stamped(table: &Table, name: &str, world: &World, form: &[u8]) {
    let message = world.to_be_signed(&Pdf::read(form).unwrap(), Payload::Cms);
    let mut stamped = Vec::new();
    world.stamp_in_time(world.judged(&world.seal), &Pdf::read(form).unwrap()).write_to(&mut stamped).unwrap();
    let (head, tail) = protected(&stamped, form.len());
    table.row(
        &format!("{name}, CMS with a time stamp, stamp"),
        (SMALL, 100),
        || (form.to_vec(), world.judged(&world.seal)),
        |(form, seal)| {
            let stamped = world.stamp_in_time(seal, &Pdf::read(form).unwrap());
            stamped.write_to(&mut io::sink()).unwrap();
            stamped
        },
        || {
            world.bare.hash(head);
            world.bare.hash(tail);
            let value = world.bare.sign(&message);
            let token = world.bare.sign(&message);
            world.bare.verify(&message, &value);
            world.bare.verify(&message, &token);
            world.bare.verify(&message, &token);
        },
    );
}

/// The document stays in its file: beside hashing it from memory, reading it counts too.
fn in_place(table: &Table, name: &str, world: &World, form: &[u8]) {
    let path = env::temp_dir().join(format!("eseal-bench-{}.pdf", std::process::id()));
    fs::write(&path, form).unwrap();
    let open = || Pdf::open(File::open(&path).unwrap(), "", &Limits::default()).unwrap();
    let payload = Payload::SealSignature;
    let message = world.to_be_signed(&Pdf::read(sample("forms/form-fill.pdf")).unwrap(), payload);
    table.row(
        &format!("{name}, stamp"),
        (LARGE, 7),
        || world.judged(&world.seal),
        |seal| world.stamp(seal, &open(), payload).write_added_to(&mut io::sink()).unwrap(),
        || {
            world.bare.hash(form);
            let value = world.bare.sign(&message);
            world.bare.verify(&message, &value);
        },
    );
    let stamped = world.stamp(world.judged(&world.seal), &open(), payload);
    stamped.write_added_to(&mut OpenOptions::new().append(true).open(&path).unwrap()).unwrap();
    let inner = world.seal.der();
    let (outer_value, value) = (world.bare.sign(&message), world.bare.sign(inner));
    let link = world.bare.sign(world.link());
    table.row(
        &format!("{name}, verify"),
        (LARGE, 7),
        || (),
        |()| world.verify(&open()),
        || {
            world.bare.hash(form);
            world.bare.verify(&message, &outer_value);
            world.bare.verify(inner, &value);
            world.bare.verify(world.link(), &link);
            world.bare.verify(world.link(), &link);
        },
    );
    fs::remove_file(&path).unwrap();
}

/// One document with so many signatures: the ratio has to stay what it is with one, for each byte is read once but
/// for what lies between a value and the end of its revision.
fn many_signatures(table: &Table, world: &World, count: usize) {
    let mut pdf = Pdf::read(large_pdf(5_000_000)).unwrap();
    let message = world.to_be_signed(&Pdf::read(sample("forms/form-fill.pdf")).unwrap(), Payload::Cms);
    for _ in 0..count {
        pdf = world.stamp(world.judged(&world.seal), &pdf, Payload::Cms);
    }
    let bytes = pdf.as_bytes().into_owned();
    let (inner, value) = (world.seal.der(), world.bare.sign(world.seal.der()));
    let (outer_value, link) = (world.bare.sign(&message), world.bare.sign(world.link()));
    table.row(
        &format!("P256, PDF with {count} signatures, verify"),
        (SMALL, (200 / count).max(3)),
        || bytes.clone(),
        |bytes| {
            let pdf = Pdf::read(bytes).unwrap();
            world.verify(&pdf);
            pdf
        },
        || {
            world.bare.hash(&bytes);
            for _ in 0..count {
                world.bare.verify(&message, &outer_value);
                world.bare.verify(inner, &value);
                world.bare.verify(world.link(), &link);
                world.bare.verify(world.link(), &link);
            }
        },
    );
}

/// What is before and behind the value of the signature that was added behind the first `old` bytes.
fn protected(stamped: &[u8], old: usize) -> (&[u8], &[u8]) {
    let find = |from: usize, word: &[u8]| {
        from + stamped[from..].windows(word.len()).position(|window| window == word).unwrap()
    };
    let start = find(find(old, b"/Contents"), b"<");
    (&stamped[..start], &stamped[find(start, b">") + 1..])
}

fn ofd(table: &Table, algorithm: Algorithm, world: &World) {
    let documents =
        [("one page", sample("ofd/helloworld.ofd")), ("5 pages", sample("ofd/Page5.ofd")), ("500 pages", volume(500))];
    for (pages, bytes) in documents {
        let name = format!("{algorithm:?}, OFD of {pages}");
        let message = world.to_be_signed(&Ofd::read(&bytes).unwrap(), Payload::SealSignature);
        let stamp = |bytes: Vec<u8>, seal| {
            let stamped = world.stamp(seal, &Ofd::read(bytes).unwrap(), Payload::SealSignature);
            stamped.write_to(&mut io::sink()).unwrap();
            stamped
        };
        let mut stamped = Vec::new();
        stamp(bytes.clone(), world.judged(&world.seal)).write_to(&mut stamped).unwrap();
        let protected = &contents(&stamped);
        table.row(
            &format!("{name}, stamp"),
            (SMALL, 100),
            || (bytes.clone(), world.judged(&world.seal)),
            |(bytes, seal)| stamp(bytes, seal),
            || {
                world.bare.hash(protected);
                let value = world.bare.sign(&message);
                world.bare.verify(&message, &value);
            },
        );
        let inner = world.seal.der();
        let (outer_value, value) = (world.bare.sign(&message), world.bare.sign(inner));
        let link = world.bare.sign(world.link());
        table.row(
            &format!("{name}, verify"),
            (SMALL, 100),
            || stamped.clone(),
            |stamped| {
                let stamped = Ofd::read(stamped).unwrap();
                world.verify(&stamped);
                stamped
            },
            || {
                world.bare.hash(protected);
                world.bare.verify(&message, &outer_value);
                world.bare.verify(inner, &value);
                world.bare.verify(world.link(), &link);
                world.bare.verify(world.link(), &link);
            },
        );
    }
}

/// A thousand small OFDs with one seal of 8 kB, on all cores, as a platform stamps them and a counter verifies them: the
/// seal was read once, one verifier serves all. Beside it the hash of what each protects, one signature and one check of
/// it, or one check.
fn in_bulk(table: &Table, algorithm: Algorithm) {
    const COUNT: usize = 1000;
    let world = World::showing(algorithm, "pictures/name.png");
    let (bytes, payload) = (sample("ofd/helloworld.ofd"), Payload::SealSignature);
    let message = world.to_be_signed(&Ofd::read(&bytes).unwrap(), payload);
    let value = world.bare.sign(&message);
    let verifier = Verifier::new(world.trust());
    let stamp = || {
        let seal = verifier.seal(&world.seal, world.now).require_valid().unwrap();
        world.stamp(seal, &Ofd::read(&bytes).unwrap(), payload)
    };
    let stamped = stamp().as_bytes().into_owned();
    let protected = contents(&stamped);
    table.row(
        &format!("{algorithm:?}, {COUNT} small OFDs, all cores, stamp"),
        (SMALL, 5),
        || (),
        |()| on_all_cores(COUNT, |_| drop(black_box(stamp()))),
        || {
            on_all_cores(COUNT, |_| {
                world.bare.hash(&protected);
                let value = world.bare.sign(&message);
                world.bare.verify(&message, &value);
            });
        },
    );
    table.row(
        &format!("{algorithm:?}, {COUNT} small OFDs, all cores, verify"),
        (SMALL, 5),
        || (),
        |()| {
            on_all_cores(COUNT, |_| {
                let stamped = Ofd::read(&stamped).unwrap();
                verifier.document(&stamped, world.now).unwrap().require_valid().unwrap();
            });
        },
        || {
            on_all_cores(COUNT, |_| {
                world.bare.hash(&protected);
                world.bare.verify(&message, &value);
            });
        },
    );
}

/// What a signature protects: the contents of the files, as they are when unfolded.
fn contents(package: &[u8]) -> Vec<u8> {
    let mut archive = zip::ZipArchive::new(io::Cursor::new(package)).unwrap();
    let mut contents = Vec::new();
    for index in 0..archive.len() {
        let mut file = archive.by_index(index).unwrap();
        let is_value = file.name().unwrap().ends_with("SignedValue.dat");
        if !is_value {
            file.read_to_end(&mut contents).unwrap();
        }
    }
    contents
}

/// An OFD of many pages, each full of text.
fn volume(pages: usize) -> Vec<u8> {
    use eseal::ofd::{Content, NewFont, NewOfd, Text};
    let mut volume = NewOfd::new("0".repeat(32), Mm(210.0), Mm(297.0));
    let font = volume.font(NewFont::named("宋体")).unwrap();
    for page in 0..pages {
        let mut content = Content::new();
        for line in 0..28 {
            let text = format!("第 {page} 页第 {line} 行：示例市人民政府关于印发示例办法的通知，请遵照执行。");
            content.text(Text::new(text, font, Mm(5.6)).at(Mm(28.0), Mm(37.0 + 8.0 * f64::from(line))));
        }
        volume.page(content);
    }
    volume.finish().unwrap().as_bytes().into_owned()
}

/// Prints a row for each job, and keeps which aims were missed.
struct Table {
    word: String,
    /// How many times the usual rounds.
    patience: usize,
    failed: RefCell<Vec<String>>,
}

impl Table {
    fn wants(&self, name: &str) -> bool {
        self.word.is_empty() || name.contains(&self.word) || self.word.contains(name)
    }

    /// `prepare` makes a job's input and is not counted; nor is dropping what the job returns.
    fn row<I, O>(
        &self,
        name: &str,
        (aim, rounds): (f64, usize),
        prepare: impl Fn() -> I,
        job: impl Fn(I) -> O,
        bare: impl Fn(),
    ) {
        if !name.contains(&self.word) {
            return;
        }
        let (mut own, mut beneath, mut memory) = (Vec::new(), Vec::new(), 0);
        // One round more: the first warms up and does not count.
        for round in 0..=rounds * self.patience {
            let input = black_box(prepare());
            let before = MEMORY.current_usage();
            MEMORY.reset_peak_usage();
            let (taken, output) = timed(|| job(input));
            let peak = MEMORY.peak_usage().saturating_sub(before);
            drop(output);
            let (bare, ()) = timed(&bare);
            if round > 0 {
                own.push(taken);
                beneath.push(bare);
                memory = memory.max(peak);
            }
        }
        let (own, beneath) = (median(own), median(beneath));
        let ratio = own.as_secs_f64() / beneath.as_secs_f64();
        let aimed = if aim.is_nan() { String::new() } else { format!("{aim:.1}") };
        println!(
            "{name:46} {:>10} {:>12} {ratio:>7.2} {aimed:>5} {:>7.2} MB",
            millis(own),
            millis(beneath),
            mega(memory)
        );
        if ratio > aim {
            self.failed.borrow_mut().push(format!("{name} ({ratio:.2})"));
        }
        if memory > PEAK {
            self.failed.borrow_mut().push(format!("{name} ({:.1} MB)", mega(memory)));
        }
    }
}

fn timed<T>(job: impl FnOnce() -> T) -> (Duration, T) {
    let start = Instant::now();
    let output = black_box(job());
    (start.elapsed(), output)
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

fn millis(time: Duration) -> String {
    format!("{:.3} ms", time.as_secs_f64() * 1e3)
}

fn mega(bytes: usize) -> f64 {
    bytes as f64 / f64::from(1 << 20)
}
