use image::{Rgba, RgbaImage};

use crate::draw::inspect::{as_png, crop_to_ink, inspect, white_to_transparent};
use crate::error::ErrorKind;
use crate::finding::Outcome;
use crate::limits::Limits;
use crate::picture::Picture;
use crate::units::Mm;

macro_rules! sample {
    ($name:literal) => {
        include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/testdata/pictures/", $name))
    };
}

fn limits() -> Limits {
    Limits::default()
}

fn outcome(picture: &Picture, check: &str) -> Option<Outcome> {
    let report = inspect(picture, &limits()).unwrap();
    report.findings.iter().filter(|finding| finding.check == check).map(|finding| finding.outcome).max()
}

/// A red disc of 300 dots' radius in the middle of 1000 × 1000.
fn disc(ground: Rgba<u8>, ink: Rgba<u8>) -> Picture {
    let image = RgbaImage::from_fn(1000, 1000, |x, y| {
        let far = (f64::from(x) - 500.0).hypot(f64::from(y) - 500.0);
        if far <= 300.0 { ink } else { ground }
    });
    as_png(&image, Mm(42.0), Mm(42.0)).unwrap()
}

const RED: Rgba<u8> = Rgba([255, 0, 0, 255]);
const CLEAR: Rgba<u8> = Rgba([255, 255, 255, 0]);
const WHITE: Rgba<u8> = Rgba([255, 255, 255, 255]);

#[test]
fn what_is_good_passes_and_what_is_not_is_told() {
    let good = crop_to_ink(&disc(CLEAR, RED), &limits()).unwrap();
    for check in ["picture.decodes", "picture.size", "picture.resolution", "picture.transparency", "picture.colour"] {
        assert_eq!(outcome(&good, check), Some(Outcome::Pass), "{check}");
    }
    assert_eq!(outcome(&good, "picture.margin"), Some(Outcome::Pass));
    assert_eq!(outcome(&disc(CLEAR, RED), "picture.margin"), Some(Outcome::Fail));
    assert_eq!(outcome(&disc(WHITE, RED), "picture.transparency"), Some(Outcome::Fail));
    assert_eq!(outcome(&disc(CLEAR, Rgba([0, 0, 255, 255])), "picture.colour"), Some(Outcome::Fail));
    assert_eq!(outcome(&disc(CLEAR, CLEAR), "picture.colour"), Some(Outcome::Fail));
    let flat = Picture::png(disc(CLEAR, RED).bytes(), Mm(42.0), Mm(30.0)).unwrap();
    assert_eq!(outcome(&flat, "picture.size"), Some(Outcome::Fail));
    let huge = Picture::png(disc(CLEAR, RED).bytes(), Mm(100.0), Mm(100.0)).unwrap();
    assert_eq!(outcome(&huge, "picture.size"), Some(Outcome::Fail));
    assert_eq!(outcome(&huge, "picture.resolution"), Some(Outcome::Fail));
}

#[test]
fn the_resolution_is_what_the_millimetres_make_of_the_dots() {
    let report = inspect(&disc(CLEAR, RED), &limits()).unwrap();
    assert_eq!((report.width, report.height), (Some(1000), Some(1000)));
    assert!((report.dpi.unwrap() - 604.76).abs() < 0.01, "{report:?}");
    let resolution = report.findings.iter().find(|finding| finding.check == "picture.resolution").unwrap();
    assert!(resolution.detail.contains("the file says 605 dpi"), "{resolution}");
}

#[test]
fn other_formats_are_looked_at() {
    for bytes in [sample!("round.jpg").as_slice(), sample!("round.bmp"), sample!("round.gif"), sample!("round.png")] {
        let picture = Picture::sniffed(bytes, Mm(42.0), Mm(42.0)).unwrap();
        assert_eq!(outcome(&picture, "picture.decodes"), Some(Outcome::Pass), "{picture:?}");
        assert_eq!(outcome(&picture, "picture.colour"), Some(Outcome::Pass), "{picture:?}");
    }
    let svg = Picture::svg(sample!("round.svg"), Mm(42.0), Mm(42.0)).unwrap();
    assert_eq!(inspect(&svg, &limits()).unwrap().dpi, None);
    assert_eq!(crop_to_ink(&svg, &limits()).unwrap_err().kind(), ErrorKind::Unsupported);
}

#[test]
fn cropping_keeps_the_inks_size() {
    let cropped = crop_to_ink(&disc(CLEAR, RED), &limits()).unwrap();
    assert!((cropped.width().0 - 42.0 * 0.601).abs() < 1e-9, "{cropped:?}");
    assert_eq!(inspect(&cropped, &limits()).unwrap().width, Some(601));
    let error = crop_to_ink(&disc(WHITE, WHITE), &limits()).unwrap_err();
    assert!(error.to_string().contains("no ink"), "{error}");
}

#[test]
fn paper_goes_and_ink_stays() {
    let scanned = disc(WHITE, Rgba([200, 40, 40, 255]));
    let before = scanned.clone();
    let clear = white_to_transparent(&scanned, 200, &limits()).unwrap();
    assert_eq!(scanned, before);
    assert_eq!((clear.width(), clear.height()), (scanned.width(), scanned.height()));
    let dots = image::load_from_memory(clear.bytes()).unwrap().to_rgba8();
    assert_eq!(*dots.get_pixel(5, 5), CLEAR);
    // Paper of 200 shone through the ink: four fifths of it are ink.
    assert_eq!(*dots.get_pixel(500, 500), Rgba([200, 0, 0, 204]));
    assert_eq!(outcome(&clear, "picture.transparency"), Some(Outcome::Pass));
    assert_eq!(white_to_transparent(&scanned, 0, &limits()).unwrap_err().kind(), ErrorKind::Misuse);
    let error = white_to_transparent(&scanned, 30, &limits()).unwrap_err();
    assert!(error.to_string().contains("take a higher one"), "{error}");
}

#[test]
fn hostile_pictures_are_bounded() {
    let bomb = Picture::png(sample!("small/huge.png"), Mm(42.0), Mm(42.0)).unwrap();
    assert_eq!(inspect(&bomb, &limits()).unwrap_err().kind(), ErrorKind::TooLarge);
    let few = Limits { pixels: 999_999, ..limits() };
    assert_eq!(inspect(&disc(CLEAR, RED), &few).unwrap_err().kind(), ErrorKind::TooLarge);
    let bytes = sample!("round.gif");
    for length in (6..bytes.len()).step_by(211) {
        let cut = Picture::gif(&bytes[..length], Mm(42.0), Mm(42.0)).unwrap();
        let _ = inspect(&cut, &limits());
    }
    let cut = Picture::png(&sample!("round.png")[..100], Mm(42.0), Mm(42.0)).unwrap();
    assert_eq!(outcome(&cut, "picture.decodes"), Some(Outcome::Fail));
}
