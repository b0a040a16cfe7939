//! Draws seals.
use eseal::Mm;
use eseal::draw::{Emblem, Font, Fonts, Owner, Round};
fn main() -> Result<(), Box<dyn std::error::Error>> {
    let dir = concat!(env!("CARGO_MANIFEST_DIR"), "/testdata/fonts/");
    let load = |n: &str| -> Result<Font, Box<dyn std::error::Error>> {
        Ok(Font::read(std::fs::read(format!("{dir}{n}"))?, 0)?)
    };
    let bold = load("NotoSerifCJKsc-Bold-subset.otf")?;
    let regular = load("NotoSerifCJKsc-Regular-subset.otf")?;
    let fig = load("SealFigures.ttf")?;
    let arab = load("NotoNaskhArabic-Bold-subset.ttf")?;
    let tib = load("NotoSerifTibetan-Bold-subset.ttf")?;
    let mong = load("NotoSansMongolian-subset.ttf")?;
    let b = Fonts::new(&bold).figures(&fig);
    let r = Fonts::new(&regular).figures(&fig);
    let all = vec![
        Round::of(Owner::LimitedCompany, "示例贸易有限责任公司").code("1101010000015").draw(&b)?,
        Round::of(Owner::LimitedCompany, "示例贸易有限责任公司").code("1101010000015").draw(&r)?,
        Round::of(Owner::Institution, "教育局").draw(&b)?,
        Round::of(Owner::Institution, "示例中学").draw(&b)?,
        Round::of(Owner::Township, "示例市东城镇人民政府").draw(&b)?,
        Round::of(Owner::StateOrganUnit, "示例市住房城乡建设委员会办公室").row("财务专用章").draw(&b)?,
        Round::of(Owner::SpecialPurpose, "示例（北京）科技股份有限公司")
            .row("合同专用章")
            .code("1101010000015")
            .draw(&b)?,
        Round::of(Owner::TradeUnion, "示例科技发展股份有限公司工会委员会").draw(&b)?,
        Round::of(Owner::Institution, "示例省长江三角洲一体化区域绿色创新产业园开发运营管理委员会筹备处办公室示例科技")
            .code("1101010000015")
            .row("财务专用章")
            .draw(&b)?,
        Round::new(Mm(45.0), "示例自治区示例市人民政府")
            .star()
            .second_name("شىنجاڭ ئۇيغۇر ئاپتونوم رايونلۇق مىسال شەھەرلىك خەلق ھۆكۈمىتى", &arab)
            .draw(&b)?,
        Round::new(Mm(45.0), "示例自治区示例市人民政府")
            .star()
            .second_name("དཔེ་མཚོན་གྲོང་ཁྱེར་མི་དམངས་སྲིད་གཞུང་།", &tib)
            .draw(&b)?,
        Round::new(Mm(45.0), "示例自治区示例市人民政府")
            .star()
            .second_name("ᠵᠢᠱᠢᠶ᠎ᠡ ᠬᠣᠲᠠ ᠶᠢᠨ ᠠᠷᠠᠳ ᠤᠨ ᠵᠠᠰᠠᠭ ᠤᠨ ᠣᠷᠳᠣᠨ", &mong)
            .draw(&b)?,
    ];
    for (i, d) in all.iter().enumerate() {
        std::fs::write(format!("/tmp/g/{i:02}.png"), d.to_png(200)?)?;
        std::fs::write(format!("/tmp/g/{i:02}.svg"), d.to_svg())?;
    }
    Ok(())
}
