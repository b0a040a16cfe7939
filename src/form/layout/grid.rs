//! Ruled tables, as most forms of government bodies are: labels beside what is filled in, sections named at the
//! side, opinions with room for a seal.

use serde::{Deserialize, Serialize};

use crate::compose::{
    Align, Aspect, Block, Borders, Cell, Element, Entry, EntryKind, Fit, Image, Layout, Margins, On, Orientation,
    PageMaster, PageSetup, Paper, Row, Running, SealSlot, Size, Style, StyleOf, Table, TextBlock, Valign,
};
use crate::form::codes::all;
use crate::form::field::{Field, FieldKind, Role};
use crate::form::template::Sheet;

/// How many columns the ruled table is built of.
const UNITS: usize = 24;
/// Columns that a label takes, and that a section's name at the side takes.
const LABEL: usize = 3;
const SIDE: usize = 1;
/// Left and right, in millimetres.
const MARGINS: (f64, f64) = (20.0, 18.0);

/// A ruled table.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub(crate) struct Grid {
    #[serde(skip_serializing_if = "is_default")]
    pub(crate) landscape: bool,
    /// Above the table, at the left and at the right.
    #[serde(skip_serializing_if = "is_default")]
    pub(crate) head: Vec<String>,
    /// The height of a row, in millimetres.
    #[serde(skip_serializing_if = "is_default")]
    pub(crate) height: Option<f64>,
    pub(crate) blocks: Vec<Part>,
}

/// A part of the table.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) enum Part {
    /// Rows of labels and fields.
    Rows(Rows),
    /// A table whose rows repeat.
    Table(Repeated),
    /// Words, such as a promise, an opinion, with places for signatures and seals.
    Words(Words),
}

/// Rows of labels and fields: `"name"`, or `"name:2"` for twice the room, `"name:1:5"` for a label of five columns.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub(crate) struct Rows {
    /// The section's name at the side.
    #[serde(skip_serializing_if = "is_default")]
    pub(crate) side: Option<String>,
    pub(crate) rows: Vec<Vec<String>>,
    /// A picture at the right of the first rows.
    #[serde(skip_serializing_if = "is_default")]
    pub(crate) photo: Option<String>,
    #[serde(skip_serializing_if = "is_default")]
    pub(crate) height: Option<f64>,
}

/// A table whose rows repeat.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub(crate) struct Repeated {
    pub(crate) field: String,
    /// Its heading; by default the field's label.
    #[serde(skip_serializing_if = "is_default")]
    pub(crate) title: Option<String>,
    /// How much room each column takes, in proportion.
    #[serde(skip_serializing_if = "is_default")]
    pub(crate) widths: Vec<usize>,
    /// Whether the rows are numbered.
    #[serde(skip_serializing_if = "is_default")]
    pub(crate) numbered: bool,
    /// Up to how many rows are filled with blank ones.
    #[serde(skip_serializing_if = "is_default")]
    pub(crate) least: usize,
}

/// Words with places for signatures and seals.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub(crate) struct Words {
    /// The label at the left.
    #[serde(skip_serializing_if = "is_default")]
    pub(crate) label: Option<String>,
    pub(crate) text: String,
    #[serde(skip_serializing_if = "is_default")]
    pub(crate) field: Option<String>,
    #[serde(skip_serializing_if = "is_default")]
    pub(crate) slots: Vec<Slot>,
    #[serde(skip_serializing_if = "is_default")]
    pub(crate) height: Option<f64>,
}

/// A place for a signature or a seal, with the lines that it goes over.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub(crate) struct Slot {
    #[serde(skip_serializing_if = "is_default")]
    pub(crate) seal: Option<String>,
    /// Width and height in millimetres; a round seal of 42 mm by default.
    #[serde(skip_serializing_if = "is_default")]
    pub(crate) size: Option<[f64; 2]>,
    pub(crate) lines: Vec<String>,
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

