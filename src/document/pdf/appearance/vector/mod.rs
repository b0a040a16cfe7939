//! SVG pictures, drawn with PDF's own paths: a seal stays sharp at every size.
//!
//! What is drawn are filled and stroked paths in one colour each, groups, clip paths of one shape and
//! opacity. Whatever else a picture asks for is refused by its name rather than drawn otherwise.

use pdf_writer::types::{LineCapStyle, LineJoinStyle};
use pdf_writer::{Content, Dict, Name, Rect, Ref};
use usvg::tiny_skia_path::PathSegment;
use usvg::{BlendMode, ClipPath, Fill, FillRule, Group, LineCap, LineJoin, Node, Paint, PaintOrder, Stroke, Transform};

use crate::deflate::zlib_small;
use crate::document::pdf::appearance::{AppearanceObject, Numbers, Style, content, form_dictionary, points};
use crate::error::Error;
use crate::limits::Limits;
use crate::picture::{Picture, svg};

/// Groups may stand somewhat deeper in the drawing than elements in the text: links and nested
/// pictures bring groups of their own.
const GROUPS_PER_ELEMENT: usize = 4;

/// The form, and further forms for what is see-through as a group.
pub(super) fn draw(
    picture: &Picture,
    limits: &Limits,
    style: Style,
    numbers: &mut Numbers,
) -> Result<Vec<AppearanceObject>, Error> {
    let tree = svg::read(picture.bytes(), limits)?;
    let (width, height) = (tree.size().width(), tree.size().height());
    let (right, top) = (points(picture.width()), points(picture.height()));
    let number = numbers.take()?;
    let size = Rect::new(0.0, 0.0, width, height);
    let mut drawing = Drawing { limits, style, numbers, size, done: Vec::new(), bytes: 0 };
    let mut form = Form::new();
    // From the picture's own measure, which grows downwards, to points: stretched to its size in
    // millimetres, whatever its proportions.
    let place = Transform::from_row(right / width, 0.0, 0.0, -top / height, 0.0, top);
    form.content.transform(matrix(place)?);
    drawing.group(tree.root(), &mut form, 0)?;
    let form = drawing.finish(form, number, Rect::new(0.0, 0.0, right, top), false)?;
    let mut objects = vec![form];
    objects.append(&mut drawing.done);
    objects.sort_by_key(|object| object.number);
    Ok(objects)
}

/// A drawing on its way to its objects.
struct Drawing<'a> {
    limits: &'a Limits,
    style: Style,
    numbers: &'a mut Numbers,
    /// The whole picture in its own measure.
    size: Rect,
    done: Vec<AppearanceObject>,
    /// What the finished forms unfold to.
    bytes: usize,
}

/// One form on its way: what it draws, in the picture's own measure, and what it names.
struct Form {
    content: Content,
    /// Opacities in bits: numbers that are compared must not be floating.
    opacities: Vec<u32>,
    forms: Vec<Ref>,
}

impl Form {
    fn new() -> Self {
        Form { content: content(), opacities: Vec::new(), forms: Vec::new() }
    }

    /// Sets the opacity of what follows, until the state is restored.
    fn set_opacity(&mut self, opacity: f32) {
        let bits = opacity.to_bits();
        let place = self.opacities.iter().position(|known| *known == bits).unwrap_or_else(|| {
            self.opacities.push(bits);
            self.opacities.len() - 1
        });
        self.content.set_parameters(Name(format!("G{place}").as_bytes()));
    }

    fn resources(&self, dict: &mut Dict<'_>, style: Style) {
        let mut resources = dict.insert(Name(b"Resources")).dict();
        style.defaults(&mut resources);
        if !self.opacities.is_empty() {
            let mut states = resources.insert(Name(b"ExtGState")).dict();
            for (place, bits) in self.opacities.iter().enumerate() {
                let opacity = f32::from_bits(*bits);
                let mut state = states.insert(Name(format!("G{place}").as_bytes())).dict();
                state.pair(Name(b"Type"), Name(b"ExtGState"));
                state.pair(Name(b"CA"), opacity);
                state.pair(Name(b"ca"), opacity);
            }
        }
        if !self.forms.is_empty() {
            let mut forms = resources.insert(Name(b"XObject")).dict();
            for (place, number) in self.forms.iter().enumerate() {
                forms.pair(Name(format!("F{place}").as_bytes()), *number);
            }
        }
    }
}

