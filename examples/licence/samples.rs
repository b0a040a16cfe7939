//! Six licences of a city that does not exist, one of each type. No person or body of these names is real.

#![allow(dead_code, unreachable_pub, reason = "each program uses its own part")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use eseal::compose::Assets;
use eseal::draw::Font;
use eseal::identifier::{CreditCode, LicenceId};
use eseal::licence::{Body, Composer, Day, Face, Holder, HolderKind, Metadata, Profile};

pub type Failure = Box<dyn std::error::Error>;

/// The types, by the names of their profiles.
pub const TYPES: [&str; 6] =
    ["real-estate", "social-security", "housing-fund", "birth", "teacher", "medical-institution"];

/// The bodies that issue them.
pub const BODIES: [(&str, &str); 7] = [
    ("示例市自然资源局", "11621000MB0000019T"),
    ("示例市卫生健康委员会", "11621000MB0000027M"),
    ("示例市教育局", "11621000MB0000035G"),
    ("示例市社会保险中心", "12621000MB00000513"),
    ("示例市住房公积金管理中心", "12621000MB000006XT"),
    ("示例市人民医院", "12621000MB0000086M"),
    ("示例市政务服务中心", "11621000MB0000043B"),
];

/// Numbers that published specimens show.
pub const CITIZENS: [&str; 2] = ["11010519491231002X", "440524188001010014"];

fn data() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata")
}

fn read(name: &str) -> Result<Vec<u8>, Failure> {
    std::fs::read(data().join(name)).map_err(|error| format!("testdata/{name}: {error}").into())
}

/// The fonts that the faces name.
pub fn assets() -> Result<Assets, Failure> {
    let font = |name: &str| -> Result<Font, Failure> { Ok(Font::read(read(&format!("fonts/{name}"))?, 0)?) };
    let assets = Assets::new().font("song", font("FormSong.otf")?).font("hei", font("FormHei.otf")?);
    Ok(assets.font("kai", font("FormKai.ttf")?).fallback("song"))
}

pub fn profile(name: &str) -> Result<Profile, Failure> {
    Ok(Profile::from_json(read(&format!("licence-profiles/{name}.json"))?)?)
}

pub fn composer(name: &str) -> Result<Composer, Failure> {
    Ok(Composer::new(profile(name)?, assets()?)?)
}

/// A portrait of nobody; 0 or 1.
pub fn portrait(number: usize) -> Result<Vec<u8>, Failure> {
    read(if number == 0 { "pictures/portrait-a.png" } else { "pictures/portrait-b.png" })
}

pub fn body(number: usize) -> Result<Body, Failure> {
    let (name, code) = BODIES[number];
    Ok(Body { name: name.into(), code: code.parse()? })
}

/// The bodies that issue licences of a type, by their places in [`BODIES`].
pub fn issuers(name: &str) -> &'static [usize] {
    match name {
        "real-estate" => &[0],
        "social-security" => &[3],
        "housing-fund" => &[4],
        "birth" => &[5, 1],
        "teacher" => &[2],
        _ => &[1],
    }
}

/// The metadata of a licence of a type; `number` makes it another one.
pub fn metadata(name: &str, number: u32) -> Result<Metadata, Failure> {
    let profile = profile(name)?;
    let issuers = issuers(name).iter().map(|at| body(*at)).collect::<Result<Vec<_>, _>>()?;
    let issued: Day = "2025-02-18".parse()?;
    let holder = match name {
        "medical-institution" => Holder::body(BODIES[5].0, &CreditCode::try_from(BODIES[5].1.to_owned())?),
        "birth" => Holder { name: "张小例".into(), code: format!("T62{number:07}"), kind: HolderKind::OtherPerson },
        _ => Holder::citizen("张示例", &CITIZENS[0].parse()?),
    };
    let id = LicenceId::new(profile.kind.code.clone(), issuers[0].code.clone(), &format!("2025{number:07}"), 1)?;
    let mut metadata = Metadata::new(profile.kind.name.clone(), id, issuers, issued, vec![holder]);
    if name == "real-estate" {
        metadata.holders.push(Holder::citizen("李示例", &CITIZENS[1].parse()?));
        let extensions = [("KZ_ZL", "示例市示例区示例路 18 号示例花园 3 幢 1 单元 1201 室"), ("KZ_BDCDYH", "621002001001GB00001F00010012")];
        metadata.extensions = extensions.into_iter().map(|(name, value)| (name.into(), value.into())).collect();
    }
    metadata.number = match name {
        "real-estate" => format!("示（2025）示例市不动产权第{number:07}号"),
        "teacher" => format!("20256210{number:09}"),
        "birth" => format!("T62{number:07}"),
        _ => format!("SL2025{number:07}"),
    };
    metadata.region = Some("621000".parse()?);
    metadata.definer = Some(profile.kind.definer.name.clone());
    if matches!(name, "social-security" | "housing-fund") {
        metadata.valid_from = Some(issued);
        metadata.valid_until = Some("2025-05-17".parse()?);
    }
    profile.date(&mut metadata);
    Ok(metadata)
}

