//! Files that travel with a document (ISO 19005-3, 6.8; ISO 32000-2, 7.11 and 14.13).

use pdf_writer::{Chunk, Filter, Finish as _, Name, Ref, Str, TextStr};

use crate::deflate::zlib;
use crate::document::pdf::compose::metadata;
use crate::error::Error;
use crate::time::Time;

/// What a file is to the document that carries it (ISO 32000-2, 7.11.3).
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Relationship {
    /// The same in another form, such as data from which a reader could make the page.
    Alternative,
    /// The data that the page shows.
    Data,
    /// What the document was made from.
    Source,
    /// What goes beyond it.
    Supplement,
    /// None of these.
    #[default]
    Unspecified,
}

/// A file that travels with a document.
#[derive(Clone, Debug, PartialEq)]
pub struct NewAttachment {
    /// What it is called, such as `data.json`.
    pub name: String,
    /// Its media type, such as `application/json`.
    pub media_type: String,
    /// Its contents.
    pub contents: Vec<u8>,
    /// What it is to the document.
    pub relationship: Relationship,
    /// What it is, in words.
    pub description: Option<String>,
    /// When it was changed last; without it, when the document was made.
    pub changed: Option<Time>,
}

impl NewAttachment {
    /// A file by its name and media type.
    #[must_use]
    pub fn new(name: impl Into<String>, media_type: impl Into<String>, contents: impl Into<Vec<u8>>) -> Self {
        NewAttachment {
            name: name.into(),
            media_type: media_type.into(),
            contents: contents.into(),
            relationship: Relationship::Unspecified,
            description: None,
            changed: None,
        }
    }

    /// What it is to the document.
    #[must_use]
    pub fn relationship(mut self, relationship: Relationship) -> Self {
        self.relationship = relationship;
        self
    }

    /// Writes the file specification `first` and the file behind it.
    pub(super) fn write(&self, chunk: &mut Chunk, first: i32, created: Option<Time>) -> Result<(), Error> {
        let misuse = |detail: &str| Error::misuse(format!("the attachment \"{}\" {detail}", self.name));
        if self.name.trim().is_empty() || self.name.chars().any(|one| one.is_control() || matches!(one, '/' | '\\')) {
            return Err(misuse("needs a name without slashes and control characters"));
        }
        if !is_media_type(&self.media_type) {
            return Err(misuse("needs a media type such as application/json"));
        }
        let changed = self.changed.or(created);
        let changed =
            changed.ok_or_else(|| misuse("needs a time: its own, or that of the document (NewPdf::created)"))?;
        let size = i32::try_from(self.contents.len()).ok().filter(|size| *size < i32::MAX - (1 << 24));
        let size = size.ok_or_else(|| Error::too_large(format!("the attachment \"{}\" exceeds 2 GB", self.name)))?;
        let bytes = zlib(&self.contents)?;
        let (entry, file) = (Ref::new(first), Ref::new(first.saturating_add(1)));
        let mut stream = chunk.stream(file, &bytes);
        stream.filter(Filter::FlateDecode);
        stream.pair(Name(b"Type"), Name(b"EmbeddedFile")).pair(Name(b"Subtype"), Name(self.media_type.as_bytes()));
        let mut parameters = stream.insert(Name(b"Params")).dict();
        parameters.pair(Name(b"Size"), size).pair(Name(b"ModDate"), Str(metadata::date(changed).as_bytes()));
        parameters.finish();
        stream.finish();
        let mut dict = chunk.indirect(entry).dict();
        dict.pair(Name(b"Type"), Name(b"Filespec"));
        dict.pair(Name(b"F"), TextStr(&self.name)).pair(Name(b"UF"), TextStr(&self.name));
        dict.pair(Name(b"AFRelationship"), Name(self.relationship.name()));
        if let Some(description) = &self.description {
            dict.pair(Name(b"Desc"), TextStr(description));
        }
        dict.insert(Name(b"EF")).dict().pair(Name(b"F"), file).pair(Name(b"UF"), file);
        Ok(())
    }
}

impl Relationship {
    fn name(self) -> &'static [u8] {
        match self {
            Relationship::Alternative => b"Alternative",
            Relationship::Data => b"Data",
            Relationship::Source => b"Source",
            Relationship::Supplement => b"Supplement",
            Relationship::Unspecified => b"Unspecified",
        }
    }
}

/// Two tokens of RFC 2045 and a slash between them.
fn is_media_type(text: &str) -> bool {
    let is_token = |part: &str| {
        let is_sign = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$&-^_.+".contains(&byte);
        !part.is_empty() && part.bytes().all(is_sign)
    };
    text.split_once('/').is_some_and(|(kind, subtype)| is_token(kind) && is_token(subtype))
}
