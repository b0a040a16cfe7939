//! How text looks.

use serde::{Deserialize, Serialize};

use crate::compose::colour::Colour;
use crate::compose::size::Size;

/// How text looks. What is not said is taken from the style that it builds on: `base` if named, otherwise the
/// style of whatever the text stands in, and in the end that of the layout.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Style {
    /// The name of a style that this one changes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub base: Option<String>,
    /// The name of a font of [`Assets`](crate::compose::Assets); `song` by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub font: Option<String>,
    /// How large; 五号 (10.5 points) by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub size: Option<Size>,
    /// Its colour; black by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub colour: Option<Colour>,
    /// How much it hides what is below, 0 to 1; 1 by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub opacity: Option<f64>,
    /// How lines stand between left and right; left by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub align: Option<Align>,
    /// How lines stand between top and bottom; top by default, and the middle in tables.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub valign: Option<Valign>,
    /// How far the first line of a paragraph is moved to the right, in characters; 2 in Chinese prose, 0 by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub indent: Option<f64>,
    /// How far the base lines of lines are apart, in millimetres; 1.3 times the size by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pitch: Option<f64>,
    /// How much is added between characters, in millimetres; 0 by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub spacing: Option<f64>,
    /// How wide characters are, 1 as the font has them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stretch: Option<f64>,
    /// What happens with text that does not fit; an error by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fit: Option<Fit>,
    /// Whether two punctuation marks in a row share their blank halves (标点挤压); no by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub compress: Option<bool>,
    /// Whether a quarter em stands between Chinese and Latin or figures (中西文间距); no by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub autospace: Option<bool>,
}

/// A style by its name, or one of its own.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum StyleOf {
    /// One of [`Layout::styles`](crate::compose::Layout::styles).
    Named(String),
    /// Its own.
    Own(Box<Style>),
}

/// How lines stand between left and right.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Align {
    /// At the left.
    #[default]
    Left,
    /// In the middle.
    Centre,
    /// At the right.
    Right,
    /// Spread to both sides, but for a paragraph's last line (两端对齐).
    Justify,
    /// Spread to both sides, every line (分散对齐).
    Distributed,
}

/// How lines stand between top and bottom.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Valign {
    /// At the top.
    #[default]
    Top,
    /// In the middle.
    Middle,
    /// At the bottom.
    Bottom,
}

/// What happens with text that is too long for its place. Text is always broken into lines, as many as the place
/// is high for; nothing is ever cut off. In JSON `"error"`, `{"wrap": 2}`, `{"shrink": 8}`, or both.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "FitText", into = "FitText")]
pub struct Fit {
    /// The most lines there may be, though there were room for more.
    pub wrap: Option<u32>,
    /// The size down to which it is made smaller until it fits.
    pub shrink: Option<Size>,
}

/// How a [`Fit`] is written.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(untagged)]
enum FitText {
    Word(String),
    Rule(FitRule),
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct FitRule {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    wrap: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    shrink: Option<Size>,
}

impl TryFrom<FitText> for Fit {
    type Error = String;

    fn try_from(text: FitText) -> Result<Self, String> {
        match text {
            FitText::Word(word) if word == "error" => Ok(Fit::default()),
            FitText::Word(word) => {
                Err(format!("fit is \"error\", {{\"wrap\": lines}} or {{\"shrink\": size}}, not {word}"))
            }
            FitText::Rule(rule) => Ok(Fit { wrap: rule.wrap, shrink: rule.shrink }),
        }
    }
}

impl From<Fit> for FitText {
    fn from(fit: Fit) -> Self {
        match fit {
            Fit { wrap: None, shrink: None } => FitText::Word("error".to_owned()),
            Fit { wrap, shrink } => FitText::Rule(FitRule { wrap, shrink }),
        }
    }
}

/// A piece of text with a style of its own.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Run {
    /// What it says; placeholders are filled in.
    pub text: String,
    /// How it looks, where it differs: font, size, colour, opacity, spacing and stretch.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub style: Option<StyleOf>,
}
