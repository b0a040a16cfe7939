//! One description of pages, painted as PDF and as OFD.
//!
//! ```sh
//! cargo run --example compose --features compose -- target/composed
//! ```

use std::error::Error;
use std::fs;
use std::path::Path;

use eseal::compose::{Assets, Attachment, Draft, Font, Layout, PdfFields, PdfOptions, Prepared, Values};

fn main() -> Result<(), Box<dyn Error>> {
    let folder = std::env::args().nth(1).unwrap_or_else(|| "target/composed".to_owned());
    fs::create_dir_all(&folder)?;
    let font = |name: &str| -> Result<Font, Box<dyn Error>> {
        Ok(Font::read(fs::read(Path::new("testdata/fonts").join(name))?, 0)?)
    };
    let assets = Assets::new()
        .font("song", font("FormSong.otf")?)
        .font("hei", font("FormHei.otf")?)
        .font("kai", font("FormKai.ttf")?)
        .fallback("song");
    for (name, values) in [("licence", licence()?), ("form", form()?)] {
        let layout = Layout::from_json(fs::read(format!("testdata/layouts/{name}.json"))?)?;
        let prepared = Prepared::new(&layout, &assets)?;
        let mut draft = prepared.draft(&values)?;
        describe(&mut draft, name)?;
        let pdf = draft.to_pdf(&PdfOptions::default())?;
        pdf.write_to(&mut fs::File::create(format!("{folder}/{name}.pdf"))?)?;
        let mut options = PdfOptions::default();
        options.fields = PdfFields::Interactive;
        draft.to_pdf(&options)?.write_to(&mut fs::File::create(format!("{folder}/{name}-to-fill.pdf"))?)?;
        draft.to_ofd()?.write_to(&mut fs::File::create(format!("{folder}/{name}.ofd"))?)?;
        println!("{name}: {} pages", draft.sheets().len());
    }
    println!("written to {folder}");
    Ok(())
}

fn describe(draft: &mut Draft, name: &str) -> Result<(), Box<dyn Error>> {
    draft.id(format!("{:032x}", name.len())).title("示例").created("2026-03-01T09:00:00+08:00".parse()?);
    draft.data("ZZBS", "1.2.156.3005.2.11100000000013338W001.11621000MB0000019T.2023000000001.001.1");
    draft.attach(Attachment::new("data.json", "application/json", "{\"name\":\"示例\"}".as_bytes()));
    Ok(())
}

fn licence() -> Result<Values, Box<dyn Error>> {
    let photo = fs::read("testdata/layouts/photo.png")?;
    Ok(Values::new()
        .text("CZZT", "张示例")
        .text("CZZTDM", "11010519491231002X")
        .text("KZ_ZYFW", "内科专业、儿科专业、预防保健科专业、全科医学专业（含社区卫生服务），以及国家卫生健康行政部门规定的其他执业范围")
        .text("ZZBH", "示例〔2026〕第 000123 号")
        .text("ZZYXQQSRQ", "2026年3月1日")
        .text("ZZYXQJZRQ", "2031年2月28日")
        .text("ZZBS", "1.2.156.3005.2.11100000000013338W001.11621000MB0000019T.2023000000001.001.1")
        .text("ZZBFJG", "示例市卫生健康委员会")
        .text("ZZBFRQ", "2026年3月1日")
        .image("photo", photo))
}

fn form() -> Result<Values, Box<dyn Error>> {
    let member = |number: usize| {
        Values::new()
            .text("name", if number.is_multiple_of(2) { "李示例" } else { "王示例" })
            .text("relation", if number.is_multiple_of(2) { "配偶" } else { "子女" })
            .text(
                "work",
                if number == 3 {
                    "示例市第一人民医院（东院区）门诊部"
                } else {
                    "示例市第一中学"
                },
            )
            .text("note", "")
    };
    Ok(Values::new()
        .text("date", "2026年3月1日")
        .text("name", "张示例")
        .text("sex", "女")
        .text("nation", "汉族")
        .text("born", "1949年12月31日")
        .text("code", "11010519491231002X")
        .text("address", "示例省示例市示例区示例街道示例路128号3号楼2单元1001室")
        .choices("kinds", vec!["养老".into(), "医疗".into()])
        .flag("agree", true)
        .image("photo", fs::read("testdata/layouts/photo.jpg")?)
        .list("members", (1..=14).map(member).collect()))
}
