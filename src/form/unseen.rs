//! Characters that nobody sees, by which two texts look the same and are not, or one looks like another.

/// Whether a text has characters that show nothing of their own: controls (line feeds may be allowed), marks that turn
/// the direction of writing around, spaces without width. Joiners stand where scripts have them that join.
pub(crate) fn has_unseen(text: &str, may_break: bool) -> bool {
    let mut before = ' ';
    text.chars().any(|each| {
        let is_unseen = match each {
            '\n' => !may_break,
            '\u{200C}' | '\u{200D}' => !joins(before),
            each => is_unseen(each),
        };
        before = each;
        is_unseen
    })
}

fn is_unseen(each: char) -> bool {
    each.is_control()
        || matches!(each, '\u{AD}' | '\u{61C}' | '\u{200B}' | '\u{200E}' | '\u{200F}' | '\u{2028}'..='\u{202E}')
        || matches!(each, '\u{2060}'..='\u{206F}' | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFB}' | '\u{FFFE}' | '\u{FFFF}')
        || matches!(each, '\u{115F}' | '\u{1160}' | '\u{3164}' | '\u{FFA0}' | '\u{E0000}'..='\u{E007F}')
}

/// Arabic and Syriac, the scripts of India, Mongolian.
fn joins(before: char) -> bool {
    matches!(before, '\u{600}'..='\u{DFF}' | '\u{1800}'..='\u{18AF}')
}

#[cfg(test)]
mod tests {
    use super::has_unseen;

    #[test]
    fn what_does_not_show_is_told() {
        for text in [
            "张\u{200B}三",
            "张\u{202E}三",
            "\u{FEFF}张三",
            "张\u{7}三",
            "张\u{2066}三",
            "张\u{200D}三",
            "张\u{3164}三",
        ] {
            assert!(has_unseen(text, true), "{}", text.escape_unicode());
        }
        for text in ["张三", "吾买尔·ئۇ\u{200D}مەر", "ᠮᠣᠩ\u{200D}", "𠮷\u{E0100}田", "甲\u{3000}乙", ""]
        {
            assert!(!has_unseen(text, false), "{}", text.escape_unicode());
        }
        assert!(has_unseen("甲\n乙", false) && !has_unseen("甲\n乙", true));
    }
}