impl Drawing<'_> {
    fn group(&mut self, group: &Group, form: &mut Form, depth: usize) -> Result<(), Error> {
        if depth > self.limits.depth.saturating_mul(GROUPS_PER_ELEMENT) {
            return Err(Error::too_large(format!("its groups are nested deeper than {depth}")));
        }
        plain(group)?;
        let opacity = group.opacity().get();
        if opacity <= 0.0 {
            return Ok(());
        }
        let own_state = group.clip_path().is_some() || opacity < 1.0;
        if own_state {
            form.content.save_state();
        }
        if let Some(clip) = group.clip_path() {
            clip_to(clip, group.abs_transform(), &mut form.content)?;
        }
        if opacity < 1.0 {
            self.see_through(group, opacity, form, depth)?;
        } else {
            self.children(group, form, depth)?;
        }
        if own_state {
            form.content.restore_state();
        }
        Ok(())
    }

    /// A group that is see-through as a whole: what covers each other in it does not shine through.
    fn see_through(&mut self, group: &Group, opacity: f32, form: &mut Form, depth: usize) -> Result<(), Error> {
        let number = self.numbers.take()?;
        let mut inner = Form::new();
        self.children(group, &mut inner, depth)?;
        let inner = self.finish(inner, number, self.size, true)?;
        self.done.push(inner);
        form.set_opacity(opacity);
        form.forms.push(number);
        form.content.x_object(Name(format!("F{}", form.forms.len() - 1).as_bytes()));
        Ok(())
    }

    fn children(&mut self, group: &Group, form: &mut Form, depth: usize) -> Result<(), Error> {
        for child in group.children() {
            match child {
                Node::Group(group) => self.group(group, form, depth.saturating_add(1))?,
                Node::Path(path) => draw_path(path, form)?,
                Node::Image(_) => return Err(svg::refused("image")),
                Node::Text(_) => return Err(svg::refused("text")),
            }
            self.check_length(form.content.len())?;
        }
        Ok(())
    }

    fn finish(&mut self, form: Form, number: Ref, bounds: Rect, group: bool) -> Result<AppearanceObject, Error> {
        if self.style.opaque && (group || !form.opacities.is_empty()) {
            return Err(Error::unsupported(
                "it is see-through in places, which this PDF/A document does not allow: have the seal made with \
                 opaque colours, or with a PNG, of which the dots that are see-through are left out",
            ));
        }
        let dictionary = form_dictionary(bounds, |dict| {
            if group {
                let mut group = dict.insert(Name(b"Group")).dict();
                group.pair(Name(b"Type"), Name(b"Group"));
                group.pair(Name(b"S"), Name(b"Transparency"));
            }
            form.resources(dict, self.style);
            dict.pair(Name(b"Filter"), Name(b"FlateDecode"));
        });
        let content = form.content.finish().into_vec();
        self.check_length(content.len())?;
        self.bytes = self.bytes.saturating_add(content.len());
        Ok(AppearanceObject { number: number.get(), dictionary, stream: zlib_small(&content)? })
    }

    fn check_length(&self, more: usize) -> Result<(), Error> {
        let bytes = u64::try_from(self.bytes.saturating_add(more)).unwrap_or(u64::MAX);
        if bytes > self.limits.stream_bytes {
            return Err(Error::too_large(format!(
                "drawing it takes more than {} bytes, which is the limit",
                self.limits.stream_bytes
            )));
        }
        Ok(())
    }
}

/// That a group asks for nothing that paths cannot show.
fn plain(group: &Group) -> Result<(), Error> {
    if group.mask().is_some() {
        return Err(svg::refused("mask"));
    }
    if !group.filters().is_empty() {
        return Err(svg::refused("filter"));
    }
    match group.blend_mode() {
        BlendMode::Normal => Ok(()),
        _ => Err(Error::unsupported("it blends a group (mix-blend-mode): draw it in plain colours")),
    }
}

