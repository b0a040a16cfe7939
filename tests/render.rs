//! Pages as pictures: what is seen is measured, not compared with what was seen before.

#![cfg(feature = "render")]

mod common;

use common::sample;
use common::scene::{Scene, algorithms};
use eseal::ofd::{Content, Figure, Font, Ink, NewFont, NewOfd, Outline, Stroke, Text};
use eseal::{Document as _, ErrorKind, Limits, Mm, Ofd, Page, Payload};

fn song() -> Font {
    Font::read(sample("fonts/NotoSerifCJKsc-Bold-subset.otf"), 0).unwrap()
}

/// A decoded PNG: width and pixels in red, green, blue.
struct Dots {
    width: usize,
    pixels: Vec<[u8; 3]>,
}

/// At 25.4 dots per inch a dot is a millimetre; at 254 a tenth of one.
fn dots(ofd: &Ofd, page: u32, dots_per_inch: f64) -> Dots {
    let png = ofd.render(Page(page), &[song()]).unwrap().png(dots_per_inch).unwrap();
    let mut reader = png::Decoder::new(std::io::Cursor::new(png)).read_info().unwrap();
    let mut bytes = vec![0; reader.output_buffer_size().unwrap()];
    let info = reader.next_frame(&mut bytes).unwrap();
    assert_eq!(info.color_type, png::ColorType::Rgba);
    let pixels = bytes.chunks_exact(4).map(|dot| [dot[0], dot[1], dot[2]]).collect();
    Dots { width: info.width as usize, pixels }
}

impl Dots {
    /// Left, top, right and bottom of all dots that are so, in dots, and how many there are.
    fn bounds(&self, is_so: impl Fn([u8; 3]) -> bool) -> ([usize; 4], usize) {
        let mut bounds = [usize::MAX, usize::MAX, 0, 0];
        let mut count = 0;
        for (at, dot) in self.pixels.iter().enumerate().filter(|(_, dot)| is_so(**dot)) {
            let (x, y) = (at % self.width, at / self.width);
            bounds = [bounds[0].min(x), bounds[1].min(y), bounds[2].max(x + 1), bounds[3].max(y + 1)];
            count += usize::from(dot.len() == 3);
        }
        (bounds, count)
    }
}

fn is_dark([red, green, blue]: [u8; 3]) -> bool {
    red < 100 && green < 100 && blue < 100
}

fn is_red([red, green, blue]: [u8; 3]) -> bool {
    red > 150 && green < 110 && blue < 110
}

fn new() -> NewOfd {
    NewOfd::new("5f6e4b7a0c9d4e1f8a2b3c4d5e6f7081", Mm(100.0), Mm(50.0))
}

#[track_caller]
fn close(found: [usize; 4], wanted: [usize; 4], tolerance: usize) {
    let near = |(one, other): (&usize, &usize)| one.abs_diff(*other) <= tolerance;
    assert!(found.iter().zip(&wanted).all(near), "{found:?}, not {wanted:?}");
}

#[test]
fn shapes_are_where_they_are_put() {
    let mut document = new();
    let mut page = Content::new();
    page.figure(Figure::of(Outline::rectangle(10.0, 5.0, 20.0, 30.0)).fill(Ink::rgb(255, 0, 0)));
    page.figure(Figure::of(Outline::rectangle(50.0, 10.0, 40.0, 20.0)).stroke(Stroke::new(Ink::BLACK, 2.0)));
    document.page(page);
    let shown = dots(&document.finish().unwrap(), 1, 254.0);
    assert_eq!((shown.width, shown.pixels.len()), (1000, 500_000));
    let (bounds, count) = shown.bounds(is_red);
    assert_eq!(bounds, [100, 50, 300, 350]);
    assert_eq!(count, 200 * 300);
    let (bounds, count) = shown.bounds(is_dark);
    assert_eq!(bounds, [490, 90, 910, 310]);
    assert_eq!(count, 420 * 220 - 380 * 180);
}

