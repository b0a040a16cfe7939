//! Stamps placed: by corners, words, slots and rules, across edges, where there is room; in PDF and in OFD.

#![cfg(all(feature = "pdf", feature = "ofd"))]

mod common;

use common::package::Package;
use common::pdf::{append, find, object, rfind};
use common::sample;
use common::scene::{Scene, algorithms};
use eseal::place::{Anchor, Corner, Edge, Free, Keyword, Letter, Pages, Placement, Straddle, measures};
use eseal::{
    Area, ChangeKind, Coverage, Document, ErrorKind, Format, Mm, ModificationLevel, Ofd, Outcome, Page, Payload, Pdf,
    Place, Verdict,
};

/// What the scene's seal measures.
const SIDE: f64 = 42.0;

fn scene() -> Scene {
    Scene::new(algorithms()[0])
}

fn pdf(name: &str) -> Pdf {
    Pdf::read(sample(&format!("letters/{name}.pdf"))).unwrap()
}

fn ofd(name: &str) -> Ofd {
    Ofd::read(sample(&format!("letters/{name}.ofd"))).unwrap()
}

fn placement<D: Document>(scene: &Scene, document: &D, place: impl Into<Place>) -> Placement {
    scene.stamp().at(place).placement(document).unwrap()
}

fn refusal<D: Document>(scene: &Scene, document: &D, place: impl Into<Place>) -> (ErrorKind, String) {
    let error = scene.stamp().at(place).apply(document, &scene.by()).unwrap_err();
    (error.kind(), error.to_string())
}

/// The outcomes of one check.
fn outcomes(placement: &Placement, check: &str) -> Vec<Outcome> {
    placement.findings.iter().filter(|finding| finding.check == check).map(|finding| finding.outcome).collect()
}

#[track_caller]
fn near(found: Mm, wanted: f64) {
    assert!((found.0 - wanted).abs() < 0.06, "{found} is not {wanted} mm");
}

#[track_caller]
fn at(area: &Area, page: u32, left: f64, top: f64) {
    assert_eq!(area.page, Page(page), "{area}");
    near(area.left, left);
    near(area.top, top);
}

/// The areas of the one signature, which is valid and covers the whole document.
#[track_caller]
fn valid<D: Document>(scene: &Scene, document: &D) -> Vec<Area> {
    let report = scene.verifier().document(document, scene.now.plus_days(1)).unwrap();
    assert_eq!(report.verdict(), Verdict::Valid, "{report}");
    assert_eq!(report.signatures().len(), 1, "{report}");
    assert_eq!(report.signatures()[0].coverage, Coverage::Whole, "{report}");
    report.signatures()[0].places.clone()
}

#[test]
fn corners_and_centres() {
    fn check<D: Document>(document: &D) {
        let scene = scene();
        for (corner, left, top) in [
            (Corner::TopLeft, 10.0, 20.0),
            (Corner::TopRight, 210.0 - 10.0 - SIDE, 20.0),
            (Corner::BottomLeft, 10.0, 297.0 - 20.0 - SIDE),
            (Corner::BottomRight, 210.0 - 10.0 - SIDE, 297.0 - 20.0 - SIDE),
        ] {
            let stamped = scene
                .stamp()
                .at(Place::from_corner(Page(2), corner, Mm(10.0), Mm(20.0)))
                .apply(document, &scene.by())
                .unwrap();
            let areas = valid(&scene, &stamped);
            assert_eq!(areas.len(), 1);
            at(&areas[0], 2, left, top);
        }
        let found = placement(&scene, document, Place::centred(Page(1), Mm(105.0), Mm(148.5)));
        at(&found.areas[0], 1, 84.0, 127.5);
        let (kind, text) = refusal(&scene, document, Place::from_corner(Page(6), Corner::TopRight, Mm(1.0), Mm(1.0)));
        assert_eq!(kind, ErrorKind::Misuse);
        assert!(text.contains("has 5 pages"), "{text}");
        assert_eq!(refusal(&scene, document, Place::at(Page(0), Mm(1.0), Mm(1.0))).0, ErrorKind::Misuse);
        assert_eq!(refusal(&scene, document, Place::at(Page(1), Mm(f64::NAN), Mm(1.0))).0, ErrorKind::Misuse);
    }
    check(&pdf("contract"));
    check(&ofd("contract"));
}

