//! The main jobs beside the cryptography beneath them. For the comparison itself see `ratios`.

#[allow(dead_code)]
mod common;

use std::io;
use std::sync::LazyLock;

use divan::Bencher;
use divan::counter::BytesCount;
use eseal::authority::Algorithm;
use eseal::{Ofd, Payload, Pdf};

use crate::common::{ALGORITHMS, World, large_pdf, sample};

/// Bytes of the large document.
const LARGE: usize = 100_000_000;

fn main() {
    divan::main();
}

static LARGE_PDF: LazyLock<Vec<u8>> = LazyLock::new(|| large_pdf(LARGE));

fn pdf(name: &str) -> Vec<u8> {
    if name == "100 MB" { LARGE_PDF.clone() } else { sample("forms/form-fill.pdf") }
}

fn ofd(name: &str) -> Vec<u8> {
    sample(if name == "5 pages" { "ofd/Page5.ofd" } else { "ofd/helloworld.ofd" })
}

const SIGNED: [(Algorithm, Payload); 6] = [
    (Algorithm::Sm2, Payload::SealSignature),
    (Algorithm::Sm2, Payload::Cms),
    (Algorithm::P256, Payload::SealSignature),
    (Algorithm::P256, Payload::Cms),
    (Algorithm::Rsa, Payload::SealSignature),
    (Algorithm::Rsa, Payload::Cms),
];

mod bare {
    use super::*;

    #[divan::bench(args = ALGORITHMS)]
    fn sign_a_seal(bencher: Bencher<'_, '_>, algorithm: Algorithm) {
        let world = World::new(algorithm);
        bencher.bench_local(|| world.bare.sign(world.seal.der()));
    }

    #[divan::bench(args = ALGORITHMS)]
    fn verify_a_seal(bencher: Bencher<'_, '_>, algorithm: Algorithm) {
        let world = World::new(algorithm);
        let value = world.bare.sign(world.seal.der());
        bencher.bench_local(|| world.bare.verify(world.seal.der(), &value));
    }

    #[divan::bench(args = ALGORITHMS)]
    fn hash_one_page(bencher: Bencher<'_, '_>, algorithm: Algorithm) {
        let (world, form) = (World::new(algorithm), pdf("one page"));
        bencher.counter(BytesCount::of_slice(&form)).bench_local(|| world.bare.hash(&form));
    }

    #[divan::bench(args = ALGORITHMS, sample_count = 5)]
    fn hash_100_mb(bencher: Bencher<'_, '_>, algorithm: Algorithm) {
        let world = World::new(algorithm);
        bencher.counter(BytesCount::new(LARGE)).bench_local(|| world.bare.hash(&LARGE_PDF));
    }
}

mod seal {
    use super::*;

    #[divan::bench(args = ALGORITHMS)]
    fn make(bencher: Bencher<'_, '_>, algorithm: Algorithm) {
        let world = World::new(algorithm);
        bencher.with_inputs(|| world.content()).bench_local_values(|content| world.make_seal(content));
    }

    #[divan::bench(args = ALGORITHMS)]
    fn read_and_verify(bencher: Bencher<'_, '_>, algorithm: Algorithm) {
        let world = World::new(algorithm);
        bencher.bench_local(|| world.verify_seal(world.seal.der()));
    }
}

mod document {
    use super::*;

    #[divan::bench(args = SIGNED)]
    fn stamp_pdf_one_page(bencher: Bencher<'_, '_>, signed: (Algorithm, Payload)) {
        stamp_pdf(bencher, signed, "one page");
    }

    #[divan::bench(args = SIGNED)]
    fn verify_pdf_one_page(bencher: Bencher<'_, '_>, signed: (Algorithm, Payload)) {
        verify_pdf(bencher, signed, "one page");
    }

    #[divan::bench(args = SIGNED, sample_count = 5, sample_size = 1)]
    fn stamp_pdf_100_mb(bencher: Bencher<'_, '_>, signed: (Algorithm, Payload)) {
        stamp_pdf(bencher, signed, "100 MB");
    }

    #[divan::bench(args = SIGNED, sample_count = 5, sample_size = 1)]
    fn verify_pdf_100_mb(bencher: Bencher<'_, '_>, signed: (Algorithm, Payload)) {
        verify_pdf(bencher, signed, "100 MB");
    }

