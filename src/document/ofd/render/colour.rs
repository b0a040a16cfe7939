//! Colours and how lines are drawn (GB/T 33190-2016, 8.2 and 8.3).

use std::fmt::Write as _;

use crate::document::ofd::render::resources::{Resources, Space};
use crate::document::ofd::render::svg::Svg;
use crate::document::ofd::xml::Element;
use crate::error::Error;

/// A colour, ready to be written: SVG's paint and how opaque it is.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Paint {
    pub(super) paint: String,
    pub(super) opacity: f64,
}

impl Paint {
    pub(super) fn black() -> Self {
        Paint { paint: "#000".to_owned(), opacity: 1.0 }
    }

    /// As `fill` or `stroke`.
    pub(super) fn attribute(paint: Option<&Paint>, which: &str) -> String {
        match paint {
            None => format!("{which}=\"none\""),
            Some(Paint { paint, opacity }) if *opacity < 1.0 => {
                format!("{which}=\"{paint}\" {which}-opacity=\"{opacity:.4}\"")
            }
            Some(Paint { paint, .. }) => format!("{which}=\"{paint}\""),
        }
    }
}

/// The colour that a `FillColor` or `StrokeColor` says. Gradients along a line and around a point are shown;
/// of other shadings the first colour.
pub(super) fn paint(node: Element<'_>, resources: &Resources, svg: &mut Svg) -> Result<Paint, Error> {
    let opacity = alpha(node.attribute("Alpha"));
    for child in node.children() {
        let gradient = match child.name() {
            "AxialShd" => axial(child, resources, svg)?,
            "RadialShd" => radial(child, resources, svg)?,
            _ => None,
        };
        if let Some(id) = gradient {
            return Ok(Paint { paint: format!("url(#{id})"), opacity });
        }
        let first = child.children().find_map(|point| point.first("Color"));
        if let Some(colour) = first {
            return Ok(Paint { paint: plain(colour, resources), opacity });
        }
    }
    Ok(Paint { paint: plain(node, resources), opacity })
}

/// 0 to 255 as 0 to 1.
pub(super) fn alpha(value: Option<&str>) -> f64 {
    value.and_then(|value| value.trim().parse::<f64>().ok()).map_or(1.0, |value| (value / 255.0).clamp(0.0, 1.0))
}

/// `#rrggbb`.
fn plain(node: Element<'_>, resources: &Resources) -> String {
    let space = node.attribute("ColorSpace").or(resources.default_space.as_deref());
    let space = space.and_then(|id| resources.space(id));
    let index = node.attribute("Index").and_then(|index| index.parse::<usize>().ok());
    let listed = index.and_then(|index| space.as_ref()?.palette.get(index).cloned());
    let text = listed.or_else(|| node.attribute("Value").map(str::to_owned)).unwrap_or_default();
    let most = space.as_ref().map_or(255.0, Space::most);
    let values: Vec<f64> =
        text.split_whitespace().filter_map(component).map(|value| (value / most).clamp(0.0, 1.0)).collect();
    let [red, green, blue] = match values.as_slice() {
        [grey] => [*grey; 3],
        [red, green, blue] => [*red, *green, *blue],
        [cyan, magenta, yellow, black] => [cyan, magenta, yellow].map(|ink| (1.0 - ink) * (1.0 - black)),
        _ => [0.0; 3],
    };
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and 255")]
    let [red, green, blue] = [red, green, blue].map(|value| (value * 255.0).round() as u8);
    format!("#{red:02x}{green:02x}{blue:02x}")
}

/// A component, in decimal or as `#FF`.
fn component(word: &str) -> Option<f64> {
    match word.strip_prefix('#') {
        Some(digits) => u16::from_str_radix(digits, 16).ok().map(f64::from),
        None => word.parse().ok().filter(|value: &f64| value.is_finite()),
    }
}

fn point(node: Element<'_>, name: &str) -> Option<(f64, f64)> {
    let mut numbers = node.attribute(name)?.split_whitespace().filter_map(|word| word.parse::<f64>().ok());
    let point = (numbers.next()?, numbers.next()?);
    (point.0.is_finite() && point.1.is_finite()).then_some(point)
}

fn axial(node: Element<'_>, resources: &Resources, svg: &mut Svg) -> Result<Option<String>, Error> {
    let (Some((x1, y1)), Some((x2, y2))) = (point(node, "StartPoint"), point(node, "EndPoint")) else {
        return Ok(None);
    };
    let attributes = format!("x1=\"{x1}\" y1=\"{y1}\" x2=\"{x2}\" y2=\"{y2}\"{}", spread(node));
    svg.define_gradient("linearGradient", &attributes, &stops(node, resources)).map(Some)
}

fn radial(node: Element<'_>, resources: &Resources, svg: &mut Svg) -> Result<Option<String>, Error> {
    let (Some((fx, fy)), Some((cx, cy))) = (point(node, "StartPoint"), point(node, "EndPoint")) else {
        return Ok(None);
    };
    let radius = node.attribute("EndRadius").and_then(|radius| radius.parse::<f64>().ok());
    let Some(radius) = radius.filter(|radius| radius.is_finite() && *radius > 0.0) else { return Ok(None) };
    let attributes = format!("cx=\"{cx}\" cy=\"{cy}\" r=\"{radius}\" fx=\"{fx}\" fy=\"{fy}\"{}", spread(node));
    svg.define_gradient("radialGradient", &attributes, &stops(node, resources)).map(Some)
}

fn spread(node: Element<'_>) -> &'static str {
    match node.attribute("MapType") {
        Some("Repeat") => " spreadMethod=\"repeat\"",
        Some("Reflect") => " spreadMethod=\"reflect\"",
        _ => "",
    }
}

fn stops(node: Element<'_>, resources: &Resources) -> String {
    let segments: Vec<_> = node.all("Segment").collect();
    let last = segments.len().saturating_sub(1).max(1);
    let mut text = String::new();
    for (number, segment) in segments.iter().enumerate() {
        let Some(colour) = segment.first("Color") else { continue };
        let told = segment.attribute("Position").and_then(|at| at.parse::<f64>().ok());
        #[expect(clippy::cast_precision_loss, reason = "few segments")]
        let at = told.unwrap_or(number as f64 / last as f64).clamp(0.0, 1.0);
        let opacity = alpha(colour.attribute("Alpha"));
        let _ = write!(
            text,
            "<stop offset=\"{at}\" stop-color=\"{}\" stop-opacity=\"{opacity:.4}\"/>",
            plain(colour, resources)
        );
    }
    text
}