#[test]
fn every_page_by_one_signature() {
    fn check<D: Document>(document: &D) {
        let scene = scene();
        let place = Place::on_pages(Pages::all(), Corner::BottomRight, Mm(5.0), Mm(5.0));
        for payload in [Payload::SealSignature, Payload::Cms] {
            if payload == Payload::Cms && D::FORMAT == Format::Ofd {
                continue;
            }
            let stamped = scene.stamp().payload(payload).at(place.clone()).apply(document, &scene.by()).unwrap();
            let areas = valid(&scene, &stamped);
            assert_eq!(areas.len(), 5);
            for (area, page) in areas.iter().zip(1..) {
                at(area, page, 163.0, 250.0);
            }
        }
    }
    check(&pdf("contract"));
    check(&ofd("contract"));
}

#[test]
fn keywords_are_found_where_a_reader_sees_them() {
    fn check<D: Document>(document: &D) {
        let scene = scene();
        let centre = |place: Keyword| {
            let found = placement(&scene, document, place);
            let (left, top) = found.areas[0].centre();
            (found.areas[0].page.0, (left.0 * 10.0).round() / 10.0, top.0)
        };
        // （盖章） begins two characters after 甲方 at 28 mm and is four wide; the baseline is at 250 mm.
        let pitch = 156.0 / 28.0;
        let first = 28.0 + 4.0 * pitch;
        let round = |number: f64| (number * 10.0).round() / 10.0;
        let (page, left, top) = centre(Keyword::new("(盖 章)"));
        assert_eq!(page, 1);
        assert!((left - round(first)).abs() < 0.21, "{left} {first}");
        assert!((top - 248.0).abs() < 1.5, "{top}");
        assert!((centre(Keyword::new("（盖章）").nth(2)).1 - round(first + 90.0)).abs() < 0.21);
        assert_eq!(centre(Keyword::new("（盖章）").nth(3)).0, 2);
        assert_eq!(centre(Keyword::new("（盖章）").from_end(1)).0, 5);
        assert_eq!(centre(Keyword::new("（盖章）").from_end(10)), centre(Keyword::new("（盖章）")));
        let pages = Pages::from_to(Page(3), Page(4));
        assert_eq!(centre(Keyword::new("甲方").pages(pages).from_end(1)).0, 4);
        assert_eq!(centre(Keyword::new("合同第4页")).0, 4);
        let moved = centre(Keyword::new("甲方").anchor(Anchor::TopLeft).offset(Mm(30.0), Mm(-5.0)));
        assert!((moved.1 - 58.0).abs() < 0.25, "{moved:?}");
        assert_eq!(placement(&scene, document, Keyword::new("甲方").every()).areas.len(), 5);
        let stamped = scene.stamp().at(Keyword::new("乙方").every()).apply(document, &scene.by()).unwrap();
        assert_eq!(valid(&scene, &stamped).len(), 5);
    }
    check(&pdf("contract"));
    check(&ofd("contract"));
}

#[test]
fn a_word_that_is_not_there_is_refused_with_what_is() {
    fn check<D: Document>(document: &D) {
        let scene = scene();
        let (kind, text) = refusal(&scene, document, Keyword::new("丙方"));
        assert_eq!(kind, ErrorKind::Mismatch);
        assert!(text.contains("\"丙方\"") && text.contains("pages 1 to 5") && text.contains("characters"), "{text}");
        let (kind, text) = refusal(&scene, document, Keyword::new("甲方").nth(6));
        assert_eq!(kind, ErrorKind::Mismatch);
        assert!(text.contains("match 6 of") && text.contains("5 times") && text.contains("page 1"), "{text}");
        assert_eq!(refusal(&scene, document, Keyword::new("甲方").nth(0)).0, ErrorKind::Mismatch);
        assert_eq!(refusal(&scene, document, Keyword::new("甲方").from_end(0)).0, ErrorKind::Mismatch);
        assert_eq!(refusal(&scene, document, Keyword::new(" ")).0, ErrorKind::Misuse);
        let beyond = Keyword::new("甲方").pages(Pages::from_to(Page(4), Page(9)));
        assert_eq!(refusal(&scene, document, beyond).0, ErrorKind::Misuse);
    }
    check(&pdf("contract"));
    check(&ofd("contract"));
}

