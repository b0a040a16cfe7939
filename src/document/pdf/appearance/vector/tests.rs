use std::fmt::Write as _;
use std::io::Read as _;

use flate2::read::ZlibDecoder;

use crate::document::pdf::appearance::{Appearance, Style, form_xobject};
use crate::error::{Error, ErrorKind};
use crate::limits::Limits;
use crate::picture::Picture;
use crate::units::Mm;

const ROUND: &[u8] = include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/testdata/pictures/round.svg"));
const NAME: &[u8] = include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/testdata/pictures/name.svg"));

fn draw_bytes(bytes: &[u8], limits: &Limits) -> Result<Appearance, Error> {
    form_xobject(&Picture::svg(bytes, Mm(25.4), Mm(50.8))?, limits, 5, Style::default())
}

/// Draws the elements in a picture of 10 by 10, shown 72 by 144 points large.
fn draw(elements: &str) -> Result<Appearance, Error> {
    draw_bytes(svg(elements).as_bytes(), &Limits::default())
}

fn svg(elements: &str) -> String {
    format!(
        "<svg xmlns='http://www.w3.org/2000/svg' xmlns:xlink='http://www.w3.org/1999/xlink' viewBox='0 0 10 10'>\
         {elements}</svg>"
    )
}

fn content(appearance: &Appearance, place: usize) -> String {
    let mut text = String::new();
    ZlibDecoder::new(appearance.objects[place].stream.as_slice()).read_to_string(&mut text).unwrap();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn dictionary(appearance: &Appearance, place: usize) -> &str {
    std::str::from_utf8(&appearance.objects[place].dictionary).unwrap()
}

/// The operators after the one that brings the picture to its size.
fn operators(elements: &str) -> String {
    let content = content(&draw(elements).unwrap(), 0);
    content.strip_prefix("7.2 0 0 -14.4 0 144 cm").unwrap().trim_start().to_owned()
}

fn refusal<T: std::fmt::Debug>(result: Result<T, Error>, kind: ErrorKind, says: &str) {
    let error = result.unwrap_err();
    assert_eq!(error.kind(), kind, "{error}");
    assert!(error.to_string().contains(says), "{error}");
}

#[test]
fn seals_are_one_form_in_their_size() {
    for (bytes, paths) in [(ROUND, 9), (NAME, 5)] {
        let appearance = draw_bytes(bytes, &Limits::default()).unwrap();
        assert_eq!(appearance.objects.len(), 1);
        assert_eq!(appearance.objects[0].number, 5);
        assert_eq!(
            dictionary(&appearance, 0),
            "<</Type/XObject/Subtype/Form/BBox[0 0 72 144]/Resources<<>>/Filter/FlateDecode>>"
        );
        let content = content(&appearance, 0);
        let painted = content.split(' ').filter(|word| ["f", "f*", "B", "B*", "S"].contains(word)).count();
        assert_eq!(painted, paths, "{content}");
        assert_eq!(appearance, draw_bytes(bytes, &Limits::default()).unwrap());
    }
}

#[test]
fn fills_and_strokes() {
    assert_eq!(operators("<path fill='#f00' d='M1 1L2 1 2 2Z'/>"), "1 0 0 rg 1 1 m 2 1 l 2 2 l h f",);
    assert_eq!(
        operators("<path fill='#00f' fill-rule='evenodd' d='M0 0Q3 0 3 3Z'/>"),
        "0 0 1 rg 0 0 m 2 0 3 1 3 3 c h f*",
    );
    assert_eq!(
        operators(
            "<path fill='none' stroke='#0f0' stroke-width='.5' stroke-linecap='round' stroke-linejoin='bevel' \
             stroke-miterlimit='7' stroke-dasharray='1 2' stroke-dashoffset='-1' d='M1 1L2 1'/>"
        ),
        "q 0 1 0 RG 0.5 w 1 J 2 j 7 M[1 2]5 d 1 1 m 2 1 l S Q",
    );
    assert_eq!(
        operators("<path fill='#f00' stroke='#0f0' d='M1 1L2 1'/>"),
        "q 1 0 0 rg 0 1 0 RG 1 w 0 J 0 j 4 M 1 1 m 2 1 l B Q",
    );
    assert_eq!(
        operators("<path fill='#f00' stroke='#0f0' paint-order='stroke' d='M1 1L2 1'/>"),
        "q 0 1 0 RG 1 w 0 J 0 j 4 M 1 1 m 2 1 l S 1 0 0 rg 1 1 m 2 1 l f Q",
    );
    assert_eq!(operators("<path visibility='hidden' d='M1 1L2 1'/><path fill='none' d='M1 1L2 1'/>"), "");
}

#[test]
fn transforms_add_up() {
    assert_eq!(
        operators("<g transform='translate(1 2)'><path transform='scale(2 3)' fill='#f00' d='M1 1L2 1 2 2'/></g>"),
        "q 2 0 0 3 1 2 cm 1 0 0 rg 1 1 m 2 1 l 2 2 l f Q",
    );
    assert_eq!(
        operators("<defs><path id='p' d='M1 1L2 1 2 2'/></defs><use xlink:href='#p' x='3' fill='#f00'/>"),
        "q 1 0 0 1 3 0 cm 1 0 0 rg 1 1 m 2 1 l 2 2 l f Q",
    );
}

#[test]
fn opacity_of_paths_and_of_groups() {
    let appearance = draw("<path fill='#f00' fill-opacity='.5' stroke='#0f0' d='M1 1L2 1'/>").unwrap();
    assert!(
        content(&appearance, 0)
            .ends_with("q/G0 gs 1 0 0 rg 1 1 m 2 1 l f/G1 gs 0 1 0 RG 1 w 0 J 0 j 4 M 1 1 m 2 1 l S Q"),
        "{}",
        content(&appearance, 0)
    );
    assert!(
        dictionary(&appearance, 0).contains(
            "/Resources<</ExtGState<</G0<</Type/ExtGState/CA 0.5/ca 0.5>>/G1<</Type/ExtGState/CA 1/ca 1>>>>>>"
        )
    );
    let appearance = draw(
        "<g opacity='.5'><path fill='#f00' d='M1 1L2 1 2 2'/><g opacity='.25'><path d='M1 1L2 1 2 2'/><path d='M1 1L2 1 \
         3 3'/></g></g><g opacity='0'><path d='M1 1L2 1 2 2'/></g>",
    )
    .unwrap();
    assert_eq!(appearance.objects.iter().map(|object| object.number).collect::<Vec<_>>(), [5, 6, 7]);
    assert_eq!(content(&appearance, 0), "7.2 0 0 -14.4 0 144 cm q/G0 gs/F0 Do Q");
    assert!(dictionary(&appearance, 0).contains("/XObject<</F0 6 0 R>>"));
    assert_eq!(content(&appearance, 1), "1 0 0 rg 1 1 m 2 1 l 2 2 l f q/G0 gs/F0 Do Q");
    assert!(dictionary(&appearance, 1).contains("/BBox[0 0 10 10]/Group<</Type/Group/S/Transparency>>"));
    assert!(dictionary(&appearance, 1).contains("/XObject<</F0 7 0 R>>"));
    assert_eq!(content(&appearance, 2), "0 0 0 rg 1 1 m 2 1 l 2 2 l f 0 0 0 rg 1 1 m 2 1 l 3 3 l f");
}

#[test]
fn clip_paths_of_one_shape() {
    let clip = "<clipPath id='c' transform='translate(1 0)'><path clip-rule='evenodd' d='M0 0L4 0 4 4Z'/></clipPath>";
    assert_eq!(
        operators(&format!(
            "{clip}<g transform='scale(2)' clip-path='url(#c)'><path fill='#f00' d='M1 1L2 1 2 2'/></g>"
        )),
        "q 2 0 m 10 0 l 10 8 l h W* n q 2 0 0 2 0 0 cm 1 0 0 rg 1 1 m 2 1 l 2 2 l f Q Q",
    );
    let two = "<clipPath id='c'><rect width='1' height='1'/><rect width='2' height='1'/></clipPath>";
    let drawn = "<rect width='9' height='9' clip-path='url(#c)'/>";
    refusal(draw(&format!("{two}{drawn}")), ErrorKind::Unsupported, "<clipPath> of 2 shapes");
}

#[test]
fn what_paths_cannot_show_is_refused_by_its_name() {
    let gradient = "<linearGradient id='a'><stop offset='0' stop-color='red'/><stop offset='1'/></linearGradient>";
    let radial = gradient.replace("linear", "radial");
    let drawn = "<rect width='9' height='9' fill='url(#a)'/>";
    let cases = [
        ("<text x='1' y='5'>\u{5370}</text>".to_owned(), "<text> element, which is not drawn: convert text to paths"),
        ("<defs><g><text>x</text></g></defs>".to_owned(), "<text>"),
        ("<image href='/etc/passwd' width='1' height='1'/>".to_owned(), "<image>"),
        ("<foreignObject/>".to_owned(), "<foreignObject>"),
        ("<filter id='f'/>".to_owned(), "<filter>"),
        ("<mask id='m'/>".to_owned(), "<mask>"),
        ("<pattern id='p'/>".to_owned(), "<pattern>"),
        ("<marker id='m'/>".to_owned(), "<marker>"),
        ("<rect><animate attributeName='x'/></rect>".to_owned(), "a seal does not change"),
        ("<script>1</script>".to_owned(), "<script>"),
        (format!("{gradient}{drawn}"), "<linearGradient>"),
        (format!("{radial}{drawn}"), "<radialGradient>"),
        ("<rect width='9' height='9' style='filter:blur(2px)'/>".to_owned(), "<filter>"),
        ("<rect width='9' height='9' style='mix-blend-mode:multiply'/>".to_owned(), "mix-blend-mode"),
        ("<rect width='9' height='9' stroke='red' stroke-linejoin='miter-clip'/>".to_owned(), "miter-clip"),
        ("<rect width='9em' height='9'/>".to_owned(), "width measures by letters"),
        ("<clipPath id='a'><use href='#b'/></clipPath>".to_owned(), "<use> element in a <clipPath>"),
        ("<clipPath id='a' clip-path='url(#a)'/>".to_owned(), "clipPath of a clipPath"),
        ("<clipPath id='a'><rect style='clip-path:url(#b)'/></clipPath>".to_owned(), "clipPath of a clipPath"),
        ("<style>rect{clip-path:url(#b)}</style>".to_owned(), "style sheet clips"),
    ];
    for (elements, says) in cases {
        refusal(draw(&elements), ErrorKind::Unsupported, says);
    }
    // A gradient that nothing uses, and elements of other vocabularies, are no matter.
    let harmless = format!("{gradient}<e:text xmlns:e='urn:editor'/><rect width='1' height='1'/>");
    assert!(draw(&harmless).is_ok());
}

#[test]
fn what_is_no_svg() {
    let draw = |bytes: &[u8]| draw_bytes(bytes, &Limits::default());
    refusal(draw(b"<svg"), ErrorKind::Malformed, "the seal's SVG picture: it is no XML at line 1");
    refusal(draw(b"<a><svg/></a>"), ErrorKind::Malformed, "it is no SVG");
    refusal(draw(b"<svg xmlns='http://www.w3.org/2000/svg' width='0' height='1'/>"), ErrorKind::Malformed, "no SVG");
    refusal(draw(b"<svg>\xFF</svg>"), ErrorKind::Malformed, "not UTF-8 at byte 5");
    refusal(draw(b"<!DOCTYPE svg [<!ENTITY a 'b'>]><svg/>"), ErrorKind::Unsupported, "entities");
    let typed =
        "<?xml version='1.0'?><!DOCTYPE svg PUBLIC '-//W3C//DTD SVG 1.1//EN' 'svg11.dtd'>".to_owned() + &svg("");
    assert!(draw(typed.as_bytes()).is_ok());
}

#[test]
fn links_that_multiply_are_refused() {
    let mut elements = "<defs><rect id='l0' width='1' height='1'/>".to_owned();
    for level in 1..40 {
        let below = level - 1;
        write!(elements, "<g id='l{level}'><use href='#l{below}'/><use href='#l{below}'/></g>").unwrap();
    }
    refusal(draw(&format!("{elements}</defs><use href='#l39'/>")), ErrorKind::TooLarge, "links followed");
    let ring = "<g id='a'><use href='#b'/></g><g id='b'><use href='#c'/></g><g id='c'><use xlink:href='#a'/></g>";
    refusal(draw(ring), ErrorKind::TooLarge, "ring of links");
    let deep = "<g>".repeat(70) + &"</g>".repeat(70);
    refusal(draw(&deep), ErrorKind::TooLarge, "nested deeper than 64");
    assert!(draw(&("<g>".repeat(60) + &"</g>".repeat(60))).is_ok());
    // Neither a bracket in quotes nor one in a text hides how deep it is; comments do not count.
    for tag in ["<g a='/>'>", "<g>/>", "<g><!--</g></g>--><![CDATA[</g></g>]]><?x </g></g>?>"] {
        refusal(draw(&tag.repeat(100_000)), ErrorKind::TooLarge, "nested deeper than 64");
    }
    assert!(draw(&"<!--<g>--><g a='>'/><g></g>".repeat(200)).is_ok());
}

#[test]
fn measures_beyond_a_seal_are_refused() {
    for elements in [
        "<path d='M0 0A1e30 1e30 0 1 1 1e30 0'/>",
        "<path d='M0 0A9999999,1 0 1 1 1 0'/>",
        "<rect width='.1e38' height='1'/>",
        "<circle r='1e999'/>",
        "<rect width='101%' height='1'/>",
        "<svg viewBox='0 0 1 10000000'/>",
    ] {
        refusal(draw(elements), ErrorKind::TooLarge, "beyond any seal");
    }
    assert!(draw("<path d='M0 0A1e3 1000.5 0 1 1-.5.5-1e-30 0z'/><rect width='100%' height='1mm'/>").is_ok());
}

#[test]
fn size_has_limits() {
    let attributes = (0..300).fold(String::new(), |text, number| text + &format!(" a{number}=''"));
    refusal(draw(&format!("<g{attributes}/>")), ErrorKind::TooLarge, "300 attributes");
    let limits = Limits { seal_bytes: 1000, ..Limits::default() };
    refusal(draw_bytes(ROUND, &limits), ErrorKind::TooLarge, "the limit for seals is 1000");
    let limits = Limits { stream_bytes: 1000, ..Limits::default() };
    refusal(draw_bytes(ROUND, &limits), ErrorKind::TooLarge, "more than 1000 bytes");
    let sheet = format!("<style>{}</style>{}", "a{fill:red}".repeat(20_000), "<g/>".repeat(3000));
    refusal(draw(&sheet), ErrorKind::TooLarge, "bytes of style sheets");
    let many = "<g/>".repeat(200_001);
    refusal(draw(&many), ErrorKind::TooLarge, "200000 elements");
}

#[test]
fn cut_and_damaged_pictures_do_no_harm() {
    let text = svg("<g id='a' opacity='.5' transform='rotate(3)'><path d='M0 0A1 2 3 0 1 4 5Z' stroke='#f00' \
                    stroke-dasharray='1,2'/></g><clipPath id='c'><rect width='1' height='2'/></clipPath>\
                    <use href='#a' clip-path='url(#c)'/><style>g{fill:red}</style>");
    assert!(draw_bytes(text.as_bytes(), &Limits::default()).is_ok());
    for length in 0..text.len() {
        assert!(draw_bytes(&text.as_bytes()[..length], &Limits::default()).is_err());
    }
    for place in 0..text.len() {
        for other in *b"<>'\"0e9-# \xFF" {
            let mut damaged = text.as_bytes().to_vec();
            damaged[place] = other;
            let _ = draw_bytes(&damaged, &Limits::default());
        }
    }
}