/// What the face of a licence of a type shows beside its metadata.
pub fn face(name: &str) -> Result<Face, Failure> {
    let mut face = Face::new();
    let mut texts = |pairs: &[(&str, &str)]| {
        for (key, text) in pairs {
            face.text(*key, *text);
        }
    };
    match name {
        "real-estate" => texts(&[
            ("sharing", "共同共有"),
            ("right", "国有建设用地使用权／房屋所有权"),
            ("nature", "出让／市场化商品房"),
            ("use", "城镇住宅用地／住宅"),
            ("area", "共有宗地面积 12 680.50 ㎡／房屋建筑面积 118.36 ㎡"),
            ("term", "国有建设用地使用权 2018年06月01日起 2088年05月31日止"),
            (
                "other",
                "专有建筑面积 92.14 ㎡，分摊建筑面积 26.22 ㎡；房屋结构：钢筋混凝土结构；房屋总层数 18 层，所在层 12 层；竣工时间 2020 年。",
            ),
            ("note", "本证由不动产登记机构依申请颁发，登记簿与本证记载不一致的，除有证据证明登记簿确有错误外，以登记簿为准。"),
        ]),
        "social-security" => texts(&[
            ("sex", "男"),
            ("card", "L12345678"),
            ("bank", "示例银行股份有限公司示例市分行"),
            ("issued", "2021-09-06"),
            ("state", "正常"),
            ("kinds", "城镇职工基本养老保险、失业保险、工伤保险、职工基本医疗保险"),
            ("unit", "示例科技有限公司"),
        ]),
        "housing-fund" => {
            texts(&[
                ("account", "6210000123456"),
                ("employer", "示例科技有限公司"),
                ("opened", "2019-07-15"),
                ("until", "2025-01"),
                ("balance", "86420.58"),
            ]);
            face.rows("payments", (1..=8).map(payment).collect());
        }
        "birth" => texts(&[
            ("sex", "女"),
            ("born", "2025年2月16日9时25分"),
            ("weeks", "39周+2天"),
            ("weight", "3250"),
            ("length", "50"),
            ("place", "示例市示例区"),
            ("hospital", "示例市人民医院"),
            ("mother", "李示例"),
            ("mother_citizen", CITIZENS[1]),
            ("mother_home", "示例市示例区示例路 18 号"),
            ("father", "张示例"),
            ("father_citizen", CITIZENS[0]),
            ("father_home", "示例市示例区示例路 18 号"),
            ("first_issuer", "示例市人民医院"),
            ("second_issuer", "示例市卫生健康委员会"),
        ]),
        "teacher" => texts(&[
            ("sex", "女"),
            ("born", "1949-12-31"),
            ("nation", "汉族"),
            ("kind", "高级中学教师资格"),
            ("subject", "语文"),
        ]),
        _ => texts(&[
            ("legal", "王示例"),
            ("head", "赵示例"),
            ("address", "示例市示例区健康路 66 号"),
            (
                "subjects",
                "预防保健科／内科／外科／妇产科／儿科／眼科／耳鼻咽喉科／口腔科／皮肤科／急诊医学科／康复医学科／医学检验科／医学影像科／中医科",
            ),
            ("ownership", "全民"),
            ("level", "三级综合医院"),
            ("beds", "860"),
        ]),
    }
    if matches!(name, "social-security" | "teacher") {
        face.picture("photo", portrait(usize::from(name == "teacher"))?);
    }
    Ok(face)
}

fn payment(month: u32) -> BTreeMap<String, String> {
    let (year, month) = if month <= 7 { (2024, month + 5) } else { (2025, 1) };
    let row = [
        ("month", format!("{year}-{month:02}")),
        ("base", "9800.00".into()),
        ("own", "1176.00".into()),
        ("unit", "1176.00".into()),
        ("sum", "2352.00".into()),
    ];
    row.into_iter().map(|(key, text)| (key.to_owned(), text)).collect()
}
