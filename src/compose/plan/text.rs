//! Texts of a plan.

use std::sync::Arc;

use crate::compose::draft::Mark;
use crate::compose::field::{Entry, EntryKind, Field, FieldKind};
use crate::compose::layout::{Run, StyleOf, Valign};
use crate::compose::plan::scope::{is_static, said, ticked};
use crate::compose::plan::{COMMON, Compiler, Context};
use crate::compose::text::{Bounds, Faces, Look, Part, Piece, Setting, Show, Text, parse};
use crate::compose::values::Value;
use crate::error::{Context as _, Error};
use crate::units::Mm;

/// A text with its styles worked out.
#[derive(Clone, Debug)]
pub(super) struct PlanText {
    /// Pieces of one style each.
    runs: Vec<(Vec<Part>, Arc<Look>)>,
    pub(super) look: Arc<Look>,
    pub(super) field: Option<Arc<str>>,
    entry: Option<Entry>,
    /// Set once, where no record changes it.
    ready: Option<Setting>,
}

/// What a text is made of in the layout.
pub(super) struct Source<'l> {
    pub(super) text: &'l str,
    pub(super) runs: &'l [Run],
    pub(super) style: Option<&'l StyleOf>,
    pub(super) field: Option<&'l str>,
    pub(super) entry: Option<&'l Entry>,
}

impl PlanText {
    pub(super) fn compile(source: &Source<'_>, around: &Look, compiler: &Compiler<'_>) -> Result<Self, Error> {
        let look = Arc::new(compiler.looks.within(around, source.style)?);
        let mut runs = Vec::new();
        if !source.text.is_empty() {
            runs.push((parse(source.text)?, Arc::clone(&look)));
        }
        for run in source.runs {
            let own = compiler.looks.within(&look, run.style.as_ref())?;
            runs.push((parse(&run.text)?, Arc::new(own)));
        }
        let field: Option<Arc<str>> = source.field.map(Into::into);
        if let (true, Some(field)) = (runs.is_empty(), &field) {
            runs.push((vec![Part::Value(Arc::clone(field))], Arc::clone(&look)));
        }
        if source.entry.is_some() && field.is_none() {
            return Err(Error::malformed("an entry has no \"field\", so that its field would have no name"));
        }
        for (_, look) in &runs {
            compiler.know_font(&look.font)?;
        }
        Ok(PlanText { runs, look, field, entry: source.entry.cloned(), ready: None })
    }

    /// Whether no record changes it.
    pub(super) fn is_static(&self) -> bool {
        self.entry.is_none() && self.field.is_none() && self.runs.iter().all(|(parts, _)| is_static(parts))
    }

    /// Sets it once and for all, if no record changes it.
    pub(super) fn prepare(&mut self, bounds: Bounds, faces: &Faces) -> Result<(), Error> {
        if self.is_static() {
            self.ready = Some(Text::of(self.literals(), faces)?.set(bounds, faces)?);
        }
        Ok(())
    }

