//! What the codes of simple fonts mean (ISO 32000-2, 9.6.5 and annex D).

/// The encodings that fonts name.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Encoding {
    Standard,
    MacRoman,
    WinAnsi,
}

impl Encoding {
    pub(super) fn named(name: &[u8]) -> Option<Self> {
        match name {
            b"StandardEncoding" => Some(Encoding::Standard),
            b"MacRomanEncoding" => Some(Encoding::MacRoman),
            b"WinAnsiEncoding" => Some(Encoding::WinAnsi),
            _ => None,
        }
    }

    /// What a code means. ASCII is the same in all three but for two signs.
    pub(super) fn text(self, code: u8) -> Option<char> {
        let upper = |table: &str, first: u8| {
            let place = usize::from(code.checked_sub(first)?);
            table.chars().nth(place).filter(|one| *one != '\u{FFFD}')
        };
        match (self, code) {
            (Encoding::Standard, 0x27) => Some('’'),
            (Encoding::Standard, 0x60) => Some('‘'),
            (_, 0x20..=0x7E) => Some(char::from(code)),
            (Encoding::Standard, _) => upper(STANDARD, 0xA1),
            (Encoding::MacRoman, _) => upper(MAC_ROMAN, 0x80),
            (Encoding::WinAnsi, 0x80..=0x9F) => upper(WIN_ANSI, 0x80),
            (Encoding::WinAnsi, 0xA0..) => Some(char::from(code)),
            (Encoding::WinAnsi, _) => None,
        }
    }
}

/// From 0xA1 on; the replacement character stands for a code without meaning.
const STANDARD: &str = "¡¢£⁄¥ƒ§¤'“«‹›ﬁﬂ�–†‡·�¶•‚„”»…‰�¿�`´ˆ˜¯˘˙¨�˚¸�˝˛ˇ—����������������Æ�ª����ŁØŒº�����æ���ı��łøœß";

/// From 0x80 on.
const MAC_ROMAN: &str = "ÄÅÇÉÑÖÜáàâäãåçéèêëíìîïñóòôöõúùûü†°¢£§•¶ß®©™´¨�ÆØ�±��¥µ�����ªº�æø¿¡¬�ƒ��«»…\u{A0}ÀÃÕŒœ–—“”‘’÷�ÿŸ⁄¤‹›ﬁﬂ‡·‚„‰ÂÊÁËÈÍÎÏÌÓÔ�ÒÚÛÙıˆ˜¯˘˙˚¸˝˛ˇ";

/// From 0x80 to 0x9F; a code without meaning shows a bullet.
const WIN_ANSI: &str = "€•‚ƒ„…†‡ˆ‰Š‹Œ•Ž••‘’“”•–—˜™š›œ•žŸ";

/// What the name of a glyph means, by the rules of the Adobe Glyph List for the names of Latin text and for
/// names that give the number.
pub(super) fn glyph_name(name: &[u8]) -> Option<String> {
    let name = std::str::from_utf8(name).ok()?;
    // What follows a period tells variants apart.
    let base = name.split('.').next().filter(|base| !base.is_empty())?;
    let parts: Option<Vec<String>> = base.split('_').map(component).collect();
    parts.map(|parts| parts.concat())
}

fn component(name: &str) -> Option<String> {
    let mut letters = name.chars();
    if let (Some(letter), None) = (letters.next(), letters.next()) {
        return letter.is_ascii_alphabetic().then(|| letter.to_string());
    }
    if let Some((_, meaning)) = NAMES.iter().find(|(own, _)| *own == name) {
        return Some(meaning.to_string());
    }
    if let Some(digits) = name.strip_prefix("uni").filter(|digits| digits.len() >= 4 && digits.len() % 4 == 0) {
        let units: Option<Vec<u16>> = digits
            .as_bytes()
            .chunks(4)
            .map(|four| u16::from_str_radix(std::str::from_utf8(four).ok()?, 16).ok())
            .collect();
        return String::from_utf16(&units?).ok();
    }
    let digits = name.strip_prefix('u').filter(|digits| (4..=6).contains(&digits.len()))?;
    Some(char::from_u32(u32::from_str_radix(digits, 16).ok()?)?.to_string())
}

