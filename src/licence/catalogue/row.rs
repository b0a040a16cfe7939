//! Rows of the catalogue of issued licences, by the columns of the national exchange table.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::error::Error;
use crate::finding::{Finding, Outcome};
use crate::identifier::{CreditCode, LicenceId, LicenceTypeCode, Region};
use crate::licence::catalogue::Catalogue;
use crate::licence::catalogue::entry::{EntryState, fault};
use crate::licence::metadata::holder_mask;
use crate::licence::remark::Remark;
use crate::licence::{HolderKind, Metadata};
use crate::time::{Day, Time, read_time, write_time};

/// What the exchange does with a row (`cd_operation`). The codes are those of common practice.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Operation {
    /// `I`
    Insert,
    /// `U`
    Update,
    /// `D`
    Delete,
}

impl Operation {
    /// The column's text.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Operation::Insert => "I",
            Operation::Update => "U",
            Operation::Delete => "D",
        }
    }
}

/// A row as it arrives: texts, not believed yet. All columns but `certificate_holder_type` are NOT NULL.
///
/// `Debug` does not show the codes of natural persons.
#[derive(Clone, Default, Eq, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Row {
    /// The licence's identifier.
    pub certificate_source_id: String,
    /// The licence's name.
    pub certificate_name: String,
    /// Its number.
    pub certificate_number: String,
    /// Its type's name.
    pub certificate_type: String,
    /// Its type's code.
    pub certificate_type_code: String,
    /// The holder.
    pub certificate_holder: String,
    /// The holder's code.
    pub certificate_holder_code: String,
    /// What kind of code that is.
    pub certificate_holder_type: Option<String>,
    /// The day of issue.
    pub issue_date: String,
    /// The issuer.
    pub issue_dept: String,
    /// The issuer's code.
    pub issue_dept_code: String,
    /// The region in which the licence is kept (管辖属地).
    pub certificate_area_code: String,
    /// The batch of the exchange.
    pub cd_batch: String,
    /// What the exchange does with the row: `I`, `U` or `D`.
    pub cd_operation: String,
    /// When it was put into the exchange.
    pub cd_time: String,
    /// From which system it comes.
    pub data_source: String,
    /// The licence's version.
    pub version: String,
    /// Where a city keeps the file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file_path: Option<String>,
    /// Whether a city has put it into its archive: `0` or `1`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub archived: Option<String>,
}

impl Row {
    /// The row of a licence. Several holders or issuers stand side by side, with commas between.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Mismatch`](crate::ErrorKind::Mismatch) when the metadata name no region, which the catalogue
    /// asks for.
    pub fn of(metadata: &Metadata, batch: &str, source: &str, at: Time) -> Result<Self, Error> {
        let region = metadata.region.ok_or_else(|| {
            let told = "the metadata name no region (GXSDBM 管辖属地编码), which the catalogue asks for";
            Error::new(crate::error::ErrorKind::Mismatch, told)
        })?;
        let joined = |texts: Vec<String>| texts.join(",");
        let holders = || metadata.holders.iter();
        let kinds: Vec<_> = holders().map(|holder| holder.kind.code().to_owned()).collect();
        Ok(Row {
            certificate_source_id: metadata.id.to_string(),
            certificate_name: metadata.name.clone(),
            certificate_number: metadata.number.clone(),
            certificate_type: metadata.type_name.clone(),
            certificate_type_code: metadata.type_code().to_string(),
            certificate_holder: joined(holders().map(|holder| holder.name.clone()).collect()),
            certificate_holder_code: joined(holders().map(|holder| holder.code.clone()).collect()),
            certificate_holder_type: Some(joined(kinds)),
            issue_date: metadata.issued.to_string(),
            issue_dept: joined(metadata.issuers.iter().map(|body| body.name.clone()).collect()),
            issue_dept_code: joined(metadata.issuers.iter().map(|body| body.code.to_string()).collect()),
            certificate_area_code: region.to_string(),
            cd_batch: batch.to_owned(),
            cd_operation: Operation::Insert.code().to_owned(),
            cd_time: write_time(at),
            data_source: source.to_owned(),
            version: format!("{:03}", metadata.id.version()),
            file_path: None,
            archived: None,
        })
    }

