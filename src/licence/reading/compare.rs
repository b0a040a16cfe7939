//! What says the same has to say the same.

use std::borrow::Cow;
use std::collections::BTreeSet;

use crate::compose::ROOM;
use crate::crypto::sm3;
use crate::document::{Change, ChangeKind};
use crate::error::Error;
use crate::finding::{SubIndication, checks};
use crate::identifier::CreditCode;
use crate::licence::carrier::Carrier;
use crate::licence::data::{DIGEST, Data, FILE};
use crate::licence::metadata::{Element, Standing};
use crate::licence::owner::owner_codes;
use crate::licence::{CopyNote, Day, Elements, Metadata, Remark};
use crate::time::Time;
use crate::trust::Role;
use crate::verify::{LicenceState, Verified};

/// Whether the data lie in what the seals protect, and nothing of them was changed by a later revision. PDF lets
/// descriptions, annotations and fields be changed under a good signature; a licence does not.
pub(super) fn protected<D: Carrier>(verified: &Verified<'_, D>) -> Result<Remark, Error> {
    let check = checks::LICENCE_PROTECTED;
    if !verified.document().protects_pairs()? {
        let told = "no seal protects the metadata: they may have been changed under a good seal";
        return Ok(Remark::fail(check, told, "元数据不在印章保护范围内，可能在盖章后被改动"));
    }
    if verified.signatures().iter().all(|signature| signature.seal.is_none()) {
        let told = "the document is signed, and no seal is on it: a licence is sealed";
        return Ok(Remark::fail(check, told, "文件没有电子印章"));
    }
    // A later seal fills a field that was empty, and brings its picture.
    let seals: Vec<_> = verified.signatures().iter().flat_map(|signature| &signature.places).collect();
    let is_of_a_seal = |change: &Change| {
        change.kind == ChangeKind::FieldValue && change.area.as_ref().is_some_and(|area| seals.contains(&area))
    };
    // A note that was laid over the file is sealed by whoever made the copy: nothing of it comes after the last seal.
    let is_note =
        |change: &Change| change.kind == ChangeKind::FieldValue && change.detail.contains(&format!("\"{ROOM}"));
    let last = verified.signatures().iter().min_by_key(|signature| signature.changes.len());
    let is_sealed = last.is_some_and(|last| !last.changes.iter().any(is_note));
    let is_of_a_seal = |change: &Change| is_of_a_seal(change) || is_sealed && is_note(change);
    let mut changes = verified.signatures().iter().flat_map(|signature| &signature.changes);
    let changed = changes.find(|change| alters(change) && !is_of_a_seal(change));
    Ok(match changed {
        Some(change) => {
            let told = format!("something was changed after sealing: {change}");
            Remark::fail(check, told, format!("盖章后第 {} 次修订改动了内容", change.revision))
        }
        None => {
            Remark::pass(check, "the seals protect data, metadata and pages", "数据、元数据和版面均在印章保护范围内")
        }
    })
}

/// Whether a change goes beyond further seals and what makes signatures last.
fn alters(change: &Change) -> bool {
    use ChangeKind as K;
    !matches!(
        change.kind,
        K::Evidence | K::Extension | K::Form | K::Permissions | K::SignatureField | K::Signing | K::TimeStamp | K::File
    )
}