    /// What it says before any record is known, with its fonts.
    pub(super) fn literals(&self) -> Vec<Piece<'_>> {
        let runs = self.runs.iter().flat_map(|(parts, look)| parts.iter().map(move |part| (part, look)));
        let literal = |(part, look): (&'_ Part, &Arc<Look>)| match part {
            Part::Literal(text) => {
                Some(Piece { show: Show::Own(text.to_string()), look: Arc::clone(look), field: None })
            }
            _ => None,
        };
        runs.filter_map(literal).collect()
    }

    /// The placeholders and the field, with whether each is asked for a check box.
    pub(super) fn uses(&self) -> impl Iterator<Item = &str> {
        let parts = self.runs.iter().flat_map(|(parts, _)| parts);
        let used = parts.filter_map(|part| match part {
            Part::Value(name) | Part::Check { field: name, .. } => Some(&**name),
            _ => None,
        });
        used.chain(self.field.as_deref())
    }

    /// What it says whatever the record, by the names of fonts; where it shows values, what most of them have.
    pub(super) fn said(&self) -> impl Iterator<Item = (Arc<str>, &str)> {
        let parts = self.runs.iter().flat_map(|(parts, look)| parts.iter().map(move |part| (part, look)));
        parts.filter_map(|(part, look)| match part {
            Part::Literal(text) => Some((Arc::clone(&look.font), &**text)),
            Part::Value(_) | Part::Page | Part::Pages | Part::Row => Some((Arc::clone(&look.font), COMMON)),
            Part::Check { .. } => None,
        })
    }

    /// Sets it in lines.
    pub(super) fn set(&self, bounds: Bounds, context: &Context<'_>) -> Result<Setting, Error> {
        if let Some(ready) = &self.ready {
            return Ok(ready.clone());
        }
        let told = || self.field.as_ref().map_or_else(String::new, |field| format!("the field \"{field}\""));
        let set = self.pieces(context).and_then(|pieces| Text::of(pieces, context.faces)?.set(bounds, context.faces));
        if self.field.is_some() { set.context(told()) } else { set }
    }

    fn pieces<'p>(&'p self, context: &Context<'p>) -> Result<Vec<Piece<'p>>, Error> {
        let own = match &self.field {
            Some(field) => context.scope.find(field).map(|(_, way)| way).or_else(|| Some(Arc::clone(field))),
            None => None,
        };
        let mut pieces = Vec::new();
        for (part, look) in self.runs.iter().flat_map(|(parts, look)| parts.iter().map(move |part| (part, look))) {
            let piece =
                |show, field: Option<Arc<str>>| Piece { show, look: Arc::clone(look), field: own.clone().or(field) };
            pieces.push(match part {
                Part::Literal(text) => piece(Show::Text(text), None),
                Part::Page | Part::Pages => {
                    let (page, pages) = context.page.ok_or_else(|| {
                        Error::malformed(
                            "the number of a page is not known in the flow: show it in \"fixed\" or \"every\"",
                        )
                    })?;
                    let number = if *part == Part::Page { page } else { pages };
                    piece(Show::Own(number.to_string()), None)
                }
                Part::Row => {
                    let number = context.scope.number();
                    let number = number.ok_or_else(|| Error::malformed("{@row} stands in nothing that repeats"))?;
                    piece(Show::Own(number.to_string()), None)
                }
                Part::Value(name) => match context.scope.value(name)? {
                    None => continue,
                    Some((Value::Text(text), way)) => piece(Show::Text(text), Some(way)),
                    Some((value, way)) => piece(Show::Own(said(name, value)?), Some(way)),
                },
                Part::Check { field, equals } => {
                    let found = context.scope.value(field)?;
                    let way = found.as_ref().map_or_else(|| Arc::clone(field), |(_, way)| Arc::clone(way));
                    let value = found.map(|(value, _)| value);
                    let (is_on, is_one_of_many) = ticked(field, value, equals.as_deref())?;
                    // A box is the field of what it asks, whatever the text around it shows.
                    let show = Show::Check { is_on, equals: equals.clone(), is_one_of_many };
                    Piece { show, look: Arc::clone(look), field: Some(way) }
                }
            });
        }
        Ok(pieces)
    }

    /// The text in a box.
    pub(super) fn marks(&self, area: [f64; 4], usual: Valign, context: &Context<'_>) -> Result<Vec<Mark>, Error> {
        let [left, top, width, height] = area;
        let setting = self.set(Bounds { width, height: Some(height) }, context)?;
        Ok(self.placed(setting, area, usual, (left, top), context))
    }

    /// What was set, in a box whose inside it fits; the box of an entry is all of it.
    pub(super) fn placed(
        &self,
        setting: Setting,
        area: [f64; 4],
        usual: Valign,
        at: (f64, f64),
        context: &Context<'_>,
    ) -> Vec<Mark> {
        let [_, _, _, height] = area;
        let shown = setting.into_marks(height, self.look.valign.unwrap_or(usual), at);
        match (&self.entry, &self.field) {
            (Some(entry), Some(field)) => vec![self.entry_mark(entry, field, area, shown, context)],
            _ => shown,
        }
    }

    fn entry_mark(
        &self,
        entry: &Entry,
        field: &Arc<str>,
        area: [f64; 4],
        shown: Vec<Mark>,
        context: &Context<'_>,
    ) -> Mark {
        let found = context.scope.find(field);
        let value = found.as_ref().and_then(|(value, _)| said(field, value).ok()).unwrap_or_default();
        // A blank row has fields of its own, and nothing in it has to be filled in.
        let is_there = found.is_some();
        let way = found.map_or_else(|| context.scope.way(field), |(_, way)| way);
        let kind = match entry.kind {
            EntryKind::Text | EntryKind::Lines => {
                FieldKind::Text { value, is_multiline: entry.kind == EntryKind::Lines, most: entry.most }
            }
            EntryKind::Choice | EntryKind::Open => {
                FieldKind::Choice { value, options: entry.options.clone(), is_open: entry.kind == EntryKind::Open }
            }
        };
        Mark::Field(Field {
            name: way.to_string(),
            label: Some(entry.label.clone().unwrap_or_else(|| field.to_string())),
            kind,
            area: area.map(Mm),
            font: (Arc::clone(&self.look.font), Mm(self.look.size)),
            is_required: entry.required && is_there,
            is_read_only: entry.read_only,
            shown,
        })
    }
}
