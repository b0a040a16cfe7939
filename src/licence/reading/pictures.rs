//! The pictures on the pages against the data.

use crate::error::Error;
use crate::finding::checks;
use crate::licence::Remark;
use crate::licence::carrier::Carrier;
use crate::licence::data::{Data, PictureLine, hundredths};
use crate::licence::pixels::digest_dots;
use crate::limits::Limits;
use crate::units::{Area, Page};

/// Compares the pictures of each page with those that the data name by their digests: none may be missing, none may
/// be there besides. Seals are no pictures of a page.
pub(super) fn compare<D: Carrier>(document: &D, data: &Data) -> Result<Vec<Remark>, Error> {
    let mut remarks = Vec::new();
    let count = u32::try_from(document.count()?).unwrap_or(u32::MAX);
    let limits = Limits::default();
    for number in 1..=count {
        let mut found: Vec<(String, Option<Area>)> = Vec::new();
        let mut unknown = 0_usize;
        for seen in document.seen(Page(number))? {
            // A picture that does not decode shows nothing that the data have.
            match digest_dots(&seen.dots, &limits) {
                Ok(Some(digest)) => found.push((digest, seen.area)),
                Err(error) if error.ends_the_work() => return Err(error),
                Ok(None) | Err(_) => unknown = unknown.saturating_add(1),
            }
        }
        let expected: Vec<_> = data.pictures.iter().filter(|picture| picture.page == number).collect();
        let fits = |picture: &PictureLine, (digest, area): &(String, Option<Area>)| {
            picture.sha256 == *digest && area.is_none_or(|area| is_at(picture, &area))
        };
        for picture in expected.iter().filter(|picture| !found.iter().any(|one| fits(picture, one))) {
            let name = name(picture);
            let told = format!("page {number} does not show the picture {name} that it was issued with");
            remarks.push(fault(told, format!("第 {number} 页的图片{name}与签发时不一致")));
        }
        let besides = found.iter().filter(|one| !expected.iter().any(|picture| fits(picture, one))).count();
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

/// Whether it stands where the data have it, to half a millimetre.
fn is_at(picture: &PictureLine, area: &Area) -> bool {
    let found = [area.left, area.top, area.width, area.height].map(hundredths);
    picture.area.iter().zip(found).all(|(own, found)| own.abs_diff(found) <= 50)
}

fn name(picture: &PictureLine) -> String {
    picture.item.as_ref().map_or_else(String::new, |item| format!("\"{}\"", item.escape_debug()))
}

fn fault(english: String, chinese: String) -> Remark {
    Remark::fail(checks::LICENCE_PICTURE, english, chinese)
}