    /// The columns by their names.
    fn columns(&self) -> [(&'static str, &str); 16] {
        [
            ("certificate_source_id", &self.certificate_source_id),
            ("certificate_name", &self.certificate_name),
            ("certificate_number", &self.certificate_number),
            ("certificate_type", &self.certificate_type),
            ("certificate_type_code", &self.certificate_type_code),
            ("certificate_holder", &self.certificate_holder),
            ("certificate_holder_code", &self.certificate_holder_code),
            ("issue_date", &self.issue_date),
            ("issue_dept", &self.issue_dept),
            ("issue_dept_code", &self.issue_dept_code),
            ("certificate_area_code", &self.certificate_area_code),
            ("cd_batch", &self.cd_batch),
            ("cd_operation", &self.cd_operation),
            ("cd_time", &self.cd_time),
            ("data_source", &self.data_source),
            ("version", &self.version),
        ]
    }

    /// What is wrong with it by itself; nothing if it is good.
    #[must_use]
    pub fn check(&self) -> Vec<Remark> {
        let mut faults = Vec::new();
        for (name, value) in self.columns() {
            if value.trim().is_empty() {
                faults.push(fault(format!("{name} is empty"), format!("{name} 为空")));
            } else if value.chars().any(char::is_control) {
                faults.push(fault(format!("{name} has a control character in it"), format!("{name} 含有控制字符")));
            }
        }
        if !faults.is_empty() {
            return faults;
        }
        let mut add = |name: &str, told: Option<String>| {
            faults.extend(told.map(|told| fault(format!("{name}: {told}"), format!("{name} 不符合要求"))));
        };
        add("certificate_source_id", worst(LicenceId::examine(&self.certificate_source_id)));
        add("certificate_type_code", worst(LicenceTypeCode::examine(&self.certificate_type_code)));
        let issuers: Vec<_> = self.issue_dept_code.split(',').collect();
        for issuer in &issuers {
            add("issue_dept_code", worst(CreditCode::examine(issuer)));
        }
        add("certificate_area_code", worst(Region::examine(&self.certificate_area_code)));
        add("issue_date", Day::read(&self.issue_date).err().map(|error| error.to_string()));
        add("cd_time", read_time(&self.cd_time).err().map(|error| error.to_string()));
        let operations = [Operation::Insert, Operation::Update, Operation::Delete];
        let known = operations.iter().any(|operation| operation.code() == self.cd_operation);
        add("cd_operation", (!known).then(|| "it is I, U or D".to_owned()));
        let archived = self.archived.as_deref().is_none_or(|flag| matches!(flag, "0" | "1"));
        add("archived", (!archived).then(|| "it is 0 or 1".to_owned()));
        self.check_holders(&mut add);
        self.check_identifier(&issuers, &mut add);
        if let (Ok(issued), Ok(put)) = (Day::read(&self.issue_date), read_time(&self.cd_time)) {
            let late = issued > Day::of(put);
            add(
                "issue_date",
                late.then(|| format!("the licence is of {issued}, after the row was made on {}", Day::of(put))),
            );
        }
        faults
    }

    fn check_holders(&self, add: &mut impl FnMut(&str, Option<String>)) {
        let codes: Vec<_> = self.certificate_holder_code.split(',').collect();
        let Some(kinds) = &self.certificate_holder_type else { return };
        let kinds: Vec<_> = kinds.split(',').map(HolderKind::of).collect();
        if kinds.len() != codes.len() {
            let told = format!("{} kinds for {} codes", kinds.len(), codes.len());
            return add("certificate_holder_type", Some(told));
        }
        for (code, kind) in codes.into_iter().zip(kinds) {
            match kind {
                Some(kind) => add("certificate_holder_code", kind.fault(code)),
                None => add("certificate_holder_type", Some("it is none of the 16 codes".into())),
            }
        }
    }

    fn check_identifier(&self, issuers: &[&str], add: &mut impl FnMut(&str, Option<String>)) {
        let Ok(id) = self.certificate_source_id.parse::<LicenceId>() else { return };
        let kind = id.kind().to_string();
        let differs = self.certificate_type_code != kind;
        add("certificate_type_code", differs.then(|| format!("the identifier says {kind}")));
        let issuer = id.issuer().to_string();
        let differs = !issuers.contains(&issuer.as_str());
        add("issue_dept_code", differs.then(|| format!("the identifier says {issuer}")));
        let said = self.version.trim_start_matches('0').parse::<u16>().ok();
        add("version", (said != Some(id.version())).then(|| format!("the identifier says {:03}", id.version())));
    }
}

/// The first thing that counts against an identifier.
fn worst(findings: Vec<Finding>) -> Option<String> {
    findings
        .into_iter()
        .find(|finding| finding.needed && finding.outcome != Outcome::Pass)
        .map(|finding| finding.detail)
}

impl fmt::Debug for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut map = f.debug_map();
        for (name, value) in self.columns() {
            match name {
                "certificate_holder_code" => map.entry(&name, &holder_mask(value)),
                _ => map.entry(&name, &value),
            };
        }
        map.entry(&"certificate_holder_type", &self.certificate_holder_type).finish()
    }
}

