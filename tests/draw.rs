//! Seals, drawn and measured: millimetres from pixels, from PDF and from the outlines' own numbers.

use eseal::draw::{
    Colour, Drawing, Emblem, Ending, Font, Fonts, Oval, Owner, Relief, Round, Sheet, Square, line_of_text,
};
use eseal::{ErrorKind, Mm, Outcome, Picture, PictureFormat};

macro_rules! testdata {
    ($name:literal) => {
        include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/testdata/", $name)).as_slice()
    };
}

const DPI: u32 = 600;

fn song() -> Font {
    Font::read(testdata!("fonts/NotoSerifCJKsc-Bold-subset.otf"), 0).unwrap()
}

fn fonts() -> Fonts {
    Fonts::new(&song()).figures(&Font::read(testdata!("fonts/SealFigures.ttf"), 0).unwrap())
}

/// The opacity of each dot of a drawing at 600 dpi.
struct Dots {
    width: usize,
    height: usize,
    opacity: Vec<u8>,
}

impl Dots {
    fn of(drawing: &Drawing) -> Self {
        let bytes = drawing.to_png(DPI).unwrap();
        let mut reader = png::Decoder::new(std::io::Cursor::new(bytes)).read_info().unwrap();
        let mut data = vec![0; reader.output_buffer_size().unwrap()];
        let info = reader.next_frame(&mut data).unwrap();
        assert_eq!(info.color_type, png::ColorType::Rgba);
        let opacity = data.chunks(4).map(|dot| dot[3]).collect();
        Dots { width: info.width as usize, height: info.height as usize, opacity }
    }

    fn ink(&self, x: usize, y: usize) -> bool {
        self.opacity[y * self.width + x] > 127
    }

    /// The first and the last row and column with ink inside a part of the drawing, in millimetres.
    fn extent(&self, left: f64, top: f64, right: f64, bottom: f64) -> [f64; 4] {
        let dot = |mm: f64| (mm * f64::from(DPI) / 25.4).round() as usize;
        let inked = || {
            let columns = dot(left)..dot(right).min(self.width);
            columns
                .flat_map(move |x| (dot(top)..dot(bottom).min(self.height)).map(move |y| (x, y)))
                .filter(|(x, y)| self.ink(*x, *y))
        };
        let mm = |dots: usize| dots as f64 * 25.4 / f64::from(DPI);
        [
            mm(inked().map(|(x, _)| x).min().unwrap()),
            mm(inked().map(|(_, y)| y).min().unwrap()),
            mm(inked().map(|(x, _)| x).max().unwrap() + 1),
            mm(inked().map(|(_, y)| y).max().unwrap() + 1),
        ]
    }

    /// The lengths of the inked stretches along the horizontal middle line, in millimetres.
    fn stretches(&self) -> Vec<f64> {
        let y = self.height / 2;
        let mut stretches = Vec::new();
        let mut length = 0;
        for x in 0..self.width {
            if self.ink(x, y) {
                length += 1;
            } else if length > 0 {
                stretches.push(f64::from(length) * 25.4 / f64::from(DPI));
                length = 0;
            }
        }
        if length > 0 {
            stretches.push(f64::from(length) * 25.4 / f64::from(DPI));
        }
        stretches
    }
}

#[track_caller]
fn near(found: f64, wanted: f64, by: f64) {
    assert!((found - wanted).abs() <= by, "found {found}, wanted {wanted} within {by}");
}

fn finding(drawing: &Drawing, check: &str) -> Option<Outcome> {
    drawing.findings().iter().filter(|finding| finding.check == check).map(|finding| finding.outcome).max()
}