#[test]
fn a_single_organ_stamps_by_the_rules() {
    fn check<D: Document>(document: &D) {
        let scene = scene();
        let found = placement(&scene, document, Letter::single("示例市人民政府"));
        let seal = found.areas[0];
        // The date's middle: eight characters' width, four of which are half as wide, ending four from the right.
        let width = 156.0 / 28.0 * (3.0 + 6.0 / 2.0);
        near(seal.centre().0, 28.0 + 156.0 - 4.0 * 156.0 / 28.0 - width / 2.0);
        assert!(!outcomes(&found, "placement.letter").contains(&Outcome::Fail), "{:#?}", found.findings);
        assert_eq!(outcomes(&found, "placement.text"), [Outcome::Pass], "it presses name and date only");
        let stamped = scene.stamp().strict().at(Letter::single("示例市人民政府")).apply(document, &scene.by()).unwrap();
        assert_eq!(valid(&scene, &stamped).len(), 1);
        let dated = placement(&scene, document, Letter::dated());
        near(dated.areas[0].centre().0, seal.centre().0.0);
        let (kind, text) = refusal(&scene, document, Letter::single("示例省人民政府"));
        assert_eq!(kind, ErrorKind::Mismatch);
        assert!(text.contains("示例省人民政府"), "{text}");
    }
    check(&pdf("single"));
    check(&ofd("single"));
}

#[test]
fn a_letter_without_room_for_the_seal_is_told_and_strictly_refused() {
    let scene = scene();
    // The name moved up to the text: its line is two higher.
    let letter = Package::read(&sample("letters/single.ofd"));
    let page = "Doc_0/Pages/Page_0/Content.xml";
    let text = letter.text(page);
    let lines: Vec<&str> = text.matches("Boundary=\"").collect();
    assert!(lines.len() > 10);
    let moved = Ofd::read(letter.with(page, two_lines_up(&text)).write()).unwrap();
    let found = placement(&scene, &moved, Letter::single("示例市人民政府"));
    assert!(outcomes(&found, "placement.letter").contains(&Outcome::Fail), "{:#?}", found.findings);
    let strict = scene.stamp().strict().at(Letter::single("示例市人民政府"));
    let error = strict.apply(&moved, &scene.by()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotAllowed);
    assert!(error.to_string().contains("placement.letter") && error.to_string().contains(" mm"), "{error}");
}

/// Moves the last two lines of the page up.
fn two_lines_up(page: &str) -> String {
    let mut starts: Vec<usize> = page.match_indices("Boundary=\"").map(|(at, _)| at + "Boundary=\"".len()).collect();
    let mut page = page.to_owned();
    for start in starts.split_off(starts.len() - 2).into_iter().rev() {
        let end = start + page[start..].find('"').unwrap();
        let numbers: Vec<f64> = page[start..end].split(' ').map(|number| number.parse().unwrap()).collect();
        let up = numbers[1] - 2.0 * measures::LINE;
        page.replace_range(start..end, &format!("{} {up} {} {}", numbers[0], numbers[2], numbers[3]));
    }
    page
}

