//! Licences issued at volume, beside the bare hash and signature of the same bytes, and beside what other libraries take
//! for each of them: hash, signature and its check, a QR code, a photograph decoded, the holder's name cut out of a font.
//!
//! ```text
//! cargo bench --features licence --bench licences            # batches of 20 000
//! cargo bench --features licence --bench licences -- 2000    # of 2000
//! cargo bench --features licence --bench licences -- 2000 "P256, teacher"    # the rows called so
//! ```

#[allow(dead_code)]
mod common;
#[path = "../examples/licence/samples.rs"]
mod samples;
#[path = "../examples/licence/world.rs"]
mod world;

use std::time::{Duration, Instant};

use eseal::authority::Algorithm;
use eseal::batch::Batch;
use eseal::identifier::LicenceId;
use eseal::licence::{Carrier, Composer, Face, FaceValue, LaidOut, Licence, Metadata, Reading};
use eseal::verify::SealStanding;
use eseal::{Document as _, Ofd, Pdf, Stamp, Verifier};

use samples::Failure;
use world::{Office, World};

/// What a city hands out in a year.
const YEAR: f64 = 1_240_000.0;

/// Single licences for each row.
const ROUNDS: usize = 200;

fn main() -> Result<(), Failure> {
    let count = std::env::args().skip(1).find_map(|word| word.parse().ok()).unwrap_or(20_000);
    let wanted = std::env::args().skip(1).find(|word| word.starts_with(char::is_alphabetic)).unwrap_or_default();
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    println!("one, read back: the median of {ROUNDS}; batch: {count} records on {cores} cores");
    println!(
        "{:<34} {:>9} {:>9} {:>6} {:>9} {:>6} {:>9} {:>11} {:>14} {:>12}",
        "", "one", "bare", "ratio", "others'", "ratio", "read", "one / s", "batch / s core", "1.24 million"
    );
    for algorithm in [Algorithm::Sm2, Algorithm::P256] {
        for name in ["teacher", "housing-fund"] {
            if !format!("{algorithm:?}, {name}").contains(&wanted) {
                continue;
            }
            let job = Job::new(algorithm, name)?;
            let verifier = Verifier::new(&job.world.trust);
            let standing = verifier.standing(&job.office.seal);
            let pdf = |bytes: Vec<u8>| job.judge(&verifier, &Pdf::read(bytes)?);
            job.row("PDF", count, cores, |laid_out| job.pdf(&standing, laid_out), pdf)?;
            let ofd = |bytes: Vec<u8>| job.judge(&verifier, &Ofd::read(bytes)?);
            job.row("OFD", count, cores, |laid_out| job.ofd(&standing, laid_out), ofd)?;
        }
    }
    Ok(())
}

/// A type of licences, whoever issues them, and the seal that is judged once for each second. The composer was made
/// ready with one sample; each holder has a name of its own.
struct Job {
    algorithm: Algorithm,
    name: &'static str,
    world: World,
    office: Office,
    composer: Composer,
    metadata: Metadata,
    face: Face,
    bare: common::World,
    /// The font of most words, and where its glyphs are.
    font: Vec<u8>,
    glyphs: Vec<(char, u16)>,
}

impl Job {
    fn new(algorithm: Algorithm, name: &'static str) -> Result<Self, Failure> {
        let world = World::new(algorithm)?;
        let office = world.office(samples::issuers(name)[0])?;
        let (metadata, face) = (samples::metadata(name, 1)?, samples::face(name)?);
        let sample = (metadata.clone(), face.clone());
        let composer = Composer::with_samples(samples::profile(name)?, samples::assets()?, &[sample])?;
        let font = common::sample("fonts/FormSong.otf");
        let glyphs = {
            use skrifa::MetadataProvider as _;
            let mappings = skrifa::FontRef::new(&font)?.charmap().mappings().collect::<Vec<_>>();
            let known =
                |(code, id): (u32, skrifa::GlyphId)| Some((char::from_u32(code)?, u16::try_from(id.to_u32()).ok()?));
            mappings.into_iter().filter_map(known).collect()
        };
        let bare = common::World::new(algorithm);
        Ok(Job { algorithm, name, world, office, composer, metadata, face, bare, font, glyphs })
    }

    /// The licence of that number.
    fn laid_out(&self, number: usize) -> Result<LaidOut, eseal::Error> {
        let mut metadata = self.metadata.clone();
        metadata.id =
            LicenceId::new(metadata.id.kind().clone(), metadata.id.issuer().clone(), &format!("{number:011}"), 1)?;
        metadata.holders[0].name = common::person(number);
        self.composer.lay_out(&metadata, &self.face)
    }

