//! The metadata of licences (GB/T 36903-2018): 26 elements and extensions.

mod check;
mod element;
mod elements;
mod holder;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use serde_json::{Map, Value};

pub use crate::licence::metadata::element::{Constraint, Element};
pub use crate::licence::metadata::elements::Elements;
pub(crate) use crate::licence::metadata::holder::mask as holder_mask;
pub use crate::licence::metadata::holder::{Holder, HolderKind};

use crate::error::Error;
use crate::identifier::{CreditCode, LicenceId, LicenceTypeCode, Region};
use crate::licence::remark::{Remark, require_good};
use crate::time::{Day, Time, read_time, write_time};

/// A body that issues or defines licences.
#[derive(Clone, Debug, Eq, Hash, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Body {
    /// Its legal name.
    pub name: String,
    /// Its unified social credit code.
    pub code: CreditCode,
}

/// What an annotated copy (加注件) says of itself.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct CopyNote {
    /// When it was made.
    pub made_at: Time,
    /// Who made it.
    pub maker: String,
    /// What it may be used for.
    pub purpose: String,
    /// Until when; without one, as long as the licence.
    pub until: Option<Time>,
}

/// The metadata of a licence: complete and good, since only [`Metadata::of`] and [`Metadata::new`] make them.
///
/// `Debug` does not show the codes of natural persons.
///
/// ```
/// use eseal::licence::{Elements, Metadata};
///
/// let metadata = Metadata::of(&Elements::from_json(r#"{
///     "ZZMC": "示例许可证", "ZZLXMC": "示例许可证", "ZZLXDM": "11100000000013338W001",
///     "ZZBH": "2023000000001", "ZZBS": "1.2.156.3005.2.11100000000013338W001.11621000MB0000019T.2023000000001.001.1",
///     "ZZBFJG": "示例市人民政府", "ZZBFJGDM": "11621000MB0000019T", "ZZBFRQ": "20230601",
///     "CZZT": "示例有限公司", "CZZTDM": "91350100M000100Y43", "CZZTDMLXDM": "001"
/// }"#.as_bytes())?)?;
/// assert_eq!(metadata.issued.to_string(), "2023-06-01");
/// assert!(metadata.pairs().contains(&("ZZBFRQ".into(), "2023-06-01".into())));
/// # Ok::<(), eseal::Error>(())
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Metadata {
    /// The licence's name.
    pub name: String,
    /// Its type's name.
    pub type_name: String,
    /// Its number.
    pub number: String,
    /// Its identifier, which also says its type and its version.
    pub id: LicenceId,
    /// The issuing bodies; one of them is the identifier's.
    pub issuers: Vec<Body>,
    /// The day of issue.
    pub issued: Day,
    /// The holders.
    pub holders: Vec<Holder>,
    /// The first day on which it is in force; without one, the day of issue.
    pub valid_from: Option<Day>,
    /// The last day on which it is in force; without one, for good.
    pub valid_until: Option<Day>,
    /// How long it is in force, in words.
    pub validity_range: Option<String>,
    /// The region in which it is kept.
    pub region: Option<Region>,
    /// The name of the body that defines the type; its code is in the type's.
    pub definer: Option<String>,
    /// The name and the code of the service item that it comes from.
    pub item: Option<(String, Option<String>)>,
    /// Who sealed it.
    pub sealer: Option<String>,
    /// When it was sealed.
    pub sealed_at: Option<Time>,
    /// The seal's name.
    pub seal_name: Option<String>,
    /// When the file was made.
    pub created: Option<Time>,
    /// What it says of itself as an annotated copy; an original says nothing.
    pub copy: Option<CopyNote>,
    /// Extensions by their names, which begin with `KZ_`.
    pub extensions: BTreeMap<String, String>,
}