/// The names of the Latin character set but for single letters.
#[rustfmt::skip]
const NAMES: &[(&str, char)] = &[
    ("space", ' '), ("exclam", '!'), ("quotedbl", '"'), ("numbersign", '#'), ("dollar", '$'), ("percent", '%'),
    ("ampersand", '&'), ("quotesingle", '\''), ("quoteright", '’'), ("quoteleft", '‘'), ("parenleft", '('),
    ("parenright", ')'), ("asterisk", '*'), ("plus", '+'), ("comma", ','), ("hyphen", '-'), ("period", '.'),
    ("slash", '/'), ("zero", '0'), ("one", '1'), ("two", '2'), ("three", '3'), ("four", '4'), ("five", '5'),
    ("six", '6'), ("seven", '7'), ("eight", '8'), ("nine", '9'), ("colon", ':'), ("semicolon", ';'), ("less", '<'),
    ("equal", '='), ("greater", '>'), ("question", '?'), ("at", '@'), ("bracketleft", '['), ("backslash", '\\'),
    ("bracketright", ']'), ("asciicircum", '^'), ("underscore", '_'), ("grave", '`'), ("braceleft", '{'),
    ("bar", '|'), ("braceright", '}'), ("asciitilde", '~'), ("nbspace", '\u{A0}'), ("exclamdown", '¡'), ("cent", '¢'),
    ("sterling", '£'), ("currency", '¤'), ("yen", '¥'), ("brokenbar", '¦'), ("section", '§'), ("dieresis", '¨'),
    ("copyright", '©'), ("ordfeminine", 'ª'), ("guillemotleft", '«'), ("logicalnot", '¬'), ("registered", '®'),
    ("macron", '¯'), ("degree", '°'), ("plusminus", '±'), ("twosuperior", '²'), ("threesuperior", '³'),
    ("acute", '´'), ("mu", 'µ'), ("paragraph", '¶'), ("periodcentered", '·'), ("cedilla", '¸'),
    ("onesuperior", '¹'), ("ordmasculine", 'º'), ("guillemotright", '»'), ("onequarter", '¼'), ("onehalf", '½'),
    ("threequarters", '¾'), ("questiondown", '¿'), ("multiply", '×'), ("divide", '÷'), ("germandbls", 'ß'),
    ("Agrave", 'À'), ("Aacute", 'Á'), ("Acircumflex", 'Â'), ("Atilde", 'Ã'), ("Adieresis", 'Ä'), ("Aring", 'Å'),
    ("AE", 'Æ'), ("Ccedilla", 'Ç'), ("Egrave", 'È'), ("Eacute", 'É'), ("Ecircumflex", 'Ê'), ("Edieresis", 'Ë'),
    ("Igrave", 'Ì'), ("Iacute", 'Í'), ("Icircumflex", 'Î'), ("Idieresis", 'Ï'), ("Eth", 'Ð'), ("Ntilde", 'Ñ'),
    ("Ograve", 'Ò'), ("Oacute", 'Ó'), ("Ocircumflex", 'Ô'), ("Otilde", 'Õ'), ("Odieresis", 'Ö'), ("Oslash", 'Ø'),
    ("Ugrave", 'Ù'), ("Uacute", 'Ú'), ("Ucircumflex", 'Û'), ("Udieresis", 'Ü'), ("Yacute", 'Ý'), ("Thorn", 'Þ'),
    ("agrave", 'à'), ("aacute", 'á'), ("acircumflex", 'â'), ("atilde", 'ã'), ("adieresis", 'ä'), ("aring", 'å'),
    ("ae", 'æ'), ("ccedilla", 'ç'), ("egrave", 'è'), ("eacute", 'é'), ("ecircumflex", 'ê'), ("edieresis", 'ë'),
    ("igrave", 'ì'), ("iacute", 'í'), ("icircumflex", 'î'), ("idieresis", 'ï'), ("eth", 'ð'), ("ntilde", 'ñ'),
    ("ograve", 'ò'), ("oacute", 'ó'), ("ocircumflex", 'ô'), ("otilde", 'õ'), ("odieresis", 'ö'), ("oslash", 'ø'),
    ("ugrave", 'ù'), ("uacute", 'ú'), ("ucircumflex", 'û'), ("udieresis", 'ü'), ("yacute", 'ý'), ("thorn", 'þ'),
    ("ydieresis", 'ÿ'), ("dotlessi", 'ı'), ("Lslash", 'Ł'), ("lslash", 'ł'), ("OE", 'Œ'), ("oe", 'œ'),
    ("Scaron", 'Š'), ("scaron", 'š'), ("Zcaron", 'Ž'), ("zcaron", 'ž'), ("Ydieresis", 'Ÿ'), ("florin", 'ƒ'),
    ("circumflex", 'ˆ'), ("caron", 'ˇ'), ("breve", '˘'), ("dotaccent", '˙'), ("ring", '˚'), ("ogonek", '˛'),
    ("tilde", '˜'), ("hungarumlaut", '˝'), ("endash", '–'), ("emdash", '—'), ("quotesinglbase", '‚'),
    ("quotedblleft", '“'), ("quotedblright", '”'), ("quotedblbase", '„'), ("dagger", '†'), ("daggerdbl", '‡'),
    ("bullet", '•'), ("ellipsis", '…'), ("perthousand", '‰'), ("guilsinglleft", '‹'), ("guilsinglright", '›'),
    ("fraction", '⁄'), ("Euro", '€'), ("trademark", '™'), ("minus", '−'), ("fi", 'ﬁ'), ("fl", 'ﬂ'),
];

#[cfg(test)]
mod tests {
    use super::{Encoding, glyph_name};

    #[test]
    fn codes_of_the_three_encodings() {
        let text = |encoding: Encoding, codes: &[u8]| codes.iter().map(|code| encoding.text(*code)).collect::<Vec<_>>();
        assert_eq!(
            text(Encoding::Standard, &[0x41, 0x27, 0xAE, 0xE1, 0xF5, 0xFB, 0xB0]),
            [Some('A'), Some('’'), Some('ﬁ'), Some('Æ'), Some('ı'), Some('ß'), None]
        );
        assert_eq!(
            text(Encoding::MacRoman, &[0x80, 0xCA, 0xD0, 0xFF, 0xF0]),
            [Some('Ä'), Some('\u{A0}'), Some('–'), Some('ˇ'), None]
        );
        assert_eq!(
            text(Encoding::WinAnsi, &[0x80, 0x93, 0xE9, 0x9F, 0x05]),
            [Some('€'), Some('“'), Some('é'), Some('Ÿ'), None]
        );
        assert!(Encoding::named(b"PDFDocEncoding").is_none());
    }

    #[test]
    fn names_of_glyphs() {
        for (name, meaning) in [
            ("a", "a"),
            ("eacute", "é"),
            ("uni5370", "印"),
            ("u20BB7", "𠮷"),
            ("f_i.alt", "fi"),
            ("uni53707AE0", "印章"),
        ] {
            assert_eq!(glyph_name(name.as_bytes()).as_deref(), Some(meaning), "{name}");
        }
        for name in ["g12", ".notdef", "", "uni53", "uniXYZW", "u110000"] {
            assert_eq!(glyph_name(name.as_bytes()), None, "{name}");
        }
    }
}
