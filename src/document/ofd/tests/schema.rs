//! The structure of parts as the standard's schema has it (GB/T 33190-2016, annex A): which elements follow
//! one another, how often, and which attributes are required.

use crate::document::ofd::xml::{Element, Tree};
use crate::limits::Limits;

/// An element (with its parent, where the name alone does not tell), what stands in it in this order, and its
/// required attributes. `?` may be missing, `*` may be missing or repeated, `+` may be repeated; `|` separates
/// what may stand in any order.
const TABLE: &[(&str, &str, &str)] = &[
    ("OFD", "DocBody+", "Version DocType"),
    ("DocBody", "DocInfo DocRoot Versions? Signatures?", ""),
    (
        "DocInfo",
        "DocID Title? Author? Subject? Abstract? CreationDate? ModDate? DocUsage? Cover? Keywords? Creator? \
         CreatorVersion? CustomDatas?",
        "",
    ),
    ("CustomDatas", "CustomData+", ""),
    ("CustomData", "", "Name"),
    (
        "Document",
        "CommonData Pages Outlines? Permissions? Actions? VPreferences? Bookmarks? Annotations? CustomTags? \
         Attachments? Extensions?",
        "",
    ),
    ("CommonData", "MaxUnitID PageArea PublicRes* DocumentRes* TemplatePage* DefaultCS?", ""),
    ("TemplatePage", "", "ID BaseLoc"),
    ("PageArea", "PhysicalBox ApplicationBox? ContentBox? BleedBox?", ""),
    ("Pages", "Page+", ""),
    ("Pages/Page", "", "ID BaseLoc"),
    ("Outlines", "OutlineElem+", ""),
    ("OutlineElem", "Actions? OutlineElem*", "Title"),
    ("Actions", "Action+", ""),
    ("Action", "Region? Goto|URI|GotoA|Sound|Movie", "Event"),
    ("Goto", "Dest|Bookmark", ""),
    ("Dest", "", "Type PageID"),
    ("Bookmarks", "Bookmark+", ""),
    ("Bookmarks/Bookmark", "Dest", "Name"),
    ("Page", "Template* PageRes* Area? Content? Actions?", ""),
    ("Template", "", "TemplateID"),
    ("Page/Area", "PhysicalBox ApplicationBox? ContentBox? BleedBox?", ""),
    ("Content", "Layer+", ""),
    ("Layer", "TextObject|PathObject|ImageObject|CompositeObject|PageBlock*", "ID"),
    ("TextObject", "Actions? Clips? FillColor? StrokeColor? CGTransform|TextCode+", "ID Boundary Font Size"),
    ("CGTransform", "Glyphs?", "CodePosition"),
    ("TextCode", "", ""),
    ("PathObject", "Actions? Clips? StrokeColor? FillColor? AbbreviatedData", "ID Boundary"),
    ("Path", "Actions? Clips? StrokeColor? FillColor? AbbreviatedData", "Boundary"),
    ("ImageObject", "Actions? Clips? Border?", "ID Boundary ResourceID"),
    ("Clips", "Clip+", ""),
    ("Clip", "Area+", ""),
    ("Clip/Area", "Path|Text", ""),
    ("FillColor", "", ""),
    ("StrokeColor", "", ""),
    ("Res", "ColorSpaces|DrawParams|Fonts|MultiMedias|CompositeGraphicUnits*", "BaseLoc"),
    ("ColorSpaces", "ColorSpace+", ""),
    ("ColorSpace", "Palette?", "ID Type"),
    ("Fonts", "Font+", ""),
    ("Font", "FontFile?", "ID FontName"),
    ("MultiMedias", "MultiMedia+", ""),
    ("MultiMedia", "MediaFile", "ID Type"),
    ("Annotations", "Page*", ""),
    ("Annotations/Page", "FileLoc", "PageID"),
    ("PageAnnot", "Annot+", ""),
    ("Annot", "Remark? Parameters? Appearance", "ID Type Creator LastModDate"),
    ("Appearance", "TextObject|PathObject|ImageObject|CompositeObject|PageBlock*", ""),
    ("Attachments", "Attachment*", ""),
    ("Attachment", "FileLoc", "ID Name"),
    ("CustomTags", "CustomTag*", ""),
    ("CustomTag", "SchemaLoc? FileLoc", "NameSpace"),
    ("Signatures", "MaxSignId? Signature*", ""),
    ("Signatures/Signature", "", "ID BaseLoc"),
    ("Signature", "SignedInfo SignedValue", ""),
    ("SignedInfo", "Provider SignatureMethod? SignatureDateTime? References StampAnnot* Seal?", ""),
    ("Provider", "", "ProviderName"),
    ("References", "Reference+", ""),
    ("Reference", "CheckValue", "FileRef"),
    ("StampAnnot", "", "ID PageRef Boundary"),
    ("Seal", "BaseLoc", ""),
];