#[test]
fn joint_seals_stand_on_their_names_and_do_not_touch() {
    fn check<D: Document>(document: &D) {
        let scene = scene();
        let organs = ["示例市财政局", "示例市教育局", "示例市民政局"];
        let seals: Vec<Placement> =
            (1..=3).map(|number| placement(&scene, document, Letter::joint(organs, number))).collect();
        for (seal, middle) in seals.iter().zip([61.0, 106.0, 151.0]) {
            near(seal.areas[0].centre().0, middle);
            assert!(!outcomes(seal, "placement.letter").contains(&Outcome::Fail), "{:#?}", seal.findings);
        }
        assert!(!seals[0].areas[0].overlaps(&seals[1].areas[0]));
        // The last one presses the date too.
        assert!(seals[2].areas[0].top > seals[1].areas[0].top);
        assert_eq!(outcomes(&seals[2], "placement.text"), [Outcome::Pass]);
        let three = ["示例市财政局", "示例市教育局", "示例市公安局"];
        assert_eq!(refusal(&scene, document, Letter::joint(three, 1)).0, ErrorKind::Mismatch);
        assert_eq!(refusal(&scene, document, Letter::joint(organs, 4)).0, ErrorKind::Misuse);
        // One after the other, each by its own signature.
        let mut stamped = document.clone();
        for number in 1..=3 {
            stamped = scene.stamp().at(Letter::joint(organs, number)).apply(&stamped, &scene.by()).unwrap();
        }
        let report = scene.verifier().document(&stamped, scene.now.plus_days(1)).unwrap();
        assert_eq!((report.verdict(), report.signatures().len()), (Verdict::Valid, 3), "{report}");
        // A second seal upon the first is told.
        let again = placement(&scene, &stamped, Letter::joint(organs, 1));
        assert_eq!(outcomes(&again, "placement.overlap"), [Outcome::Fail]);
    }
    check(&pdf("joint"));
    check(&ofd("joint"));
}

#[test]
fn rows_of_at_most_three() {
    let (scene, document) = (scene(), ofd("single"));
    let area = |number, of| placement(&scene, &document, Letter::row(Page(1), Mm(100.0), number, of)).areas[0];
    let seals: Vec<Area> = (1..=5).map(|number| area(number, 5)).collect();
    for (index, one) in seals.iter().enumerate() {
        assert!(one.left.0 >= 28.0 && one.right().0 <= 184.0, "{one}");
        assert!(seals.iter().skip(index + 1).all(|two| !one.overlaps(two)), "{one}");
    }
    assert!(seals[..3].iter().all(|seal| seal.top == Mm(100.0)));
    near(seals[1].left, seals[0].right().0 + measures::GAP);
    // Two in the last row, centred.
    near(Mm(seals[3].left.0 + seals[4].right().0), 2.0 * (28.0 + 78.0));
    near(seals[3].top, 100.0 + SIDE + measures::GAP);
    assert_eq!(refusal(&scene, &document, Letter::row(Page(1), Mm(100.0), 6, 5)).0, ErrorKind::Misuse);
}

#[test]
fn a_stamped_signature_follows_the_title() {
    let scene = scene();
    let found = placement(&scene, &ofd("single"), Letter::signature("示例市人民政府"));
    let name = placement(&scene, &ofd("single"), Keyword::new("示例市人民政府").from_end(1));
    let pitch = measures::CHARACTER;
    near(found.areas[0].left, name.areas[0].centre().0.0 + 3.5 * pitch + 2.0 * pitch);
    near(found.areas[0].centre().1, name.areas[0].centre().1.0);
    assert_eq!(outcomes(&found, "placement.letter"), [Outcome::Fail], "it ends beyond the type area");
}

/// What each page shows of a straddling seal, and where the picture lies.
#[track_caller]
fn strips<D: Document>(scene: &Scene, document: &D, straddle: Straddle) -> Vec<Area> {
    let stamped = scene.stamp().at(straddle).apply(document, &scene.by()).unwrap();
    valid(scene, &stamped)
}

#[test]
fn a_straddling_seal_is_one_signature_whose_strips_make_the_whole() {
    fn check<D: Document>(document: &D) {
        let scene = scene();
        for (edge, upright) in [(Edge::Left, true), (Edge::Right, true), (Edge::Top, false), (Edge::Bottom, false)] {
            let strips = strips(&scene, document, Straddle::new(edge));
            assert_eq!(strips.iter().map(|strip| strip.page.0).collect::<Vec<_>>(), [1, 2, 3, 4, 5]);
            for strip in &strips {
                let (thin, long) = if upright { (strip.width, strip.height) } else { (strip.height, strip.width) };
                near(thin, SIDE / 5.0);
                near(long, SIDE);
                match edge {
                    Edge::Left => near(strip.left, 0.0),
                    Edge::Right => near(strip.right(), 210.0),
                    Edge::Top => near(strip.top, 0.0),
                    _ => near(strip.bottom(), 297.0),
                }
            }
            let along = if upright { strips[0].top } else { strips[0].left };
            near(along, if upright { (297.0 - SIDE) / 2.0 } else { (210.0 - SIDE) / 2.0 });
        }
    }
    check(&pdf("contract"));
    check(&ofd("contract"));
}

