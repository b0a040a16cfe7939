//! Types, claims, and links to materials.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::error::{Error, ErrorKind};
use crate::finding::checks;
use crate::identifier::{CreditCode, ItemCode, LicenceTypeCode, Region};
use crate::licence::remark::Remark;
use crate::licence::{Body, Day, HolderKind, Metadata};

/// The state of an entry. Serialised as its number: 0, 2 or 3.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub enum EntryState {
    /// 0 未发布: not published yet.
    #[default]
    Unpublished,
    /// 2 已发布: published.
    Published,
    /// 3 已注销: given up.
    Cancelled,
}

impl TryFrom<u8> for EntryState {
    type Error = Error;

    fn try_from(number: u8) -> Result<Self, Error> {
        match number {
            0 => Ok(EntryState::Unpublished),
            2 => Ok(EntryState::Published),
            3 => Ok(EntryState::Cancelled),
            other => Err(Error::malformed(format!("an entry's state is 0, 2 or 3, not {other}"))),
        }
    }
}

impl From<EntryState> for u8 {
    fn from(state: EntryState) -> u8 {
        match state {
            EntryState::Unpublished => 0,
            EntryState::Published => 2,
            EntryState::Cancelled => 3,
        }
    }
}

/// An entry of the catalogue of types: one kind of licence.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct TypeEntry {
    /// The type's name.
    pub name: String,
    /// The type's code, which begins with the defining body's.
    pub code: LicenceTypeCode,
    /// Who defines the type.
    pub definer: Body,
    /// Which kinds of codes its holders may have.
    pub holder_kinds: Vec<HolderKind>,
    /// How long its licences are in force, in words such as `2年`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub validity_range: Option<String>,
    /// The regions that may see its licences; without any, all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub shared_with: Vec<Region>,
    /// The entry's version, from 1 on.
    pub version: u32,
    /// Whether it is published.
    pub state: EntryState,
    /// Whether licences may be issued under it for the time being.
    pub is_enabled: bool,
    /// When it was published or given up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub changed: Option<Day>,
    /// Whether a holder has one licence of this type at most.
    #[serde(default)]
    pub is_single: bool,
}

impl TypeEntry {
    /// What is wrong with it; nothing if it is good.
    #[must_use]
    pub fn check(&self) -> Vec<Remark> {
        let mut faults = Vec::new();
        if self.name.trim().is_empty() {
            faults.push(fault(format!("the type {} has no name", self.code), format!("类型 {} 没有名称", self.code)));
        }
        if self.code.definer() != &self.definer.code {
            let (code, definer) = (&self.code, &self.definer.code);
            faults.push(fault(
                format!("the type's code {code} does not begin with its defining body's, {definer}"),
                format!("类型代码 {code} 与定义机构代码 {definer} 不一致"),
            ));
        }
        if self.holder_kinds.is_empty() {
            let told = format!("the type {} says of no kind of holder that it may hold it", self.code);
            faults.push(fault(told, format!("类型 {} 未规定持证主体代码类型", self.code)));
        }
        if self.version == 0 {
            faults.push(fault("an entry's version begins with 1", "目录版本从 1 开始"));
        }
        if self.is_enabled && self.state != EntryState::Published {
            let told = format!("the type {} is enabled and not published", self.code);
            faults.push(fault(told, format!("类型 {} 已启用但未发布", self.code)));
        }
        faults
    }
}

/// That a body means to issue licences of a type (认领).
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct Claim {
    /// The type.
    pub entry: LicenceTypeCode,
    /// Who claims it.
    pub claimant: CreditCode,
    /// Since when.
    pub claimed: Day,
    /// The last day on which the claim holds; without one, until further notice.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Day>,
}

impl Claim {
    /// Whether it holds on this day.
    #[must_use]
    pub fn holds_on(&self, day: Day) -> bool {
        self.claimed <= day && self.until.is_none_or(|until| day <= until)
    }
}

/// A material of a service item in whose place a licence may be handed in.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct MaterialLink {
    /// The service item; codes of local practice are taken as they are, up to 50 characters.
    pub item: String,
    /// The material's name.
    pub material: String,
    /// The type of the licence.
    pub entry: LicenceTypeCode,
    /// Whether it need not be handed in at all (免提交), since it is looked up.
    pub is_exempt: bool,
}

impl MaterialLink {
    /// What is wrong with it by itself; nothing if it is good. An item's code that is not of 31 characters is a
    /// local one, which is told.
    #[must_use]
    pub fn check(&self) -> Vec<Remark> {
        let mut faults = Vec::new();
        let length = self.item.chars().count();
        if !(1..=50).contains(&length) || self.item.chars().any(|each| each.is_control() || each.is_whitespace()) {
            let told = format!("the item's code has {length} characters, or spaces: it has 1 to 50 and no space");
            faults.push(fault(told, format!("事项代码长度为 {length}，应为 1 至 50 且不含空格")));
        } else if length == 31 {
            if let Err(error) = self.item.parse::<ItemCode>() {
                faults.push(fault(error.to_string(), format!("事项实施编码 {} 不符合要求", self.item)));
            }
        } else {
            let told = format!("the item's code {} is a local one", self.item.escape_debug());
            faults.push(Remark::note(checks::LICENCE_CATALOGUE, told, "事项代码为地方编码"));
        }
        if self.material.trim().is_empty() {
            faults.push(fault(format!("a material of {} has no name", self.item), "材料没有名称"));
        }
        faults
    }
}