/// A field in a row, as written.
struct Place<'g> {
    key: &'g str,
    weight: usize,
    label: usize,
}

fn place(written: &str) -> Option<Place<'_>> {
    let mut parts = written.split(':');
    let key = parts.next()?;
    let mut number = |usual: usize| parts.next().map_or(Some(usual), |part| part.parse().ok().filter(|n| *n <= UNITS));
    let (weight, label) = (number(1)?, number(LABEL)?);
    (weight > 0 && parts.next().is_none()).then_some(Place { key, weight, label })
}

impl Grid {
    /// One field below the other, for plain forms.
    pub(crate) fn plain(sheet: &Sheet) -> Self {
        let mut blocks = Vec::new();
        let mut seals = Vec::new();
        for field in sheet.fields.iter().filter(|field| field.role != Role::Hidden) {
            match field.kind {
                FieldKind::Seal => seals.push(Slot {
                    seal: Some(field.key.clone()),
                    lines: vec![format!("{}：", field.label)],
                    ..Slot::default()
                }),
                FieldKind::Table => {
                    blocks.push(Part::Table(Repeated { field: field.key.clone(), least: 3, ..Repeated::default() }));
                }
                FieldKind::Static => blocks.push(Part::Words(Words {
                    text: format!("{{{}}}", field.key),
                    field: Some(field.key.clone()),
                    ..Words::default()
                })),
                _ => {
                    blocks.push(Part::Rows(Rows { rows: vec![vec![format!("{}:1:5", field.key)]], ..Rows::default() }))
                }
            }
        }
        if !seals.is_empty() {
            blocks.push(Part::Words(Words { slots: seals, ..Words::default() }));
        }
        Grid { blocks, ..Grid::default() }
    }

    /// What is wrong with the way it is written.
    pub(crate) fn examine(&self, sheet: &Sheet, tell: &mut dyn FnMut(String)) {
        let is_table = |key: &str| sheet.field(key).is_some_and(|field| field.kind == FieldKind::Table);
        for block in &self.blocks {
            match block {
                Part::Rows(rows) => {
                    for written in rows.rows.iter().flatten() {
                        match place(written).map(|place| sheet.field(place.key)) {
                            None => tell(format!("\"{written}\" is no place of a field: write key:weight:label")),
                            Some(None) => tell(format!("the layout asks for \"{written}\", which no field is called")),
                            Some(Some(_)) => {}
                        }
                    }
                    let side = if rows.side.is_some() { SIDE } else { 0 };
                    let taken = |row: &Vec<String>| {
                        row.iter().filter_map(|one| place(one)).map(|one| one.label + 1).sum::<usize>()
                    };
                    if rows.rows.iter().any(|row| taken(row) + side > UNITS || row.is_empty()) {
                        tell("a row of the layout has no fields, or more than fit its width".into());
                    }
                }
                Part::Table(repeated) if !is_table(&repeated.field) => {
                    tell(format!("the layout asks for the table \"{}\", which no table is called", repeated.field));
                }
                Part::Table(repeated) => {
                    let columns = sheet.field(&repeated.field).map_or(0, |field| shown_columns(field).count());
                    if !repeated.widths.is_empty() && repeated.widths.len() != columns {
                        let widths = repeated.widths.len();
                        tell(format!("{}: {widths} widths for {columns} columns", repeated.field));
                    }
                    if columns + usize::from(repeated.numbered) > UNITS {
                        tell(format!("{}: more columns than fit the page", repeated.field));
                    }
                }
                Part::Words(_) => {}
            }
        }
        if self.head.len() > 2 {
            tell("above the table there is room at the left and at the right only".into());
        }
    }