#[test]
fn clips_and_rules_leave_out_what_they_should() {
    let mut document = new();
    let mut page = Content::new();
    let clip = Outline::rectangle(15.0, 0.0, 5.0, 50.0);
    page.figure(Figure::of(Outline::rectangle(10.0, 5.0, 20.0, 30.0)).fill(Ink::rgb(255, 0, 0)).clip(clip));
    let frame = Outline::rectangle(50.0, 10.0, 40.0, 20.0).move_to(60.0, 15.0).line_to(80.0, 15.0).line_to(80.0, 25.0);
    page.figure(Figure::of(frame.line_to(60.0, 25.0).close()).fill_even_odd(Ink::BLACK));
    document.page(page);
    let shown = dots(&document.finish().unwrap(), 1, 254.0);
    assert_eq!(shown.bounds(is_red).0, [150, 50, 200, 350]);
    assert_eq!(shown.bounds(is_dark).1, 400 * 200 - 200 * 100);
}

#[test]
fn text_stands_where_it_says_in_fonts_inside_and_outside() {
    let file = sample("fonts/NotoSerifCJKsc-Bold-subset.otf");
    for font in [NewFont::embedded("Own", file), NewFont::named("宋体")] {
        let mut document = new();
        let font = document.font(font).unwrap();
        let mut page = Content::new();
        page.text(Text::new("示例示例", font, Mm(10.0)).at(Mm(20.0), Mm(30.0)).ink(Ink::rgb(255, 0, 0)));
        page.text(Text::new("示例", font, Mm(5.0)).at(Mm(80.0), Mm(15.0)).vertical());
        document.page(page);
        let ofd = document.finish().unwrap();
        let shown = dots(&ofd, 1, 254.0);
        // Ideographs fill most of the em square from 0.88 above to 0.12 below the base line.
        close(shown.bounds(is_red).0, [200, 212, 600, 312], 8);
        close(shown.bounds(is_dark).0, [800, 106, 850, 206], 6);
        assert_eq!(ofd.render(Page(1), &[song()]).unwrap().notes(), [""; 0]);
    }
    // Without a font nothing is shown, and told.
    let mut document = new();
    let font = document.font(NewFont::named("宋体")).unwrap();
    let mut page = Content::new();
    page.text(Text::new("示示", font, Mm(10.0)).at(Mm(20.0), Mm(30.0)));
    document.page(page);
    let shown = document.finish().unwrap().render(Page(1), &[]).unwrap();
    assert_eq!(shown.notes(), ["no font at hand has the character 示 (U+793A)"]);
}

/// A glyph by its number is the one that is shown, whatever the character.
#[test]
fn glyphs_are_taken_by_their_numbers() {
    let file = sample("fonts/NotoSerifCJKsc-Bold-subset.otf");
    let page = |text: &str, glyphs: Option<u16>| {
        let mut document = new();
        let font = document.font(NewFont::embedded("Own", file.clone())).unwrap();
        let mut page = Content::new();
        let text = Text::new(text, font, Mm(20.0)).at(Mm(20.0), Mm(30.0));
        page.text(match glyphs {
            Some(glyph) => text.glyphs([glyph]),
            None => text,
        });
        document.page(page);
        dots(&document.finish().unwrap(), 1, 127.0).pixels
    };
    let by_character: Vec<_> = ["示", "例"].iter().map(|text| page(text, None)).collect();
    assert!(by_character[0] != by_character[1]);
    let found = (1..300).find(|glyph| page("示", Some(*glyph)) == by_character[1]);
    assert!(found.is_some(), "no glyph of the font is that of 例");
}

#[test]
fn stamps_show_the_picture_that_was_signed() {
    for algorithm in algorithms() {
        let scene = Scene::new(algorithm);
        let stamped = scene.stamped(&Ofd::read(sample("ofd/helloworld.ofd")).unwrap(), Payload::SealSignature);
        let shown = dots(&stamped, 1, 254.0);
        let plain = dots(&Ofd::read(sample("ofd/helloworld.ofd")).unwrap(), 1, 254.0);
        let differs: Vec<_> = shown
            .pixels
            .iter()
            .zip(&plain.pixels)
            .map(|(one, other)| if one == other { [0; 3] } else { [1; 3] })
            .collect();
        let (bounds, count) = Dots { width: shown.width, pixels: differs }.bounds(|dot| dot == [1; 3]);
        // 42 mm at 20 mm, 30 mm; the picture has transparent dots.
        assert!(count > 10_000, "{count}");
        assert!(bounds[0] >= 200 && bounds[1] >= 300 && bounds[2] <= 620 && bounds[3] <= 720, "{bounds:?}");
    }
}

