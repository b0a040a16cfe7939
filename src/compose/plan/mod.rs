//! A layout worked out: styles resolved, texts read, what never changes set already.

mod block;
mod element;
mod flow;
mod grid;
mod pages;
mod scope;
mod table;
mod text;

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::compose::assets::Assets;
use crate::compose::draft::Draft;
use crate::compose::layout::{Fault, Layout, On, PageMaster, PageSetup};
use crate::compose::plan::block::PlanBlock;
use crate::compose::plan::element::Placed;
use crate::compose::plan::text::{PlanText, Source};
use crate::compose::shapes;
use crate::compose::stock::Stock;
use crate::compose::text::{Faces, Look, Looks};
use crate::error::{Context as _, Error, ErrorKind};

pub(super) use crate::compose::plan::scope::Scope;

/// Tables in tables, groups in groups: deeper than this, nobody could read what is shown.
const DEPTH: usize = 12;

/// A layout that is ready to be filled.
#[derive(Debug)]
pub(super) struct Plan {
    pub(super) assets: Assets,
    faces: Faces,
    pages: Vec<PlanPage>,
    every: Vec<(On, Vec<Placed>)>,
    watermark: Option<(PlanText, crate::compose::layout::Watermark)>,
    /// What all records show, by the names of the fonts.
    characters: Characters,
}

type Characters = BTreeMap<Arc<str>, BTreeSet<char>>;

/// What nearly every record shows: dates, numbers, codes.
const COMMON: &str = "0123456789ABCDEFGHJKLMNPQRTUWXY.-/:（）〔〕《》，。、：；·年月日号第至";

#[derive(Debug)]
struct PlanPage {
    id: Option<String>,
    width: f64,
    height: f64,
    /// The room of the flow: left, top, width and height.
    body: [f64; 4],
    /// Where it begins on the first sheet.
    flow_from: f64,
    fixed: Vec<Placed>,
    flow: Vec<PlanBlock>,
}

/// What a part of the plan is filled from.
#[derive(Clone, Debug)]
struct Context<'c> {
    scope: Scope<'c>,
    faces: &'c Faces,
    assets: &'c Assets,
    /// The number of the page and of all, where they are known.
    page: Option<(usize, usize)>,
}

impl<'c> Context<'c> {
    fn within(&self, scope: Scope<'c>) -> Self {
        Context { scope, ..*self }
    }
}

/// Works a layout out.
#[derive(Debug)]
struct Compiler<'l> {
    looks: Looks<'l>,
    /// None while a layout is checked without any.
    faces: Option<&'l Faces>,
    assets: Option<&'l Assets>,
    noted: RefCell<Noted>,
}

/// What is gathered on the way.
#[derive(Debug, Default)]
struct Noted {
    /// What is wrong, while a layout is checked: it goes on behind that.
    faults: Option<Vec<Fault>>,
    seals: BTreeSet<String>,
    /// The lists that the compiler is within.
    lists: Vec<String>,
    /// Who asks for which field, within which lists.
    uses: Vec<Use>,
    /// What texts say whatever the record.
    characters: Characters,
    depth: usize,
}

/// Somebody asks for a field.
#[derive(Clone, Debug)]
pub(super) struct Use {
    pub(super) label: String,
    pub(super) field: String,
    pub(super) lists: Vec<String>,
}

impl<'l> Compiler<'l> {
    /// Whether the layout is checked: then faults are gathered.
    fn keep<T>(&self, label: &str, done: Result<T, Error>) -> Result<Option<T>, Error> {
        match done {
            Ok(done) => Ok(Some(done)),
            Err(error) => {
                let mut noted = self.noted.borrow_mut();
                let Some(faults) = &mut noted.faults else { return Err(error).context(label) };
                faults.push(Fault::Wrong { element: label.to_owned(), detail: error.to_string() });
                Ok(None)
            }
        }
    }

    fn know_font(&self, name: &str) -> Result<(), Error> {
        self.faces.map_or(Ok(()), |faces| faces.place(name).map(drop))
    }