#[test]
fn every_preset_draws_in_its_size_and_keeps_its_rule() {
    let emblem = Emblem::from_svg(testdata!("seals/emblem.svg")).unwrap();
    for owner in Owner::ALL {
        let drawing = match owner {
            Owner::Invoice => Oval::invoice("示例贸易有限公司", "91110101MA00000000").draw(fonts()),
            Owner::TaxOffice => Oval::tax_office("示例市税务局", "征税专用章").draw(fonts()),
            Owner::ForeignInvested => Oval::foreign_invested("示例贸易有限公司").draw(fonts()),
            Owner::LegalRepresentative => Square::legal_representative("王小明").draw(fonts()),
            _ => {
                let round = Round::of(*owner, "国家示例有限公司").row("合同专用章");
                let seal = round.clone().draw(fonts()).unwrap();
                let emblem_wanted = finding(&seal, "drawing.middle") == Some(Outcome::Fail);
                if emblem_wanted { round.emblem(&emblem).draw(fonts()) } else { Ok(seal) }
            }
        };
        let drawing = drawing.unwrap();
        for finding in drawing.findings() {
            assert_ne!(finding.outcome, Outcome::Fail, "{owner}: {finding}");
        }
        near(drawing.width().0, owner.rule().usual, 1e-9);
        let dots = Dots::of(&drawing);
        let [left, top, right, bottom] = dots.extent(0.0, 0.0, 100.0, 100.0);
        near(right - left, drawing.width().0, 0.09);
        near(bottom - top, drawing.height().0, 0.09);
    }
}

#[test]
fn the_edges_and_the_star_have_their_millimetres() {
    let seal = Round::of(Owner::StateCompany, "示例股份有限公司").draw(fonts()).unwrap();
    let dots = Dots::of(&seal);
    near(dots.stretches()[0], 1.2, 0.06);
    // The star's tips stand on a circle of 14 mm in a seal of 42 mm.
    let [left, top, right, _] = dots.extent(13.5, 13.0, 28.5, 28.0);
    near(top, 21.0 - 7.0, 0.09);
    // Half of a tip's last tenth of a millimetre is thinner than a dot.
    near(right - left, 14.0 * 72_f64.to_radians().sin(), 0.13);

    let union = Round::of(Owner::TradeUnion, "示例公司工会委员会").blank().sweep(100.0).draw(fonts()).unwrap();
    let stretches = Dots::of(&union).stretches();
    near(stretches[0], 1.0, 0.06);
    near(stretches[1], 0.1, 0.06);
    assert_eq!(finding(&union, "drawing.edge"), Some(Outcome::Pass));
}

#[test]
fn the_invoice_seal_has_the_measures_of_the_notice() {
    let seal = Oval::invoice("示例贸易有限责任公司", "911101011000000000").number(1).draw(fonts()).unwrap();
    let dots = Dots::of(&seal);
    assert_eq!((seal.width(), seal.height()), (Mm(40.0), Mm(30.0)));
    // The identifier: 26 mm wide, 3.7 mm high, in the very middle.
    let [left, top, right, bottom] = dots.extent(6.4, 12.6, 33.6, 17.4);
    near(right - left, 26.0, 0.25);
    near(bottom - top, 3.7, 0.09);
    near((top + bottom) / 2.0, 15.0, 0.09);
    // The words: from 4.2 mm below the middle, 4.6 mm high.
    let [_, top, _, bottom] = dots.extent(12.0, 18.3, 28.0, 24.6);
    near(top, 19.2, 0.09);
    near(bottom - top, 4.6, 0.09);
    // The number: from 10 mm below the middle, 2.2 mm high.
    let [_, top, _, bottom] = dots.extent(17.0, 24.6, 23.0, 28.0);
    near(top, 25.0, 0.09);
    near(bottom - top, 2.2, 0.09);
    let ring = dots.extent(15.0, 1.2, 25.0, 7.0);
    near(ring[1], 1.5, 0.35);
}

#[test]
fn names_of_4_to_40_characters_stay_legible() {
    let long: String =
        "示例省长江三角洲一体化区域绿色创新产业园开发运营管理委员会筹备处办公室及其所属单位".chars().take(40).collect();
    for count in [4, 6, 10, 16, 24, 32, 40] {
        let name: String = long.chars().take(count).collect();
        let seal = Round::new(Mm(42.0), name).code("1101010000015").row("财务专用章").star().draw(&song()).unwrap();
        assert_eq!(finding(&seal, "drawing.legible"), Some(Outcome::Pass), "{count}: {:?}", seal.findings());
        assert_eq!(finding(&seal, "drawing.code"), Some(Outcome::Pass));
    }
    let error = Round::new(Mm(42.0), "示".repeat(81)).draw(&song()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Misuse);
    let tiny = Round::new(Mm(20.0), long).draw(&song()).unwrap();
    assert_eq!(finding(&tiny, "drawing.legible"), Some(Outcome::Fail));
}

