//! What a licence of a type says, with the rules for each item.

use serde::{Deserialize, Serialize};

use crate::form::has_unseen;
use crate::identifier::{CitizenNumber, CreditCode, Region};
use crate::licence::metadata::{Element, holder_mask};
use crate::licence::{Face, FaceValue, Metadata};
use crate::time::Day;

/// The blocks of the information model.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Block {
    /// 基础信息: what the licence is.
    Basic,
    /// 持证主体信息: who holds it.
    Holder,
    /// 业务信息: what it is about.
    #[default]
    Business,
}

/// What an item's value is.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum ItemKind {
    /// Text.
    #[default]
    Text,
    /// A day; the face shows it as `2025年3月1日`.
    Day,
    /// A whole number.
    Integer,
    /// A number with a point in it, or without.
    Decimal,
    /// A unified social credit code.
    CreditCode,
    /// A citizen's number.
    CitizenNumber,
    /// A region's code.
    Region,
    /// A picture: PNG or JPEG.
    Picture,
    /// Rows of further items.
    List,
}

/// An item of information: where its value comes from, and what it has to be.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Item {
    /// Its key, by which the face, the data and the tags name it: letters first, then letters, digits, `-`, `_`.
    pub key: String,
    /// What it is called.
    pub name: String,
    /// The block that it belongs to.
    pub block: Block,
    /// The element of the metadata that it shows, by its short name, or an extension `KZ_…`; without one, its value
    /// is given with the face.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// What its value is.
    pub kind: ItemKind,
    /// Whether it has to be there.
    pub required: bool,
    /// The least characters, or rows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub least: Option<usize>,
    /// The most characters, or rows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub most: Option<usize>,
    /// The values that it may have; without any, all of its kind.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub choices: Vec<String>,
    /// Whether the face shows stars in the middle of it.
    #[serde(skip_serializing_if = "is_false")]
    pub masked: bool,
    /// The items of a list's rows.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub columns: Vec<Item>,
}

fn is_false(flag: &bool) -> bool {
    !flag
}

impl Item {
    /// The value of this item: out of the metadata where it has a source, otherwise what was given.
    pub(crate) fn value(&self, metadata: &Metadata, face: &Face) -> Option<FaceValue> {
        match &self.source {
            None => face.get(&self.key).cloned(),
            Some(source) => {
                let values = match Element::of(source) {
                    Some(element) => metadata.values(element),
                    None => metadata.extensions.get(source).cloned().into_iter().collect(),
                };
                (!values.is_empty()).then(|| FaceValue::Text(values.join("、")))
            }
        }
    }

    /// The text as the face shows it.
    pub(crate) fn shown(&self, text: &str) -> String {
        match self.kind {
            ItemKind::Day => text.parse::<Day>().map_or_else(|_| text.to_owned(), Day::chinese),
            _ if self.masked => text.split('、').map(holder_mask).collect::<Vec<_>>().join("、"),
            _ => text.to_owned(),
        }
    }

    /// What is wrong with a text as a value of this item, in English and in Chinese. Neither shows the value.
    pub(crate) fn fault(&self, text: &str) -> Option<(String, String)> {
        let length = text.chars().count();
        let name = &self.name;
        if self.least.is_some_and(|least| length < least) || self.most.is_some_and(|most| length > most) {
            let (least, most) = (self.least.unwrap_or(0), self.most.unwrap_or(usize::MAX));
            let bounds = if most == usize::MAX { format!("{least} or more") } else { format!("{least} to {most}") };
            return Some((
                format!("has {length} characters; it may have {bounds}"),
                format!("“{name}”长度为 {length}，不在规定范围内"),
            ));
        }
        if !self.choices.is_empty() && self.choices.iter().all(|choice| choice != text) {
            let choices = self.choices.join("、");
            return Some((format!("is none of {choices}"), format!("“{name}”应为下列之一：{choices}")));
        }
        if has_unseen(text, true) {
            let told = "has a control character in it, or one that does not show";
            return Some((told.into(), format!("“{name}”含有控制字符或不可见字符")));
        }
        let parts = || if self.source.is_some() { text.split('、').collect::<Vec<_>>() } else { vec![text] };
        let told = match self.kind {
            ItemKind::Text => None,
            ItemKind::Day => text.parse::<Day>().err().map(|error| error.to_string()),
            ItemKind::Integer => (!is_number(text, false)).then(|| "it is no whole number".to_owned()),
            ItemKind::Decimal => (!is_number(text, true)).then(|| "it is no number".to_owned()),
            ItemKind::CreditCode => {
                parts().iter().find_map(|part| part.parse::<CreditCode>().err()).map(|error| error.to_string())
            }
            ItemKind::CitizenNumber => {
                parts().iter().find_map(|part| part.parse::<CitizenNumber>().err()).map(|error| error.to_string())
            }
            ItemKind::Region => text.parse::<Region>().err().map(|error| error.to_string()),
            ItemKind::Picture | ItemKind::List => Some("it is text where something else is asked for".to_owned()),
        }?;
        Some((format!("is not what it has to be: {told}"), format!("“{name}”的值不符合要求")))
    }
}

fn is_number(text: &str, with_point: bool) -> bool {
    let body = text.strip_prefix('-').unwrap_or(text);
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    match body.split_once('.') {
        Some((whole, fraction)) => with_point && digits(whole) && digits(fraction),
        None => digits(body),
    }
}
