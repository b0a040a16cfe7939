//! Completing a form: what is seen, what is calculated, what has a default.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};

use crate::form::compiled::{Rules, paths};
use crate::form::expression::{Expression, Function, Scope, Trouble, Worth, over};
use crate::form::field::{Field, FieldKind};
use crate::form::json::Json;
use crate::form::read::read_one;
use crate::form::template::Template;
use crate::form::value::{Record, Value};
use crate::time::Day;

/// Values that expressions may touch while one form is judged: about a second of work. Ten thousand rows with twenty
/// rules each take a million.
const WORK: usize = 3_000_000;

/// What was worked out about one cell or field.
pub(crate) type Told = (String, Option<usize>, Trouble);

/// A form on its way to be judged.
pub(crate) struct State<'t> {
    pub(crate) template: &'t Template,
    pub(crate) values: Record,
    today: Day,
    /// Fields that do not apply.
    hidden: BTreeSet<String>,
    /// Columns that do not apply in a row.
    hidden_cells: BTreeSet<(String, usize)>,
    over_columns: RefCell<BTreeMap<String, Result<Worth, Trouble>>>,
    left: Cell<usize>,
    /// Calculations that gave nothing, and why.
    pub(crate) troubles: Vec<Told>,
}

impl<'t> State<'t> {
    /// Works out what is seen and what is calculated, in the order in which one needs the other.
    pub(crate) fn of(template: &'t Template, values: &Record, today: Day) -> Self {
        let mut state = State {
            template,
            values: values.clone(),
            today,
            hidden: BTreeSet::new(),
            hidden_cells: BTreeSet::new(),
            over_columns: RefCell::default(),
            left: Cell::new(WORK),
            troubles: Vec::new(),
        };
        let by_path: BTreeMap<String, (&Field, Option<&Field>)> =
            paths(template.sheet()).map(|(path, field, table)| (path, (field, table))).collect();
        for path in &template.compiled().order {
            let Some((field, table)) = by_path.get(path) else { continue };
            match table {
                None => state.field(path, field),
                Some(table) => state.column(path, field, table),
            }
        }
        state
    }

    fn rules(&self, path: &str) -> Option<&'t Rules> {
        self.template.compiled().rules.get(path)
    }

    fn field(&mut self, path: &str, field: &Field) {
        let Some(rules) = self.rules(path) else { return };
        if !self.holds(rules.visible.as_ref(), None, true, path) {
            self.hidden.insert(field.key.clone());
            return;
        }
        if let Some(value) = self.completed(field, rules, None, self.values.get(&field.key)) {
            self.values.insert(field.key.clone(), value);
        }
    }

    fn column(&mut self, path: &str, field: &Field, table: &Field) {
        let Some(rules) = self.rules(path) else { return };
        if self.hidden.contains(&table.key) {
            return;
        }
        for row in 0..self.row_count(&table.key) {
            let place = Some((table.key.as_str(), row));
            if !self.holds(rules.visible.as_ref(), place, true, path) {
                self.hidden_cells.insert((path.to_owned(), row));
                continue;
            }
            let own = self.cell(&table.key, row, &field.key);
            if let Some(value) = self.completed(field, rules, place, own)
                && let Some(Value::Rows(rows)) = self.values.get_mut(&table.key)
                && let Some(record) = rows.get_mut(row)
            {
                record.insert(field.key.clone(), value);
            }
        }
    }

    /// The value that goes in place of the own one, if any does.
    fn completed(
        &self,
        field: &Field,
        rules: &Rules,
        row: Option<(&str, usize)>,
        own: Option<&Value>,
    ) -> Option<Value> {
        if field.kind == FieldKind::Calculated {
            let worth = rules.value.as_ref()?.worth(&View { state: self, row });
            let value = worth.ok().and_then(Value::of_worth);
            return value.map(|value| rounded(value, field)).or(Some(Value::Text(String::new())));
        }
        let missing = own.is_none_or(Value::is_empty);
        let default = field.default.as_ref().filter(|_| missing)?;
        read_one(&Json::from_serde(default), field, self.template)
    }

    /// Whether a condition holds; without one, or when it cannot be told, `otherwise`.
    fn holds(
        &mut self,
        condition: Option<&Expression>,
        row: Option<(&str, usize)>,
        otherwise: bool,
        path: &str,
    ) -> bool {
        let Some(condition) = condition else { return otherwise };
        match condition.worth(&View { state: self, row }) {
            Ok(worth) => worth.is_true(),
            Err(trouble) => {
                self.troubles.push((path.to_owned(), row.map(|(_, row)| row), trouble));
                otherwise
            }
        }
    }

    /// The worth of an expression in a row or outside of one.
    pub(crate) fn worth(&self, expression: &Expression, row: Option<(&str, usize)>) -> Result<Worth, Trouble> {
        expression.worth(&View { state: self, row })
    }

    pub(crate) fn is_hidden(&self, path: &str, row: Option<usize>) -> bool {
        match row {
            None => self.hidden.contains(path),
            Some(row) => !self.hidden_cells.is_empty() && self.hidden_cells.contains(&(path.to_owned(), row)),
        }
    }

    pub(crate) fn row_count(&self, table: &str) -> usize {
        match self.values.get(table) {
            Some(Value::Rows(rows)) => rows.len(),
            _ => 0,
        }
    }

    fn cell(&self, table: &str, row: usize, column: &str) -> Option<&Value> {
        match self.values.get(table) {
            Some(Value::Rows(rows)) => rows.get(row)?.get(column),
            _ => None,
        }
    }

    /// Takes out what does not apply.
    pub(crate) fn without_hidden(mut self) -> Record {
        for key in &self.hidden {
            self.values.remove(key);
        }
        for (path, row) in &self.hidden_cells {
            let Some((table, column)) = path.split_once('.') else { continue };
            if let Some(Value::Rows(rows)) = self.values.get_mut(table)
                && let Some(record) = rows.get_mut(*row)
            {
                record.remove(column);
            }
        }
        self.values.retain(|_, value| !value.is_empty());
        self.values
    }
}

