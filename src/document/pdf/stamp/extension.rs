//! What a signature uses beyond the file's version of PDF (ISO 32000-2, 7.12).

use crate::document::pdf::stamp::Stamp;
use crate::error::Error;

/// EN 319 142-1, 6.3: below PDF 2.0 the format ETSI.CAdES.detached is an extension to declare.
const ESIC: &str = "<< /BaseVersion /1.7 /ExtensionLevel 2 >>";

/// ISO/TS 32002: elliptic curves, in PDF 2.0 too. Entries of ISO stand in an array, for there are several.
const CURVES: &str = "<< /BaseVersion /2.0 /ExtensionLevel 32002 /ExtensionRevision (:2022) >>";
const CURVES_LEVEL: i64 = 32002;

/// ECDSA with SHA-2, and Ed25519.
const ON_CURVES: [&str; 4] = ["1.2.840.10045.4.3.2", "1.2.840.10045.4.3.3", "1.2.840.10045.4.3.4", "1.3.101.112"];

impl Stamp<'_, '_> {
    /// Declares the extensions that this signature needs and the file has not.
    pub(super) fn declare_extensions(&mut self) -> Result<(), Error> {
        if self.layout.sub_filter != "ETSI.CAdES.detached" {
            return Ok(());
        }
        let catalog = self.view.catalog()?;
        let dictionary = catalog.dictionary().ok_or_else(|| Error::malformed("the catalog is no dictionary"))?;
        let version = dictionary.name("Version").map(|name| String::from_utf8_lossy(name).into_owned());
        let version = version.unwrap_or_default().max(self.view.work.file.version.clone());
        let is_old = version.as_str() < "2.0";
        let on_curve = ON_CURVES.contains(&self.layout.method.as_str());
        let Some((holder, extensions)) = self.find(&catalog, dictionary, "Extensions")? else {
            let esic = if is_old { format!(" /ESIC {ESIC}") } else { String::new() };
            let curves = if on_curve { format!(" /ISO_ [{}]", self.curves()?) } else { String::new() };
            if esic.is_empty() && curves.is_empty() {
                return Ok(());
            }
            return self.writer.set(&catalog, &catalog.object, "Extensions", &format!("<<{esic}{curves} >>"));
        };
        let Some(entries) = extensions.as_dictionary() else { return Ok(()) };
        if is_old {
            let level = match self.view.get(entries, "ESIC")? {
                // Several extensions of one developer form an array; whoever wrote it knew.
                Some(esic) if esic.as_dictionary().is_none() => i64::MAX,
                Some(esic) => esic.as_dictionary().and_then(|esic| esic.integer("ExtensionLevel")).unwrap_or(0),
                None => 0,
            };
            if level < 2 {
                self.writer.set(&holder, &extensions, "ESIC", ESIC)?;
            }
        }
        if !on_curve {
            return Ok(());
        }
        let curves = self.curves()?;
        let Some((place, known)) = self.find(&holder, entries, "ISO_")? else {
            return self.writer.set(&holder, &extensions, "ISO_", &format!("[{curves}]"));
        };
        // One that stands alone would have to be written anew, which a signature that is there forbids.
        let Some(list) = known.as_array() else { return Ok(()) };
        for one in list {
            let one = self.view.follow(one)?;
            if one.as_dictionary().is_some_and(|one| one.integer("ExtensionLevel") == Some(CURVES_LEVEL)) {
                return Ok(());
            }
        }
        if self.is_signed { Ok(()) } else { self.writer.append(&place, &known, &curves) }
    }

    /// The declaration with its string as it has to stand in the catalog.
    fn curves(&self) -> Result<String, Error> {
        let catalog = self.view.catalog()?.reference;
        let revision = self.writer.string(catalog.number, b":2022")?;
        Ok(CURVES.replace("(:2022)", &String::from_utf8_lossy(&revision)))
    }
}
