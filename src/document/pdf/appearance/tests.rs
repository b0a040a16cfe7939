use std::io::Read as _;

use flate2::read::ZlibDecoder;
use proptest::prelude::*;

use super::{Appearance, Style, form_xobject};
use crate::document::pdf::filter::png;
use crate::error::{Error, ErrorKind};
use crate::limits::Limits;
use crate::picture::Picture;
use crate::units::Mm;

macro_rules! sample {
    ($name:literal) => {
        include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/testdata/pictures/", $name)).as_slice()
    };
}

fn draw(bytes: &[u8]) -> Result<Appearance, Error> {
    draw_within(bytes, &Limits::default())
}

fn draw_within(bytes: &[u8], limits: &Limits) -> Result<Appearance, Error> {
    form_xobject(&Picture::sniffed(bytes, Mm(42.0), Mm(42.0))?, limits, 10, Style::default())
}

/// The dictionary of one of the objects, as text.
fn dictionary(appearance: &Appearance, place: usize) -> &str {
    std::str::from_utf8(&appearance.objects[place].dictionary).unwrap()
}

fn unfolded(appearance: &Appearance, place: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    ZlibDecoder::new(appearance.objects[place].stream.as_slice()).read_to_end(&mut bytes).unwrap();
    match dictionary(appearance, place).split_once("/Predictor 15/Colors ") {
        Some((_, rest)) if rest.starts_with('1') => png(&bytes, 12, 1).unwrap(),
        Some(_) => png(&bytes, 36, 3).unwrap(),
        None => bytes,
    }
}

fn refusal<T: std::fmt::Debug>(result: Result<T, Error>, kind: ErrorKind, says: &str) {
    let error = result.unwrap_err();
    assert_eq!(error.kind(), kind, "{error}");
    assert!(error.to_string().contains(says), "{error}");
}

/// What the generator of the small pictures drew at (x, y): red, green, blue, opacity.
fn dot(x: u32, y: u32) -> [u8; 4] {
    [20 * x, 30 * y, (x * y * 3) % 256, ((x + y) * 14).min(255)].map(|value| u8::try_from(value).unwrap())
}

fn dots<T>(of: impl Fn(u32, u32) -> T) -> Vec<T> {
    (0..8).flat_map(|y| (0..12).map(move |x| (x, y))).map(|(x, y)| of(x, y)).collect()
}

/// The colours of the twelve by eight dots as the generator drew them, without those that do not show.
fn shown(appearance: &Appearance, alpha: &[u8]) -> Vec<Option<[u8; 3]>> {
    let colours = unfolded(appearance, 1);
    colours.as_chunks::<3>().0.iter().zip(alpha).map(|(colour, alpha)| (*alpha > 0).then_some(*colour)).collect()
}

fn rgb([red, green, blue, _]: [u8; 4]) -> [u8; 3] {
    [red, green, blue]
}

#[test]
fn a_form_is_as_large_as_the_picture() {
    let picture = Picture::png(sample!("small/rgb.png"), Mm(42.0), Mm(21.0)).unwrap();
    let appearance = form_xobject(&picture, &Limits::default(), 7, Style::default()).unwrap();
    let form = dictionary(&appearance, 0);
    let wanted = "<</Type/XObject/Subtype/Form/BBox[0 0 119.055115 59.527557]/Resources<</XObject<</Im0 8 0 R>>>>>>";
    assert_eq!(form, wanted);
    let content = std::str::from_utf8(&appearance.objects[0].stream).unwrap();
    assert_eq!(content.split_whitespace().collect::<Vec<_>>().join(" "), "q 119.055115 0 0 59.527557 0 0 cm/Im0 Do Q");
    assert_eq!(appearance.objects.iter().map(|object| object.number).collect::<Vec<_>>(), [7, 8]);
}

