//! Path data: `AbbreviatedData` (GB/T 33190-2016, 9.1.2, table 36).

/// The most words of one path that are looked at.
pub(super) const MOST: usize = 1 << 21;

/// The steps of a path: `M`, `L`, `Q`, `B` and `A` with their numbers, and `C`, which closes. What cannot be understood
/// ends the path.
pub(super) fn steps(data: &str) -> Vec<(char, Vec<f64>)> {
    let mut steps = Vec::new();
    let mut words = data.split([' ', ',', '\n', '\r', '\t']).filter(|word| !word.is_empty()).take(MOST);
    // Writers leave out the letter of a step like the one before.
    let mut letter = None;
    while let Some(word) = words.next() {
        let first = word.parse::<f64>().ok();
        if first.is_none() {
            letter = word.chars().next().filter(|_| word.len() == 1);
        }
        let (letter, count) = match letter {
            Some('M' | 'S') => ('M', 2),
            Some('L') => ('L', 2),
            Some('Q') => ('Q', 4),
            Some('B') => ('B', 6),
            Some('A') => ('A', 7),
            Some('C') if first.is_none() && !steps.is_empty() => ('C', 0),
            _ => break,
        };
        if letter != 'M' && steps.is_empty() {
            break;
        }
        let mut numbers: Vec<f64> = first.into_iter().collect();
        while numbers.len() < count {
            match words.next().and_then(|word| word.parse().ok()) {
                Some(number) => numbers.push(number),
                None => return steps,
            }
        }
        if !numbers.iter().all(|number| number.is_finite()) {
            break;
        }
        steps.push((letter, numbers));
    }
    steps
}