    /// The pages.
    pub(crate) fn pages(&self, sheet: &Sheet) -> Layout {
        let (left, right) = MARGINS;
        let width = if self.landscape { 297.0 } else { 210.0 } - left - right;
        let mut flow = vec![Block::Text(TextBlock {
            text: sheet.title.clone().unwrap_or_else(|| sheet.name.clone()),
            style: Some(StyleOf::Named("title".into())),
            after: 4.0,
            keep: true,
            ..TextBlock::default()
        })];
        if !self.head.is_empty() {
            flow.push(Block::Table(self.head_table(width)));
        }
        let mut rows = Vec::new();
        for block in &self.blocks {
            match block {
                Part::Rows(part) => rows.extend(field_rows(part, sheet, self.height)),
                Part::Table(part) => rows.extend(table_rows(part, sheet, self.height)),
                Part::Words(part) => rows.push(words_row(part, sheet, width)),
            }
        }
        flow.push(Block::Table(ruled(width, rows)));
        notes(sheet, &mut flow);
        let orientation = if self.landscape { Orientation::Landscape } else { Orientation::Portrait };
        let margins = Margins { top: 20.0, right, bottom: 20.0, left };
        let page = PageSetup { paper: Paper::A4, orientation, margins };
        let height = if self.landscape { 210.0 } else { 297.0 };
        Layout {
            page,
            style: Style { font: Some("song".into()), size: Some(Size(10.5)), ..Style::default() },
            styles: styles(),
            pages: vec![PageMaster { flow, ..PageMaster::default() }],
            every: vec![foot(left, width, height)],
            watermark: None,
        }
    }

    fn head_table(&self, width: f64) -> Table {
        let cell = |(at, text): (usize, &String)| Cell {
            text: text.clone(),
            style: Some(StyleOf::Named(if at == 0 { "head-left" } else { "head-right" }.into())),
            ..Cell::default()
        };
        let columns = vec![width / self.head.len().max(1) as f64; self.head.len()];
        let row = Row { height: 6.5, cells: self.head.iter().enumerate().map(cell).collect(), ..Row::default() };
        Table {
            borders: Borders { outer: 0.0, inner: 0.0, ..Borders::default() },
            keep: true,
            after: 1.0,
            ..bare(columns, vec![row])
        }
    }
}

/// A table with nothing but columns and rows.
fn bare(columns: Vec<f64>, rows: Vec<Row>) -> Table {
    Table {
        id: None,
        area: None,
        columns,
        rows,
        header: 0,
        borders: Borders::default(),
        padding: [1.4, 1.2],
        style: None,
        before: 0.0,
        after: 0.0,
        keep: false,
    }
}

fn ruled(width: f64, rows: Vec<Row>) -> Table {
    Table { style: Some(StyleOf::Named("cell".into())), ..bare(vec![width / UNITS as f64; UNITS], rows) }
}

fn styles() -> std::collections::BTreeMap<String, Style> {
    let shrink = |size: f64| Some(Fit { wrap: None, shrink: Some(Size(size)) });
    let aligned =
        |align: Align| Style { align: Some(align), valign: Some(Valign::Middle), fit: shrink(6.5), ..Style::default() };
    let title = Style { font: Some("hei".into()), size: Some(Size(18.0)), ..aligned(Align::Centre) };
    let heading = Style { font: Some("hei".into()), ..aligned(Align::Centre) };
    let words = Style { align: Some(Align::Left), valign: Some(Valign::Top), fit: shrink(7.5), ..Style::default() };
    let small = Style { size: Some(Size(9.0)), align: Some(Align::Left), pitch: Some(4.6), ..Style::default() };
    [
        ("title", title),
        ("cell", aligned(Align::Left)),
        ("label", aligned(Align::Centre)),
        ("centre", aligned(Align::Centre)),
        ("heading", heading),
        ("words", Style { indent: Some(2.0), ..words.clone() }),
        ("opinion", words),
        ("sign", aligned(Align::Right)),
        ("head-left", aligned(Align::Left)),
        ("head-right", aligned(Align::Right)),
        ("note", small.clone()),
        ("foot", Style { size: Some(Size(9.0)), align: Some(Align::Centre), ..small }),
    ]
    .map(|(name, style)| (name.to_owned(), style))
    .into()
}