#[test]
fn groups_margins_and_printing_on_both_sides() {
    fn check<D: Document>(document: &D) {
        let scene = scene();
        let odd = strips(&scene, document, Straddle::new(Edge::Right).pages(Pages::all().odd()));
        assert_eq!(odd.iter().map(|strip| strip.page.0).collect::<Vec<_>>(), [1, 3, 5]);
        near(odd[0].width, 14.0);
        // Groups of two and three: the fifth page is not left alone.
        let groups = strips(&scene, document, Straddle::new(Edge::Right).per_seal(2).margin(Mm(4.0)).along(Mm(20.0)));
        for (strip, width) in groups.iter().zip([21.0, 21.0, 14.0, 14.0, 14.0]) {
            near(strip.width, width);
            near(strip.right(), 206.0);
            near(strip.top, 20.0);
        }
        let one = Straddle::new(Edge::Right).pages(Pages::only(Page(2)));
        let (kind, text) = refusal(&scene, document, one);
        assert_eq!(kind, ErrorKind::Misuse);
        assert!(text.contains("two pages or more"), "{text}");
        assert_eq!(refusal(&scene, document, Straddle::new(Edge::Left).per_seal(1)).0, ErrorKind::Misuse);
        assert_eq!(refusal(&scene, document, Straddle::new(Edge::Left).along(Mm(280.0))).0, ErrorKind::Misuse);
    }
    check(&pdf("contract"));
    check(&ofd("contract"));
    assert_eq!(refusal(&scene(), &pdf("single"), Straddle::new(Edge::Left)).0, ErrorKind::Misuse);
    assert_eq!(refusal(&scene(), &ofd("single"), Straddle::new(Edge::Left)).0, ErrorKind::Misuse);
}

#[test]
fn ofd_strips_are_clips_of_the_whole_picture() {
    let scene = scene();
    let stamped = scene.stamp().at(Straddle::new(Edge::Right)).apply(&ofd("contract"), &scene.by()).unwrap();
    let description = Package::read(&stamped.as_bytes()).text("Doc_0/Signs/Sign_0/Signature.xml");
    for (boundary, clip) in [("201.6 127.5 42 42", "0 0 8.4 42"), ("168 127.5 42 42", "33.6 0 8.4 42")] {
        let both = format!("Boundary=\"{boundary}\" Clip=\"{clip}\"");
        assert!(description.contains(&both), "{both} is not in\n{description}");
    }
}

#[test]
fn uneven_and_turned_pages_have_their_strips_at_their_own_edges() {
    let scene = scene();
    let document = Pdf::read(common::pdf::minimal(&[0, 90, 180, 270])).unwrap();
    let strips = strips(&scene, &document, Straddle::new(Edge::Right));
    for (strip, width) in strips.iter().zip([209.9, 297.0, 209.9, 297.0]) {
        near(strip.right(), (width * 10.0_f64).round() / 10.0);
        near(strip.width, 10.5);
        near(strip.top, (209.9 - SIDE) / 2.0);
    }
}