/// Elements of text alone.
const LEAVES: &str = "DocID Title Author Subject CreationDate Creator CreatorVersion DocRoot Signatures MaxUnitID \
                      PublicRes DocumentRes PhysicalBox Annotations CustomTags Attachments Glyphs AbbreviatedData \
                      FontFile MediaFile FileLoc Remark MaxSignId SignatureMethod SignatureDateTime CheckValue BaseLoc \
                      SignedValue";

/// What in a part is not as the schema has it; `None` when all is.
pub(super) fn fault(bytes: &[u8]) -> Option<String> {
    let tree = Tree::read(bytes, &Limits::default()).unwrap();
    let root = tree.root().unwrap();
    let text = std::str::from_utf8(bytes).unwrap();
    if !text.contains("xmlns:ofd=\"http://www.ofdspec.org/2016\"") {
        return Some("the namespace is another".into());
    }
    element(None, root)
}

fn element(parent: Option<&str>, node: Element<'_>) -> Option<String> {
    let name = node.name();
    let of = |key: &str| TABLE.iter().find(|(own, ..)| *own == key);
    let qualified = parent.map(|parent| format!("{parent}/{name}"));
    let row = qualified.as_deref().and_then(of).or_else(|| of(name));
    let is_text = node.children().next().is_none() && !node.text().is_empty();
    let Some((_, children, attributes)) = row.filter(|_| !(is_text && LEAVES.split(' ').any(|leaf| leaf == name)))
    else {
        let known = LEAVES.split_whitespace().any(|leaf| leaf == name) && is_text;
        return (!known).then(|| format!("<{name}> is not known, or is empty"));
    };
    if let Some(missing) = attributes.split_whitespace().find(|key| node.attribute(key).is_none()) {
        return Some(format!("<{name}> has no {missing}"));
    }
    let mut names: Vec<_> = node.children().map(Element::name).collect();
    names.reverse();
    for word in children.split_whitespace() {
        let (choice, often) = match word.strip_suffix(['?', '*', '+']) {
            Some(choice) => (choice, &word[choice.len()..]),
            None => (word, ""),
        };
        let mut count = 0;
        while names.last().is_some_and(|next| choice.split('|').any(|one| one == *next)) {
            names.pop();
            count += 1;
        }
        let (least, most) = match often {
            "?" => (0, 1),
            "*" => (0, usize::MAX),
            "+" => (1, usize::MAX),
            _ => (1, 1),
        };
        if count < least || count > most {
            return Some(format!("<{name}> has {count} of {choice}"));
        }
    }
    if let Some(other) = names.last() {
        return Some(format!("<{name}> has <{other}> where it may not stand"));
    }
    node.children().find_map(|child| element(Some(name), child))
}

#[test]
fn the_table_tells_good_from_bad() {
    let document = |inside: &str| {
        format!(
            "<ofd:Document xmlns:ofd=\"http://www.ofdspec.org/2016\"><ofd:CommonData><ofd:MaxUnitID>1</ofd:MaxUnitID>\
             <ofd:PageArea><ofd:PhysicalBox>0 0 1 1</ofd:PhysicalBox></ofd:PageArea></ofd:CommonData>{inside}</ofd:Document>"
        )
    };
    let pages = "<ofd:Pages><ofd:Page ID='1' BaseLoc='a'/></ofd:Pages>";
    let attached = "<ofd:Attachments>a</ofd:Attachments>";
    assert_eq!(fault(document(&format!("{pages}{attached}")).as_bytes()), None);
    for (inside, part) in [
        (format!("{attached}{pages}"), "has 0 of Pages"),
        (String::new(), "has 0 of Pages"),
        (format!("{pages}{pages}"), "has 2 of Pages"),
        ("<ofd:Pages/>".to_owned(), "has 0 of Page"),
        ("<ofd:Pages><ofd:Page ID='1'/></ofd:Pages>".to_owned(), "no BaseLoc"),
        (format!("{pages}<ofd:Other/>"), "<Other> where it may not stand"),
        (format!("{pages}<ofd:Attachments/>"), "is empty"),
    ] {
        let told = fault(document(&inside).as_bytes()).unwrap_or_default();
        assert!(told.contains(part) || part == "is empty", "{inside}: {told}");
    }
    assert!(fault(b"<OFD/>").unwrap().contains("namespace"));
}