/// Five strips of one seal, one on each page's right edge: beside one another they are the seal.
#[test]
fn strips_of_a_straddling_seal_make_it_whole() {
    let ofd = Ofd::read(sample("ofd/V4RideRight.ofd")).unwrap();
    // The same pages without their signature.
    let package = common::package::Package::read(&ofd.as_bytes());
    let plain = package.edited("OFD.xml", "<ofd:Signatures>", "<ofd:Other>").edited(
        "OFD.xml",
        "</ofd:Signatures>",
        "</ofd:Other>",
    );
    let plain = Ofd::read(plain.write()).unwrap();
    let mut whole = vec![[255; 3]; 200 * 200];
    for page in 1..=5 {
        let (shown, plain) = (dots(&ofd, page, 127.0), dots(&plain, page, 127.0));
        let changed: Vec<_> = (0..shown.pixels.len()).filter(|at| shown.pixels[*at] != plain.pixels[*at]).collect();
        assert!(changed.iter().all(|at| at % shown.width >= 1010), "page {page}");
        // Page 1 has the strip that is farthest left.
        let (left, top) = (1010, changed.iter().map(|at| at / shown.width).min().unwrap());
        for at in changed {
            let (x, y) = (at % shown.width - left, at / shown.width);
            whole[(page as usize - 1) * 40 + x.min(39) + 200 * (y - top).min(199)] = shown.pixels[at];
        }
    }
    let whole = Dots { width: 200, pixels: whole };
    let (bounds, count) = whole.bounds(is_red);
    assert!(count > 5000, "{count} red dots");
    // A round seal: as wide as high, and as much to the left of its middle as to the right.
    assert!((bounds[2] - bounds[0]).abs_diff(bounds[3] - bounds[1]) <= 8, "{bounds:?}");
}

/// The picture of a tax seal is an OFD of its own.
#[test]
fn a_seal_picture_in_ofd_is_drawn() {
    let shown = dots(&Ofd::read(sample("ofd/v4signed.ofd")).unwrap(), 1, 127.0);
    let (_, count) = shown.bounds(is_red);
    assert!(count > 1000, "{count} red dots");
}

#[test]
fn every_sample_is_drawn() {
    for name in ["999", "n", "v4signed", "testImageNotFound", "Page5", "SESV4SignDoc", "hello-integrity"] {
        let ofd = Ofd::read(sample(&format!("ofd/{name}.ofd"))).unwrap();
        for page in 1..=u32::try_from(ofd.page_count()).unwrap() {
            let rendered = ofd.render(Page(page), &[song()]).unwrap();
            assert!(rendered.svg().starts_with("<svg "));
            if let Some(folder) = std::env::var_os("ESEAL_PICTURES") {
                let folder = std::path::PathBuf::from(folder);
                std::fs::write(folder.join(format!("{name}-{page}.png")), rendered.png(96.0).unwrap()).unwrap();
                println!("{name} {page}: {:?}", rendered.notes());
            }
        }
    }
}

#[test]
fn pictures_are_bounded() {
    let ofd = Ofd::read_within(sample("ofd/helloworld.ofd"), &Limits { pixels: 10_000, ..Limits::default() }).unwrap();
    let page = ofd.render(Page(1), &[]).unwrap();
    assert!(page.png(10.0).is_ok());
    assert_eq!(page.png(96.0).unwrap_err().kind(), ErrorKind::TooLarge);
    for bad in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        assert_eq!(page.png(bad).unwrap_err().kind(), ErrorKind::Misuse);
    }
    assert_eq!(ofd.render(Page(2), &[]).unwrap_err().kind(), ErrorKind::Misuse);
    let small = Limits { stream_bytes: 2000, ..Limits::default() };
    let ofd = Ofd::read_within(sample("ofd/helloworld.ofd"), &small).unwrap();
    assert_eq!(ofd.render(Page(1), &[song()]).unwrap_err().kind(), ErrorKind::TooLarge);
}

