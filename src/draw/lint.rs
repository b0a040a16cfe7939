//! What the rules say about a description.

use crate::draw::oval::Oval;
use crate::draw::round::{Centre, Round};
use crate::draw::rules::{Form, Middle, Owner, Rule, TAX};
use crate::draw::square::Square;
use crate::draw::text::Set;
use crate::finding::{Finding, Outcome, checks};
use crate::identifier::SealCode;
use crate::units::Mm;

/// Characters below this size do not print well at 600 dpi: strokes of Song are a fortieth of the
/// height. Our own measure; no rule gives one.
const LEAST_WIDTH: f64 = 1.2;
const LEAST_HEIGHT: f64 = 1.8;

pub(super) fn round(round: &Round) -> Vec<Finding> {
    let side = Mm(round.diameter);
    let mut findings = Vec::new();
    if let Some(owner) = round.owner {
        let rule = owner.rule();
        findings.push(form(&rule, Round::FORM));
        findings.push(size(&rule, side, side));
        findings.push(edge(&rule, round.edge, round.inner_edge));
        findings.push(middle(&rule, round));
        findings.extend(name(owner, &round.name, !round.rows.is_empty()));
    } else {
        findings.push(no_owner());
    }
    findings.extend(code(round.code.as_deref()));
    findings
}

pub(super) fn oval(oval: &Oval) -> Vec<Finding> {
    let Some(owner) = oval.owner else { return vec![no_owner()] };
    let rule = owner.rule();
    let mut findings =
        vec![form(&rule, Form::Oval), size(&rule, Mm(oval.width), Mm(oval.height)), edge(&rule, oval.edge, None)];
    if owner == Owner::Invoice {
        findings.push(taxpayer(oval.figures.as_deref()));
    }
    findings
}

/// A taxpayer's identifier is the owner's unified code of 18 characters; older ones have 15 or 20.
fn taxpayer(figures: Option<&str>) -> Finding {
    let check = checks::DRAWING_CODE;
    let Some(figures) = figures else {
        return Finding::fail(check, "the taxpayer's identifier is missing").under(TAX);
    };
    let plain = figures.bytes().all(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase());
    let told = format!("the taxpayer's identifier has {} characters", figures.chars().count());
    match figures.len() {
        18 if plain => Finding::pass(check, told).under(TAX),
        15 | 20 if plain => Finding::note(check, format!("{told}, as before the unified codes of 2015")).under(TAX),
        _ => Finding::fail(check, format!("{told}: 18 digits and capital letters are right")).under(TAX),
    }
}

pub(super) fn square(square: &Square) -> Vec<Finding> {
    let Some(owner) = square.owner else { return vec![no_owner()] };
    let rule = owner.rule();
    vec![form(&rule, Form::Square), size(&rule, Mm(square.width), Mm(square.height))]
}

/// Nothing can be said about sizes without an owner.
pub(super) fn no_owner() -> Finding {
    Finding::unknown(checks::DRAWING_SIZE, "no owner was named, so no rule on size, edge and middle applies")
}

pub(super) fn form(rule: &Rule, drawn: Form) -> Finding {
    let word = |form| match form {
        Form::Round => "round",
        Form::Oval => "an ellipse",
        Form::Square => "square",
    };
    let told = format!("the seal is {}; that of {} is {}", word(drawn), rule.chinese, word(rule.form));
    if drawn == rule.form {
        Finding::pass(checks::DRAWING_FORM, told).under(rule.source)
    } else {
        Finding::fail(checks::DRAWING_FORM, told).under(rule.source)
    }
}

pub(super) fn size(rule: &Rule, width: Mm, height: Mm) -> Finding {
    let told = format!("the seal has {width} × {height}; that of {} has {}", rule.chinese, rule.sizes);
    if rule.sizes.admit(width, height) {
        Finding::pass(checks::DRAWING_SIZE, told).under(rule.source)
    } else {
        Finding::fail(checks::DRAWING_SIZE, told).under(rule.source)
    }
}