/// Where the pieces of ink of a ring begin and end, in degrees from the top with the clock.
fn pieces(dots: &Dots) -> Vec<(f64, f64)> {
    let inked = |degrees: f64| {
        let (sin, cos) = degrees.to_radians().sin_cos();
        (0..66).any(|step| {
            let radius = 13.0 + f64::from(step) * 0.09;
            let dot = |mm: f64| (mm * f64::from(DPI) / 25.4) as usize;
            dots.ink(dot(21.0 + radius * sin), dot(21.0 - radius * cos))
        })
    };
    let mut pieces = Vec::new();
    let mut begun = None;
    for tenth in -1800..1800 {
        let degrees = f64::from(tenth) / 10.0;
        match (inked(degrees), begun) {
            (true, None) => begun = Some(degrees),
            (false, Some(from)) => {
                pieces.push((from, degrees));
                begun = None;
            }
            _ => {}
        }
    }
    pieces
}

/// One character over and over, from 4 to 40 times: each stands by itself, as far from the next as all others, and as
/// many left as right of the top.
#[test]
fn a_name_is_spread_evenly_and_stands_in_the_middle() {
    for count in [4, 5, 7, 11, 16, 23, 31, 40] {
        let seal = Round::new(Mm(42.0), "中".repeat(count)).draw(&song()).unwrap();
        let pieces = pieces(&Dots::of(&seal));
        assert_eq!(pieces.len(), count, "{pieces:?}");
        let middles: Vec<f64> = pieces.iter().map(|(from, to)| f64::midpoint(*from, *to)).collect();
        near(middles[0] + middles[count - 1], 0.0, 0.3);
        for pair in middles.windows(2) {
            near(pair[1] - pair[0], (middles[count - 1] - middles[0]) / (count - 1) as f64, 0.4);
        }
        for pair in pieces.windows(2) {
            let gap = pair[1].0 - pair[0].1;
            assert!(gap > 0.3, "{count} characters stand {gap} degrees apart");
        }
    }
}

#[test]
fn rules_that_are_broken_are_told_with_their_source() {
    let wrong = Round::of(Owner::LocalGovernment, "示例市人民政府").diameter(Mm(42.0)).draw(&song()).unwrap();
    let size = wrong.findings().iter().find(|finding| finding.check == "drawing.size").unwrap();
    assert_eq!(size.outcome, Outcome::Fail);
    assert_eq!(size.clause, "国发〔1999〕25号");
    assert!(size.detail.contains("42 mm") && size.detail.contains("45 mm"), "{size}");
    assert_eq!(finding(&wrong, "drawing.middle"), Some(Outcome::Fail));

    let lint = |round: Round, check: &str| {
        round.lint().iter().filter(|finding| finding.check == check).map(|finding| finding.outcome).max()
    };
    let company = || Round::of(Owner::LimitedCompany, "示例贸易有限公司");
    assert_eq!(lint(company(), "drawing.edge"), Some(Outcome::Pass));
    assert_eq!(lint(company().edge(Mm(1.5)), "drawing.edge"), Some(Outcome::Fail));
    assert_eq!(lint(company().inner_edge(Mm(0.1)), "drawing.edge"), Some(Outcome::Fail));
    assert_eq!(lint(company().blank(), "drawing.middle"), Some(Outcome::Fail));
    assert_eq!(lint(Round::of(Owner::LimitedCompany, "示例商店"), "drawing.name"), Some(Outcome::Fail));
    assert_eq!(lint(Round::of(Owner::SpecialPurpose, "示例公司"), "drawing.name"), Some(Outcome::Fail));
    assert_eq!(lint(Round::of(Owner::Invoice, "示例公司"), "drawing.form"), Some(Outcome::Fail));
    assert_eq!(lint(Round::new(Mm(42.0), "示例"), "drawing.size"), Some(Outcome::Unknown));
    for (code, outcome) in [
        ("1101010000015", Outcome::Pass),
        ("51010409013105", Outcome::Pass),
        ("110101000001", Outcome::Fail),
        ("11010100000A5", Outcome::Fail),
        ("9901010000015", Outcome::Fail),
        ("1101010000000", Outcome::Fail),
    ] {
        assert_eq!(lint(company().code(code), "drawing.code"), Some(outcome), "{code}");
    }
    let invoice = |figures: &str| Oval::invoice("示例公司", figures).lint().iter().map(|f| f.outcome).max();
    assert_eq!(invoice("91110101MA00000000"), Some(Outcome::Pass));
    assert_eq!(invoice("9111"), Some(Outcome::Fail));
    let person = Square::name(Mm(25.0), "王小明");
    assert_eq!(person.lint()[0].outcome, Outcome::Unknown);
}