fn named(style: &str) -> Option<StyleOf> {
    Some(StyleOf::Named(style.into()))
}

fn notes(sheet: &Sheet, flow: &mut Vec<Block>) {
    let mut lines = Vec::new();
    for (at, note) in sheet.notes.iter().enumerate() {
        lines.push(format!("{}．{}", at.saturating_add(1), escaped(note)));
    }
    if lines.is_empty() {
        return;
    }
    let text = format!("填表说明：\n{}", lines.join("\n"));
    flow.push(Block::Text(TextBlock { text, style: named("note"), before: 2.5, ..TextBlock::default() }));
}

/// Braces of the form's own words stand for themselves.
fn escaped(text: &str) -> String {
    text.replace('{', "{{")
}

fn foot(left: f64, width: f64, height: f64) -> Running {
    let text = TextBlock {
        area: Some([left, height - 14.0, width, 6.0]),
        text: "第 {@page} 页　共 {@pages} 页".into(),
        style: named("foot"),
        ..TextBlock::default()
    };
    Running { on: On::All, elements: vec![Element::Text(text)] }
}

fn field_rows(part: &Rows, sheet: &Sheet, usual: Option<f64>) -> Vec<Row> {
    let height = part.height.or(usual).unwrap_or(9.0);
    let side = if part.side.is_some() { SIDE } else { 0 };
    let photo_rows = if part.photo.is_some() { part.rows.len().min(4) } else { 0 };
    let mut made = Vec::new();
    for (at, row) in part.rows.iter().enumerate() {
        let photo = if at < photo_rows { PHOTO } else { 0 };
        let mut cells = Vec::new();
        if let (0, Some(name)) = (at, &part.side) {
            let letters: Vec<String> = name.chars().map(String::from).collect();
            let text = escaped(&letters.join("\n"));
            cells.push(Cell { rows: part.rows.len(), text, style: named("label"), ..Cell::default() });
        }
        let places: Vec<Place<'_>> = row.iter().filter_map(|written| place(written)).collect();
        let labels: usize = places.iter().map(|place| place.label).sum();
        let room = UNITS.saturating_sub(side).saturating_sub(photo).saturating_sub(labels);
        let shares = shared(room, &places.iter().map(|place| place.weight).collect::<Vec<_>>());
        let mut highest = height;
        for (place, columns) in places.iter().zip(shares) {
            let Some(field) = sheet.field(place.key) else { continue };
            if place.label > 0 {
                let text = balanced(&field.label, place.label);
                cells.push(Cell { columns: place.label, text, style: named("label"), ..Cell::default() });
            }
            highest = highest.max(least_height(field));
            cells.push(Cell { columns, ..filled(field, sheet, "cell") });
        }
        if let (0, Some(key)) = (at, &part.photo) {
            let image =
                Image { id: Some(key.clone()), field: Some(key.clone()), aspect: Aspect::Contain, ..Image::default() };
            let label = sheet.field(key).map_or("照片", |field| field.label.as_str());
            // Where no picture is, stands what goes there.
            let blank =
                TextBlock { id: Some(blank(key)), text: escaped(label), style: named("label"), ..TextBlock::default() };
            let elements = vec![Element::Text(blank), Element::Image(image)];
            cells.push(Cell { columns: PHOTO, rows: photo_rows, elements, ..Cell::default() });
        }
        made.push(Row { height: if photo > 0 { highest.max(10.0) } else { highest }, cells, ..Row::default() });
    }
    made
}