pub(super) fn edge(rule: &Rule, edge: f64, inner: Option<f64>) -> Finding {
    let Some((least, most)) = rule.edge else {
        return Finding::note(checks::DRAWING_EDGE, format!("no rule says how thick the edge is; it has {edge} mm"))
            .under(rule.source);
    };
    let near = |a: f64, b: f64| (a - b).abs() < 0.051;
    let outer_right = edge >= least - 0.051 && edge <= most + 0.051;
    let inner_right = match (rule.inner_edge, inner) {
        (None, None) => true,
        (Some(wanted), Some(found)) => near(wanted, found),
        _ => false,
    };
    let wanted = if least < most { format!("{least} to {most} mm") } else { format!("{least} mm") };
    let wanted = rule.inner_edge.map_or(wanted.clone(), |inner| format!("{wanted} and, inside, {inner} mm"));
    let found = inner.map_or(format!("{edge} mm"), |inner| format!("{edge} mm and, inside, {inner} mm"));
    let told = format!("the edge has {found}; the rule has {wanted}");
    if outer_right && inner_right {
        Finding::pass(checks::DRAWING_EDGE, told).under(rule.source)
    } else {
        Finding::fail(checks::DRAWING_EDGE, told).under(rule.source)
    }
}

fn middle(rule: &Rule, round: &Round) -> Finding {
    let found = match round.centre {
        Centre::Nothing => "nothing",
        Centre::Star => "the star",
        #[cfg(feature = "svg")]
        Centre::Emblem(_) => "an emblem",
    };
    let wanted = match rule.middle {
        Middle::NationalEmblem => "the national emblem",
        Middle::EmblemOrStar => "the star, or the national emblem where the owner is entitled to it",
        Middle::Star => "the five-pointed star",
        Middle::PartyEmblem => "hammer and sickle",
        Middle::Text => "nothing but text",
        Middle::Any => "what the owner has",
    };
    let told = format!("in the middle stands {found}; the rule has {wanted}");
    let check = checks::DRAWING_MIDDLE;
    let finding = match (&round.centre, rule.middle) {
        (_, Middle::Any) => Finding::note(check, told),
        (Centre::Star, Middle::Star | Middle::EmblemOrStar) | (Centre::Nothing, Middle::Text) => {
            Finding::pass(check, told)
        }
        #[cfg(feature = "svg")]
        (Centre::Emblem(_), Middle::NationalEmblem | Middle::EmblemOrStar | Middle::PartyEmblem) => {
            Finding::unknown(check, format!("{told}: whether the artwork is the right one, only eyes can tell"))
        }
        _ => Finding::fail(check, told),
    };
    finding.under(rule.source)
}

/// What a name has to say.
pub(super) fn name(owner: Owner, name: &str, rows: bool) -> Vec<Finding> {
    let source = owner.rule().source;
    let told = |right: bool, text: String| {
        let finding =
            if right { Finding::pass(checks::DRAWING_NAME, text) } else { Finding::fail(checks::DRAWING_NAME, text) };
        finding.under(source)
    };
    let mut findings = Vec::new();
    match owner {
        Owner::MinistryDepartment => {
            let right = name.starts_with("中华人民共和国") || name.starts_with("国家");
            let text = format!("\"{name}\": the emblem goes with names that begin with 中华人民共和国 or 国家");
            // Departments of foreign affairs have it whatever their name.
            let finding = if right { told(true, text) } else { Finding::unknown(checks::DRAWING_NAME, text) };
            findings.push(finding.under(source));
        }
        Owner::LimitedCompany => {
            findings.push(told(name.contains("有限"), format!("\"{name}\": a limited company's name has 有限")));
        }
        Owner::SpecialPurpose | Owner::Contract => {
            let right = rows || name.ends_with('章');
            let text = "a seal for one purpose names it, and differs from the formal seal in name and form";
            findings.push(told(right, text.into()).under("国发〔1999〕25号, 二十二"));
        }
        _ => {}
    }
    findings
}

/// The number at the rim is the seal's code in its register.
fn code(code: Option<&str>) -> Option<Finding> {
    let code = code?;
    let check = checks::DRAWING_CODE;
    Some(match SealCode::examine(code).into_iter().find(|finding| finding.outcome == Outcome::Fail) {
        Some(wrong) => Finding::fail(check, format!("the number at the rim: {}", wrong.detail)),
        None => Finding::pass(check, format!("the number has {} digits; it bears no check digit", code.len())),
    })
}

/// Whether text that was set can be read.
pub(super) fn legible(text: &str, set: &Set) -> Finding {
    legible_size(text, (set.width, set.height))
}

pub(super) fn legible_size(text: &str, (width, height): (f64, f64)) -> Finding {
    let told = format!("the characters of \"{text}\" are {width:.1} mm wide and {height:.1} mm high");
    if width >= LEAST_WIDTH && height >= LEAST_HEIGHT {
        Finding::pass(checks::DRAWING_LEGIBLE, told)
    } else {
        Finding::fail(
            checks::DRAWING_LEGIBLE,
            format!("{told}; below {LEAST_WIDTH} × {LEAST_HEIGHT} mm they print badly: use the standard short name"),
        )
    }
}
