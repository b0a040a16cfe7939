//! Where `eseal stamp` puts the stamp.

use clap::{Args, ValueEnum};
use eseal::place::{Corner, Edge, Free, Keyword, Letter, Pages, Straddle};
use eseal::{Finding, Mm, Outcome, Page, Place, Stamp};

use crate::Failure;

#[derive(Args)]
#[command(next_help_heading = "Where it shows (without any of these it is invisible; several may be given)")]
pub(crate) struct PlaceArgs {
    /// The page, counted from 1
    #[arg(long)]
    page: Option<u32>,
    /// On every page, by one signature
    #[arg(long, conflicts_with = "page")]
    every_page: bool,
    /// From the page's left edge to the picture's, in millimetres; with --corner from the edge that meets there
    #[arg(long, value_name = "MM", default_value_t = 0.0)]
    left: f64,
    /// From the page's upper edge to the picture's, in millimetres; with --corner from the edge that meets there
    #[arg(long, value_name = "MM", default_value_t = 0.0)]
    top: f64,
    /// The corner that --left and --top count from
    #[arg(long, value_enum, default_value_t = CornerArg::TopLeft)]
    corner: CornerArg,
    /// --left and --top lead to the picture's centre, which moves to where there is room
    #[arg(long, requires = "page")]
    free: bool,
    /// Centred on this word of the text
    #[arg(long, value_name = "WORD")]
    keyword: Option<String>,
    /// Which match of the word, from 1 on; -1 is the last
    #[arg(long, value_name = "NUMBER", default_value_t = 1, allow_negative_numbers = true, requires = "keyword")]
    nth: i64,
    /// In a form's field with this name, or in OFD on a custom tag or a bookmark
    #[arg(long, value_name = "NAME")]
    slot: Option<String>,
    /// On an official letter, by GB/T 9704: on this organ's name and the date below it
    #[arg(long, value_name = "ORGAN")]
    letter: Option<String>,
    /// Across this edge of all pages, by one signature
    #[arg(long, value_enum, value_name = "EDGE")]
    straddle: Option<EdgeArg>,
    /// How many pages share one straddling seal
    #[arg(long, value_name = "PAGES", requires = "straddle")]
    per_seal: Option<usize>,
    /// Straddling: odd pages only, where both sides are printed
    #[arg(long, requires = "straddle")]
    odd: bool,
    /// Refuse a place that leaves the page, covers a stamp or cuts text, instead of telling of it
    #[arg(long)]
    strict: bool,
}

#[derive(Clone, Copy, ValueEnum)]
enum CornerArg {
    TopLeft,
    TopRight,
    BottomLeft,
    BottomRight,
}

#[derive(Clone, Copy, ValueEnum)]
enum EdgeArg {
    Left,
    Right,
    Top,
    Bottom,
}

impl PlaceArgs {
    /// Adds the places to a stamp.
    pub(crate) fn applied<'s>(&self, mut stamp: Stamp<'s>) -> Result<Stamp<'s>, Failure> {
        let (left, top) = (Mm(self.left), Mm(self.top));
        let corner = match self.corner {
            CornerArg::TopLeft => Corner::TopLeft,
            CornerArg::TopRight => Corner::TopRight,
            CornerArg::BottomLeft => Corner::BottomLeft,
            CornerArg::BottomRight => Corner::BottomRight,
        };
        if let Some(page) = self.page {
            stamp = match self.free {
                true => stamp.at(Free::near(Page(page), left, top)),
                false => stamp.at(Place::from_corner(Page(page), corner, left, top)),
            };
        }
        if self.every_page {
            stamp = stamp.at(Place::on_pages(Pages::all(), corner, left, top));
        }
        if let Some(word) = &self.keyword {
            let count = usize::try_from(self.nth.unsigned_abs())?;
            let keyword = Keyword::new(word);
            stamp = stamp.at(if self.nth < 0 { keyword.from_end(count) } else { keyword.nth(count) });
        }
        if let Some(slot) = &self.slot {
            stamp = stamp.at(Place::slot(slot));
        }
        if let Some(organ) = &self.letter {
            stamp = stamp.at(Letter::single(organ));
        }
        if let Some(edge) = self.straddle {
            stamp = stamp.at(self.straddling(edge));
        }
        Ok(if self.strict { stamp.strict() } else { stamp })
    }

    fn straddling(&self, edge: EdgeArg) -> Straddle {
        let edge = match edge {
            EdgeArg::Left => Edge::Left,
            EdgeArg::Right => Edge::Right,
            EdgeArg::Top => Edge::Top,
            EdgeArg::Bottom => Edge::Bottom,
        };
        let straddle = Straddle::new(edge).pages(if self.odd { Pages::all().odd() } else { Pages::all() });
        self.per_seal.map_or(straddle.clone(), |pages| straddle.per_seal(pages))
    }
}

/// Tells what speaks against the places; a strict stamp was refused already.
pub(crate) fn warn(findings: &[Finding]) {
    for finding in findings.iter().filter(|finding| finding.outcome == Outcome::Fail) {
        eprintln!("warning: {}: {}", finding.check, finding.detail);
    }
}
