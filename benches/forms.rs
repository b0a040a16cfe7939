//! Forms from data to sealed files: one record, and a batch on all cores, beside the hash and the signature that
//! cannot be done without.
//!
//! ```sh
//! cargo bench --bench forms                # batches of 500
//! cargo bench --bench forms -- 20000       # of so many
//! ```
//!
//! A record begins as JSON in memory and ends with the last byte of its sealed file. Bare cryptography is hashing
//! what the signature protects, one signature, and one verification of it. The last column says how long 1.24 million
//! records take at that pace.

#[allow(dead_code)]
mod common;

use std::env;
use std::hint::black_box;
use std::thread;
use std::time::{Duration, Instant};

use eseal::authority::Algorithm;
use eseal::batch::Batch;
use eseal::compose::Assets;
use eseal::draw::Font;
use eseal::form::{Circumstances, Day, Instance, Particulars, Renderer, Template, ValidInstance};
use eseal::{Document, Limits, Payload, Place, Time, Verifier};

use crate::common::{World, sample};

/// A receipt, as the windows hand out every day.
const FORM: &str = "receipt";
const CITY: f64 = 1_240_000.0;

fn main() {
    let records = env::args().skip(1).find_map(|argument| argument.parse().ok()).unwrap_or(500);
    let desk = Desk::new();
    println!("{:34} {:>12} {:>12} {:>7} {:>14}", "what", "a record", "cryptography", "ratio", "1.24 million");
    for algorithm in [Algorithm::Sm2, Algorithm::P256] {
        let world = World::new(algorithm);
        desk.rows("PDF", algorithm, &world, records, |number, at| {
            desk.renderer.pdf(&desk.valid(number, at), &particulars(number, at)).unwrap()
        });
        desk.rows("OFD", algorithm, &world, records, |number, at| {
            desk.renderer.ofd(&desk.valid(number, at), &particulars(number, at)).unwrap()
        });
    }
}

fn valid<'t>(template: &'t Template, data: &[u8], at: Time) -> ValidInstance<'t> {
    let instance = Instance::read(template, data, &Limits::default()).unwrap();
    template.judge(&instance, &Circumstances::on(Day::of(at))).unwrap().require_valid().unwrap()
}

fn particulars(number: usize, at: Time) -> Particulars {
    Particulars::new(format!("{number:032x}"), at)
}

struct Desk {
    template: Template,
    data: Vec<u8>,
    renderer: Renderer,
}

impl Desk {
    fn new() -> Self {
        let template = Template::from_json(&sample(&format!("form-templates/{FORM}.json"))).unwrap();
        let data = sample(&format!("form-templates/{FORM}.data.json"));
        let font = |name: &str| Font::read(sample(name), 0).unwrap();
        let assets = Assets::new().font("song", font("fonts/FormSong.otf")).font("hei", font("fonts/FormHei.otf"));
        let sample = valid(&template, &data, Time::now());
        let renderer = Renderer::with_samples(&template, &assets.fallback("song"), &[sample]).unwrap();
        Desk { template, data, renderer }
    }

    /// The form of that number: each applicant has a name of its own, of which the sample knew nothing.
    fn valid(&self, number: usize, at: Time) -> ValidInstance<'_> {
        let data = str::from_utf8(&self.data).unwrap().replace("王示例", &common::person(number));
        valid(&self.template, data.as_bytes(), at)
    }

    fn rows<D: Document>(
        &self,
        format: &str,
        algorithm: Algorithm,
        world: &World,
        records: usize,
        compose: impl Fn(usize, Time) -> D + Sync,
    ) {
        let verifier = Verifier::new(world.trust());
        let standing = verifier.standing(&world.seal);
        let sealed = |number: usize| {
            let stamp = eseal::Stamp::of(standing.at(world.now).unwrap()).at(Place::slot("window_seal"));
            stamp.apply(&compose(number, world.now), world.signatory()).unwrap()
        };
        let sample = sealed(0);
        verifier.document(&sample, world.now).unwrap().require_valid().unwrap();
        let signed = world.to_be_signed(&compose(0, world.now), Payload::SealSignature);
        let bytes = sample.as_bytes().into_owned();
        let bare = median(30, || {
            let value = world.bare.sign(&signed);
            black_box(world.bare.hash(&bytes));
            world.bare.verify(&signed, &value);
        });
        let one = median(30, || drop(black_box(sealed(1))));
        let composed = median(30, || drop(black_box(compose(1, world.now))));
        row(&format!("{algorithm:?}, {format}, composing alone"), composed, Duration::ZERO);
        row(&format!("{algorithm:?}, {format}, one record"), one, bare);

        let begun = Instant::now();
        let batch =
            Batch::new().run(0..records, |number, _| Ok(sealed(number).as_bytes().len()), |_, size| size.map(drop));
        let each = begun.elapsed() / u32::try_from(batch.unwrap().worked).unwrap();
        let cores = thread::available_parallelism().map_or(1, usize::from);
        row(
            &format!("{algorithm:?}, {format}, {records} on {cores} cores"),
            each,
            bare / u32::try_from(cores).unwrap(),
        );
    }
}

fn row(what: &str, time: Duration, bare: Duration) {
    let ratio = if bare.is_zero() { String::new() } else { format!("{:.2}", time.as_secs_f64() / bare.as_secs_f64()) };
    let city = time.as_secs_f64() * CITY / 60.0;
    println!(
        "{what:34} {:>9.3} ms {:>9.3} ms {ratio:>7} {city:>10.1} min",
        time.as_secs_f64() * 1e3,
        bare.as_secs_f64() * 1e3
    );
}

fn median(rounds: usize, mut job: impl FnMut()) -> Duration {
    let mut times: Vec<Duration> = (0..rounds)
        .map(|_| {
            let begun = Instant::now();
            job();
            begun.elapsed()
        })
        .collect();
    times.sort_unstable();
    times.get(rounds / 2).copied().unwrap_or_default()
}