/// Narrows what follows to a clip path of one shape; `user` is the measure of what is clipped.
fn clip_to(clip: &ClipPath, user: Transform, content: &mut Content) -> Result<(), Error> {
    if clip.clip_path().is_some() {
        return Err(svg::refused("clipPath of a clipPath"));
    }
    let mut shapes = Vec::new();
    let mut groups = vec![clip.root()];
    while let Some(group) = groups.pop() {
        if group.clip_path().is_some() {
            return Err(svg::refused("clipPath of a clipPath"));
        }
        for child in group.children() {
            match child {
                Node::Group(group) => groups.push(group),
                Node::Path(path) if path.is_visible() => shapes.push(path),
                _ => {}
            }
        }
    }
    let [shape] = shapes.as_slice() else {
        return Err(Error::unsupported(format!(
            "it has a <clipPath> of {} shapes: unite them, or clip the paths themselves",
            shapes.len()
        )));
    };
    let place = user.pre_concat(clip.transform()).pre_concat(shape.abs_transform());
    let outline = shape.data().clone().transform(place).ok_or_else(beyond)?;
    outline_to(outline.segments(), content);
    match shape.fill().map(Fill::rule) {
        Some(FillRule::EvenOdd) => content.clip_even_odd(),
        _ => content.clip_nonzero(),
    };
    content.end_path();
    Ok(())
}

fn draw_path(path: &usvg::Path, form: &mut Form) -> Result<(), Error> {
    if !path.is_visible() {
        return Ok(());
    }
    let fill = path.fill().filter(|fill| fill.opacity().get() > 0.0);
    let stroke = path.stroke().filter(|stroke| stroke.opacity().get() > 0.0);
    let solid = fill.is_none_or(|fill| fill.opacity().get() >= 1.0)
        && stroke.is_none_or(|stroke| stroke.opacity().get() >= 1.0);
    let place = path.abs_transform();
    // Most of a seal are solid fills where they stand: they leave nothing behind but a colour, and
    // each path sets its own.
    let own_state = stroke.is_some() || !place.is_identity() || !solid;
    if own_state {
        form.content.save_state();
    }
    if !place.is_identity() {
        form.content.transform(matrix(place)?);
    }
    match (fill, stroke, path.paint_order()) {
        (Some(fill), Some(stroke), PaintOrder::FillAndStroke) if solid => paint_both(path, fill, stroke, form)?,
        (Some(fill), Some(stroke), PaintOrder::StrokeAndFill) => {
            paint_stroke(path, stroke, solid, form)?;
            paint_fill(path, fill, solid, form)?;
        }
        (fill, stroke, _) => {
            fill.map(|fill| paint_fill(path, fill, solid, form)).transpose()?;
            stroke.map(|stroke| paint_stroke(path, stroke, solid, form)).transpose()?;
        }
    }
    if own_state {
        form.content.restore_state();
    }
    Ok(())
}

fn paint_both(path: &usvg::Path, fill: &Fill, stroke: &Stroke, form: &mut Form) -> Result<(), Error> {
    set_fill(fill, &mut form.content)?;
    set_stroke(stroke, &mut form.content)?;
    outline_to(path.data().segments(), &mut form.content);
    match fill.rule() {
        FillRule::NonZero => form.content.fill_nonzero_and_stroke(),
        FillRule::EvenOdd => form.content.fill_even_odd_and_stroke(),
    };
    Ok(())
}

fn paint_fill(path: &usvg::Path, fill: &Fill, solid: bool, form: &mut Form) -> Result<(), Error> {
    if !solid {
        form.set_opacity(fill.opacity().get());
    }
    set_fill(fill, &mut form.content)?;
    outline_to(path.data().segments(), &mut form.content);
    match fill.rule() {
        FillRule::NonZero => form.content.fill_nonzero(),
        FillRule::EvenOdd => form.content.fill_even_odd(),
    };
    Ok(())
}

fn paint_stroke(path: &usvg::Path, stroke: &Stroke, solid: bool, form: &mut Form) -> Result<(), Error> {
    if !solid {
        form.set_opacity(stroke.opacity().get());
    }
    set_stroke(stroke, &mut form.content)?;
    outline_to(path.data().segments(), &mut form.content);
    form.content.stroke();
    Ok(())
}