    #[divan::bench(args = ALGORITHMS, consts = [1, 5])]
    fn stamp_ofd<const PAGES: usize>(bencher: Bencher<'_, '_>, algorithm: Algorithm) {
        let (world, bytes) = (World::new(algorithm), ofd(pages::<PAGES>()));
        bencher.with_inputs(|| (bytes.clone(), world.judged(&world.seal))).bench_local_values(|(bytes, seal)| {
            let stamped = world.stamp(seal, &Ofd::read(bytes).unwrap(), Payload::SealSignature);
            stamped.write_to(&mut io::sink()).unwrap();
            stamped
        });
    }

    #[divan::bench(args = ALGORITHMS, consts = [1, 5])]
    fn verify_ofd<const PAGES: usize>(bencher: Bencher<'_, '_>, algorithm: Algorithm) {
        let (world, bytes) = (World::new(algorithm), ofd(pages::<PAGES>()));
        let stamped = world.stamp(world.judged(&world.seal), &Ofd::read(bytes).unwrap(), Payload::SealSignature);
        let mut bytes = Vec::new();
        stamped.write_to(&mut bytes).unwrap();
        bencher.with_inputs(|| bytes.clone()).bench_local_values(|bytes| world.verify(&Ofd::read(bytes).unwrap()));
    }

    fn pages<const PAGES: usize>() -> &'static str {
        if PAGES == 5 { "5 pages" } else { "one page" }
    }

    fn stamp_pdf(bencher: Bencher<'_, '_>, (algorithm, payload): (Algorithm, Payload), name: &str) {
        let (world, bytes) = (World::new(algorithm), pdf(name));
        bencher.with_inputs(|| (bytes.clone(), world.judged(&world.seal))).bench_local_values(|(bytes, seal)| {
            let stamped = world.stamp(seal, &Pdf::read(bytes).unwrap(), payload);
            stamped.write_to(&mut io::sink()).unwrap();
            stamped
        });
    }

    fn verify_pdf(bencher: Bencher<'_, '_>, (algorithm, payload): (Algorithm, Payload), name: &str) {
        let world = World::new(algorithm);
        let stamped = world.stamp(world.judged(&world.seal), &Pdf::read(pdf(name)).unwrap(), payload);
        let mut bytes = Vec::new();
        stamped.write_to(&mut bytes).unwrap();
        bencher.with_inputs(|| bytes.clone()).bench_local_values(|bytes| world.verify(&Pdf::read(bytes).unwrap()));
    }
}

/// A seal from its name to each form. The PNG has 945 dots by 945 at 600 dpi.
#[cfg(feature = "draw")]
mod draw {
    use eseal::draw::{Drawing, Font, Fonts, Oval, Owner, Round};

    use super::*;

    fn fonts() -> Fonts {
        let font = |name: &str| Font::read(sample(&format!("fonts/{name}")), 0).unwrap();
        Fonts::new(&font("NotoSerifCJKsc-Bold-subset.otf")).figures(&font("SealFigures.ttf"))
    }

    fn seal(fonts: &Fonts) -> Drawing {
        let round = Round::of(Owner::LimitedCompany, "示例贸易有限责任公司").code("1101010000015");
        round.draw(fonts).unwrap()
    }

    #[divan::bench]
    fn outlines(bencher: Bencher<'_, '_>) {
        let fonts = fonts();
        bencher.bench_local(|| seal(&fonts));
    }

    #[divan::bench]
    fn invoice_outlines(bencher: Bencher<'_, '_>) {
        let fonts = fonts();
        let invoice = Oval::invoice("示例贸易有限责任公司", "91110101MA00000000");
        bencher.bench_local(|| invoice.draw(&fonts).unwrap());
    }

    #[divan::bench]
    fn name_to_svg(bencher: Bencher<'_, '_>) {
        let fonts = fonts();
        bencher.bench_local(|| seal(&fonts).to_svg());
    }

    #[divan::bench]
    fn name_to_png_of_600_dpi(bencher: Bencher<'_, '_>) {
        let fonts = fonts();
        bencher.bench_local(|| seal(&fonts).to_png(600).unwrap());
    }

    #[divan::bench]
    fn name_to_pdf(bencher: Bencher<'_, '_>) {
        let fonts = fonts();
        bencher.bench_local(|| seal(&fonts).to_pdf().unwrap());
    }

    #[divan::bench]
    fn name_to_ofd(bencher: Bencher<'_, '_>) {
        let fonts = fonts();
        bencher.bench_local(|| seal(&fonts).to_ofd_document().unwrap());
    }
}