#[test]
fn opaque_bitmaps_need_no_mask() {
    let colours: [&[u8]; 7] = [
        sample!("small/rgb.png"),
        sample!("small/rgb-16bit.png"),
        sample!("small/rgba-opaque.png"),
        sample!("small/rgb.bmp"),
        sample!("small/rgb-32bit.bmp"),
        sample!("small/palette.png"),
        sample!("small/opaque.gif"),
    ];
    for (place, bytes) in colours.into_iter().enumerate() {
        let appearance = draw(bytes).unwrap();
        assert_eq!(appearance.objects.len(), 2, "{place}");
        let image = dictionary(&appearance, 1);
        // The rows of a PNG that is stored as PDF would store it pass as they are.
        let rows = if place == 0 { "/DecodeParms<</Predictor 15/Colors 3/Columns 12>>" } else { "" };
        let wanted = format!(
            "<</Type/XObject/Subtype/Image/Width 12/Height 8/BitsPerComponent 8/ColorSpace/DeviceRGB{rows}\
             /Filter/FlateDecode>>"
        );
        assert_eq!(image, wanted, "{place}");
        let expected: Vec<[u8; 3]> = match place {
            5 => dots(|x, y| [[255, 255, 255], [230, 0, 18], [0, 0, 0], [0, 0, 255]][(x as usize + y as usize) % 4]),
            6 => dots(|x, y| [[0, 0, 0], [230, 0, 18], [255, 255, 255]][(x as usize + y as usize) % 3]),
            _ => dots(|x, y| rgb(dot(x, y))),
        };
        assert_eq!(unfolded(&appearance, 1), expected.concat(), "{place}");
    }
}

#[test]
fn gray_stays_gray() {
    type Expected = fn(u32, u32) -> u8;
    let cases: [(&[u8], Expected); 3] = [
        (sample!("small/gray.png"), |x, y| dot(x, y)[0]),
        (sample!("small/gray-16bit.png"), |x, y| dot(x, y)[0]),
        (sample!("small/gray-1bit.png"), |x, y| if (x + y) % 2 == 1 { 255 } else { 0 }),
    ];
    for (bytes, expected) in cases {
        let appearance = draw(bytes).unwrap();
        assert_eq!(appearance.objects.len(), 2);
        assert!(dictionary(&appearance, 1).contains("/BitsPerComponent 8/ColorSpace/DeviceGray"));
        assert_eq!(unfolded(&appearance, 1), dots(expected));
    }
}

/// Where nothing may be see-through in part: what is half opaque or more shows as on white.
#[test]
fn where_masks_are_hard() {
    let style = Style { opaque: true, calibrated_rgb: true, calibrated_gray: true, no_inks: true };
    let drawn = |bytes: &[u8]| {
        let picture = Picture::sniffed(bytes, Mm(42.0), Mm(42.0)).unwrap();
        form_xobject(&picture, &Limits::default(), 10, style).unwrap()
    };
    let appearance = drawn(sample!("small/rgba.png"));
    assert!(
        dictionary(&appearance, 0).contains("/DefaultRGB[/CalRGB<<")
            && dictionary(&appearance, 0).contains("/DefaultGray[/CalGray<<")
    );
    assert!(
        dictionary(&appearance, 1).contains("/ColorSpace[/CalRGB<<")
            && dictionary(&appearance, 1).contains("/Mask 12 0 R")
    );
    let mask = "<</Type/XObject/Subtype/Image/Width 12/Height 8/BitsPerComponent 1/ImageMask true/Filter/FlateDecode>>";
    assert_eq!(dictionary(&appearance, 2), mask);
    let (bits, colours) = (unfolded(&appearance, 2), unfolded(&appearance, 1));
    assert_eq!((bits.len(), colours.len()), (2 * 8, 3 * 12 * 8));
    for y in 0..8_u32 {
        for x in 0..12_u32 {
            let [red, green, blue, opacity] = dot(x, y);
            let place = (y * 12 + x) as usize;
            let is_hidden = bits[(y * 2 + x / 8) as usize] >> (7 - x % 8) & 1 == 1;
            assert_eq!(is_hidden, opacity < 128, "{x} {y}");
            for (seen, ink) in colours[place * 3..place * 3 + 3].iter().zip([red, green, blue]) {
                let wanted = (f64::from(ink) * f64::from(opacity) + 255.0 * (255.0 - f64::from(opacity))) / 255.0;
                assert!((f64::from(*seen) - wanted).abs() <= 1.0, "{x} {y}: {seen} {wanted}");
            }
        }
    }
    assert_eq!(drawn(sample!("small/opaque.gif")).objects.len(), 2, "what is opaque needs no mask");
}