    fn know_asset(&self, name: &str) -> Result<(), Error> {
        if self.assets.is_none_or(|assets| assets.picture_of(name).is_some()) {
            return Ok(());
        }
        let detail = format!("no picture is called \"{}\": give it by Assets::picture", name.escape_debug());
        Err(Error::new(ErrorKind::Mismatch, detail))
    }

    fn note(&self, label: &str, field: &str) {
        let mut noted = self.noted.borrow_mut();
        let lists = noted.lists.clone();
        noted.uses.push(Use { label: label.to_owned(), field: field.to_owned(), lists });
    }

    fn note_text(&self, label: &str, text: &PlanText) {
        text.uses().for_each(|field| self.note(label, field));
        let mut noted = self.noted.borrow_mut();
        for (font, said) in text.said() {
            noted.characters.entry(font).or_default().extend(said.chars());
        }
    }

    /// What comes once for each row of a list.
    fn within_list<T>(&self, label: &str, list: &str, work: impl FnOnce() -> Result<T, Error>) -> Result<T, Error> {
        self.note(label, list);
        self.noted.borrow_mut().lists.push(list.to_owned());
        let done = self.deeper(work);
        self.noted.borrow_mut().lists.pop();
        done
    }

    fn deeper<T>(&self, work: impl FnOnce() -> Result<T, Error>) -> Result<T, Error> {
        let depth = self.noted.borrow().depth;
        if depth >= DEPTH {
            return Err(Error::too_large(format!("tables and groups are nested more than {DEPTH} deep")));
        }
        self.noted.borrow_mut().depth = depth + 1;
        let done = work();
        self.noted.borrow_mut().depth = depth;
        done
    }

    fn note_seal(&self, name: &str) -> Result<(), Error> {
        let is_first = |character: char| character.is_alphabetic() || character == '_';
        let is_next = |character: char| character.is_alphanumeric() || matches!(character, '_' | '-');
        if !name.starts_with(is_first) || !name.chars().all(is_next) {
            let detail = "a seal's name begins with a letter, and has letters, digits, - and _ only";
            return Err(Error::malformed(detail));
        }
        let mut noted = self.noted.borrow_mut();
        if !noted.lists.is_empty() {
            return Err(Error::malformed("a seal stands in what repeats, where its name would not be its own"));
        }
        if !noted.seals.insert(name.to_owned()) {
            return Err(Error::malformed(format!("two seals are called \"{name}\"")));
        }
        Ok(())
    }

    fn layout(&self, layout: &'l Layout) -> Result<Built, Error> {
        let base = self.keep("style", self.looks.apply(&Look::default(), &layout.style))?.unwrap_or_default();
        for (name, style) in &layout.styles {
            self.keep(&format!("styles.{name}"), self.looks.apply(&base, style))?;
        }
        if layout.pages.is_empty() {
            self.keep::<()>("pages", Err(Error::malformed("a layout has at least one page")))?;
        }
        let mut pages = Vec::new();
        for (number, page) in layout.pages.iter().enumerate() {
            let label = named(&format!("pages[{number}]"), page.id.as_deref());
            pages.extend(self.keep(&label, self.page(page, &layout.page, &base, &label))?);
        }
        let mut every = Vec::new();
        for (number, running) in layout.every.iter().enumerate() {
            every.push((running.on, self.elements(&running.elements, &base, &format!("every[{number}]"))?));
        }
        let watermark = match &layout.watermark {
            None => None,
            Some(mark) => self.keep("watermark", self.watermark(mark, &base))?,
        };
        Ok((pages, every, watermark))
    }

    fn page(&self, page: &'l PageMaster, usual: &PageSetup, base: &Look, label: &str) -> Result<PlanPage, Error> {
        let setup = page.page.as_ref().unwrap_or(usual);
        let (width, height) = setup.size()?;
        let margins = setup.margins;
        let all = [margins.top, margins.right, margins.bottom, margins.left];
        if !all.iter().all(|margin| (0.0..=5000.0).contains(margin)) {
            return Err(Error::malformed("a margin is below nought, or no number"));
        }
        let body =
            [margins.left, margins.top, width - margins.left - margins.right, height - margins.top - margins.bottom];
        let [_, _, body_width, body_height] = body;
        if !page.flow.is_empty() && (body_width < 1.0 || body_height < 1.0) {
            return Err(Error::malformed("the margins leave no room for the flow"));
        }
        let flow_from = page.flow_from.unwrap_or(margins.top);
        if !(0.0..=height - margins.bottom).contains(&flow_from) {
            return Err(Error::malformed("the flow would begin beside the page: see \"flow_from\""));
        }
        let fixed = self.elements(&page.fixed, base, &format!("{label}.fixed"))?;
        let flow = self.blocks(&page.flow, body_width, base, &format!("{label}.flow"))?;
        Ok(PlanPage { id: page.id.clone(), width, height, body, flow_from, fixed, flow })
    }

