//! Judging what was filled in.

use crate::error::Error;
use crate::finding::{Check, Finding, Verdict, checks};
use crate::form::expression::{Trouble, Worth};
use crate::form::field::{Field, FieldKind, Role};
use crate::form::instance::Instance;
use crate::form::prefill::value_digest;
use crate::form::remark::{Place, Remark};
use crate::form::state::State;
use crate::form::template::Template;
use crate::form::value::{Record, Value};
use crate::form::wrong::{self, Limits as Bounds};
use crate::time::Day;

/// Under which circumstances a form is judged.
#[derive(Clone, Debug)]
pub struct Circumstances<'a> {
    /// The day on which it is filled in; what rules call `today`.
    pub today: Day,
    /// The workflow's step: fields of later steps are not asked for, and those that the step may not change have to
    /// be as before. Without one the form is judged as a whole.
    pub step: Option<&'a str>,
    /// The form as it came into this step; without it, an empty one.
    pub before: Option<&'a Instance>,
}

impl Circumstances<'_> {
    /// The whole form, on this day.
    #[must_use]
    pub fn on(today: Day) -> Self {
        Circumstances { today, step: None, before: None }
    }
}

/// What was found about an instance.
#[derive(Clone, Debug)]
#[must_use = "a report says nothing until it is read, or require_valid is called"]
pub struct InstanceReport<'t> {
    template: &'t Template,
    instance: Instance,
    today: Day,
    remarks: Vec<Remark>,
}

/// An instance that was found valid: complete, with what is calculated and without what does not apply. Only such
/// are rendered.
#[derive(Clone, Debug)]
pub struct ValidInstance<'t> {
    pub(crate) template: &'t Template,
    pub(crate) instance: Instance,
    pub(crate) today: Day,
}

impl Template {
    /// Judges an instance. It is completed first: defaults are put in where nothing was filled in, what is calculated
    /// is, and what was given for it is compared.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotValid`](crate::ErrorKind::NotValid) when the template cannot be filled in,
    /// [`ErrorKind::Misuse`](crate::ErrorKind::Misuse) when it has no such step.
    pub fn judge(&self, instance: &Instance, under: &Circumstances<'_>) -> Result<InstanceReport<'_>, Error> {
        self.require_good()?;
        let now = under.step.map(|step| self.step_number(step)).transpose()?;
        let state = State::of(self, &instance.values, under.today);
        let mut judge =
            Judge { template: self, state: &state, now, given: &instance.values, too_much: false, remarks: Vec::new() };
        judge.remarks = instance.remarks(self);
        judge.fields();
        judge.troubles();
        judge.rules();
        if let Some(step) = under.step {
            judge.unchanged(step, under.before.map(|before| &before.values));
        }
        judge.evidence(instance)?;
        let remarks = judge.remarks;
        let completed = Instance { values: state.without_hidden(), ..instance.clone() };
        Ok(InstanceReport { template: self, instance: completed, today: under.today, remarks })
    }

    fn step_number(&self, step: &str) -> Result<usize, Error> {
        self.steps().iter().position(|own| own.key == step).ok_or_else(|| {
            let known: Vec<&str> = self.steps().iter().map(|own| own.key.as_str()).collect();
            Error::misuse(format!("the form has no step \"{step}\"; its steps are {}", known.join(", ")))
        })
    }
}

impl<'t> InstanceReport<'t> {
    /// What is to be said, field by field.
    #[must_use]
    pub fn remarks(&self) -> &[Remark] {
        &self.remarks
    }

    /// The conclusion: valid when nothing that is needed is to be said.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        match self.remarks.iter().any(|remark| remark.needed) {
            true => Verdict::Invalid,
            false => Verdict::Valid,
        }
    }

    /// The remarks as findings; one that passes when there are none.
    #[must_use]
    pub fn findings(&self) -> Vec<Finding> {
        match self.remarks.is_empty() {
            true => vec![Finding::pass(checks::FORM_VALUE_RULE, "every value keeps the rules of the template")],
            false => self.remarks.iter().map(Remark::finding).collect(),
        }
    }

    /// The instance as it was completed, valid or not.
    #[must_use]
    pub fn instance(&self) -> &Instance {
        &self.instance
    }

    /// Turns the report into evidence, which is what rendering asks for.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotValid`](crate::ErrorKind::NotValid) with the findings that say no.
    pub fn require_valid(self) -> Result<ValidInstance<'t>, Error> {
        let InstanceReport { template, instance, today, remarks } = self;
        let against: Vec<Finding> = remarks.iter().filter(|remark| remark.needed).map(Remark::finding).collect();
        match against.is_empty() {
            true => Ok(ValidInstance { template, instance, today }),
            false => Err(Error::not_valid(format!("the form {template} is not filled in rightly"), against)),
        }
    }
}

