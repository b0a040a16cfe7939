//! Writing SVG, bounded in its length.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::error::Error;

/// An SVG document in the making.
#[derive(Debug)]
pub(super) struct Svg {
    body: String,
    /// What is referred to: glyphs, clips, gradients.
    definitions: String,
    defined: BTreeSet<String>,
    next: usize,
    limit: u64,
}

/// Six numbers of a matrix as in `CTM`.
pub(super) type Matrix = [f64; 6];

impl Svg {
    pub(super) fn new(limit: u64) -> Self {
        Svg { body: String::new(), definitions: String::new(), defined: BTreeSet::new(), next: 0, limit }
    }

    fn check(&self) -> Result<(), Error> {
        let length = self.body.len().saturating_add(self.definitions.len()) as u64;
        if length > self.limit {
            return Err(Error::too_large(format!(
                "the page as SVG exceeds {} bytes (Limits::stream_bytes)",
                self.limit
            )));
        }
        Ok(())
    }

    /// A name that nothing has yet.
    fn fresh(&mut self) -> String {
        self.next = self.next.saturating_add(1);
        format!("d{}", self.next)
    }

    /// A group whose origin is elsewhere, cut to a rectangle in its own coordinates.
    pub(super) fn open_moved(&mut self, x: f64, y: f64, clip: Option<[f64; 4]>) -> Result<(), Error> {
        self.check()?;
        // Writing to a string does not fail.
        let _ = write!(self.body, "<g transform=\"translate({x} {y})\"");
        if let Some([x, y, width, height]) = clip {
            let (width, height) = (width.max(0.0), height.max(0.0));
            let data = format!("M{x} {y}h{width}v{height}h{}Z", -width);
            let id = self.define_clip(&[(data, None)])?;
            let _ = write!(self.body, " clip-path=\"url(#{id})\"");
        }
        self.body.push('>');
        Ok(())
    }

    /// A group within outlines, whose union is seen.
    pub(super) fn open_clipped(&mut self, outlines: &[(String, Option<Matrix>)]) -> Result<(), Error> {
        let id = self.define_clip(outlines)?;
        let _ = write!(self.body, "<g clip-path=\"url(#{id})\">");
        Ok(())
    }

    pub(super) fn open_transformed(&mut self, matrix: Matrix) {
        let _ = write!(self.body, "<g transform=\"{}\">", transform(matrix));
    }

    pub(super) fn close(&mut self) {
        self.body.push_str("</g>");
    }

    fn define_clip(&mut self, outlines: &[(String, Option<Matrix>)]) -> Result<String, Error> {
        self.check()?;
        let id = self.fresh();
        let _ = write!(self.definitions, "<clipPath id=\"{id}\">");
        for (data, matrix) in outlines {
            let _ = write!(self.definitions, "<path d=\"{data}\"");
            if let Some(matrix) = matrix {
                let _ = write!(self.definitions, " transform=\"{}\"", transform(*matrix));
            }
            self.definitions.push_str("/>");
        }
        self.definitions.push_str("</clipPath>");
        Ok(id)
    }

    /// A gradient, by its element and what stands in it; gives its name.
    pub(super) fn define_gradient(&mut self, element: &str, attributes: &str, stops: &str) -> Result<String, Error> {
        self.check()?;
        let id = self.fresh();
        let _ = write!(
            self.definitions,
            "<{element} id=\"{id}\" gradientUnits=\"userSpaceOnUse\" {attributes}>{stops}</{element}>"
        );
        Ok(id)
    }

    /// A path with its paint as attributes.
    pub(super) fn path(&mut self, data: &str, paint: &str) -> Result<(), Error> {
        let _ = write!(self.body, "<path d=\"{data}\" {paint}/>");
        self.check()
    }

    /// A glyph, whose outline is written once however often it is shown.
    pub(super) fn glyph(
        &mut self,
        id: &str,
        data: impl FnOnce() -> String,
        matrix: Matrix,
        paint: &str,
    ) -> Result<(), Error> {
        if self.defined.insert(id.to_owned()) {
            let _ = write!(self.definitions, "<path id=\"{id}\" d=\"{}\"/>", data());
        }
        let _ = write!(self.body, "<use href=\"#{id}\" transform=\"{}\" {paint}/>", transform(matrix));
        self.check()
    }

    /// A picture, stretched to a size; without one to one unit.
    pub(super) fn image(&mut self, kind: &str, bytes: &[u8], size: Option<(f64, f64)>) -> Result<(), Error> {
        let (width, height) = size.unwrap_or((1.0, 1.0));
        let _ = write!(
            self.body,
            "<image width=\"{width}\" height=\"{height}\" preserveAspectRatio=\"none\" href=\"data:{kind};base64,"
        );
        STANDARD.encode_string(bytes, &mut self.body);
        self.body.push_str("\"/>");
        self.check()
    }

    /// The document, shown from `origin` on in its size in millimetres, on white.
    pub(super) fn finish(self, (x, y): (f64, f64), (width, height): (f64, f64)) -> Result<String, Error> {
        self.check()?;
        let definitions = match self.definitions.as_str() {
            "" => String::new(),
            inside => format!("<defs>{inside}</defs>"),
        };
        Ok(format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}mm\" height=\"{height}mm\" \
             viewBox=\"{x} {y} {width} {height}\">{definitions}{}</svg>\n",
            self.body
        ))
    }
}

/// A matrix as an attribute.
pub(super) fn transform([a, b, c, d, e, f]: Matrix) -> String {
    format!("matrix({a} {b} {c} {d} {e} {f})")
}