/// Entries, claims and links together. `#[serde(default)]` fields: an empty catalogue allows nothing.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Catalogue {
    /// The types.
    pub entries: Vec<TypeEntry>,
    /// Who claimed them.
    pub claims: Vec<Claim>,
    /// Which materials they stand for.
    pub links: Vec<MaterialLink>,
}

/// That a licence may be issued: a published and enabled type, claimed by its issuer. Only
/// [`Catalogue::permit`] makes one.
#[derive(Clone, Debug)]
pub struct Permission {
    entry: LicenceTypeCode,
    issuer: CreditCode,
}

impl Permission {
    /// The type.
    #[must_use]
    pub fn entry(&self) -> &LicenceTypeCode {
        &self.entry
    }

    /// Who may issue.
    #[must_use]
    pub fn issuer(&self) -> &CreditCode {
        &self.issuer
    }
}

impl Catalogue {
    /// The entry of a type: that with the highest version.
    #[must_use]
    pub fn entry(&self, code: &LicenceTypeCode) -> Option<&TypeEntry> {
        self.entries.iter().filter(|entry| entry.code == *code).max_by_key(|entry| entry.version)
    }

    /// What is wrong with it as a whole; good catalogues give one pass.
    #[must_use]
    pub fn check(&self) -> Vec<Remark> {
        let mut remarks: Vec<_> = self.entries.iter().flat_map(TypeEntry::check).collect();
        let mut versions = BTreeSet::new();
        let mut names: BTreeMap<&LicenceTypeCode, u32> = BTreeMap::new();
        for entry in &self.entries {
            if !versions.insert((&entry.code, entry.version)) {
                let told = format!("version {} of the type {} is there twice", entry.version, entry.code);
                remarks.push(fault(told, format!("类型 {} 的版本 {} 重复", entry.code, entry.version)));
            }
            names.insert(&entry.code, entry.version);
        }
        for claim in &self.claims {
            if !names.contains_key(&claim.entry) {
                let told = format!("{} claims the type {}, which is not in the catalogue", claim.claimant, claim.entry);
                remarks.push(fault(told, format!("{} 认领的类型 {} 不在目录中", claim.claimant, claim.entry)));
            }
            if claim.until.is_some_and(|until| until < claim.claimed) {
                let told = format!("the claim of {} ends before it begins", claim.claimant);
                remarks.push(fault(told, format!("{} 的认领截止早于起始", claim.claimant)));
            }
        }
        for link in &self.links {
            remarks.extend(link.check());
            if !names.contains_key(&link.entry) {
                let told = format!("a material of {} is linked to the type {}, which is not in the catalogue", link.item, link.entry);
                remarks.push(fault(told, format!("事项 {} 的材料关联的类型 {} 不在目录中", link.item, link.entry)));
            }
        }
        if remarks.iter().all(|remark| !remark.is_fault()) {
            let (entries, claims, links) = (self.entries.len(), self.claims.len(), self.links.len());
            remarks.push(Remark::pass(
                checks::LICENCE_CATALOGUE,
                format!("{entries} types, {claims} claims and {links} links go together"),
                format!("{entries} 个类型、{claims} 条认领、{links} 条材料关联均一致"),
            ));
        }
        remarks
    }

    /// Whether this licence may be issued: its type is published and enabled, each of its issuers has claimed it,
    /// its holders are of kinds that may hold it; and where a holder may have one such licence only, that none is
    /// in force, which `holds_another` knows.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotAllowed`] with the reason.
    pub fn permit(
        &self,
        metadata: &Metadata,
        holds_another: impl Fn(HolderKind, &str) -> bool,
    ) -> Result<Permission, Error> {
        let code = metadata.type_code();
        let refuse = |told: String| Error::new(ErrorKind::NotAllowed, told);
        let entry = self.entry(code).ok_or_else(|| refuse(format!("no type {code} is in the catalogue")))?;
        if entry.state != EntryState::Published {
            return Err(refuse(format!("the type {code}, {}, is not published", entry.name)));
        }
        if !entry.is_enabled {
            return Err(refuse(format!("the type {code}, {}, is disabled for the time being", entry.name)));
        }
        for issuer in &metadata.issuers {
            let claimed = |claim: &&Claim| claim.entry == *code && claim.claimant == issuer.code;
            let claims: Vec<_> = self.claims.iter().filter(claimed).collect();
            if claims.is_empty() {
                return Err(refuse(format!("{} ({}) has not claimed the type {code}", issuer.name, issuer.code)));
            }
            if !claims.iter().any(|claim| claim.holds_on(metadata.issued)) {
                let told = format!("the claim of {} to the type {code} does not hold on {}", issuer.name, metadata.issued);
                return Err(refuse(told));
            }
        }
        for holder in &metadata.holders {
            if !entry.holder_kinds.contains(&holder.kind) {
                return Err(refuse(format!("licences of the type {code} are not for holders with a {}", holder.kind)));
            }
            if entry.is_single && holds_another(holder.kind, &holder.code) {
                let told = format!("the holder {} has a licence of the type {code} in force, and may have one", holder.masked());
                return Err(refuse(told));
            }
        }
        Ok(Permission { entry: code.clone(), issuer: metadata.id.issuer().clone() })
    }

    /// The materials of a service item for which a licence of this type may be handed in.
    pub fn materials<'c>(
        &'c self,
        item: &'c str,
        code: &'c LicenceTypeCode,
    ) -> impl Iterator<Item = &'c MaterialLink> + 'c {
        self.links.iter().filter(move |link| link.item == item && link.entry == *code)
    }
}

pub(super) fn fault(english: impl Into<String>, chinese: impl Into<String>) -> Remark {
    Remark::fail(checks::LICENCE_CATALOGUE, english, chinese)
}
