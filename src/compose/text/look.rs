//! Styles worked out.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::compose::colour::Colour;
use crate::compose::layout::{Align, Style, StyleOf, Valign};
use crate::error::{Context as _, Error};

/// How text looks, nothing left open. Lengths are millimetres.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::compose) struct Look {
    pub(in crate::compose) font: Arc<str>,
    pub(in crate::compose) size: f64,
    pub(in crate::compose) colour: Colour,
    pub(in crate::compose) opacity: f64,
    pub(in crate::compose) align: Align,
    /// None where nothing was said: the top, and in tables the middle.
    pub(in crate::compose) valign: Option<Valign>,
    /// In characters.
    pub(in crate::compose) indent: f64,
    pub(in crate::compose) pitch: Option<f64>,
    pub(in crate::compose) spacing: f64,
    pub(in crate::compose) stretch: f64,
    pub(in crate::compose) wrap: Option<u32>,
    pub(in crate::compose) least: Option<f64>,
    pub(in crate::compose) compress: bool,
    pub(in crate::compose) autospace: bool,
}

impl Default for Look {
    fn default() -> Self {
        Look {
            font: "song".into(),
            size: crate::units::Mm::from_points(10.5).0,
            colour: Colour::BLACK,
            opacity: 1.0,
            align: Align::Left,
            valign: None,
            indent: 0.0,
            pitch: None,
            spacing: 0.0,
            stretch: 1.0,
            wrap: None,
            least: None,
            compress: false,
            autospace: false,
        }
    }
}

/// The styles of a layout by their names.
#[derive(Clone, Copy, Debug)]
pub(in crate::compose) struct Looks<'l>(pub(in crate::compose) &'l BTreeMap<String, Style>);

impl<'l> Looks<'l> {
    /// What a style makes of the one around it.
    pub(in crate::compose) fn within(self, around: &Look, style: Option<&'l StyleOf>) -> Result<Look, Error> {
        match style {
            None => Ok(around.clone()),
            Some(StyleOf::Named(name)) => self.apply(around, self.named(name)?),
            Some(StyleOf::Own(style)) => self.apply(around, style),
        }
    }

    /// The style with those that it builds on, the deepest first.
    pub(in crate::compose) fn apply(self, around: &Look, style: &'l Style) -> Result<Look, Error> {
        let mut chain = vec![style];
        let mut names: Vec<&str> = Vec::new();
        let mut last = style;
        while let Some(base) = last.base.as_deref() {
            let known = names.contains(&base);
            names.push(base);
            if known {
                return Err(Error::malformed(format!("the style \"{base}\" builds on itself: {}", names.join(" → "))));
            }
            last = self.named(base)?;
            chain.push(last);
        }
        chain.iter().rev().try_fold(around.clone(), |look, style| overlay(look, style))
    }

    fn named(self, name: &str) -> Result<&'l Style, Error> {
        self.0.get(name).ok_or_else(|| Error::malformed(format!("no style is called \"{}\"", name.escape_debug())))
    }
}

fn overlay(mut look: Look, style: &Style) -> Result<Look, Error> {
    fn set<T: Clone>(place: &mut T, value: Option<&T>) {
        if let Some(value) = value {
            *place = value.clone();
        }
    }
    if let Some(font) = &style.font {
        look.font = font.as_str().into();
    }
    if let Some(size) = style.size {
        look.size = size.to_mm().0;
    }
    set(&mut look.colour, style.colour.as_ref());
    set(&mut look.opacity, style.opacity.as_ref());
    set(&mut look.align, style.align.as_ref());
    look.valign = style.valign.or(look.valign);
    set(&mut look.indent, style.indent.as_ref());
    look.pitch = style.pitch.or(look.pitch);
    set(&mut look.spacing, style.spacing.as_ref());
    set(&mut look.stretch, style.stretch.as_ref());
    if let Some(fit) = style.fit {
        (look.wrap, look.least) = (fit.wrap, fit.shrink.map(|size| size.to_mm().0));
    }
    set(&mut look.compress, style.compress.as_ref());
    set(&mut look.autospace, style.autospace.as_ref());
    look.check().context("a style")?;
    Ok(look)
}

impl Look {
    /// Refuses numbers that no page can show, and those that are none.
    fn check(&self) -> Result<(), Error> {
        let within = |what: &str, value: f64, least: f64, most: f64| {
            if (least..=most).contains(&value) {
                return Ok(());
            }
            Err(Error::malformed(format!("{what} of {value} is not from {least} to {most}")))
        };
        // 1 to 1000 points.
        within("a size in millimetres", self.size, 0.35, 353.0)?;
        within("an opacity", self.opacity, 0.0, 1.0)?;
        within("an indent in characters", self.indent, 0.0, 100.0)?;
        within("a pitch in millimetres", self.pitch.unwrap_or(1.0), 0.1, 5000.0)?;
        within("a spacing in millimetres", self.spacing, -100.0, 100.0)?;
        within("a stretch", self.stretch, 0.1, 10.0)?;
        within("a least size in millimetres", self.least.unwrap_or(1.0), 0.35, 353.0)?;
        within("a number of lines", f64::from(self.wrap.unwrap_or(1)), 1.0, 1_000_000.0)
    }

    /// How far the base lines of lines of this size are apart.
    pub(in crate::compose) fn pitch_of(&self, size: f64, scale: f64) -> f64 {
        /// What Chinese text of offices has between lines, unless it says otherwise.
        const USUAL: f64 = 1.3;
        self.pitch.map_or(size * USUAL, |pitch| pitch * scale)
    }
}

#[cfg(test)]
mod tests {
    use super::{Look, Looks};
    use crate::compose::layout::{Layout, StyleOf};

    #[test]
    fn styles_build_on_each_other_and_never_on_themselves() {
        let layout = Layout::from_json(
            r#"{"styles": {
                "body": {"size": "三号", "indent": 2}, "small": {"base": "body", "size": 8},
                "a": {"base": "b"}, "b": {"base": "a"}, "own": {"base": "own"}, "lost": {"base": "nowhere"}
            }}"#,
        )
        .unwrap();
        let looks = Looks(&layout.styles);
        let named = |name: &str| StyleOf::Named(name.to_owned());
        let (small, wrong) = (named("small"), ["a", "own", "lost", "unknown"].map(named));
        let look = looks.within(&Look::default(), Some(&small)).unwrap();
        assert_eq!((look.indent, (look.size * 100.0).round()), (2.0, 282.0));
        let told: Vec<String> =
            wrong.iter().map(|style| looks.within(&Look::default(), Some(style)).unwrap_err().to_string()).collect();
        assert!(told[0].contains("builds on itself: b → a → b"), "{told:?}");
        assert!(told[1].contains("builds on itself"), "{told:?}");
        assert!(told[2].contains("\"nowhere\"") && told[3].contains("\"unknown\""), "{told:?}");
    }
}