impl Metadata {
    /// The metadata of an original, with the elements that every licence has: `issuers` and `holders` need at
    /// least one each.
    #[must_use]
    pub fn new(name: impl Into<String>, id: LicenceId, issuers: Vec<Body>, issued: Day, holders: Vec<Holder>) -> Self {
        let name = name.into();
        Metadata {
            type_name: name.clone(),
            name,
            number: id.serial().to_owned(),
            id,
            issuers,
            issued,
            holders,
            valid_from: None,
            valid_until: None,
            validity_range: None,
            region: None,
            definer: None,
            item: None,
            sealer: None,
            sealed_at: None,
            seal_name: None,
            created: None,
            copy: None,
            extensions: BTreeMap::new(),
        }
    }

    /// Good metadata of what was read.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotValid`](crate::ErrorKind::NotValid) with the findings of [`Elements::check`] that say no.
    pub fn of(elements: &Elements) -> Result<Self, Error> {
        use Element as E;
        require_good("the licence's metadata", elements.check())?;
        let text = |element| elements.first(element).map(str::to_owned);
        let needed =
            |element: Element| text(element).ok_or_else(|| Error::malformed(format!("the metadata lack {element}")));
        let moment = |element| elements.first(element).map(read_time).transpose();
        let names = elements.values(E::Issuer).iter();
        let issuers = names
            .zip(elements.values(E::IssuerCode))
            .map(|(name, code)| Ok(Body { name: name.clone(), code: code.parse()? }))
            .collect::<Result<_, Error>>()?;
        let holders = elements.values(E::Holder).iter().zip(elements.values(E::HolderCode));
        let holders = holders
            .zip(elements.holder_kinds())
            .map(|((name, code), kind)| Holder { name: name.clone(), code: code.clone(), kind })
            .collect();
        let copy = match (moment(E::CopyMadeAt)?, text(E::CopyMaker), text(E::CopyPurpose)) {
            (Some(made_at), Some(maker), Some(purpose)) => {
                Some(CopyNote { made_at, maker, purpose, until: moment(E::CopyUntil)? })
            }
            _ => None,
        };
        Ok(Metadata {
            name: needed(E::Name)?,
            type_name: needed(E::TypeName)?,
            number: needed(E::Number)?,
            id: needed(E::Identifier)?.parse()?,
            issuers,
            issued: Day::read(&needed(E::Issued)?)?,
            holders,
            valid_from: elements.day(E::ValidFrom),
            valid_until: elements.day(E::ValidUntil),
            validity_range: text(E::ValidityRange),
            region: text(E::Region).map(|code| code.parse()).transpose()?,
            definer: text(E::Definer),
            item: text(E::Item).map(|name| (name, text(E::ItemCode))),
            sealer: text(E::Sealer),
            sealed_at: moment(E::SealedAt)?,
            seal_name: text(E::SealName),
            created: moment(E::Created)?,
            copy,
            extensions: elements.extensions().clone(),
        })
    }

    /// What can be said about these metadata, whose parts are good each by itself: as [`Elements::check`].
    ///
    /// # Errors
    ///
    /// [`ErrorKind::TooLarge`](crate::ErrorKind::TooLarge) as [`Elements::from_pairs`].
    pub fn check(&self) -> Result<Vec<Remark>, Error> {
        Ok(Elements::from_pairs(self.pairs())?.check())
    }

    /// The type's code.
    #[must_use]
    pub fn type_code(&self) -> &LicenceTypeCode {
        self.id.kind()
    }

    /// Names and values as the strict writer puts them: one spelling, in the order of the standard, days as
    /// `2025-03-01`; holders and issuers once each, in pairs.
    #[must_use]
    pub fn pairs(&self) -> Vec<(String, String)> {
        use Element as E;
        let mut pairs = Vec::new();
        for element in E::ALL {
            let values = self.values(*element);
            pairs.extend(values.into_iter().map(|value| (element.short_name().to_owned(), value)));
        }
        pairs.extend(self.extensions.clone());
        pairs
    }

