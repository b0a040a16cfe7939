//! How long the texts are that meet a pattern.

/// How deep groups may be nested.
const DEEPEST: usize = 32;

/// The fewest and the most characters of a text that meets this pattern, which can be read; nothing when that cannot be
/// told, no most when there is none.
pub(super) fn lengths(pattern: &str) -> Option<(usize, Option<usize>)> {
    let mut reader = Reader { left: pattern.chars().peekable() };
    let found = reader.alternatives(DEEPEST)?;
    reader.left.next().is_none().then_some(found)
}

type Span = (usize, Option<usize>);

struct Reader<'p> {
    left: std::iter::Peekable<std::str::Chars<'p>>,
}

impl Reader<'_> {
    fn alternatives(&mut self, depth: usize) -> Option<Span> {
        let depth = depth.checked_sub(1)?;
        let mut span = self.sequence(depth)?;
        while self.left.next_if_eq(&'|').is_some() {
            let other = self.sequence(depth)?;
            let most = span.1.zip(other.1).map(|(one, other)| one.max(other));
            span = (span.0.min(other.0), most);
        }
        Some(span)
    }

    fn sequence(&mut self, depth: usize) -> Option<Span> {
        let mut all: Span = (0, Some(0));
        while self.left.peek().is_some_and(|next| !matches!(next, '|' | ')')) {
            let one = self.atom(depth)?;
            let (least, most) = self.times()?;
            let own = most.zip(one.1).map(|(times, each)| times.saturating_mul(each));
            let own = if one.1 == Some(0) { Some(0) } else { own };
            all.0 = all.0.saturating_add(one.0.saturating_mul(least));
            all.1 = all.1.zip(own).map(|(before, own)| before.saturating_add(own));
        }
        Some(all)
    }

    fn atom(&mut self, depth: usize) -> Option<Span> {
        const ONE: Option<Span> = Some((1, Some(1)));
        match self.left.next()? {
            '(' => {
                if self.left.next_if_eq(&'?').is_some() {
                    // Names and flags are left alone: with them it cannot be told.
                    self.left.next_if_eq(&':')?;
                }
                let inner = self.alternatives(depth)?;
                self.left.next_if_eq(&')')?;
                Some(inner)
            }
            '[' => self.class().and(ONE),
            '\\' => match self.left.next()? {
                'b' | 'B' | 'A' | 'z' => Some((0, Some(0))),
                // Written by their numbers.
                'x' | 'u' | 'U' | 'p' | 'P' => None,
                _ => ONE,
            },
            '^' | '$' => Some((0, Some(0))),
            _ => ONE,
        }
    }

    /// The rest of a class; one in another cannot be told.
    fn class(&mut self) -> Option<()> {
        self.left.next_if_eq(&'^');
        self.left.next_if_eq(&']');
        loop {
            match self.left.next()? {
                ']' => return Some(()),
                '\\' => drop(self.left.next()?),
                '[' => return None,
                _ => {}
            }
        }
    }

    /// How often what stands before may come.
    fn times(&mut self) -> Option<Span> {
        let times = match self.left.peek() {
            Some('*') => (0, None),
            Some('+') => (1, None),
            Some('?') => (0, Some(1)),
            Some('{') => return self.counted(),
            _ => return Some((1, Some(1))),
        };
        self.left.next();
        self.left.next_if_eq(&'?');
        Some(times)
    }

    fn counted(&mut self) -> Option<Span> {
        self.left.next();
        let mut text = String::new();
        while let Some(next) = self.left.next_if(|next| *next != '}') {
            text.push(next);
        }
        self.left.next()?;
        self.left.next_if_eq(&'?');
        match text.split_once(',') {
            None => text.trim().parse().ok().map(|times| (times, Some(times))),
            Some((least, "")) => Some((least.trim().parse().ok()?, None)),
            Some((least, most)) => Some((least.trim().parse().ok()?, Some(most.trim().parse().ok()?))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::lengths;

    #[test]
    fn patterns_have_lengths() {
        for (pattern, least, most) in [
            ("[A-Z]{2}[0-9]{3}", 5, Some(5)),
            ("1[3-9][0-9]{9}", 11, Some(11)),
            ("[\\u{4e00}-龥·]{2,30}", 2, Some(30)),
            ("a|bcd|", 0, Some(3)),
            ("(?:ab?){2,}", 2, None),
            ("(a+|bb)c*?", 1, None),
            (r"\d{4}-(0[1-9]|1[0-2])", 7, Some(7)),
            (r"^\w+@\w+(\.\w+)+$", 5, None),
            ("[]a]x", 2, Some(2)),
            ("", 0, Some(0)),
            ("甲{0}", 0, Some(0)),
        ] {
            assert_eq!(lengths(pattern), Some((least, most)), "{pattern}");
        }
        for unknown in [r"\x41", "(?i)a", "[[a]]", "a)", "(a", "a{x}"] {
            assert_eq!(lengths(unknown), None, "{unknown}");
        }
    }
}