/// A strip that is taken off its page, changed or exchanged breaks the signature.
#[test]
fn pdf_strips_cannot_be_taken_away_or_changed() {
    let scene = scene();
    let stamped = scene.stamp().at(Straddle::new(Edge::Right)).apply(&pdf("contract"), &scene.by()).unwrap();
    let bytes = stamped.as_bytes().into_owned();
    let listed = find(&bytes, b"/ESEAL_Shown [", 0).unwrap() + "/ESEAL_Shown [".len();
    let end = find(&bytes, b"]", listed).unwrap();
    let numbers: Vec<u32> = String::from_utf8_lossy(&bytes[listed..end])
        .split_whitespace()
        .filter_map(|word| word.parse().ok())
        .filter(|number| *number > 0)
        .collect();
    assert_eq!(numbers.len(), 4);
    let judged = |bytes: Vec<u8>| {
        let document = Pdf::read(bytes).unwrap();
        let report = scene.verifier().document(&document, scene.now.plus_days(1)).unwrap();
        let signature = &report.signatures()[0];
        let kinds: Vec<ChangeKind> = signature.changes.iter().map(|change| change.kind).collect();
        (report.verdict(), signature.modification_level, kinds)
    };
    assert_eq!(judged(bytes.clone()).0, Verdict::Valid);

    let strip = String::from_utf8_lossy(&bytes[object(&bytes, numbers[0])]).into_owned();
    let body = strip.split_once("obj\n").unwrap().1.trim_end_matches("endobj").trim();
    let shifted = body.replacen("/Rect [", "/Rect [1 1 2 2] /Old [", 1);
    assert_ne!(shifted, body);
    let changed = judged(append(&bytes, &[(numbers[0], shifted.into_bytes())]));
    assert_eq!((changed.0, changed.1), (Verdict::Invalid, Some(ModificationLevel::Other)));
    assert!(changed.2.contains(&ChangeKind::Signature), "{:?}", changed.2);

    let reference = format!("{} 0 R", numbers[0]);
    let at = rfind(&bytes, format!("/Annots [{reference}]").as_bytes()).unwrap();
    let start = rfind(&bytes[..at], b" obj").unwrap();
    let number: u32 = String::from_utf8_lossy(&bytes[..start])
        .rsplit_once('\n')
        .unwrap()
        .1
        .split(' ')
        .next()
        .unwrap()
        .parse()
        .unwrap();
    let page = String::from_utf8_lossy(&bytes[object(&bytes, number)]).into_owned();
    let page = page.split_once("obj").unwrap().1.trim_end_matches("endobj").replace(&reference, "");
    let taken = judged(append(&bytes, &[(number, page.into_bytes())]));
    assert_eq!((taken.0, taken.1), (Verdict::Invalid, Some(ModificationLevel::Other)));
    assert!(taken.2.contains(&ChangeKind::Signature), "{:?}", taken.2);

    let gone = judged(append(&bytes, &[(numbers[1], b"null".to_vec())]));
    assert_eq!(gone.0, Verdict::Invalid);
}

#[test]
fn ofd_strips_cannot_be_taken_away() {
    let scene = scene();
    let stamped = scene.stamp().at(Straddle::new(Edge::Right)).apply(&ofd("contract"), &scene.by()).unwrap();
    let package = Package::read(&stamped.as_bytes());
    let name = "Doc_0/Signs/Sign_0/Signature.xml";
    let text = package.text(name);
    let (before, rest) = text.split_once("<ofd:StampAnnot").unwrap();
    let without = format!("{before}{}", rest.split_once("/>").unwrap().1);
    let document = Ofd::read(package.with(name, without).write()).unwrap();
    let report = scene.verifier().document(&document, scene.now.plus_days(1)).unwrap();
    assert_eq!(report.verdict(), Verdict::Invalid);
    let findings = common::all_findings(&report);
    assert!(findings.iter().any(|one| one.check == "document.intact" && one.outcome == Outcome::Fail), "{report}");
}

#[test]
fn further_stamps_keep_the_strips_and_strips_do_not_break_earlier_stamps() {
    let scene = scene();
    let first = scene.stamp().at(Straddle::new(Edge::Right)).apply(&pdf("contract"), &scene.by()).unwrap();
    let second = scene.stamp().on(Page(5), Mm(120.0), Mm(200.0)).apply(&first, &scene.by()).unwrap();
    let report = scene.verifier().document(&second, scene.now.plus_days(1)).unwrap();
    assert_eq!((report.verdict(), report.signatures().len()), (Verdict::Valid, 2), "{report}");
    let error = scene.stamp().at(Straddle::new(Edge::Left)).apply(&second, &scene.by()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotAllowed);
    assert!(error.to_string().contains("put the stamp that shows at several places on it first"), "{error}");
    // In OFD each stamp stands in a file of its own.
    let first = scene.stamp().at(Straddle::new(Edge::Right)).apply(&ofd("contract"), &scene.by()).unwrap();
    let second = scene.stamp().at(Straddle::new(Edge::Left)).apply(&first, &scene.by()).unwrap();
    let report = scene.verifier().document(&second, scene.now.plus_days(1)).unwrap();
    assert_eq!((report.verdict(), report.signatures().len()), (Verdict::Valid, 2), "{report}");
}