/// A label that takes several lines, with as many characters on each; what is bracketed stands by itself.
fn balanced(label: &str, columns: usize) -> String {
    // A column is 7.16 mm wide, a character 3.71 mm, and the cell has a padding of 2.8 mm.
    let fit = ((columns as f64 * 7.16 - 2.8) / 3.71).floor().max(1.0) as usize;
    if label.chars().count() <= fit {
        return escaped(label);
    }
    let bracket = label.find('（').filter(|at| *at > 0 && label.chars().count() <= fit.saturating_mul(2));
    let (before, bracketed) = label.split_at(bracket.unwrap_or(label.len()));
    let mut lines: Vec<String> = Vec::new();
    for part in [before, bracketed].into_iter().filter(|part| !part.is_empty()) {
        let letters: Vec<char> = part.chars().collect();
        let count = letters.len().div_ceil(fit).max(1);
        lines.extend(letters.chunks(letters.len().div_ceil(count)).map(|line| line.iter().collect::<String>()));
    }
    escaped(&lines.join("\n"))
}

/// The name of the words that stand where a picture would.
pub(crate) fn blank(key: &str) -> String {
    format!("{key}-blank")
}

/// Columns that a photo takes: 28 mm and a margin.
const PHOTO: usize = 4;

fn least_height(field: &Field) -> f64 {
    match field.kind {
        FieldKind::Text | FieldKind::Attachments => 16.0,
        FieldKind::Image => 40.0,
        _ => 0.0,
    }
}

/// Whole columns in proportion to weights; at least one for each.
fn shared(room: usize, weights: &[usize]) -> Vec<usize> {
    let total: usize = weights.iter().sum::<usize>().max(1);
    let mut before = 0;
    let mut taken = 0;
    let mut shares = Vec::new();
    for (at, weight) in weights.iter().enumerate() {
        before += weight;
        let left = weights.len().saturating_sub(at).saturating_sub(1);
        let end = (room * before / total).max(taken + 1).min(room.saturating_sub(left).max(taken + 1));
        shares.push(end - taken);
        taken = end;
    }
    shares
}

/// The cell that shows a field.
fn filled(field: &Field, sheet: &Sheet, style: &str) -> Cell {
    let key = Some(field.key.clone());
    match field.kind {
        FieldKind::Radio | FieldKind::Check => {
            Cell { text: choices(field, sheet), field: key, style: named(style), ..Cell::default() }
        }
        FieldKind::Image => {
            let image = Image { id: key.clone(), field: key, aspect: Aspect::Contain, ..Image::default() };
            Cell { elements: vec![Element::Image(image)], ..Cell::default() }
        }
        _ => Cell { field: key, entry: Some(entry(field, sheet)), style: named(style), ..Cell::default() },
    }
}

/// Every option with a box before it.
fn choices(field: &Field, sheet: &Sheet) -> String {
    let mut entries = Vec::new();
    all(sheet.table(field), &mut entries);
    if entries.is_empty() {
        return format!("{{?{}}}是", field.key);
    }
    let option = |name: &str| format!("{{?{}={name}}}{}", field.key, escaped(name));
    entries.iter().map(|entry| option(&entry.name)).collect::<Vec<_>>().join("　")
}

fn entry(field: &Field, sheet: &Sheet) -> Entry {
    let mut options = Vec::new();
    if field.kind == FieldKind::Select {
        let mut entries = Vec::new();
        all(sheet.table(field), &mut entries);
        options = entries.into_iter().map(|entry| entry.name.clone()).collect();
    }
    let kind = match field.kind {
        FieldKind::Select => EntryKind::Choice,
        FieldKind::Text | FieldKind::Attachments => EntryKind::Lines,
        _ => EntryKind::Text,
    };
    Entry {
        kind,
        label: Some(field.label.clone()),
        required: field.required,
        read_only: field.role != Role::Filled || field.kind == FieldKind::Calculated,
        most: field.max_length.filter(|_| field.kind.is_text()).and_then(|most| u32::try_from(most).ok()),
        options,
    }
}

fn shown_columns(field: &Field) -> impl Iterator<Item = &Field> {
    field.columns.iter().filter(|column| column.role != Role::Hidden)
}

