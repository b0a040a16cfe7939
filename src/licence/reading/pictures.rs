//! The pictures on the pages against the data.

use std::collections::BTreeMap;

use crate::error::Error;
use crate::finding::checks;
use crate::licence::Remark;
use crate::licence::carrier::Carrier;
use crate::licence::data::{Data, PictureLine};
use crate::licence::pixels::digest_dots;
use crate::limits::Limits;
use crate::units::Page;

/// Compares the pictures of each page with those that the data name by their digests: none may be missing, none may
/// be there besides. Seals are no pictures of a page.
pub(super) fn compare<D: Carrier>(document: &D, data: &Data) -> Result<Vec<Remark>, Error> {
    let mut remarks = Vec::new();
    let count = u32::try_from(document.count()?).unwrap_or(u32::MAX);
    let limits = Limits::default();
    for number in 1..=count {
        let mut found: BTreeMap<String, usize> = BTreeMap::new();
        let mut unknown = 0_usize;
        for seen in document.seen(Page(number))? {
            // A picture that does not decode shows nothing that the data have.
            match digest_dots(&seen.dots, &limits) {
                Ok(Some(digest)) => *found.entry(digest).or_default() += 1,
                Ok(None) => unknown = unknown.saturating_add(1),
                Err(error) if error.ends_the_work() => return Err(error),
                Err(_) => unknown = unknown.saturating_add(1),
            }
        }
        let expected: Vec<_> = data.pictures.iter().filter(|picture| picture.page == number).collect();
        for picture in expected.iter().filter(|picture| !found.contains_key(&picture.sm3)) {
            let name = name(picture);
            let told = format!("page {number} does not show the picture {name} that it was issued with");
            remarks.push(fault(told, format!("第 {number} 页的图片{name}与签发时不一致")));
        }
        let besides = found.keys().filter(|digest| expected.iter().all(|picture| picture.sm3 != **digest)).count();
        if besides > 0 || unknown > 0 {
            let all = besides.saturating_add(unknown);
            let told = format!("page {number} holds {all} pictures that the data do not have");
            remarks.push(fault(told, format!("第 {number} 页有 {all} 张数据中没有的图片")));
        }
    }
    let beyond = data.pictures.iter().filter(|picture| !(1..=count).contains(&picture.page)).count();
    if beyond > 0 {
        let told = format!("the data have {beyond} pictures on pages that are not there");
        remarks.push(fault(told, format!("数据中有 {beyond} 张图片所在页不存在")));
    }
    if remarks.is_empty() && !data.pictures.is_empty() {
        let told = format!("{} pictures, as the licence was issued with", data.pictures.len());
        let chinese = format!("{} 张图片与签发时一致", data.pictures.len());
        remarks.push(Remark::pass(checks::LICENCE_PICTURE, told, chinese));
    }
    Ok(remarks)
}

fn name(picture: &PictureLine) -> String {
    picture.item.as_ref().map_or_else(String::new, |item| format!("\"{}\"", item.escape_debug()))
}

fn fault(english: String, chinese: String) -> Remark {
    Remark::fail(checks::LICENCE_PICTURE, english, chinese)
}