#[test]
fn several_places_and_a_straddling_seal_by_one_signature() {
    fn check<D: Document>(document: &D) {
        let scene = scene();
        let stamp =
            scene.stamp().at(Keyword::new("甲方（盖章）：").from_end(1)).at(Straddle::new(Edge::Right)).strict();
        let areas = valid(&scene, &stamp.apply(document, &scene.by()).unwrap());
        assert_eq!(areas.len(), 6);
        assert_eq!(areas[0].page, Page(5), "the field stands on the word");
    }
    check(&pdf("contract"));
    check(&ofd("contract"));
}

#[test]
fn free_space_is_near_what_is_wanted_and_covers_nothing() {
    fn check<D: Document>(document: &D) {
        let scene = scene();
        // In the midst of the text, towards its end: the nearest room is between it and the line at the foot.
        let found = placement(&scene, document, Free::near(Page(1), Mm(105.0), Mm(140.0)));
        for check in ["placement.page", "placement.overlap", "placement.text"] {
            assert_eq!(outcomes(&found, check), [Outcome::Pass], "{:#?}", found.findings);
        }
        assert!(found.areas[0].top.0 > 140.0 && found.areas[0].top.0 < 205.0, "{}", found.areas[0]);
        // Where there is room, it stands exactly there.
        let found = placement(&scene, document, Free::near(Page(1), Mm(105.0), Mm(210.0)));
        near(found.areas[0].centre().0, 105.0);
        near(found.areas[0].centre().1, 210.0);
        // Next to a stamp that is there.
        let stamped = scene.stamp().at(Place::centred(Page(1), Mm(105.0), Mm(210.0))).apply(document, &scene.by());
        let beside = placement(&scene, &stamped.unwrap(), Free::near(Page(1), Mm(105.0), Mm(210.0)).clear(Mm(1.0)));
        assert_eq!(outcomes(&beside, "placement.overlap"), [Outcome::Pass]);
        assert!((beside.areas[0].centre().0.0 - 105.0).abs() + (beside.areas[0].centre().1.0 - 210.0).abs() > 40.0);
        let none = Free::near(Page(1), Mm(105.0), Mm(210.0)).clear(Mm(90.0));
        let (kind, text) = refusal(&scene, document, none);
        assert_eq!(kind, ErrorKind::Mismatch);
        assert!(text.contains("no room"), "{text}");
    }
    check(&pdf("contract"));
    check(&ofd("contract"));
}

#[test]
fn strict_stamps_refuse_what_lenient_ones_tell() {
    fn check<D: Document>(document: &D) {
        let scene = scene();
        let stamped = scene.stamp().on(Page(1), Mm(150.0), Mm(190.0)).apply(document, &scene.by()).unwrap();
        for (place, check, inside) in [
            (Place::at(Page(1), Mm(190.0), Mm(240.0)), "placement.page", "leaves its page"),
            (Place::at(Page(1), Mm(140.0), Mm(195.0)), "placement.overlap", "covers what lies upon"),
            (Place::at(Page(1), Mm(40.0), Mm(60.0)), "placement.text", "cuts the text"),
        ] {
            let found = placement(&scene, &stamped, place.clone());
            assert!(outcomes(&found, check).contains(&Outcome::Fail), "{:#?}", found.findings);
            let error = scene.stamp().strict().at(place.clone()).apply(&stamped, &scene.by()).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::NotAllowed);
            let text = error.to_string();
            assert!(text.contains(check) && text.contains(inside) && text.contains("42.00 mm × 42.00 mm"), "{text}");
            assert!(scene.stamp().at(place).apply(&stamped, &scene.by()).is_ok(), "lenient");
        }
        let twice = Place::on_pages(Pages::all(), Corner::TopLeft, Mm(150.0), Mm(200.0));
        let both = scene.stamp().at(twice.clone()).at(twice).strict();
        assert!(both.apply(document, &scene.by()).unwrap_err().to_string().contains("covers itself"));
    }
    check(&pdf("contract"));
    check(&ofd("contract"));
}