/// A composite object that shows itself, eight times at each level.
#[test]
fn composites_that_hold_themselves_come_to_an_end() {
    let mut document = new();
    document.image(sample("pictures/small/rgba.png")).unwrap();
    document.page(Content::new());
    let package = common::package::Package::read(&document.finish().unwrap().as_bytes());
    let object = "<ofd:CompositeObject ID=\"90\" Boundary=\"0 0 10 10\" ResourceID=\"77\"/>".repeat(8);
    let units = format!(
        "<ofd:CompositeGraphicUnits><ofd:CompositeGraphicUnit ID=\"77\" Width=\"1\" Height=\"1\"><ofd:Content>{object}\
         </ofd:Content></ofd:CompositeGraphicUnit></ofd:CompositeGraphicUnits></ofd:Res>"
    );
    let package = package.edited("Doc_0/DocumentRes.xml", "</ofd:Res>", &units);
    let page = "Doc_0/Pages/Page_0/Content.xml";
    let layer = package.text(page).replace("</ofd:Layer>", &format!("{object}</ofd:Layer>"));
    let ofd = Ofd::read(package.with(page, layer).write()).unwrap();
    let error = ofd.render(Page(1), &[]).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TooLarge, "{error}");
}

/// What stands in a package cannot reach into the SVG as markup, nor out of it.
#[test]
fn values_do_not_become_markup() {
    let mut document = new();
    let mut page = Content::new();
    page.figure(Figure::of(Outline::rectangle(10.0, 5.0, 20.0, 30.0)).fill(Ink::rgb(255, 0, 0)));
    document.page(page);
    let package = common::package::Package::read(&document.finish().unwrap().as_bytes());
    let page = "Doc_0/Pages/Page_0/Content.xml";
    for (from, to) in [
        ("Value=\"255 0 0\"", "Value=\"&quot;/>&lt;script/>\""),
        ("Fill=\"true\"", "Fill=\"true\" DashPattern=\"&quot;/>&lt;script/>\" Cap=\"&lt;script/>\""),
        ("M 0 0", "M 0 0 &quot;/>&lt;script/>"),
        ("Boundary=\"10", "CTM=\"&quot;/>&lt;script/>\" Boundary=\"10"),
    ] {
        let changed = Ofd::read(package.clone().edited(page, from, to).write()).unwrap();
        let shown = changed.render(Page(1), &[]).unwrap();
        assert!(!shown.svg().contains("script"), "{}", shown.svg());
    }
}

/// A seal drawn here as vectors in an OFD of its own: on the page as it is as a picture.
#[cfg(feature = "draw")]
#[test]
fn a_seal_in_vectors_is_stamped_and_shown() {
    use eseal::draw::{Fonts, Round};
    use eseal::seal::SealContent;
    use eseal::{Picture, SealMaker, Stamp};
    let scene = Scene::new(algorithms()[0]);
    let fonts = Fonts::new(&song());
    let drawing = Round::new(Mm(42.0), "示例市人民政府").star().draw(&fonts).unwrap();
    let vectors = drawing.to_ofd_document().unwrap();
    assert_eq!(vectors, drawing.to_ofd_document().unwrap());
    let pictures = [
        Picture::ofd(&vectors, Mm(42.0), Mm(42.0)).unwrap(),
        Picture::png(&drawing.to_png(600).unwrap(), Mm(42.0), Mm(42.0)).unwrap(),
    ];
    let mut shown = Vec::new();
    for picture in pictures {
        let content = SealContent { picture, ..common::scene::content(&scene.signatory, scene.now) };
        let seal = SealMaker::new(scene.maker.credentials.clone()).create(content, scene.now).unwrap();
        let stamp = Stamp::of(scene.verifier().seal(&seal, scene.now).require_valid().unwrap());
        let ofd = Ofd::read(sample("ofd/helloworld.ofd")).unwrap();
        let stamped = stamp.on(Page(1), Mm(100.0), Mm(100.0)).apply(&ofd, &scene.by()).unwrap();
        let _ = scene.verifier().document(&stamped, scene.now).unwrap().require_valid().unwrap();
        // The page's own text has characters that the font here lacks; the seal lacks nothing.
        let rendered = stamped.render(Page(1), &[song()]).unwrap();
        assert!(rendered.notes().iter().all(|note| note.contains("no font at hand")), "{:?}", rendered.notes());
        shown.push(dots(&stamped, 1, 254.0).bounds(is_red));
    }
    let ((vectors, count), (dots, other)) = (shown[0], shown[1]);
    close(vectors, [1000, 1000, 1420, 1420], 2);
    close(dots, vectors, 2);
    assert!(count.abs_diff(other) < other / 50, "{count} and {other} red dots");
}