#[test]
fn what_is_not_opaque_gets_a_mask() {
    let palette = [None, Some([230, 0, 18]), Some([0, 0, 0]), Some([0, 0, 255])];
    let full = |x: u32, y: u32| dot(x, y)[3];
    let alphas: [(&[u8], Vec<u8>); 6] = [
        (sample!("small/rgba.png"), dots(full)),
        (sample!("small/rgba-16bit.png"), dots(full)),
        (sample!("small/rgba-interlaced.png"), dots(full)),
        (sample!("small/alpha.bmp"), dots(full)),
        (sample!("small/rgb-trns.png"), dots(|x, y| if rgb(dot(x, y)) == [0; 3] { 0 } else { 255 })),
        (sample!("small/palette-trns.png"), dots(|x, y| [0, 255, 128, 255][(x as usize + y as usize) % 4])),
    ];
    for (place, (bytes, alpha)) in alphas.into_iter().enumerate() {
        let appearance = draw(bytes).unwrap();
        assert_eq!(appearance.objects.len(), 3, "{place}");
        assert!(dictionary(&appearance, 1).contains("/SMask 12 0 R/Filter/FlateDecode"));
        let mask = "<</Type/XObject/Subtype/Image/Width 12/Height 8/BitsPerComponent 8/ColorSpace/DeviceGray\
                    /Filter/FlateDecode>>";
        assert_eq!(dictionary(&appearance, 2), mask);
        assert_eq!(unfolded(&appearance, 2), alpha, "{place}");
        let expected = match place {
            5 => dots(|x, y| palette[(x as usize + y as usize) % 4]),
            _ => dots(dot).iter().zip(&alpha).map(|(dot, a)| (*a > 0).then_some(rgb(*dot))).collect(),
        };
        assert_eq!(shown(&appearance, &alpha), expected, "{place}");
    }
    for bytes in [sample!("small/gray-alpha.png"), sample!("small/gray-trns.png")] {
        let appearance = draw(bytes).unwrap();
        assert_eq!(appearance.objects.len(), 3);
        assert!(dictionary(&appearance, 1).contains("/DeviceGray"));
    }
}

#[test]
fn only_the_first_frame_of_a_gif_shows() {
    let appearance = draw(sample!("small/animated.gif")).unwrap();
    let alpha = unfolded(&appearance, 2);
    assert_eq!(alpha, dots(|x, y| if (x + y) % 3 == 0 { 0 } else { 255 }));
    let red = shown(&appearance, &alpha)[1];
    assert_eq!(red, Some([230, 0, 18]));
}

#[test]
fn dots_that_do_not_show_take_the_colour_of_the_seal() {
    let appearance = draw(sample!("round.png")).unwrap();
    let (colours, alpha) = (unfolded(&appearance, 1), unfolded(&appearance, 2));
    assert_eq!((alpha.len(), alpha[0]), (500 * 500, 0));
    assert!(colours[0] >= 229 && colours[1] <= 1 && colours[2].abs_diff(18) <= 1, "{:?}", &colours[..3]);
}

#[test]
fn jpeg_passes_as_it_is() {
    let cases: [(&[u8], &str, &str); 4] = [
        (sample!("small/rgb.jpg"), "/DeviceRGB", ""),
        (sample!("small/progressive.jpg"), "/DeviceRGB", ""),
        (sample!("small/gray.jpg"), "/DeviceGray", ""),
        (sample!("small/cmyk.jpg"), "/DeviceCMYK", "/Decode[1 0 1 0 1 0 1 0]"),
    ];
    for (bytes, space, decode) in cases {
        let appearance = draw(bytes).unwrap();
        assert_eq!(appearance.objects.len(), 2);
        assert_eq!(appearance.objects[1].stream, bytes);
        let wanted = format!(
            "<</Type/XObject/Subtype/Image/Width 12/Height 8/BitsPerComponent 8/ColorSpace{space}{decode}\
             /Filter/DCTDecode>>"
        );
        assert_eq!(dictionary(&appearance, 1), wanted);
    }
}

#[test]
fn a_turned_jpeg_is_refused() {
    let bytes = sample!("small/rgb.jpg");
    let exif = b"\xFF\xE1\x00\x22Exif\0\0MM\0\x2A\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0";
    let turned = [&bytes[..2], exif, &bytes[2..]].concat();
    refusal(draw(&turned), ErrorKind::Unsupported, "save it upright");
}

