//! What was touched after sealing, in the words of a counter.

use crate::compose::ROOM;
use crate::document::{Change, ChangeKind};
use crate::finding::checks;
use crate::form::alterations;
use crate::licence::Remark;
use crate::verify::SignatureReport;

/// What a later revision altered, if one did. A note that was laid over the file is sealed by whoever made the copy:
/// nothing of it comes after the last seal.
pub(super) fn altered(signatures: &[SignatureReport]) -> Option<Remark> {
    let is_note =
        |change: &Change| change.kind == ChangeKind::FieldValue && change.detail.contains(&format!("\"{ROOM}"));
    let last = signatures.iter().min_by_key(|signature| signature.changes.len());
    let is_sealed = last.is_some_and(|last| !last.changes.iter().any(is_note));
    let change = alterations(signatures).find(|change| !(is_sealed && is_note(change)))?;
    let (english, chinese) = part(change);
    let told = format!("{english} changed after sealing: {change}");
    let page = change.page.map(|page| format!("第 {} 页的", page.0)).unwrap_or_default();
    let chinese = format!("盖章后第 {} 次修订改动了{page}{chinese}", change.revision);
    Some(Remark::fail(checks::LICENCE_PROTECTED, told, chinese))
}

const EMBEDDED: (&str, &str) = ("the embedded data were", "照面数据附件");

/// Which part of a licence it was, in English and in Chinese.
fn part(change: &Change) -> (&'static str, &'static str) {
    use ChangeKind as K;
    let has = |step: &str| change.path.split('/').any(|own| own == step);
    let is_picture = change.path.rsplit('/').next().and_then(|last| last.strip_prefix('I'));
    let is_picture = is_picture.is_some_and(|number| number.bytes().all(|byte| byte.is_ascii_digit()));
    let brings_script = change.new.as_ref().is_some_and(|new| new.contains("JavaScript"));
    match change.kind {
        // The names of attachments stand beside those of scripts.
        K::Action if change.detail.contains("/Names") && !brings_script => EMBEDDED,
        K::Metadata => ("the metadata were", "元数据"),
        K::Annotation => ("annotations over the pages were", "批注"),
        K::PageTree => ("the number or the order of the pages was", "页数或页序"),
        K::Action => ("actions were", "脚本或动作"),
        K::FieldValue | K::Form => ("a field was", "表单域"),
        K::Signature | K::SignatureField | K::Signing | K::TimeStamp => ("a seal or its place was", "印章或印章位"),
        _ if has("AF") || has("EmbeddedFiles") => EMBEDDED,
        _ if is_picture => ("a picture was", "图片"),
        K::Page if has("Contents") => ("what a page shows was", "版面内容"),
        K::Page => ("what a page is drawn with was", "版面资源"),
        _ => ("something was", "内容"),
    }
}