impl<'t> ValidInstance<'t> {
    /// The template.
    #[must_use]
    pub fn template(&self) -> &'t Template {
        self.template
    }

    /// What was filled in and completed.
    #[must_use]
    pub fn instance(&self) -> &Instance {
        &self.instance
    }
}

struct Judge<'j> {
    template: &'j Template,
    state: &'j State<'j>,
    /// The step's number; none for the whole form.
    now: Option<usize>,
    given: &'j Record,
    /// Whether it was told that the rules ask for too much.
    too_much: bool,
    remarks: Vec<Remark>,
}

impl Judge<'_> {
    fn fields(&mut self) {
        for field in self.template.fields() {
            let value = self.state.values.get(&field.key).filter(|value| !value.is_empty());
            let given = self.given.get(&field.key).filter(|value| !value.is_empty());
            let place = Place::of(field);
            self.one(field, &field.key, None, [value, given], &place);
            if let (FieldKind::Table, Some(Value::Rows(rows))) = (field.kind, value)
                && !self.state.is_hidden(&field.key, None)
            {
                self.rows(field, rows, &place);
            }
        }
    }

    fn rows(&mut self, table: &Field, rows: &[Record], place: &Place) {
        let given = match self.given.get(&table.key) {
            Some(Value::Rows(given)) => given.as_slice(),
            _ => &[],
        };
        let columns: Vec<_> =
            table.columns.iter().map(|field| (field, format!("{}.{}", table.key, field.key))).collect();
        for (at, row) in rows.iter().enumerate() {
            for (field, path) in &columns {
                let filled = |row: &Record| row.get(&field.key).filter(|value| !value.is_empty()).cloned();
                let (value, given) = (filled(row), given.get(at).and_then(filled));
                let here = || place.row(at).column(field);
                // Names are made when something is to be said: ten thousand rows have a hundred thousand cells.
                let before = self.remarks.len();
                self.one(field, path, Some((&table.key, at)), [value.as_ref(), given.as_ref()], &Place::of(field));
                for remark in self.remarks.iter_mut().skip(before) {
                    remark.move_to(&Place::of(field), &here());
                }
            }
        }
    }

    /// A field, or a column in a row, with its value as completed and as given.
    fn one(
        &mut self,
        field: &Field,
        path: &str,
        row: Option<(&str, usize)>,
        [value, given]: [Option<&Value>; 2],
        place: &Place,
    ) {
        let hidden = self.state.is_hidden(path, row.map(|(_, row)| row));
        if hidden {
            if given.is_some() {
                self.tell(checks::FORM_VALUE_HIDDEN, place, wrong::HIDDEN);
            }
            return;
        }
        if !field.kind.has_value() {
            if given.is_some() {
                self.tell(checks::FORM_VALUE_UNKNOWN, place, wrong::NO_VALUE);
            }
            return;
        }
        if field.kind == FieldKind::Calculated {
            self.calculated(value, given, place);
        }
        match value {
            None if self.is_required(field, path, row) => {
                self.tell(checks::FORM_VALUE_REQUIRED, place, wrong::REQUIRED)
            }
            None => {}
            Some(value) => {
                let (min, max) = (self.bound(path, row, false, place), self.bound(path, row, true, place));
                let pattern = self.template.compiled().rules.get(path).and_then(|rules| rules.pattern.as_ref());
                let bounds = Bounds { min, max, pattern, table: self.template.sheet().table(field) };
                for (check, (chinese, english)) in wrong::with_value(field, value, &bounds) {
                    self.remarks.push(Remark::new(check, place, chinese, english));
                }
            }
        }
    }

    fn tell(&mut self, check: Check, place: &Place, (chinese, english): (&str, &str)) {
        self.remarks.push(Remark::new(check, place, chinese, english));
    }

    fn is_required(&self, field: &Field, path: &str, row: Option<(&str, usize)>) -> bool {
        if field.kind == FieldKind::Calculated || !self.is_due(field) {
            return false;
        }
        let condition = self.template.compiled().rules.get(path).and_then(|rules| rules.required.as_ref());
        let by_condition =
            condition.is_some_and(|condition| self.state.worth(condition, row).is_ok_and(|worth| worth.is_true()));
        field.required || by_condition || field.min_rows.is_some_and(|least| least > 0)
    }

    /// Whether the field belongs to this step or an earlier one.
    fn is_due(&self, field: &Field) -> bool {
        let Some(now) = self.now else { return true };
        let steps = self.template.steps();
        field.edit.is_empty() || steps.iter().take(now.saturating_add(1)).any(|step| field.is_editable_in(&step.key))
    }

    fn bound(&mut self, path: &str, row: Option<(&str, usize)>, upper: bool, place: &Place) -> Option<Worth> {
        let rules = self.template.compiled().rules.get(path)?;
        let bound = if upper { rules.max.as_ref()? } else { rules.min.as_ref()? };
        match self.state.worth(bound, row) {
            Ok(worth) => Some(worth),
            Err(trouble) => {
                self.trouble(place, &trouble);
                None
            }
        }
    }

    fn calculated(&mut self, value: Option<&Value>, given: Option<&Value>, place: &Place) {
        let Some(given) = given else { return };
        if value != Some(given) {
            self.tell(checks::FORM_VALUE_CALCULATED, place, wrong::CALCULATED);
        }
    }

    fn troubles(&mut self) {
        for (path, row, trouble) in &self.state.troubles {
            let place = self.place_of(path, *row);
            self.trouble(&place, trouble);
        }
        for (path, rules) in &self.template.compiled().rules {
            let Some(value) = &rules.value else { continue };
            let (table, rows) = match path.split_once('.') {
                Some((table, _)) => (Some(table), self.state.row_count(table)),
                None => (None, 1),
            };
            for row in 0..rows {
                if self.state.is_hidden(path, table.map(|_| row)) {
                    continue;
                }
                if let Err(trouble) = self.state.worth(value, table.map(|table| (table, row))) {
                    let place = self.place_of(path, table.map(|_| row));
                    self.trouble(&place, &trouble);
                    break;
                }
            }
        }
    }

    fn trouble(&mut self, place: &Place, trouble: &Trouble) {
        // Once there is too much work, there is for everything that follows.
        if *trouble == Trouble::TooMuch && std::mem::replace(&mut self.too_much, true) {
            return;
        }
        let (english, chinese) = match trouble {
            Trouble::Cannot(english, chinese) => (*english, *chinese),
            Trouble::TooMuch => ("the rules ask for more work than a form may", "计算量超出限制"),
        };
        let (chinese, english) = (format!("无法计算：{chinese}"), format!("cannot be calculated: {english}"));
        self.remarks.push(Remark::new(checks::FORM_VALUE_CALCULATED, place, chinese, english));
    }

    fn place_of(&self, path: &str, row: Option<usize>) -> Place {
        let (key, column) = path.split_once('.').map_or((path, None), |(table, column)| (table, Some(column)));
        let Some(field) = self.template.field(key) else { return Place::default() };
        let place = Place::of(field);
        let place = row.map_or(place.clone(), |row| place.row(row));
        match column.and_then(|column| field.columns.iter().find(|own| own.key == column)) {
            Some(column) => place.column(column),
            None => place,
        }
    }

    fn rules(&mut self) {
        let sheet = self.template.sheet();
        for (rule, (when, holds)) in sheet.rules.iter().zip(&self.template.compiled().between) {
            let field = rule.field.as_deref().and_then(|key| self.template.field(key));
            // A rule about a field of a later step waits for it.
            if field.is_some_and(|field| !self.is_due(field)) {
                continue;
            }
            let place = field.map(Place::of).unwrap_or_default();
            let applies = match when.as_ref().map(|when| self.state.worth(when, None)) {
                None => true,
                Some(Ok(worth)) => worth.is_true(),
                Some(Err(trouble)) => {
                    self.trouble(&place, &trouble);
                    continue;
                }
            };
            let Some(holds) = holds.as_ref().filter(|_| applies) else { continue };
            match self.state.worth(holds, None) {
                Ok(worth) if worth.is_true() => {}
                Ok(_) => self.tell(checks::FORM_VALUE_RULE, &place, (&rule.chinese, &rule.english)),
                Err(trouble) => self.trouble(&place, &trouble),
            }
        }
    }

    /// What a step may not change is as it came in.
    fn unchanged(&mut self, step: &str, before: Option<&Record>) {
        for field in self.template.fields().iter().filter(|field| field.kind.has_value()) {
            if field.role != Role::Filled || field.kind == FieldKind::Calculated || field.is_editable_in(step) {
                continue;
            }
            let filled = |record: &&Record| record.get(&field.key).filter(|value| !value.is_empty()).cloned();
            if filled(&self.given) != before.as_ref().and_then(filled) {
                self.tell(checks::FORM_VALUE_READ_ONLY, &Place::of(field), wrong::READ_ONLY);
            }
        }
    }

    fn evidence(&mut self, instance: &Instance) -> Result<(), Error> {
        for evidence in &instance.evidence {
            for (key, digest) in &evidence.fields {
                let Some(field) = self.template.field(key) else { continue };
                let own = instance.values.get(key).map(value_digest).transpose()?;
                if own.as_deref() != Some(digest) {
                    let (chinese, english) = wrong::no_longer(&evidence.identifier);
                    let remark = Remark::new(checks::FORM_VALUE_EVIDENCE, &Place::of(field), chinese, english);
                    self.remarks.push(remark.not_needed());
                }
            }
        }
        Ok(())
    }
}
