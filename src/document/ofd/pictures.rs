//! The pictures on pages, as the package holds them (GB/T 33190-2016, 7.9 and 10).

use std::collections::BTreeMap;

use crate::document::ofd::Ofd;
use crate::document::ofd::description::numbers;
use crate::document::ofd::package::folder;
use crate::document::ofd::xml::Element;
use crate::document::page_index;
use crate::document::seen::{Dots, Seen};
use crate::error::{Context, Error};
use crate::units::{Area, Mm, Page};

impl Ofd {
    /// The picture objects of a page and of its templates.
    pub(crate) fn pictures(&self, page: Page) -> Result<Vec<Seen>, Error> {
        let body = self.structure().first()?;
        let index = page_index(page, body.pages.len())?;
        let content = body.pages.get(index).and_then(|page| page.content);
        let content = content.ok_or_else(|| Error::malformed(format!("{page} is said to be where no file is")))?;
        let document = self.part(body.document)?;
        let common = document.root()?.first("CommonData");
        let sheet = self.part(content)?;
        let root = sheet.root()?;
        let mut files = BTreeMap::new();
        let resources = |node: Element<'_>, folder: &str, files: &mut BTreeMap<String, usize>| {
            let listed = node.children().filter(|child| matches!(child.name(), "PublicRes" | "DocumentRes" | "PageRes"));
            listed.map(|child| child.text().to_owned()).try_for_each(|location| self.media(folder, &location, files))
        };
        if let Some(common) = common {
            resources(common, &body.folder, &mut files)?;
        }
        let path = self.package().path(content);
        resources(root, folder(path.trim_start_matches('/')), &mut files)?;
        let mut seen = Vec::new();
        let templates: Vec<_> = common.into_iter().flat_map(|data| data.all("TemplatePage")).collect();
        for wanted in root.all("Template").filter_map(|node| node.attribute("TemplateID")) {
            let found = templates.iter().find(|template| template.attribute("ID") == Some(wanted));
            let location = found.and_then(|template| template.attribute("BaseLoc")).unwrap_or_default();
            if let Some(located) = self.package().locate(&body.folder, location) {
                self.shown(self.part(located.index)?.root()?, page, &files, &mut seen)?;
            }
        }
        self.shown(root, page, &files, &mut seen)?;
        Ok(seen)
    }

    /// The files of a list of resources, by the numbers of the media.
    fn media(&self, within: &str, location: &str, files: &mut BTreeMap<String, usize>) -> Result<(), Error> {
        let Some(list) = self.package().locate(within, location) else { return Ok(()) };
        let path = self.package().path(list.index);
        let tree = self.part(list.index)?;
        let root = tree.root()?;
        let base = root.attribute("BaseLoc").unwrap_or_default().trim_matches('/');
        let mut folder = folder(path.trim_start_matches('/')).to_owned();
        if !base.is_empty() {
            folder = format!("{folder}/{base}").trim_start_matches('/').to_owned();
        }
        for media in root.all("MultiMedias").flat_map(|list| list.all("MultiMedia")) {
            let file = media.only("MediaFile")?.map_or("", Element::text);
            if let (Some(id), Some(located)) = (media.attribute("ID"), self.package().locate(&folder, file)) {
                files.insert(id.to_owned(), located.index);
            }
        }
        Ok(())
    }

    fn shown(
        &self,
        node: Element<'_>,
        page: Page,
        files: &BTreeMap<String, usize>,
        seen: &mut Vec<Seen>,
    ) -> Result<(), Error> {
        for child in node.children() {
            match child.name() {
                "ImageObject" => {
                    let boundary = child.attribute("Boundary").and_then(numbers);
                    let area = boundary.map(|boundary| {
                        let [left, top, width, height] = boundary.map(Mm);
                        Area { page, left, top, width, height }
                    });
                    let index = child.attribute("ResourceID").and_then(|id| files.get(id));
                    let dots = match index {
                        Some(index) => {
                            let bytes = self.package().unfold(*index).context(self.package().path(*index))?;
                            Dots::File(bytes.into_owned())
                        }
                        None => Dots::Other,
                    };
                    seen.push(Seen { area, dots });
                }
                "Content" | "Layer" | "PageBlock" => self.shown(child, page, files, seen)?,
                _ => {}
            }
        }
        Ok(())
    }

    /// The files of the package that a list of paths leaves out.
    pub(crate) fn left_out(&self, chosen: &[String]) -> Vec<String> {
        let has = |name: &str| chosen.iter().any(|one| one.trim_start_matches('/') == name);
        self.package().files().keys().filter(|name| !has(name)).cloned().collect()
    }
}