#[test]
fn a_jpeg_that_breaks_off_is_refused() {
    for bytes in [sample!("round.jpg"), sample!("small/progressive.jpg")] {
        for cut in [2, 50, bytes.len() / 20] {
            refusal(draw(&bytes[..bytes.len() - cut]), ErrorKind::Malformed, "it breaks off");
        }
    }
}

#[test]
fn too_many_dots_are_refused_before_they_are_decoded() {
    refusal(draw(sample!("small/huge.png")), ErrorKind::TooLarge, "50000 × 50000 dots");
    let limits = Limits { pixels: 95, ..Limits::default() };
    for bytes in
        [sample!("small/rgb.png"), sample!("small/rgb.jpg"), sample!("small/opaque.gif"), sample!("small/rgb.bmp")]
    {
        refusal(draw_within(bytes, &limits), ErrorKind::TooLarge, "12 × 8 dots; the limit is 95");
        assert!(draw_within(bytes, &Limits { pixels: 96, ..Limits::default() }).is_ok());
    }
}

#[test]
fn the_same_picture_gives_the_same_bytes() {
    for bytes in
        [sample!("round.png"), sample!("name.png"), sample!("round.gif"), sample!("round.bmp"), sample!("round.jpg")]
    {
        assert_eq!(draw(bytes).unwrap(), draw(bytes).unwrap());
    }
}

#[test]
fn objects_need_numbers() {
    let picture = Picture::sniffed(sample!("small/rgba.png"), Mm(42.0), Mm(42.0)).unwrap();
    for first in [i32::MIN, 0, i32::MAX, i32::MAX - 2] {
        refusal(
            form_xobject(&picture, &Limits::default(), first, Style::default()),
            ErrorKind::Misuse,
            "no object has the number",
        );
    }
    assert!(form_xobject(&picture, &Limits::default(), i32::MAX - 3, Style::default()).is_ok());
}

#[test]
fn ofd_pictures_are_named() {
    let (kind, says) = if cfg!(all(feature = "svg", feature = "render")) {
        (ErrorKind::Malformed, "the seal's OFD picture: the file is no OFD package")
    } else {
        (ErrorKind::Unsupported, "the seal's OFD picture: drawing it needs the \"svg\" and \"render\" features")
    };
    refusal(draw(b"PK\x03\x04"), kind, says);
}

#[test]
#[cfg(not(feature = "svg"))]
fn svg_pictures_need_a_feature() {
    refusal(draw(sample!("round.svg")), ErrorKind::Unsupported, "the \"svg\" feature");
}

#[test]
fn cut_and_damaged_bitmaps_do_no_harm() {
    let limits = Limits { pixels: 4096, ..Limits::default() };
    for bytes in [
        sample!("small/rgba-interlaced.png"),
        sample!("small/palette-trns.png"),
        sample!("small/animated.gif"),
        sample!("small/alpha.bmp"),
        sample!("small/rgb.bmp"),
        sample!("small/progressive.jpg"),
        sample!("small/cmyk.jpg"),
    ] {
        for length in 0..bytes.len() {
            let _ = draw_within(&bytes[..length], &limits);
        }
        for place in 0..bytes.len() {
            for flip in [0x01, 0x80, 0xFF] {
                let mut damaged = bytes.to_vec();
                damaged[place] ^= flip;
                let _ = draw_within(&damaged, &limits);
            }
        }
    }
    // What a PNG's checksums do not let through is an error, not an empty seal.
    let cut = &sample!("small/rgb.png")[..200];
    refusal(draw(cut), ErrorKind::Malformed, "the seal's PNG picture: it does not decode");
}

proptest! {
    #[test]
    fn noise_after_a_signature_does_no_harm(
        head in prop::sample::select(vec![&b"\x89PNG\r\n\x1A\n"[..], b"GIF89a", b"BM", b"\xFF\xD8\xFF"]),
        noise in prop::collection::vec(any::<u8>(), 0..600),
    ) {
        let limits = Limits { pixels: 4096, ..Limits::default() };
        let _ = draw_within(&[head, &noise].concat(), &limits);
    }
}