fn table_rows(part: &Repeated, sheet: &Sheet, usual: Option<f64>) -> Vec<Row> {
    let Some(table) = sheet.field(&part.field) else { return Vec::new() };
    let height = usual.unwrap_or(8.0);
    let columns: Vec<&Field> = shown_columns(table).collect();
    let numbered = usize::from(part.numbered);
    let weights = if part.widths.is_empty() { vec![1; columns.len()] } else { part.widths.clone() };
    let shares = shared(UNITS.saturating_sub(numbered), &weights);
    let title = part.title.clone().unwrap_or_else(|| table.label.clone());
    let heading = Cell { columns: UNITS, text: escaped(&title), style: named("heading"), ..Cell::default() };
    let (mut labels, mut cells) = (Vec::new(), Vec::new());
    if part.numbered {
        labels.push(Cell { text: "序\n号".into(), style: named("label"), ..Cell::default() });
        cells.push(Cell { text: "{@row}".into(), style: named("centre"), ..Cell::default() });
    }
    for (column, share) in columns.iter().zip(shares) {
        let text = balanced(&column.label, share);
        labels.push(Cell { columns: share, text, style: named("label"), ..Cell::default() });
        cells.push(Cell { columns: share, ..filled(column, sheet, "centre") });
    }
    let repeat = Row { height, repeat: Some(part.field.clone()), least: part.least, cells, ..Row::default() };
    vec![
        Row { height, cells: vec![heading], ..Row::default() },
        Row { height, cells: labels, ..Row::default() },
        repeat,
    ]
}

fn words_row(part: &Words, sheet: &Sheet, width: f64) -> Row {
    let label = if part.label.is_some() { LABEL } else { 0 };
    let columns = UNITS - label;
    let room = width * columns as f64 / UNITS as f64;
    let height = part.height.unwrap_or(if part.slots.iter().any(|slot| slot.seal.is_some()) { 48.0 } else { 18.0 });
    let mut elements = Vec::new();
    let share = room / part.slots.len().max(1) as f64;
    for (at, slot) in part.slots.iter().enumerate() {
        slot_elements(slot, at as f64 * share, share, height, &mut elements);
    }
    let style = if part.field.is_some() { "opinion" } else { "words" };
    let entry = part.field.as_ref().and_then(|key| sheet.field(key)).filter(|field| field.kind != FieldKind::Static);
    let mut cells = Vec::new();
    if let Some(text) = &part.label {
        cells.push(Cell { columns: label, text: escaped(text), style: named("label"), ..Cell::default() });
    }
    let text = if entry.is_some() { String::new() } else { part.text.clone() };
    cells.push(Cell {
        columns,
        text,
        field: part.field.clone(),
        entry: entry.map(|field| self::entry(field, sheet)),
        elements,
        style: named(style),
        ..Cell::default()
    });
    Row { height, fixed: false, cells, ..Row::default() }
}

/// A seal over its lines, at the lower right of its share of the cell.
fn slot_elements(slot: &Slot, left: f64, share: f64, height: f64, elements: &mut Vec<Element>) {
    const LINE: f64 = 7.0;
    let count = slot.lines.len();
    // A signature stands behind the words that ask for it; a seal goes over its lines.
    let signed = slot.size.filter(|_| slot.seal.is_some());
    for (at, line) in slot.lines.iter().enumerate() {
        let top = height - LINE * (count.saturating_sub(at)) as f64 - 1.5;
        let beside = signed.filter(|_| at == 0).map_or(0.0, |[width, _]| width);
        elements.push(Element::Text(TextBlock {
            area: Some([left + 2.0, top, share - 8.0 - beside, LINE]),
            text: line.clone(),
            style: named("sign"),
            ..TextBlock::default()
        }));
    }
    let Some(seal) = &slot.seal else { return };
    let [width, tall] = slot.size.unwrap_or([42.0, 42.0]);
    let top = match signed {
        Some(_) => height - LINE * count as f64 - 1.5 - (tall - LINE) / 2.0,
        None => height - tall - 2.0,
    };
    let area = [left + share - width - 6.0, top.max(1.0), width, tall];
    elements.push(Element::Seal(SealSlot { name: seal.clone(), area: Some(area) }));
}