    pub(crate) fn values(&self, element: Element) -> Vec<String> {
        use Element as E;
        let one = |value: &Option<String>| value.clone().into_iter().collect();
        let moment = |value: Option<Time>| value.map(write_time).into_iter().collect();
        let day = |value: Option<Day>| value.map(|day| day.to_string()).into_iter().collect();
        let copy = self.copy.as_ref();
        match element {
            E::Name => vec![self.name.clone()],
            E::TypeName => vec![self.type_name.clone()],
            E::TypeCode => vec![self.id.kind().to_string()],
            E::Number => vec![self.number.clone()],
            E::Identifier => vec![self.id.to_string()],
            E::Version => vec![format!("{:03}", self.id.version())],
            E::Issuer => self.issuers.iter().map(|body| body.name.clone()).collect(),
            E::IssuerCode => self.issuers.iter().map(|body| body.code.to_string()).collect(),
            E::Issued => vec![self.issued.to_string()],
            E::Holder => self.holders.iter().map(|holder| holder.name.clone()).collect(),
            E::HolderCode => self.holders.iter().map(|holder| holder.code.clone()).collect(),
            E::HolderKindName => self.holders.iter().map(|holder| holder.kind.chinese().into()).collect(),
            E::HolderKind => self.holders.iter().map(|holder| holder.kind.code().into()).collect(),
            E::ValidFrom => day(self.valid_from),
            E::ValidUntil => day(self.valid_until),
            E::ValidityRange => one(&self.validity_range),
            E::Region => self.region.map(|region| region.to_string()).into_iter().collect(),
            E::Definer => one(&self.definer),
            E::DefinerCode if self.definer.is_some() => vec![self.id.kind().definer().to_string()],
            E::DefinerCode => Vec::new(),
            E::Item => self.item.iter().map(|(name, _)| name.clone()).collect(),
            E::ItemCode => self.item.iter().filter_map(|(_, code)| code.clone()).collect(),
            E::Sealer => one(&self.sealer),
            E::SealedAt => moment(self.sealed_at),
            E::SealName => one(&self.seal_name),
            E::Created => moment(self.created),
            E::CopyMadeAt => moment(copy.map(|copy| copy.made_at)),
            E::CopyMaker => copy.map(|copy| copy.maker.clone()).into_iter().collect(),
            E::CopyPurpose => copy.map(|copy| copy.purpose.clone()).into_iter().collect(),
            E::CopyUntil => moment(copy.and_then(|copy| copy.until)),
        }
    }

    /// As a JSON object by the short names; holders and issuers are lists.
    pub(crate) fn to_value(&self) -> Value {
        let mut members = Map::new();
        for element in Element::ALL {
            let mut values: Vec<_> = self.values(*element).into_iter().map(Value::String).collect();
            let value = match element.is_repeatable() {
                true if values.is_empty() => continue,
                true => Value::Array(values),
                false => match values.pop() {
                    Some(value) => value,
                    None => continue,
                },
            };
            members.insert(element.short_name().to_owned(), value);
        }
        let extensions = self.extensions.iter();
        members.extend(extensions.map(|(name, value)| (name.clone(), Value::String(value.clone()))));
        Value::Object(members)
    }

    /// The same as [`Metadata::pairs`], as a JSON object.
    #[must_use]
    pub fn to_json(&self) -> String {
        self.to_value().to_string()
    }

    /// Whether it is in force on this day by its own dates, and if not, whether it has ended.
    #[must_use]
    pub fn standing(&self, day: Day) -> Standing {
        if day < self.valid_from.unwrap_or(self.issued) {
            return Standing::NotYet;
        }
        match self.valid_until {
            Some(until) if day > until => Standing::Ended,
            _ => Standing::InForce,
        }
    }
}

/// Where a licence stands by its own dates.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Standing {
    /// It begins later.
    NotYet,
    /// It is in force.
    InForce,
    /// It has ended.
    Ended,
}
