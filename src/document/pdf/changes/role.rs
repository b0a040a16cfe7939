//! What an object is, judged by the way that leads to it from the trailer.
//!
//! One object may have several roles: a stream can be the appearance of a field and at the same
//! time be drawn by a page. A change of it has to be allowed in each of them.

/// The place of an object in the document. The order is the one in which changes are judged: fields
/// before the pages that show them.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub(super) enum Role {
    Catalog,
    /// The form's dictionary.
    Form,
    /// An array of fields: the form's `/Fields`, a field's `/Kids`.
    Fields,
    /// A field or a widget of one.
    Field,
    /// A field's value, as long as it is no signature, or its appearance, and all beneath them.
    FieldPart,
    /// The appearance of a signature field, and all beneath it.
    SignaturePart,
    /// A signature dictionary and all beneath it.
    Signature,
    /// The form's `/DR`, and a category in it.
    Resources,
    Category,
    Info,
    Metadata,
    Dss,
    /// An array of streams in the DSS or in an entry of its VRI.
    Evidence,
    Vri,
    VriEntry,
    Extensions,
    /// What one developer declares, and all beneath it.
    Extension,
    StructureRoot,
    /// A node of the number tree that leads from content to elements, and the arrays in it.
    ParentTree,
    Numbers,
    ParentValue,
    /// `/K` of the structure's root or of an element.
    StructureKids,
    StructureElement,
    /// A node of the page tree, or its `/Kids`.
    PageTree,
    Page,
    Annotations,
    Annotation,
    /// Whatever belongs to an annotation.
    AnnotationPart,
    /// What nothing may change.
    Frozen,
    /// No role of its own: a reference to something that has its role by another way, such as a
    /// destination that names a page. What turns out to have none is a part of what names it.
    Link,
}

/// Keys that name a page, a field, an annotation or an element and do not make it a part of the
/// dictionary in which they stand.
///
/// A way through any other key counts as a way of its own. What the objects named here may change
/// says nothing in a dictionary of another kind.
const LINKS: [&[u8]; 17] = [
    b"AN",
    b"Annotation",
    b"CO",
    b"D",
    b"Data",
    b"Dest",
    b"Fields",
    b"IRT",
    b"Obj",
    b"P",
    b"Parent",
    b"Pg",
    b"Popup",
    b"Ref",
    b"SE",
    b"T",
    b"TB",
];

impl Role {
    /// One bit for each role.
    pub(super) fn bit(self) -> u32 {
        1 << (self as u32)
    }

    /// The role of what a key of a dictionary with this role leads to.
    pub(super) fn of_key(self, key: &[u8]) -> Role {
        match (self, key) {
            (Role::Catalog, _) => of_catalog(key),
            (Role::Form, b"Fields") | (Role::Field, b"Kids") => Role::Fields,
            (Role::Form, b"DR") => Role::Resources,
            (Role::Field, b"AP" | b"V" | b"RV") => Role::FieldPart,
            (Role::Resources, _) => Role::Category,
            (Role::Info, _) => Role::Info,
            (Role::Dss | Role::VriEntry, b"Certs" | b"OCSPs" | b"CRLs" | b"Cert" | b"OCSP" | b"CRL") => Role::Evidence,
            (Role::Dss, b"VRI") => Role::Vri,
            (Role::Vri, _) => Role::VriEntry,
            (Role::Extensions | Role::Extension, _) => Role::Extension,
            (Role::StructureRoot | Role::StructureElement | Role::StructureKids, b"K") => Role::StructureKids,
            (Role::StructureRoot, b"ParentTree") | (Role::ParentTree, b"Kids") => Role::ParentTree,
            (Role::ParentTree, b"Nums") => Role::Numbers,
            (Role::PageTree, b"Kids") => Role::PageTree,
            (Role::Page, b"Annots") => Role::Annotations,
            (Role::Annotation, b"A" | b"AA" | b"PA") => Role::Frozen,
            (_, key) if LINKS.contains(&key) => Role::Link,
            (Role::FieldPart, _) => Role::FieldPart,
            (Role::SignaturePart, _) => Role::SignaturePart,
            (Role::Signature, _) => Role::Signature,
            (Role::Annotation | Role::AnnotationPart, _) => Role::AnnotationPart,
            _ => Role::Frozen,
        }
    }

    /// Whether arrays beneath may be destinations, that is, name places on pages.
    pub(super) fn may_name_places(self) -> bool {
        matches!(self, Role::Frozen | Role::AnnotationPart | Role::FieldPart)
    }

    /// The role of what a link in a dictionary with this role names, should that have no other.
    pub(super) fn of_link(self) -> Role {
        match self {
            Role::FieldPart | Role::SignaturePart | Role::Signature | Role::AnnotationPart => self,
            _ => Role::Frozen,
        }
    }

    /// Whether it belongs to one field, whose name has to be known.
    pub(super) fn is_owned(self) -> bool {
        matches!(self, Role::FieldPart | Role::SignaturePart)
    }

    /// Whether its rule looks at entries, so that nothing with this role may be a stream.
    pub(super) fn has_entries_only(self) -> bool {
        !matches!(
            self,
            Role::FieldPart
                | Role::SignaturePart
                | Role::Signature
                | Role::Info
                | Role::Metadata
                | Role::AnnotationPart
                | Role::Frozen
                | Role::Link
        )
    }

    /// The role of the items of an array with this role.
    pub(super) fn of_item(self) -> Role {
        match self {
            Role::Fields => Role::Field,
            Role::Annotations => Role::Annotation,
            Role::Numbers => Role::ParentValue,
            Role::ParentValue => Role::StructureElement,
            Role::Evidence | Role::Category | Role::Resources => Role::Frozen,
            same => same,
        }
    }
}

fn of_catalog(key: &[u8]) -> Role {
    match key {
        b"AcroForm" => Role::Form,
        b"DSS" => Role::Dss,
        b"Extensions" => Role::Extensions,
        b"Metadata" => Role::Metadata,
        b"Pages" => Role::PageTree,
        b"StructTreeRoot" => Role::StructureRoot,
        _ => Role::Frozen,
    }
}

/// The roles of objects that links may name without making them a part of what names them.
const LINKABLE: [Role; 7] = [
    Role::Catalog,
    Role::Field,
    Role::Page,
    Role::PageTree,
    Role::Annotation,
    Role::StructureElement,
    Role::StructureRoot,
];

/// Their bits.
pub(super) fn linkable() -> u32 {
    LINKABLE.iter().fold(0, |bits, role| bits | role.bit())
}
