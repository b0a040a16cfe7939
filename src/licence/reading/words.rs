//! The findings of the verification in Chinese, for whoever sits at a counter.

use crate::finding::{Finding, Outcome};

/// A finding of the verification in Chinese: what it says no to, and of an OFD which of its parts.
pub(super) fn in_chinese(finding: &Finding) -> String {
    let told = match finding.outcome {
        Outcome::Pass => return format!("{}检查通过", about(finding.check)),
        Outcome::Unknown => unknown(finding.check),
        Outcome::Fail if finding.check == "document.references" => {
            return format!("盖章后被改动、删除或替换的部分：{}", parts(&finding.detail));
        }
        Outcome::Fail => failed(finding.check),
    };
    match told {
        Some(told) => told.to_owned(),
        None if finding.outcome == Outcome::Unknown => format!("{}检查无法判定", about(finding.check)),
        None => format!("{}检查不通过", about(finding.check)),
    }
}

fn about(check: &str) -> &'static str {
    match check.split_once('.').map_or(check, |(about, _)| about) {
        "document" => "文件",
        "signature" => "签名",
        "certificate" => "证书",
        "seal" => "印章",
        "time" => "时间",
        _ => "其他",
    }
}

fn failed(check: &str) -> Option<&'static str> {
    Some(match check {
        "document.intact" => "受保护的内容在盖章后被改动",
        "document.changes" => "盖章后又有不允许的改动",
        "document.coverage" => "印章没有保护整个文件",
        "document.structure" => "文件结构有误，不同软件可能看到不同内容",
        "document.hidden" => "文件含有以后可能显示的隐藏内容",
        "document.active" => "文件含有脚本、动作或外部引用",
        "signature.value" => "签名值与证书不符",
        "certificate.trusted" => "签章证书不受信任",
        "certificate.validity" => "签章时证书不在有效期内",
        "certificate.revocation" => "签章证书已被吊销",
        "seal.same" => "文件所附印章不是签章时所用的印章",
        "seal.maker-signature" => "印章数据与制作者的签名不符",
        "seal.maker-trusted" => "印章制作者不受信任",
        "seal.in-validity" => "签章时印章不在有效期内",
        "seal.signatory-listed" => "签章证书不在印章的签章人名单中",
        "seal.status" => "印章状态不是有效",
        _ => return None,
    })
}

fn unknown(check: &str) -> Option<&'static str> {
    Some(match check {
        "document.changes" => "盖章后又有改动，无法判定是否允许",
        "certificate.trusted" => "无法判定签章证书是否受信任",
        "certificate.revocation" => "无法判定签章证书是否已被吊销",
        "seal.maker-revocation" => "无法判定印章制作者的证书是否已被吊销",
        "seal.status" => "未向印章管理机构查询印章状态",
        _ => return None,
    })
}

/// Which parts of a licence the files are that a finding names.
fn parts(detail: &str) -> String {
    let names = detail.to_ascii_lowercase();
    let known = [
        ("/pages/", "版面"),
        ("/tpls/", "版面模板"),
        ("ofd.xml", "元数据"),
        (".json", "照面数据附件"),
        ("attachments.xml", "附件目录"),
        (".png", "图片"),
        (".jp", "图片"),
        ("/tags/", "数据标引"),
        ("customtags.xml", "数据标引"),
        ("/annots/", "批注"),
        (".otf", "字体"),
        (".ttf", "字体"),
        ("res.xml", "资源目录"),
        ("document.xml", "文档结构"),
        ("/signs/", "印章"),
    ];
    let mut found: Vec<&str> = known.iter().filter(|(sign, _)| names.contains(sign)).map(|(_, part)| *part).collect();
    found.dedup();
    if found.is_empty() { "文件内容".into() } else { found.join("、") }
}
