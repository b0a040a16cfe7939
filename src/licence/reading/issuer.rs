//! The issuers against the owners of the seals.

use std::collections::BTreeSet;

use crate::finding::checks;
use crate::identifier::CreditCode;
use crate::licence::carrier::Carrier;
use crate::licence::data::nfc;
use crate::licence::metadata::Element;
use crate::licence::owner::owner_codes;
use crate::licence::{Elements, Remark};
use crate::trust::Role;
use crate::verify::{SignatureReport, Verified};

/// Whether each seal is of an issuer, and each issuer's seal is there. Whose a seal is says the code in the
/// signatory's certificate; where it has none, its name and the seal's.
pub(super) fn compare<D: Carrier>(verified: &Verified<'_, D>, elements: &Elements, is_copy: bool) -> Remark {
    let check = checks::LICENCE_ISSUER;
    let (names, codes) = (elements.values(Element::Issuer), elements.values(Element::IssuerCode));
    let issuers: BTreeSet<&str> = codes.iter().map(String::as_str).collect();
    let mut sealed: BTreeSet<&str> = BTreeSet::new();
    let (mut by_name, mut strange) = (Vec::new(), None);
    for signature in verified.signatures().iter().filter(|signature| signature.seal.is_some()) {
        let owners = owners(signature);
        let own = issuers.iter().copied().filter(|code| owners.iter().any(|owner| owner.as_str() == *code));
        let own: Vec<_> = own.collect();
        let named = names.iter().zip(codes).find(|(name, _)| owners.is_empty() && is_called(signature, name));
        match named {
            _ if !own.is_empty() => sealed.extend(own),
            Some((name, code)) => {
                sealed.insert(code);
                by_name.push(name.as_str());
            }
            // Whoever annotates a copy seals it too.
            None if is_copy => {}
            None if owners.is_empty() => strange = Some(signature),
            None => return of_another(&issuers, &owners),
        }
    }
    let missing: Vec<_> = issuers.difference(&sealed).copied().collect();
    match (strange, missing.is_empty()) {
        (Some(signature), _) => {
            let name = signature.seal.as_ref().map(|seal| seal.name.escape_debug().to_string()).unwrap_or_default();
            let told = format!(
                "whether the seal \"{name}\" is an issuer's cannot be told: its certificate names no body's code, and \
                 neither is called as an issuer is"
            );
            Remark::unknown(check, told, format!("证书未载明机构代码，印章“{name}”与颁发机构名称不符，无法核对"))
        }
        (None, false) => {
            let codes = missing.join(", ");
            Remark::fail(check, format!("no seal is of the issuer {codes}"), format!("缺少颁发机构 {codes} 的印章"))
        }
        (None, true) if by_name.is_empty() => {
            Remark::pass(check, "each issuer's seal is on the licence", "各颁发机构均已盖章")
        }
        (None, true) => {
            let names = by_name.join("、");
            let told = format!(
                "each issuer's seal is on the licence, that of {} by its name alone: its certificate names no code",
                names.escape_debug()
            );
            Remark::note(check, told, format!("证书未载明机构代码，仅按名称核对：{names}"))
        }
    }
}

/// Who sealed a copy besides its issuers, where that is not who the copy says made it.
pub(super) fn of_copy<D: Carrier>(verified: &Verified<'_, D>, elements: &Elements, maker: &str) -> Option<Remark> {
    let is_strange = |signature: &&SignatureReport| {
        signature.seal.is_some() && !is_issuers(signature, elements) && !is_called(signature, maker)
    };
    let strange = verified.signatures().iter().rfind(is_strange)?;
    let name = strange.seal.as_ref().map(|seal| seal.name.escape_debug().to_string()).unwrap_or_default();
    let maker = maker.escape_debug();
    let told = format!("the copy says that {maker} made it, and it is sealed by \"{name}\"");
    Some(Remark::note(checks::LICENCE_COPY, told, format!("加注件制作者为“{maker}”，加盖的印章为“{name}”")))
}

/// Whether a seal is of a body that the licence names as its issuer.
pub(super) fn is_issuers(signature: &SignatureReport, elements: &Elements) -> bool {
    let (names, codes) = (elements.values(Element::Issuer), elements.values(Element::IssuerCode));
    let owners = owners(signature);
    codes.iter().any(|code| owners.iter().any(|owner| owner.as_str() == code))
        || names.iter().any(|name| owners.is_empty() && is_called(signature, name))
}

/// The codes that the signatory's certificate gives its owner.
fn owners(signature: &SignatureReport) -> BTreeSet<CreditCode> {
    let chain = signature.chains.iter().find(|chain| chain.role == Role::Signatory);
    let codes = chain.and_then(|chain| chain.links.first()).map(|link| owner_codes(&link.certificate));
    codes.unwrap_or_default()
}

/// Whether certificate and seal are called by this name; a seal for a purpose has 专用章 behind it.
fn is_called(signature: &SignatureReport, name: &str) -> bool {
    let name = plain(name);
    let of_seal = signature.seal.as_ref().map(|seal| plain(&seal.name)).unwrap_or_default();
    let is_seal = of_seal.strip_prefix(&name).is_some_and(|rest| rest.is_empty() || rest.ends_with('章'));
    let subject = signature.signer.as_ref().map(|signer| plain(&signer.subject)).unwrap_or_default();
    let is_owner = subject.split(',').filter_map(|part| part.split_once('=')).any(|(_, value)| value == name);
    !name.is_empty() && is_seal && is_owner
}

fn plain(text: &str) -> String {
    nfc(text).chars().filter(|each| !each.is_whitespace()).collect()
}

fn of_another(issuers: &BTreeSet<&str>, owners: &BTreeSet<CreditCode>) -> Remark {
    let own: Vec<_> = owners.iter().map(ToString::to_string).collect();
    let (own, named) = (own.join(", "), issuers.iter().copied().collect::<Vec<_>>().join(", "));
    let told = format!("wrong issuer code for the seal's owner: the licence names {named}, a seal is of {own}");
    Remark::fail(checks::LICENCE_ISSUER, told, format!("颁发机构代码 {named} 与印章所有者代码 {own} 不一致"))
}