#[test]
fn slots_of_forms() {
    let scene = scene();
    let form = Pdf::read(sample("pdf/unsigned/two-empty-signature-fields.pdf")).unwrap();
    let name = form.fields().unwrap()[1].name.clone();
    let stamped = scene.stamp().at(Place::slot(&name)).apply(&form, &scene.by()).unwrap();
    assert_eq!(valid(&scene, &stamped).len(), 1);
    let signed: Vec<bool> = stamped.fields().unwrap().iter().map(|field| field.signed).collect();
    assert_eq!(signed, [false, true]);
    let (kind, text) = refusal(&scene, &form, Place::slot("nowhere"));
    assert_eq!(kind, ErrorKind::Misuse);
    assert!(text.contains(&name), "it names what there is: {text}");

    // OFD: a tag that points at the line of the name, and a bookmark.
    let package = Package::read(&sample("letters/single.ofd"));
    let page = package.text("Doc_0/Pages/Page_0/Content.xml");
    let line = page.rsplit("<ofd:TextObject ID=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let tags = "<CustomTags><CustomTag TypeID=\"0\"><FileLoc>Tag.xml</FileLoc></CustomTag></CustomTags>";
    let tag = format!("<Doc><Organ name=\"seal\"><ObjectRef PageRef=\"10\">{line}</ObjectRef></Organ></Doc>");
    let more = "</ofd:Pages><ofd:Bookmarks><ofd:Bookmark Name=\"foot\"><ofd:Dest Type=\"XYZ\" PageID=\"10\" Left=\"100\" \
                Top=\"250\"/></ofd:Bookmark></ofd:Bookmarks><ofd:CustomTags>Tags/CustomTags.xml</ofd:CustomTags>";
    let document = package.with("Doc_0/Tags/CustomTags.xml", tags).with("Doc_0/Tags/Tag.xml", tag).edited(
        "Doc_0/Document.xml",
        "</ofd:Pages>",
        more,
    );
    let document = Ofd::read(document.write()).unwrap();
    let on_tag = placement(&scene, &document, Place::slot("seal"));
    let on_name = placement(&scene, &document, Keyword::new("示例市人民政府").from_end(1));
    assert!((on_tag.areas[0].centre().1 - on_name.areas[0].centre().1).0.abs() < 3.0, "{}", on_tag.areas[0]);
    at(&placement(&scene, &document, Place::slot("foot")).areas[0], 1, 79.0, 229.0);
    let (kind, text) = refusal(&scene, &document, Place::slot("head"));
    assert_eq!(kind, ErrorKind::Misuse);
    assert!(text.contains("custom tag") && text.contains("bookmark"), "{text}");
}

#[test]
fn without_a_place_nothing_shows() {
    fn check<D: Document>(document: &D) {
        let scene = scene();
        let stamped = scene.stamp().strict().apply(document, &scene.by()).unwrap();
        assert!(valid(&scene, &stamped).is_empty());
    }
    check(&pdf("single"));
    check(&ofd("single"));
}

/// What is drawn as text is found as text: the map to Unicode of embedded fonts, CFF and TrueType, holds.
#[cfg(feature = "draw")]
#[test]
fn text_on_sheets_is_found_again() {
    use eseal::draw::{Font, Sheet};

    let scene = scene();
    for (name, text) in [("letters/LetterSong-subset.otf", "示例市人民政府"), ("fonts/SealFigures.ttf", "0123456789")]
    {
        let font = Font::read(sample(name), 0).unwrap();
        let mut sheet = Sheet::new(Mm(100.0), Mm(50.0));
        let width = font.measure(text).unwrap() * 5.0;
        sheet.write(text, &font, Mm(5.0), (Mm(10.0), Mm(20.0)), Mm(80.0)).unwrap();
        let pdf = Pdf::read(sheet.to_pdf().unwrap()).unwrap();
        let found = placement(&scene, &pdf, Keyword::new(text));
        near(found.areas[0].centre().0, 10.0 + width / 2.0);
        assert_eq!(refusal(&scene, &pdf, Keyword::new("章")).0, ErrorKind::Mismatch);
    }
}