#[test]
fn what_cannot_be_drawn_is_refused_and_named() {
    let error = Round::new(Mm(42.0), "示例龘").draw(&song()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Mismatch);
    assert!(error.to_string().contains("龘"), "{error}");
    for round in [
        Round::new(Mm(42.0), " "),
        Round::new(Mm(f64::NAN), "示例"),
        Round::new(Mm(1e9), "示例"),
        Round::new(Mm(42.0), "示例").edge(Mm(0.0)),
        Round::new(Mm(42.0), "示例").edge(Mm(f64::NAN)),
        Round::new(Mm(42.0), "示例").edge(Mm(9.0)),
        Round::new(Mm(42.0), "示例").inner_edge(Mm(f64::INFINITY)),
        Round::new(Mm(42.0), "示例").sweep(f64::NAN),
        Round::new(Mm(42.0), "示例").name_height(Mm(-1.0)),
        Round::new(Mm(42.0), "示例").code(""),
    ] {
        assert_eq!(round.draw(&song()).unwrap_err().kind(), ErrorKind::Misuse, "{round:?}");
    }
    assert_eq!(Oval::new(Mm(30.0), Mm(40.0), "示例").draw(&song()).unwrap_err().kind(), ErrorKind::Misuse);
    assert_eq!(Square::name(Mm(0.0), "示例").draw(&song()).unwrap_err().kind(), ErrorKind::Misuse);
    assert_eq!(Square::name(Mm(18.0), "示".repeat(25)).draw(&song()).unwrap_err().kind(), ErrorKind::Misuse);
    let seal = Round::new(Mm(42.0), "示例").draw(&song()).unwrap();
    assert_eq!(seal.to_png(0).unwrap_err().kind(), ErrorKind::Misuse);
    assert_eq!(seal.to_png(u32::MAX).unwrap_err().kind(), ErrorKind::TooLarge);
    assert_eq!(seal.to_picture(PictureFormat::Jpeg, 600).unwrap_err().kind(), ErrorKind::Unsupported);
    assert!(line_of_text("", &song(), Mm(3.0), Colour::BLACK).is_err());
}

#[test]
fn one_drawing_and_its_four_forms() {
    let round = Round::of(Owner::LimitedCompany, "示例贸易有限公司").code("1101010000015");
    let (seal, again) = (round.draw(fonts()).unwrap(), round.draw(fonts()).unwrap());
    assert_eq!(seal.to_svg(), again.to_svg());
    assert_eq!(seal.to_png(300).unwrap(), again.to_png(300).unwrap());
    assert_eq!(seal.to_pdf().unwrap(), again.to_pdf().unwrap());
    assert_eq!(seal.to_ofd(1), again.to_ofd(1));

    // The same outlines, number for number, in SVG and OFD.
    let svg: Vec<f64> = numbers(&seal.to_svg(), " d=\"", "\"/>");
    let ofd: Vec<f64> = numbers(&seal.to_ofd(7), "<ofd:AbbreviatedData>", "</");
    assert!(svg == ofd, "the outlines differ");
    assert!(svg.len() > 1000);
    // And in PDF, in points from the lower left corner.
    let content = String::from_utf8(seal.to_pdf_content()).unwrap();
    let words = content.split_whitespace().filter_map(|word| word.parse::<f64>().ok()).skip(3);
    for (place, (found, wanted)) in words.zip(&svg).enumerate() {
        let wanted = if place % 2 == 0 { *wanted } else { 40.0 - wanted };
        near(found, wanted * 72.0 / 25.4, 2e-4);
    }
    let pdf = seal.to_pdf().unwrap();
    let text = String::from_utf8_lossy(&pdf);
    assert!(text.contains("/MediaBox[0 0 113.3858 113.3858]"), "{text}");
    assert!(seal.to_ofd(7).contains("ID=\"7\" Boundary=\"0 0 40 40\" Stroke=\"false\" Fill=\"true\""));

    let picture: Picture = seal.to_picture(PictureFormat::Svg, 0).unwrap();
    assert_eq!((picture.format(), picture.width()), (PictureFormat::Svg, Mm(40.0)));
    let picture = seal.to_picture(PictureFormat::Png, 600).unwrap();
    let report = eseal::draw::inspect(&picture, &eseal::Limits::default()).unwrap();
    for finding in &report.findings {
        assert_eq!(finding.outcome, Outcome::Pass, "{finding}");
    }
    near(report.dpi.unwrap(), 600.0, 0.2);
}