/// How much ink each dot of a square has, from 0 to 255.
#[cfg(feature = "draw")]
struct InkMap {
    side: usize,
    ink: Vec<u8>,
}

#[cfg(feature = "draw")]
impl InkMap {
    /// The ink of a dot and of its eight neighbours.
    fn around(&self, x: usize, y: usize) -> impl Iterator<Item = u8> {
        (0..9).map(move |at| self.ink[(y + at / 3 - 1) * self.side + x + at % 3 - 1])
    }

    /// Dots that are plainly ink or plainly paper here, with all their neighbours, and the other thing there.
    fn against(&self, other: &InkMap) -> usize {
        let side = self.side.min(other.side) - 1;
        let inner = (1..side).flat_map(|y| (1..side).map(move |x| (x, y)));
        let differs = inner.filter(|(x, y)| {
            let there = other.ink[y * other.side + x];
            (there < 128 && self.around(*x, *y).all(|ink| ink > 250))
                || (there >= 128 && self.around(*x, *y).all(|ink| ink < 5))
        });
        differs.count()
    }
}

/// SVG, PNG and OFD of one seal lie on one another, but for the smoothing of edges. (PDF is shown by others; the
/// judges compare that.)
#[cfg(feature = "draw")]
#[test]
fn the_forms_of_one_seal_overlay() {
    use eseal::draw::{Drawing, Fonts, Round, Square};
    use eseal::seal::SealContent;
    use eseal::{Picture, SealMaker, Stamp};
    let scene = Scene::new(algorithms()[0]);
    let fonts = Fonts::new(&song());
    let round = Round::new(Mm(40.0), "示例贸易有限责任公司").star().row("财务专用章").code("1101010000015");
    let square = Square::name(Mm(18.0), "王小明").relief(eseal::draw::Relief::Yin);
    let shown = |picture: Picture, drawing: &Drawing| {
        let content = SealContent { picture, ..common::scene::content(&scene.signatory, scene.now) };
        let seal = SealMaker::new(scene.maker.credentials.clone()).create(content, scene.now).unwrap();
        let stamp = Stamp::of(scene.verifier().seal(&seal, scene.now).require_valid().unwrap());
        let mut new = NewOfd::new("5f6e4b7a0c9d4e1f8a2b3c4d5e6f7081", Mm(76.2), Mm(76.2));
        new.page(Content::new());
        let stamped = stamp.on(Page(1), Mm(25.4), Mm(25.4)).apply(&new.finish().unwrap(), &scene.by()).unwrap();
        // An inch is 600 dots, so that the dots are those of the seal's own picture.
        let page = dots(&stamped, 1, 600.0);
        let side = (drawing.width().0 * 600.0 / 25.4).round() as usize;
        let ink = (0..side * side).map(|at| 255 - page.pixels[(600 + at / side) * page.width + 600 + at % side][1]);
        InkMap { side, ink: ink.collect() }
    };
    for drawing in [round.draw(&fonts).unwrap(), square.draw(&fonts).unwrap()] {
        let (width, height) = (drawing.width(), drawing.height());
        let png = Picture::png(&drawing.to_png(600).unwrap(), width, height).unwrap();
        let svg = Picture::svg(drawing.to_svg().as_bytes(), width, height).unwrap();
        let ofd = Picture::ofd(&drawing.to_ofd_document().unwrap(), width, height).unwrap();
        let forms = [png, svg, ofd].map(|picture| shown(picture, &drawing));
        assert!(forms[0].ink.iter().filter(|ink| **ink > 250).count() > 10_000);
        for one in &forms {
            for other in &forms {
                assert_eq!(one.against(other), 0, "{drawing:?}");
            }
        }
        // Another seal is another picture.
        let moved = round.clone().sweep(200.0).draw(&fonts).unwrap();
        let moved = shown(Picture::svg(moved.to_svg().as_bytes(), width, height).unwrap(), &drawing);
        assert!(forms[0].against(&moved) > 1000);
    }
}