    fn watermark(&self, mark: &'l crate::compose::layout::Watermark, base: &Look) -> Result<Marked, Error> {
        let mut look = base.clone();
        if let Some(font) = &mark.font {
            look.font = font.as_str().into();
        }
        (look.size, look.colour, look.opacity) = (mark.size.to_mm().0, mark.colour, mark.opacity);
        (look.indent, look.wrap, look.least, look.spacing, look.stretch) = (0.0, None, None, 0.0, 1.0);
        shapes::positive("the size of the watermark", look.size)?;
        if !(0.0..=1.0).contains(&mark.opacity) || !mark.angle.is_finite() {
            return Err(Error::malformed("an opacity is from 0 to 1, and an angle a number of degrees"));
        }
        if mark.repeat.is_some_and(|step| step.iter().any(|length| !(5.0..=5000.0).contains(length))) {
            return Err(Error::malformed("watermarks stand at least 5 mm from one another"));
        }
        let source = Source { text: &mark.text, runs: &[], style: None, field: None, entry: None };
        let text = PlanText::compile(&source, &look, self)?;
        self.note_text("watermark", &text);
        Ok((text, mark.clone()))
    }
}

type Marked = (PlanText, crate::compose::layout::Watermark);
type Built = (Vec<PlanPage>, Vec<(On, Vec<Placed>)>, Option<Marked>);

/// A place in the layout with the name that it has been given.
fn named(place: &str, id: Option<&str>) -> String {
    id.map_or_else(|| place.to_owned(), |id| format!("{place} \"{}\"", id.escape_debug()))
}

impl Plan {
    /// Works a layout out for these fonts and pictures.
    pub(super) fn of(layout: &Layout, assets: &Assets) -> Result<Self, Error> {
        let faces = assets.faces();
        let compiler = Compiler {
            looks: Looks(&layout.styles),
            faces: Some(&faces),
            assets: Some(assets),
            noted: RefCell::default(),
        };
        let (pages, every, watermark) = compiler.layout(layout).context("the layout")?;
        let characters = compiler.noted.into_inner().characters;
        Ok(Plan { assets: assets.clone(), faces: faces.clone(), pages, every, watermark, characters })
    }

    /// The fonts with what all records show made ready, and what these drafts of samples do.
    pub(super) fn stock(&self, samples: &[Draft]) -> Result<Stock, Error> {
        let mut characters = self.characters.clone();
        let marks = samples.iter().flat_map(Draft::sheets).flat_map(|sheet| &sheet.marks);
        for words in marks.flat_map(|mark| mark.all_words()) {
            characters.entry(Arc::clone(&words.font)).or_default().extend(words.text.chars());
        }
        let mut stock = self.assets.stock();
        stock.prepare(&characters)?;
        stock.prepare_pictures(self.assets.pictures())?;
        Ok(stock)
    }
}

/// What is wrong with a layout whatever the data, and who asks for which field.
pub(super) fn survey(layout: &Layout) -> (Vec<Fault>, Vec<Use>) {
    let noted = RefCell::new(Noted { faults: Some(Vec::new()), ..Noted::default() });
    let compiler = Compiler { looks: Looks(&layout.styles), faces: None, assets: None, noted };
    let built = compiler.layout(layout);
    let noted = compiler.noted.into_inner();
    let mut faults = noted.faults.unwrap_or_default();
    if let Err(error) = built {
        faults.push(Fault::Wrong { element: "the layout".to_owned(), detail: error.to_string() });
    }
    (faults, noted.uses)
}

/// The name of a field, shared.
fn shared(name: &str) -> Arc<str> {
    name.into()
}
