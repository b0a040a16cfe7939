//! The report as a page that can be opened, printed and sent: no script, no other file.

use crate::report::{Outcome, Report, Side};
use crate::stamps::Judged;

const STYLE: &str = "\
:root{--ink:#1d1d1f;--soft:#6e6e73;--line:#e3e3e8;--ground:#f6f6f8}\
body{font:14px/1.5 system-ui,\"PingFang SC\",\"Microsoft YaHei\",sans-serif;color:var(--ink);background:var(--ground);margin:0}\
main{max-width:1180px;margin:0 auto;padding:32px 24px 64px}\
h1{font-size:26px;margin:0 0 4px}h2{font-size:18px;margin:40px 0 12px}\
p{margin:0 0 12px;color:var(--soft)}\
.cards{display:flex;flex-wrap:wrap;gap:12px;margin:20px 0}\
.card{background:#fff;border:1px solid var(--line);border-radius:10px;padding:12px 20px;min-width:104px}\
.card b{display:block;font-size:28px;line-height:1.2;font-variant-numeric:tabular-nums}\
table{width:100%;border-collapse:collapse;background:#fff;border:1px solid var(--line);table-layout:fixed}\
th,td{padding:8px 12px;border-bottom:1px solid var(--line);text-align:left;vertical-align:top;overflow-wrap:anywhere}\
th{background:#fafafc;color:var(--soft);font-weight:600;position:sticky;top:0}\
small{color:var(--soft)}img{width:84px;height:84px;object-fit:contain;display:block}\
code{font:12px ui-monospace,monospace;color:var(--soft)}\
.tag{display:inline-block;border-radius:9px;padding:0 9px;font-size:12px;color:#fff;background:#6e6e73}\
.made{background:#0a7d55}.migrated{background:#1f5fbf}.remade{background:#7a4bc2}.skipped{background:#8a8a90}\
.refused,.lost,.invalid{background:#c0281f}.valid{background:#0a7d55}.indeterminate{background:#b36b00}\
dl{margin:0;display:grid;grid-template-columns:84px 1fr;gap:2px 8px}dt{color:var(--soft)}dd{margin:0}\
del{color:#a1261d;text-decoration:none;background:#fdecea}ins{color:#0a6b48;text-decoration:none;background:#e6f6ef}\
.number{width:70px;text-align:right;font-variant-numeric:tabular-nums}\
@media print{body{background:#fff}th{position:static}tr{break-inside:avoid}}";

pub(crate) fn html(report: &Report) -> String {
    let cards: String =
        report.counts.iter().map(|(outcome, count)| format!("<div class=card><b>{count}</b>{outcome}</div>")).collect();
    let reasons: String = report
        .reasons()
        .iter()
        .map(|((outcome, reason), count)| {
            format!("<tr><td>{}<td class=number>{count}<td>{}</tr>\n", tag(outcome), escape(reason))
        })
        .collect();
    let documents: String = report.documents.iter().map(document).collect();
    let seals: String = report.lines.iter().map(seal).collect();
    format!(
        "<!DOCTYPE html>\n<html lang=en><meta charset=utf-8><meta name=viewport content=\"width=device-width\">\
         <title>The city\u{2019}s seals</title><style>{STYLE}</style><main>\
         <h1>The city\u{2019}s seals</h1><p>{count} seals in, {count} accounted for.</p><div class=cards>{cards}</div>\
         <h2>Why</h2><table><tr><th style=width:110px>Outcome<th class=number>Seals<th>Reason</tr>{reasons}</table>\
         <h2>Documents</h2><p>Stamped with old seals, judged after the run with the register as source of states: what \
         was stamped in time stays valid, what was stamped with a replaced seal is not.</p>\
         <table><tr><th>Document<th>Stamped at<th style=width:110px>Verdict<th style=width:45%>State of its seal</tr>{documents}</table>\
         <h2>Every seal</h2><table><tr><th style=width:150px>Seal<th style=width:170px>Outcome<th style=width:140px>Old\
         <th style=width:140px>New<th>Differences</tr>{seals}</table></main></html>\n",
        count = report.lines.len()
    )
}

fn tag(word: &str) -> String {
    let word = word.to_lowercase();
    format!("<span class=\"tag {word}\">{word}</span>")
}

fn document(judged: &Judged) -> String {
    let verdict = judged.verdict.to_string();
    format!(
        "<tr><td>{}<td>{}<td>{}<td>{}</tr>\n",
        escape(&judged.name),
        judged.stamped_at,
        tag(&verdict),
        escape(&judged.status)
    )
}

fn seal(line: &Outcome) -> String {
    let differences: String = line
        .differences
        .iter()
        .map(|[name, old, new]| format!("<dt>{name}<dd><del>{}</del> \u{2192} <ins>{}</ins>", escape(old), escape(new)))
        .collect();
    format!(
        "<tr><td>{}<br><small>{}</small><td>{}<br><small>{}</small><td>{}<td>{}<td><dl>{differences}</dl></tr>\n",
        escape(&line.label),
        escape(&line.owner),
        tag(line.outcome),
        escape(&line.reason),
        side(line.old.as_ref()),
        side(line.new.as_ref()),
    )
}

fn side(side: Option<&Side>) -> String {
    let Some(side) = side else { return "<small>none</small>".into() };
    let name = side.fields.get("name").map(|name| escape(name)).unwrap_or_default();
    let picture = match &side.picture {
        Some(uri) => format!("<img loading=lazy alt=\"the seal\u{2019}s picture\" src=\"{uri}\">"),
        None => "<small>no picture can be read</small><br>".into(),
    };
    let short: String = side.sm3.to_string().chars().take(12).collect();
    format!("{picture}<small>{name}</small><br><code title=\"SM3 {}\">{short}\u{2026}</code>", side.sm3)
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