/// A picture in OFD, as tax seals have it, goes into PDF as vectors too; what cannot be drawn there, such as text in a
/// font that is not in the picture, is refused and not left out.
#[cfg(all(feature = "pdf", feature = "svg", feature = "sm"))]
#[test]
fn a_seal_picture_in_ofd_goes_into_pdf() {
    use eseal::authority::Algorithm;
    use eseal::draw::{Fonts, Oval};
    use eseal::seal::{SealContent, SealSignature};
    use eseal::{Pdf, Picture, PictureFormat, SealMaker, Stamp};
    let scene = Scene::new(Algorithm::Sm2);
    let blank = sample("forms/form-fill.pdf");
    let stamped = |picture: Picture| {
        let content = SealContent { picture, ..common::scene::content(&scene.signatory, scene.now) };
        let seal = SealMaker::new(scene.maker.credentials.clone()).create(content, scene.now).unwrap();
        let stamp = Stamp::of(scene.verifier().seal(&seal, scene.now).require_valid().unwrap());
        stamp.on(Page(1), Mm(100.0), Mm(100.0)).apply(&Pdf::read(&blank).unwrap(), &scene.by())
    };
    let drawing = Oval::tax_office("示例市税务局", "征税专用章").draw(Fonts::new(&song())).unwrap();
    let form = |picture: Picture| {
        let pdf = stamped(picture).unwrap();
        let _ = scene.verifier().document(&pdf, scene.now).unwrap().require_valid().unwrap();
        let added = String::from_utf8_lossy(&pdf.as_bytes()[blank.len()..]).into_owned();
        assert!(!added.contains("/Subtype/Image"));
        let (_, form) = added.split_once("/BBox[0 0 113.385826 85.03937]").unwrap();
        let length = form.split_once("/Length ").unwrap().1;
        length.split(|c: char| !c.is_ascii_digit()).next().unwrap().parse::<usize>().unwrap()
    };
    let ofd = form(Picture::ofd(&drawing.to_ofd_document().unwrap(), Mm(40.0), Mm(30.0)).unwrap());
    let svg = form(Picture::svg(drawing.to_svg().as_bytes(), Mm(40.0), Mm(30.0)).unwrap());
    assert!(ofd.abs_diff(svg) < svg / 10, "{ofd} and {svg} bytes");
    // The picture of a real tax seal takes a font for granted.
    let package = common::package::Package::read(&sample("ofd/v4signed.ofd"));
    let value = package.names().into_iter().find(|name| name.ends_with("SignedValue.dat")).unwrap();
    let picture = SealSignature::from_der(package.get(value)).unwrap().seal().picture().unwrap();
    assert_eq!(picture.format(), PictureFormat::Ofd);
    let error = stamped(picture).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported, "{error}");
    assert!(error.to_string().contains("no font at hand has the character 国"), "{error}");
    let broken = Picture::ofd(&drawing.to_ofd_document().unwrap()[..900], Mm(40.0), Mm(30.0)).unwrap();
    assert_eq!(stamped(broken).unwrap_err().kind(), ErrorKind::Malformed);
}

/// A stranger's page may say anything: it is drawn as far as it goes, or refused.
#[test]
fn every_changed_byte_is_survived() {
    let package = common::package::Package::read(&sample("ofd/testImageNotFound.ofd"));
    let mut numbers = common::Numbers(0x9E37_79B9_7F4A_7C15);
    let parts = ["Doc_0/Templates/Temp_2/Content.xml", "Doc_0/PublicRes.xml", "Doc_0/Res/Font69.ttf"];
    let mut drawn = 0;
    for round in 0..90 {
        let part = parts[round % parts.len()];
        let mut contents = package.get(part).to_vec();
        for _ in 0..4 {
            let at = numbers.below(contents.len());
            contents[at] = match numbers.below(3) {
                0 => b'9',
                1 => numbers.next().to_le_bytes()[0],
                _ => b' ',
            };
        }
        let Ok(ofd) = Ofd::read(package.clone().with(part, contents).write()) else { continue };
        if let Ok(page) = ofd.render(Page(2), &[]) {
            drawn += usize::from(page.png(20.0).is_ok());
        }
    }
    assert!(drawn > 20, "{drawn} drawn");
}