/// As many decimals as the field has; a calculation that divides has more than anybody writes.
fn rounded(value: Value, field: &Field) -> Value {
    match (value, field.decimals) {
        (Value::Number(number), decimals) => Value::Number(number.rounded(decimals.unwrap_or(10).min(10))),
        (value, _) => value,
    }
}

/// What an expression sees: the form, or one of a table's rows and the form behind it.
struct View<'s, 't> {
    state: &'s State<'t>,
    row: Option<(&'s str, usize)>,
}

impl Scope for View<'_, '_> {
    fn today(&self) -> Day {
        self.state.today
    }

    fn name(&self, name: &str) -> Worth {
        if let Some((table, row)) = self.row
            && let Some(field) = self.state.template.field(table)
            && field.columns.iter().any(|column| column.key == name)
        {
            let hidden = self.state.is_hidden(&format!("{table}.{name}"), Some(row));
            return match self.state.cell(table, row, name) {
                Some(value) if !hidden => value.worth(),
                _ => Worth::Nothing,
            };
        }
        match self.state.values.get(name) {
            Some(value) if !self.state.hidden.contains(name) => value.worth(),
            _ => Worth::Nothing,
        }
    }

    fn rows(&self, table: &str) -> usize {
        self.state.row_count(table)
    }

    fn column(&self, table: &str, column: &str) -> Vec<Worth> {
        if self.state.hidden.contains(table) {
            return Vec::new();
        }
        let path = format!("{table}.{column}");
        let worth = |row| match self.state.cell(table, row, column) {
            Some(value) if !self.state.is_hidden(&path, Some(row)) => value.worth(),
            _ => Worth::Nothing,
        };
        (0..self.state.row_count(table)).map(worth).collect()
    }

    fn over_column(&self, function: Function, table: &str, column: &str) -> Result<Worth, Trouble> {
        let key = format!("{function:?} {table}.{column}");
        if let Some(known) = self.state.over_columns.borrow().get(&key) {
            return known.clone();
        }
        self.spend(self.state.row_count(table))?;
        let worth = over(function, self.column(table, column));
        self.state.over_columns.borrow_mut().insert(key, worth.clone());
        worth
    }

    fn spend(&self, work: usize) -> Result<(), Trouble> {
        let left = self.state.left.get().checked_sub(work);
        // Whoever asked for too much gets nothing more, not even a little.
        self.state.left.set(left.unwrap_or(0));
        left.map(|_| ()).ok_or(Trouble::TooMuch)
    }
}