/// All numbers between each pair of marks.
fn numbers(text: &str, from: &str, to: &str) -> Vec<f64> {
    let parts = text.split(from).skip(1).filter_map(|part| part.split_once(to)).map(|(part, _)| part);
    let words = parts.flat_map(|part| part.split(|c: char| c.is_whitespace() || c.is_alphabetic()));
    words.filter(|word| !word.is_empty()).map(|word| word.parse().unwrap()).collect()
}

#[test]
fn a_red_ground_is_what_red_characters_leave() {
    let seal = |relief| {
        let square = Square::name(Mm(18.0), "王小明").ending(Ending::Yin).relief(relief);
        Dots::of(&square.draw(&song()).unwrap())
    };
    let (yang, yin) = (seal(Relief::Yang), seal(Relief::Yin));
    let inside = |dots: &Dots| {
        let field = 30..dots.width - 30;
        let inked = field.clone().flat_map(|x| field.clone().map(move |y| (x, y)));
        inked.map(|(x, y)| dots.ink(x, y)).collect::<Vec<bool>>()
    };
    let differ = inside(&yang).iter().zip(inside(&yin)).filter(|(a, b)| **a == *b).count();
    assert!(differ * 100 < inside(&yang).len(), "{differ} of {}", inside(&yang).len());
    // Characters that TrueType draws the other way round do the same.
    let figures = Font::read(testdata!("fonts/SealFigures.ttf"), 0).unwrap();
    let seal = Square::name(Mm(18.0), "A").relief(Relief::Yin).draw(&figures).unwrap();
    let dots = Dots::of(&seal);
    assert!(dots.ink(3, 3));
    assert!(dots.opacity.iter().filter(|opacity| **opacity < 10).count() > dots.opacity.len() / 10);
}

#[test]
fn second_names_stand_outside_the_first() {
    for (bytes, name) in [
        (testdata!("fonts/NotoNaskhArabic-Bold-subset.ttf"), "مىسال شەھەرلىك خەلق ھۆكۈمىتى"),
        (testdata!("fonts/NotoSerifTibetan-Bold-subset.ttf"), "དཔེ་མཚོན་གྲོང་ཁྱེར་མི་དམངས་སྲིད་གཞུང་།"),
        (testdata!("fonts/NotoSansMongolian-subset.ttf"), "ᠬᠣᠲᠠ ᠶᠢᠨ ᠠᠷᠠᠳ ᠤᠨ ᠵᠠᠰᠠᠭ"),
    ] {
        let font = Font::read(bytes, 0).unwrap();
        let seal = Round::new(Mm(45.0), "示例市人民政府").star().second_name(name, &font).draw(&song()).unwrap();
        let dots = Dots::of(&seal);
        let [_, top, _, _] = dots.extent(19.0, 1.3, 26.0, 8.5);
        assert!(top < 4.5, "{name}: nothing above the Chinese name, {top}");
        let error = Round::new(Mm(45.0), "示例").second_name(name, &song()).draw(&song()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Mismatch);
    }
}