/// What was found about one of many rows.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct RowRemark {
    /// The row, counted from 1.
    pub row: usize,
    /// What was found.
    #[serde(flatten)]
    pub remark: Remark,
}

/// Checks many rows: each by itself, that no identifier comes twice (but as an update or a deletion), and against
/// the catalogue of types that there is a published entry, claimed by the issuer, with the same name and for such
/// holders. Only faults are told.
#[must_use]
pub fn check_rows<'r>(rows: impl IntoIterator<Item = &'r Row>, catalogue: &Catalogue) -> Vec<RowRemark> {
    let mut found = Vec::new();
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    for (row, number) in rows.into_iter().zip(1..) {
        let mut faults: Vec<_> = row.check().into_iter().filter(Remark::is_fault).collect();
        faults.extend(against(row, catalogue));
        if row.cd_operation == Operation::Insert.code() && !row.certificate_source_id.is_empty() {
            match seen.get(&row.certificate_source_id) {
                Some(first) => faults.push(fault(
                    format!("certificate_source_id: row {first} has inserted this licence"),
                    format!("certificate_source_id 与第 {first} 行重复"),
                )),
                None => {
                    seen.insert(row.certificate_source_id.clone(), number);
                }
            }
        }
        found.extend(faults.into_iter().map(|remark| RowRemark { row: number, remark }));
    }
    found
}

/// The row against the entry and the claims of its type.
fn against(row: &Row, catalogue: &Catalogue) -> Vec<Remark> {
    let Ok(code) = row.certificate_type_code.parse::<LicenceTypeCode>() else { return Vec::new() };
    let mut faults = Vec::new();
    let mut add = |told: String, chinese: String| faults.push(fault(told, chinese));
    let Some(entry) = catalogue.entry(&code) else {
        add(format!("certificate_type_code: no type {code} is in the catalogue"), format!("目录中没有类型 {code}"));
        return faults;
    };
    if entry.state == EntryState::Unpublished {
        add(format!("certificate_type_code: the type {code} is not published"), format!("类型 {code} 未发布"));
    }
    if entry.name != row.certificate_type {
        let (said, name) = (row.certificate_type.escape_debug(), &entry.name);
        add(
            format!("certificate_type: the row says \"{said}\", the catalogue \"{name}\""),
            format!("类型名称“{said}”与目录“{name}”不一致"),
        );
    }
    let day = Day::read(&row.issue_date).ok();
    for issuer in row.issue_dept_code.split(',').filter_map(|issuer| issuer.parse::<CreditCode>().ok()) {
        let holds =
            |day: Option<Day>, claim: &crate::licence::catalogue::Claim| day.is_none_or(|day| claim.holds_on(day));
        let claimed =
            catalogue.claims.iter().any(|claim| claim.entry == code && claim.claimant == issuer && holds(day, claim));
        if !claimed {
            add(
                format!("issue_dept_code: {issuer} had not claimed the type {code} when it was issued"),
                format!("颁发机构 {issuer} 未认领类型 {code}"),
            );
        }
    }
    let kinds = row.certificate_holder_type.iter().flat_map(|kinds| kinds.split(',')).filter_map(HolderKind::of);
    for kind in kinds.filter(|kind| !entry.holder_kinds.contains(kind)) {
        add(
            format!("certificate_holder_type: licences of the type {code} are not for holders with a {kind}"),
            format!("类型 {code} 不适用于{}", kind.chinese()),
        );
    }
    faults
}