/// The embedded data, if there are some that can be read, and whether they have the digest that the metadata tell.
pub(super) fn embedded(
    files: &[Cow<'_, [u8]>],
    pairs: &[(String, String)],
    tolerates_bare: bool,
    remarks: &mut Vec<Remark>,
) -> Result<Option<Data>, Error> {
    let check = checks::LICENCE_DATA;
    let file = match files {
        [] if tolerates_bare => {
            let told = format!("no attachment {FILE}: the face is not compared with data");
            remarks.push(Remark::note(check, told, "没有照面数据附件，版面未与数据比对"));
            return Ok(None);
        }
        [] => {
            let told = format!("no attachment {FILE}: whether the face shows what the metadata say cannot be told");
            remarks.push(Remark::unknown(check, told, "没有照面数据附件，无法比对版面与数据"));
            return Ok(None);
        }
        [file] => file,
        several => {
            let told = format!("{} attachments are called {FILE}, and which counts is not said", several.len());
            remarks.push(Remark::fail(check, told, "照面数据附件重复"));
            return Ok(None);
        }
    };
    let data = match Data::read(file) {
        Ok(data) => data,
        Err(error) => {
            remarks.push(Remark::fail(check, error.to_string(), "照面数据附件无法读取"));
            return Ok(None);
        }
    };
    let digest = sm3(file)?;
    let mut told = pairs.iter().filter(|(name, _)| name == DIGEST).map(|(_, value)| value);
    let canonical = data.to_bytes()? == file.as_ref();
    remarks.push(match (told.next(), told.next()) {
        (Some(own), None) if *own == digest && canonical => {
            let english = format!("the attachment {FILE} has the digest that the metadata tell, {digest}");
            Remark::pass(check, english, "照面数据附件与元数据中的摘要一致")
        }
        (Some(own), None) if *own == digest => {
            let english = format!("the attachment {FILE} is not written as issuers write it");
            Remark::fail(check, english, "照面数据附件不是规范格式")
        }
        (Some(own), None) => {
            let own: String = own.chars().take(64).collect();
            let english = format!(
                "the attachment {FILE} has the SM3 {digest}, the metadata ({DIGEST}) say {}",
                own.escape_debug()
            );
            Remark::fail(check, english, "照面数据附件与元数据中的摘要不一致，数据被替换")
        }
        (None, _) => Remark::fail(
            check,
            format!("the metadata do not tell the digest of {FILE} ({DIGEST})"),
            "元数据缺少照面数据摘要",
        ),
        (Some(_), Some(_)) => Remark::fail(
            check,
            format!("the metadata tell several digests of {FILE} ({DIGEST})"),
            "元数据中的照面数据摘要重复",
        ),
    });
    Ok(Some(data))
}

/// The metadata of the document against those of the embedded data.
pub(super) fn same(inside: &Elements, outside: &Elements) -> Remark {
    let check = checks::LICENCE_DATA_SAME;
    let differs: Vec<_> =
        Element::ALL.iter().filter(|element| inside.values(**element) != outside.values(**element)).collect();
    let mut names: Vec<_> = differs.iter().map(ToString::to_string).collect();
    let own = |elements: &Elements| {
        let mut own = elements.extensions().clone();
        own.remove(DIGEST);
        own
    };
    let (inner, outer) = (own(inside), own(outside));
    let keys: BTreeSet<_> = inner.keys().chain(outer.keys()).collect();
    names.extend(keys.into_iter().filter(|key| inner.get(*key) != outer.get(*key)).cloned());
    if names.is_empty() {
        return Remark::pass(
            check,
            "the document's metadata say the same as the embedded data",
            "文件元数据与照面数据一致",
        );
    }
    let names = names.join(", ");
    let told = format!("the document's metadata and the embedded data differ in {names}");
    Remark::fail(check, told, format!("文件元数据与照面数据不一致：{names}"))
}

/// The issuers against the owners of the seals.
pub(super) fn issuers<D: Carrier>(verified: &Verified<'_, D>, elements: &Elements, is_copy: bool) -> Remark {
    let check = checks::LICENCE_ISSUER;
    let issuers: BTreeSet<&str> = elements.values(Element::IssuerCode).iter().map(String::as_str).collect();
    let mut owners: BTreeSet<CreditCode> = BTreeSet::new();
    let mut unknown = 0_usize;
    for signature in verified.signatures().iter().filter(|signature| signature.seal.is_some()) {
        let chain = signature.chains.iter().find(|chain| chain.role == Role::Signatory);
        let codes = chain.and_then(|chain| chain.links.first()).map(|link| owner_codes(&link.certificate));
        let codes = codes.unwrap_or_default();
        if codes.is_empty() {
            unknown = unknown.saturating_add(1);
        } else if codes.iter().all(|code| !issuers.contains(code.as_str())) {
            // Whoever annotates a copy seals it too.
            if is_copy {
                continue;
            }
            let own: Vec<_> = codes.iter().map(ToString::to_string).collect();
            let (own, named) = (own.join(", "), issuers.iter().copied().collect::<Vec<_>>().join(", "));
            let told = format!("wrong issuer code for the seal's owner: the licence names {named}, a seal is of {own}");
            return Remark::fail(check, told, format!("颁发机构代码 {named} 与印章所有者代码 {own} 不一致"));
        }
        owners.extend(codes);
    }
    let missing: Vec<_> =
        issuers.iter().filter(|code| owners.iter().all(|owner| owner.as_str() != **code)).copied().collect();
    match (missing.as_slice(), unknown) {
        ([], _) => Remark::pass(check, "each issuer's seal is on the licence", "各颁发机构均已盖章"),
        (missing, 0) => {
            let codes = missing.join(", ");
            Remark::fail(check, format!("no seal is of the issuer {codes}"), format!("缺少颁发机构 {codes} 的印章"))
        }
        (missing, _) => {
            let codes = missing.join(", ");
            let told = format!("whether a seal is of {codes} cannot be told: its certificate names no body's code");
            Remark::note(check, told, format!("证书未载明机构代码，无法核对颁发机构 {codes}"))
        }
    }
}

/// The licence's own days.
pub(super) fn in_force(metadata: &Metadata, day: Day) -> Remark {
    let check = checks::LICENCE_IN_FORCE;
    let from = metadata.valid_from.unwrap_or(metadata.issued);
    let until = metadata.valid_until.map_or("for good".to_owned(), |until| format!("until {until}"));
    let until_chinese = metadata.valid_until.map_or("长期".to_owned(), |until| format!("至 {until}"));
    match metadata.standing(day) {
        Standing::InForce => {
            let told = format!("{day} lies in its validity, from {from} {until}");
            Remark::pass(check, told, format!("{day} 在有效期内（{from} {until_chinese}）"))
        }
        Standing::NotYet => {
            let told = format!("it is in force from {from} on, and the day in question is {day}");
            Remark::fail(check, told, format!("证照自 {from} 起生效，{day} 尚未生效"))
                .because(SubIndication::NotYetValid)
        }
        Standing::Ended => {
            let told = format!("it was in force {until}, and the day in question is {day}");
            Remark::fail(check, told, format!("证照有效期{until_chinese}，{day} 已过期"))
                .because(SubIndication::Expired)
        }
    }
}

/// What an annotated copy says of itself.
pub(super) fn copy(note: &CopyNote, at: Time) -> Remark {
    let check = checks::LICENCE_COPY;
    match note.until {
        Some(until) if until < at => {
            let told = format!("the copy could be used until {until}, and the time in question is {at}");
            Remark::fail(check, told, format!("加注件有效期至 {}，已过期", Day::of(until)))
                .because(SubIndication::Expired)
        }
        _ if note.made_at > at => {
            let told = format!("the copy says that it was made at {}, after {at}", note.made_at);
            Remark::fail(check, told, "加注件制作时间晚于当前时间").because(SubIndication::NotYetValid)
        }
        _ => {
            let told = format!("an annotated copy by {}, for: {}", note.maker, note.purpose);
            Remark::pass(check, told, format!("加注件，由{}制作，用于：{}", note.maker, note.purpose))
        }
    }
}

/// What the issuer's record says.
pub(super) fn state(state: LicenceState) -> Remark {
    let check = checks::LICENCE_STATE;
    match state {
        LicenceState::InForce => Remark::pass(check, "its issuer has it on record as in force", "证照状态：有效"),
        LicenceState::Inactive => {
            Remark::fail(check, "its issuer has it on record as not yet in force", "证照状态：未激活")
                .because(SubIndication::NotYetValid)
        }
        LicenceState::Suspended => {
            Remark::fail(check, "its issuer has suspended it", "证照状态：暂扣").because(SubIndication::TryLater)
        }
        LicenceState::Ended => Remark::fail(check, "its issuer has it on record as ended", "证照状态：已失效")
            .because(SubIndication::Expired),
        LicenceState::NotOnRecord => Remark::fail(check, "its issuer has no such licence", "颁发机构无此证照记录"),
        LicenceState::Unknown => Remark::unknown(check, "its issuer was asked and did not answer", "未能查询证照状态"),
    }
}