#[test]
fn emblems_are_silhouettes() {
    let read = |inner: &str| {
        let svg = format!("<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 10 10'>{inner}</svg>");
        Emblem::from_svg(svg.as_bytes())
    };
    assert!(read("<circle cx='5' cy='5' r='4'/>").is_ok());
    assert!(read("<path d='M1 1H9' stroke='red' fill='none'/>").is_ok());
    for (inner, kind) in [
        ("", ErrorKind::Malformed),
        ("<circle r='4' fill='white'/>", ErrorKind::Unsupported),
        ("<circle r='4' fill='red' opacity='.5'/>", ErrorKind::Unsupported),
        ("<text>a</text>", ErrorKind::Unsupported),
        ("<path d='M1 1H9V9Z' stroke='red' fill='none' stroke-dasharray='1 1'/>", ErrorKind::Unsupported),
    ] {
        assert_eq!(read(inner).unwrap_err().kind(), kind, "{inner}");
    }
    assert_eq!(Emblem::from_svg(b"<svg").unwrap_err().kind(), ErrorKind::Malformed);
    // It fills its circle: 0.42 of the seal's radius, all round.
    let disc = read("<circle cx='3' cy='7' r='2'/>").unwrap();
    let seal = Round::new(Mm(50.0), "示例省").emblem(&disc).draw(&song()).unwrap();
    let [left, top, right, bottom] = Dots::of(&seal).extent(14.4, 14.4, 35.6, 35.6);
    near(right - left, 21.0, 0.09);
    near(bottom - top, 21.0, 0.09);
    near((left + right) / 2.0, 25.0, 0.09);
}

#[test]
fn a_sheet_shows_drawings_in_their_size() {
    let mut sheet = Sheet::new(Mm(60.0), Mm(50.0));
    sheet.place(Square::name(Mm(18.0), "王").relief(Relief::Yin).draw(&song()).unwrap(), Mm(10.0), Mm(5.0));
    sheet.new_page();
    sheet.place(line_of_text("示例", &song(), Mm(5.0), Colour::BLACK).unwrap(), Mm(-2.0), Mm(48.0));
    let pages = sheet.to_pngs(254).unwrap();
    assert_eq!(pages.len(), 2);
    let mut reader = png::Decoder::new(std::io::Cursor::new(&pages[0])).read_info().unwrap();
    let mut dots = vec![0; reader.output_buffer_size().unwrap()];
    let info = reader.next_frame(&mut dots).unwrap();
    assert_eq!((info.width, info.height), (600, 500));
    let red = |x: usize, y: usize| dots[(y * 600 + x) * 3..][..3] == [255, 0, 0];
    assert!(red(101, 51) && red(279, 51) && red(101, 229) && !red(98, 51) && !red(281, 51) && !red(101, 231));
    let pdf = sheet.to_pdf().unwrap();
    assert!(String::from_utf8_lossy(&pdf).contains("/Count 2"));
    assert!(Sheet::new(Mm(0.0), Mm(1.0)).to_pdf().is_err());
}

/// What is written on a sheet is text in the PDF, in a font that holds no more than it needs, and looks in the PNG.
#[test]
fn sheets_carry_text() {
    let mut sheet = Sheet::new(Mm(60.0), Mm(50.0));
    let bottom = sheet.write("示例市人民政府", &song(), Mm(5.0), (Mm(10.0), Mm(10.0)), Mm(25.5)).unwrap();
    // Five characters to the line, and the second line eight millimetres below.
    near(bottom.0, 10.0 + 5.0 + 8.0, 1e-6);
    let pdf = sheet.to_pdf().unwrap();
    assert_eq!(pdf, sheet.to_pdf().unwrap(), "the same bytes each time");
    let text = String::from_utf8_lossy(&pdf);
    for part in ["/Type0", "/Identity-H", "/CIDFontType0C", "/ToUnicode", "/FontFile3", "+NotoSerifCJKSCBold"] {
        assert!(text.contains(part), "{part}");
    }
    assert!(pdf.len() < 8_000, "{} bytes", pdf.len());
    assert_eq!(sheet.to_pngs(100).unwrap().len(), 1);
    let lacking = sheet.write("龘", &song(), Mm(5.0), (Mm(10.0), Mm(10.0)), Mm(25.0)).unwrap_err();
    assert_eq!(lacking.kind(), ErrorKind::Mismatch);
    assert_eq!(sheet.write("示", &song(), Mm(0.0), (Mm(1.0), Mm(1.0)), Mm(9.0)).unwrap_err().kind(), ErrorKind::Misuse);
}
