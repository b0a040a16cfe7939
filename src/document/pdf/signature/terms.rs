//! What a signed field asked for, and what its signature says of that (ISO 32000-2, 12.7.5.5).

use crate::document::Seeded;
use crate::document::pdf::changes::Restriction;
use crate::document::pdf::field::Field;
use crate::document::pdf::file::{Indirect, View, readable};
use crate::document::pdf::seed::seed_values;
use crate::document::pdf::signature::Group;
use crate::document::seed::Offer;
use crate::error::Error;

/// A signature dictionary as of the revision that it closed.
pub(super) struct Terms<'t> {
    pub(super) view: View<'t>,
    pub(super) signature: &'t Indirect,
    pub(super) restriction: &'t Restriction,
}

impl Terms<'_> {
    /// The seed values of the first field that has some, as of the time of signing: what a later revision
    /// asks for was not asked of the signatory.
    pub(super) fn seeded(&self, group: &Group<'_>) -> Result<Option<Seeded>, Error> {
        for field in &group.fields {
            let Some(indirect) = readable(self.view.load(field.indirect.reference))? else { continue };
            let field = Field {
                name: field.name.clone(),
                indirect,
                kind: field.kind.clone(),
                value: None,
                holder: field.holder,
                widgets: Vec::new(),
                above: None,
            };
            if let Some(values) = seed_values(&self.view, &field)? {
                return Ok(Some(Seeded { values, offer: self.offer()? }));
            }
        }
        Ok(None)
    }

    fn offer(&self) -> Result<Offer<'static>, Error> {
        let Some(dictionary) = self.signature.dictionary() else { return Ok(Offer::default()) };
        let name = |key: &str| dictionary.name(key).map(|name| String::from_utf8_lossy(name).into_owned());
        let reason = match self.view.get(dictionary, "Reason")? {
            Some(reason) => reason.as_string().map(|text| self.view.text(self.signature, text)).transpose()?,
            None => None,
        };
        Ok(Offer {
            filter: name("Filter").unwrap_or_default(),
            sub_filter: name("SubFilter").unwrap_or_default(),
            reason,
            attestation: self.attestation()?,
            certification: self.restriction.certification(),
            locks_document: self.restriction.locks_document(),
            ..Offer::default()
        })
    }

    fn attestation(&self) -> Result<Option<String>, Error> {
        let catalog = self.view.catalog()?;
        let Some(dictionary) = catalog.dictionary() else { return Ok(None) };
        let Some(legal) = self.view.get(dictionary, "Legal")? else { return Ok(None) };
        let holder = match &legal {
            crate::document::pdf::file::Followed::There(indirect) => indirect,
            _ => &catalog,
        };
        let Some(entries) = legal.as_dictionary() else { return Ok(None) };
        let Some(text) = self.view.get(entries, "Attestation")? else { return Ok(None) };
        text.as_string().map(|text| self.view.text(holder, text)).transpose()
    }
}