fn set_fill(fill: &Fill, content: &mut Content) -> Result<(), Error> {
    let [red, green, blue] = colour(fill.paint())?;
    content.set_fill_rgb(red, green, blue);
    Ok(())
}

fn set_stroke(stroke: &Stroke, content: &mut Content) -> Result<(), Error> {
    let [red, green, blue] = colour(stroke.paint())?;
    content.set_stroke_rgb(red, green, blue);
    content.set_line_width(stroke.width().get());
    content.set_line_cap(match stroke.linecap() {
        LineCap::Butt => LineCapStyle::ButtCap,
        LineCap::Round => LineCapStyle::RoundCap,
        LineCap::Square => LineCapStyle::ProjectingSquareCap,
    });
    content.set_line_join(match stroke.linejoin() {
        LineJoin::Miter => LineJoinStyle::MiterJoin,
        LineJoin::Round => LineJoinStyle::RoundJoin,
        LineJoin::Bevel => LineJoinStyle::BevelJoin,
        LineJoin::MiterClip => return Err(Error::unsupported("it has the stroke-linejoin miter-clip: use miter")),
    });
    content.set_miter_limit(stroke.miterlimit().get());
    if let Some(dashes) = stroke.dasharray() {
        content.set_dash_pattern(dashes.iter().copied(), dash_phase(dashes, stroke.dashoffset())?);
    }
    Ok(())
}

/// Where in its pattern a dashed line begins: SVG may begin before it, PDF does not.
fn dash_phase(dashes: &[f32], offset: f32) -> Result<f32, Error> {
    let length: f32 = dashes.iter().sum();
    if !length.is_finite() || length <= 0.0 || !offset.is_finite() {
        return Err(beyond());
    }
    // The length of an odd pattern, which turns dashes into gaps the second time, is twice its sum;
    // even patterns are not hurt by it.
    Ok(offset.rem_euclid(length * 2.0))
}

fn outline_to(segments: impl Iterator<Item = PathSegment>, content: &mut Content) {
    let (mut x, mut y) = (0.0_f32, 0.0_f32);
    let mut start = (0.0, 0.0);
    for segment in segments {
        match segment {
            PathSegment::MoveTo(p) => {
                content.move_to(p.x, p.y);
                start = (p.x, p.y);
                (x, y) = start;
            }
            PathSegment::LineTo(p) => {
                content.line_to(p.x, p.y);
                (x, y) = (p.x, p.y);
            }
            PathSegment::QuadTo(c, p) => {
                // PDF has only cubic curves; the control points lie two thirds of the way.
                let toward = |from: f32, to: f32| from + (to - from) * (2.0 / 3.0);
                content.cubic_to(toward(x, c.x), toward(y, c.y), toward(p.x, c.x), toward(p.y, c.y), p.x, p.y);
                (x, y) = (p.x, p.y);
            }
            PathSegment::CubicTo(c1, c2, p) => {
                content.cubic_to(c1.x, c1.y, c2.x, c2.y, p.x, p.y);
                (x, y) = (p.x, p.y);
            }
            PathSegment::Close => {
                content.close_path();
                (x, y) = start;
            }
        }
    }
}

fn colour(paint: &Paint) -> Result<[f32; 3], Error> {
    match paint {
        Paint::Color(colour) => Ok([colour.red, colour.green, colour.blue].map(|part| f32::from(part) / 255.0)),
        Paint::LinearGradient(_) => Err(svg::refused("linearGradient")),
        Paint::RadialGradient(_) => Err(svg::refused("radialGradient")),
        Paint::Pattern(_) => Err(svg::refused("pattern")),
    }
}

fn matrix(transform: Transform) -> Result<[f32; 6], Error> {
    let Transform { sx, kx, ky, sy, tx, ty } = transform;
    let matrix = [sx, ky, kx, sy, tx, ty];
    if matrix.iter().all(|number| number.is_finite()) { Ok(matrix) } else { Err(beyond()) }
}

fn beyond() -> Error {
    Error::malformed("its measures leave the range of numbers")
}

#[cfg(test)]
mod tests;