    fn pdf(&self, standing: &SealStanding<'_, '_>, laid_out: &LaidOut) -> Result<Vec<u8>, eseal::Error> {
        let stamp = Stamp::of(standing.at(self.world.now)?);
        let licence = laid_out.to_pdf()?.issue(stamp, &self.office.by)?.finish()?;
        Ok(licence.as_bytes().into_owned())
    }

    fn ofd(&self, standing: &SealStanding<'_, '_>, laid_out: &LaidOut) -> Result<Vec<u8>, eseal::Error> {
        let stamp = Stamp::of(standing.at(self.world.now)?);
        let licence = laid_out.to_ofd()?.issue(stamp, &self.office.by)?.finish()?;
        Ok(licence.as_bytes().into_owned())
    }

    /// Verifies a licence and reads it back, its data compared with its pages.
    fn judge<D: Carrier>(&self, verifier: &Verifier<'_>, licence: &D) -> Result<(), Failure> {
        let report = verifier.document(licence, self.world.now)?;
        Licence::judge(report, &Reading::new())?.require_good()?;
        Ok(())
    }

    /// What libraries do for one licence, called without this crate.
    fn others(&self, bytes: &[u8], number: usize) -> Result<(), Failure> {
        let value = self.bare.bare.sign(bytes);
        self.bare.bare.verify(bytes, &value);
        let text = self.metadata.id.to_string();
        fast_qr::QRBuilder::new(text).ecl(fast_qr::ECL::M).build().map_err(|error| format!("{error:?}"))?;
        if let Some(FaceValue::Picture(photo)) = self.face.get("photo") {
            image::load_from_memory(photo)?;
        }
        let id = |character| self.glyphs.iter().find(|(own, _)| *own == character).map_or(1, |(_, id)| *id);
        let name: Vec<u16> = common::person(number).chars().map(id).collect();
        subsetter::subset(&self.font, 0, &subsetter::GlyphRemapper::new_from_glyphs(&name))?;
        Ok(())
    }

    fn row(
        &self,
        format: &str,
        count: usize,
        cores: usize,
        make: impl Fn(&LaidOut) -> Result<Vec<u8>, eseal::Error> + Sync,
        judge: impl Fn(Vec<u8>) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        let bytes = make(&self.laid_out(0)?)?;
        let one =
            median((1..=ROUNDS).map(|number| timed(|| self.laid_out(number).and_then(|laid_out| make(&laid_out)))));
        let bare = median((0..ROUNDS).map(|_| timed(|| self.bare.bare.sign(&bytes))));
        let others = median((1..=ROUNDS).map(|number| timed(|| self.others(&bytes, number))));
        judge(bytes.clone())?;
        let read = median((0..ROUNDS).map(|_| timed(|| judge(bytes.clone()))));
        let begun = Instant::now();
        let mut total = 0_usize;
        let summary = Batch::new().run(
            1..=count,
            |_, number| make(&self.laid_out(number)?).map(|bytes| bytes.len()),
            |_, result| {
                total += result?;
                Ok(())
            },
        )?;
        let took = begun.elapsed().as_secs_f64();
        assert_eq!((summary.failed, summary.worked), (0, count));
        #[expect(clippy::cast_precision_loss, reason = "counts stay far below 2^52")]
        let (rate, cores) = (count as f64 / took, cores as f64);
        let label = format!("{:?}, {} {format}, {} kB", self.algorithm, self.name, total / count / 1000);
        println!(
            "{label:<34} {:>6.2} ms {:>6.2} ms {:>6.1} {:>6.2} ms {:>6.1} {:>6.2} ms {:>11.0} {:>14.0} {:>8.1} min",
            millis(one),
            millis(bare),
            one.as_secs_f64() / bare.as_secs_f64(),
            millis(others),
            one.as_secs_f64() / others.as_secs_f64(),
            millis(read),
            1.0 / one.as_secs_f64(),
            rate / cores,
            YEAR / rate / 60.0,
        );
        Ok(())
    }
}

/// Whatever a job gives has to be good; how long it took.
fn timed<T>(job: impl FnOnce() -> T) -> Duration {
    let begun = Instant::now();
    let made = job();
    let took = begun.elapsed();
    drop(made);
    took
}

fn median(times: impl Iterator<Item = Duration>) -> Duration {
    let mut times: Vec<_> = times.collect();
    times.sort_unstable();
    times[times.len() / 2]
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}
