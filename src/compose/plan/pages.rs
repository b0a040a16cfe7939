//! A record's pages.

use crate::compose::draft::{Draft, Mark, Sheet};
use crate::compose::layout::{On, Watermark};
use crate::compose::plan::element::Placed;
use crate::compose::plan::flow::Flow;
use crate::compose::plan::text::PlanText;
use crate::compose::plan::{Context, Plan, PlanPage, Scope};
use crate::compose::text::Bounds;
use crate::compose::values::Values;
use crate::error::{Context as _, Error, ErrorKind};
use crate::units::Mm;

/// More marks than any honest document shows: some hundred bytes each.
const MOST_MARKS: usize = 3_000_000;

/// A sheet with what flowed onto it.
struct Begun<'p> {
    page: &'p PlanPage,
    is_first: bool,
    flowed: Vec<Mark>,
}

impl Plan {
    /// Fills in a record.
    pub(in crate::compose) fn draft(&self, values: &Values) -> Result<Draft, Error> {
        let scope = Scope::of(values);
        let context = Context { scope, faces: &self.faces, assets: &self.assets, page: None };
        let mut begun = Vec::new();
        for page in self.pages.iter().filter(|page| !values.hides(page.id.as_deref().unwrap_or_default())) {
            let mut flow = Flow::new(page.body, page.flow_from);
            flow.run(&page.flow, &context).context("the layout")?;
            for (number, flowed) in flow.finish().into_iter().enumerate() {
                begun.push(Begun { page, is_first: number == 0, flowed });
            }
        }
        let count = begun.len();
        if count == 0 {
            return Err(Error::new(ErrorKind::Mismatch, "the layout: all of its pages are hidden"));
        }
        let mut draft = Draft::new("", self.assets.clone());
        let mut marks = 0_usize;
        for (number, begun) in (1_usize..).zip(begun) {
            let context = Context { page: Some((number, count)), ..context.clone() };
            let sheet = self.sheet(begun, &context).context("the layout")?;
            marks = marks.saturating_add(sheet.marks.len());
            if marks > MOST_MARKS {
                return Err(Error::too_large(format!("the layout: its pages show more than {MOST_MARKS} marks")));
            }
            draft.page(sheet);
        }
        Ok(draft)
    }

    fn sheet(&self, begun: Begun<'_>, context: &Context<'_>) -> Result<Sheet, Error> {
        let page = begun.page;
        let (number, count) = context.page.unwrap_or_default();
        let mut sheet = Sheet::new(Mm(page.width), Mm(page.height));
        for (on, elements) in &self.every {
            if is_on(*on, number, count) {
                put_all(elements, &mut sheet.marks, context)?;
            }
        }
        if let Some((text, mark)) = &self.watermark {
            watermark(text, mark, (page.width, page.height), &mut sheet.marks, context).context("watermark")?;
        }
        if begun.is_first {
            put_all(&page.fixed, &mut sheet.marks, context)?;
        }
        sheet.marks.extend(begun.flowed);
        Ok(sheet)
    }
}

fn put_all(elements: &[Placed], marks: &mut Vec<Mark>, context: &Context<'_>) -> Result<(), Error> {
    elements.iter().try_for_each(|element| element.put(marks, (0.0, 0.0), None, context))
}

fn is_on(on: On, number: usize, count: usize) -> bool {
    match on {
        On::All => true,
        On::First => number == 1,
        On::Rest => number > 1,
        On::Last => number == count,
        On::Odd => !number.is_multiple_of(2),
        On::Even => number.is_multiple_of(2),
    }
}

/// A word across the page, once in the middle or again and again.
fn watermark(
    text: &PlanText,
    mark: &Watermark,
    page: (f64, f64),
    marks: &mut Vec<Mark>,
    context: &Context<'_>,
) -> Result<(), Error> {
    let setting = text.set(Bounds { width: 4000.0, height: None }, context)?;
    let words: Vec<Mark> = setting.lines.into_iter().flat_map(|line| line.marks).collect();
    marks.append(&mut crate::compose::watermark::turned(&words, mark.angle, mark.repeat, page));
    Ok(())
}
