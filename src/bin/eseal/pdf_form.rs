//! `eseal form fields` and `eseal form fill`: PDF forms that others made.

use std::path::PathBuf;

use clap::Args;
use eseal::pdf::{FieldValue, Font};
use eseal::{FieldKind, FormField};
use serde_json::Value;

use crate::Failure;
use crate::files::{open_pdf, read, write_pdf};
use crate::json::json;

#[derive(Args)]
pub(crate) struct FieldsArgs {
    /// The PDF
    file: PathBuf,
    /// The password of an encrypted PDF
    #[arg(long, value_name = "TEXT")]
    password: Option<String>,
    /// Print the fields as JSON
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Args)]
pub(crate) struct FillArgs {
    /// The PDF
    file: PathBuf,
    /// A JSON object: values by the full names of fields. Texts, numbers, true and false for check boxes, lists of
    /// texts where several options are chosen
    #[arg(long, value_name = "FILE")]
    data: PathBuf,
    /// The font in which values are shown: TrueType or OpenType
    #[arg(long, value_name = "FILE")]
    font: PathBuf,
    /// Which font of a collection
    #[arg(long, default_value_t = 0)]
    font_index: u32,
    /// The password of an encrypted PDF
    #[arg(long, value_name = "TEXT")]
    password: Option<String>,
    /// Make the fields a part of their pages; empty signature fields stay
    #[arg(long)]
    flatten: bool,
    /// Take XFA out of a form that has fields as well
    #[arg(long)]
    without_xfa: bool,
    /// Where to write it
    #[arg(long, short, value_name = "FILE")]
    output: PathBuf,
}

pub(crate) fn fields(args: &FieldsArgs) -> Result<bool, Failure> {
    let fields = open_pdf(&args.file, args.password.as_deref())?.form_fields()?;
    if args.json {
        println!("{}", serde_json::to_string_pretty(&fields)?);
    } else {
        fields.iter().for_each(|field| println!("{}", line(field)));
    }
    Ok(true)
}

/// One field in one line.
fn line(field: &FormField) -> String {
    let kind = match field.kind {
        FieldKind::Text => "text",
        FieldKind::Password => "password",
        FieldKind::File => "file",
        FieldKind::CheckBox => "check box",
        FieldKind::Radio => "radio buttons",
        FieldKind::PushButton => "push button",
        FieldKind::DropDown => "drop-down list",
        FieldKind::List => "list",
        FieldKind::Signature if field.signed => "signature field, signed",
        FieldKind::Signature => "signature field, empty",
        _ => "of no known kind",
    };
    let mut line = format!("{}: {kind}", field.name);
    let mut add = |text: String| line.push_str(&text);
    if !field.values.is_empty() {
        add(format!(" = \"{}\"", field.values.join("\", \"")));
    }
    if !field.options.is_empty() {
        let options: Vec<&str> = field.options.iter().map(|option| option.value.as_str()).collect();
        add(format!(" of \"{}\"", options.join("\", \"")));
    }
    if let Some(most) = field.max_length {
        add(format!(", at most {most} characters"));
    }
    for (is_so, text) in [(field.required, ", required"), (field.read_only, ", read-only")] {
        if is_so {
            add(text.to_owned());
        }
    }
    for area in field.widgets.iter().filter_map(|widget| widget.area) {
        add(format!("; {area}"));
    }
    line
}

pub(crate) fn fill(args: &FillArgs) -> Result<bool, Failure> {
    let data = json(&args.data)?;
    let Value::Object(data) = data else { return Err(format!("{} is no JSON object", args.data.display()).into()) };
    let mut values = Vec::with_capacity(data.len());
    for (name, value) in &data {
        values.push((name.as_str(), field_value(name, value)?));
    }
    let font = Font::read(read(&args.font)?, args.font_index)?;
    let mut pdf = open_pdf(&args.file, args.password.as_deref())?;
    if args.without_xfa {
        pdf = pdf.without_xfa()?;
    }
    pdf = pdf.fill(&values, &font)?;
    if args.flatten {
        pdf = pdf.draw_missing(&font)?.flatten()?;
    }
    write_pdf(&args.output, &pdf)?;
    println!("filled in {}", args.output.display());
    Ok(true)
}

fn field_value(name: &str, value: &Value) -> Result<FieldValue, Failure> {
    let text = |value: &Value| match value {
        Value::String(text) => Ok(text.clone()),
        Value::Number(number) => Ok(number.to_string()),
        _ => Err(format!("the value of \"{name}\" is {value}: give a text, a number, true, false or a list of texts")),
    };
    Ok(match value {
        Value::Bool(is_on) => FieldValue::On(*is_on),
        Value::Array(items) => FieldValue::Several(items.iter().map(text).collect::<Result<_, _>>()?),
        Value::Null => FieldValue::Text(String::new()),
        other => FieldValue::Text(text(other)?),
    })
}
