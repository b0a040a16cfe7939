//! Makes PDF documents from nothing: a letter with everything that a page can show, a form with every kind of field,
//! filled in and stamped into its signature field too, and twenty receipts of one template. What it makes is put into `target/composed-pdf`, where other software judges it.
//!
//! `cargo run --example compose_pdf --features compose`

use eseal::authority::{Algorithm, Authority};
use eseal::pdf::{
    Align, Content, Figure, Font, FontId, Ink, NewAttachment, NewField, NewPdf, Outline, Relationship, Stroke, Text,
    Typeface,
};
use eseal::seal::{SealContent, SealKind, Signatories};
use eseal::{Area, Mm, Page, Payload, Pdf, Picture, SealMaker, Signatory, Stamp, Time, Trust, Validity, Verifier};

const SONG: &[u8] = include_bytes!("../testdata/letters/LetterSong-subset.otf");
const ARABIC: &[u8] = include_bytes!("../testdata/fonts/NotoNaskhArabic-Bold-subset.ttf");
const PHOTO: &[u8] = include_bytes!("../testdata/pictures/round.jpg");
const SEAL: &[u8] = include_bytes!("../testdata/pictures/round.png");

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let song = Font::read(SONG, 0)?;
    let folder = std::path::Path::new("target/composed-pdf");
    std::fs::create_dir_all(folder)?;
    let save = |name: &str, document: &Pdf| -> Result<(), Box<dyn std::error::Error>> {
        let mut file = std::fs::File::create(folder.join(name))?;
        document.write_to(&mut file)?;
        println!("{name}: {} bytes, {} page(s)", document.len(), document.page_count()?);
        Ok(())
    };
    save("letter.pdf", &letter(&song)?)?;
    let form = form(&song)?;
    save("form.pdf", &form)?;
    let filled = form.fill(&[("applicant.name", "示例市人民政府".into()), ("kind", "first".into())], &song)?;
    let (stamped, root) = stamped(&filled)?;
    save("form-stamped.pdf", &stamped)?;
    std::fs::write(folder.join("root.pem"), root)?;
    for (number, receipt) in receipts(&song)?.iter().enumerate() {
        save(&format!("receipt-{number:02}.pdf"), receipt)?;
    }
    Ok(())
}

fn letter(song: &Font) -> Result<Pdf, Box<dyn std::error::Error>> {
    let red = Ink::rgb(200, 0, 0);
    let mut letter = NewPdf::new("5f6e4b7a0c9d4e1f8a2b3c4d5e6f7081", Mm(210.0), Mm(297.0));
    letter.title("电子印章应用示例").author("示例市").subject("一页纸上能有的一切").language("zh-CN");
    letter.created("2025-03-01T00:00:00Z".parse()?);
    letter.custom_data("ZZBS", "1.2.156.3005.2.1").custom_data("KZ_1", "<&>").custom_data("KZ_1", "示例");
    let data = NewAttachment::new("data.json", "application/json", r#"{"name":"示例"}"#);
    letter.attach(data.relationship(Relationship::Data));
    let arabic = letter.font(Typeface::of(&Font::read(ARABIC, 0)?));
    let song = letter.font(Typeface::prepared(song, "电子印章应用")?);
    let (photo, seal) = (letter.image(PHOTO)?, letter.image(SEAL)?);
    let mut frame = Content::new();
    let stroke = Stroke::new(red.clone(), 0.35);
    frame.figure(Figure::of(Outline::rectangle(15.0, 15.0, 180.0, 267.0)).stroke(stroke.clone()));
    let frame = letter.template(frame)?;
    let mut mark = Content::new();
    mark.text(Text::new("电子印章", song, Mm(30.0)).at(Mm(40.0), Mm(230.0)).turned(45.0).ink(red.clone().alpha(40)));
    let mark = letter.template(mark)?;

    let mut page = Content::new();
    let line = |text: &str, top: f64| Text::new(text, song, Mm(6.0)).at(Mm(30.0), Mm(top));
    page.text(Text::new("电子印章应用", song, Mm(7.76)).at(Mm(70.0), Mm(40.0)).ink(red.clone()).bold());
    page.text(line("电子印章", 60.0).advances([10.0, 20.0, 10.0]));
    page.text(line("电子印章应用", 70.0).spacing(Mm(2.0)));
    page.text(line("电子印章应用", 80.0).stretch(0.6));
    page.text(line("应当端正", 90.0).ink(Ink::rgb(0, 0, 160).alpha(128)));
    page.text(Text::new("电子印章", song, Mm(6.0)).at(Mm(180.0), Mm(60.0)).vertical());
    page.text(Text::new("شىنجاڭ", arabic, Mm(8.0)).at(Mm(30.0), Mm(105.0)));
    page.figure(Figure::of(Outline::ellipse(60.0, 130.0, 20.0, 10.0)).fill(Ink::rgb(230, 240, 255)).stroke(stroke));
    let curve = Outline::new().move_to(30.0, 150.0).quadratic_to([(60.0, 120.0), (90.0, 150.0)]);
    let mut dashed = Stroke::new(Ink::BLACK, 0.5);
    dashed.dashes = vec![2.0, 1.0];
    page.figure(Figure::of(curve).stroke(dashed));
    let mut round = Content::new();
    round.image(photo, Mm(110.0), Mm(110.0), Mm(40.0), Mm(40.0));
    page.clipped(Outline::ellipse(130.0, 130.0, 15.0, 20.0), round);
    page.image(seal, Mm(120.0), Mm(190.0), Mm(42.0), Mm(42.0));
    letter.page_on(page, &[frame], &[mark]);
    let mut second = Content::new();
    second.text(line("应用", 60.0));
    letter.page_on(second, &[frame], &[]);
    letter.sized(Mm(297.0), Mm(210.0));
    Ok(letter.finish()?)
}

fn form(song: &Font) -> Result<Pdf, Box<dyn std::error::Error>> {
    let mut form = NewPdf::new("form", Mm(210.0), Mm(297.0));
    form.title("应用").language("zh-CN").created("2025-03-01T00:00:00Z".parse()?);
    let song = form.font(Typeface::prepared(song, "电子印章应用端正当0123456789")?);
    let mut page = Content::new();
    for (label, top) in [("电子", 45.0), ("应用", 60.0), ("印章", 95.0), ("端正", 105.0), ("应当", 120.0)] {
        page.text(Text::new(label, song, Mm(4.2)).at(Mm(30.0), Mm(top)));
    }
    form.page(page);
    add_fields(&mut form, song);
    Ok(form.finish()?)
}

fn add_fields(form: &mut NewPdf, song: FontId) {
    let grey = Ink::rgb(120, 120, 120);
    let area = |left: f64, top: f64, width: f64, height: f64| Area {
        page: Page(1),
        left: Mm(left),
        top: Mm(top),
        width: Mm(width),
        height: Mm(height),
    };
    let size = Mm(4.2);
    let text = NewField::text("applicant.name", area(50.0, 40.0, 60.0, 7.0), song, size).value("电子印章");
    form.field(text.tool_tip("电子").required().border(grey.clone(), Mm(0.2)));
    let code = NewField::text("applicant.code", area(120.0, 40.0, 60.0, 7.0), song, Mm(0.0)).value("12345678");
    form.field(code.max_length(10).comb().border(grey.clone(), Mm(0.2)));
    let long = NewField::text("reason", area(50.0, 55.0, 130.0, 30.0), song, size).multi_line();
    form.field(
        long.value("电子印章应用，应当端正。\n电子印章")
            .border(grey.clone(), Mm(0.2))
            .background(Ink::rgb(245, 245, 250)),
    );
    form.field(NewField::check_box("agreed", area(50.0, 90.0, 5.0, 5.0)).checked().border(grey.clone(), Mm(0.3)));
    form.field(NewField::check_box("other", area(60.0, 90.0, 5.0, 5.0)).export("其他").border(grey.clone(), Mm(0.3)));
    let radio = NewField::radio("kind").choice("first", area(50.0, 100.0, 5.0, 5.0));
    let radio = radio.choice("second", area(60.0, 100.0, 5.0, 5.0)).value("second");
    form.field(radio.border(grey.clone(), Mm(0.3)));
    let list = NewField::drop_down("use", area(50.0, 115.0, 60.0, 7.0), song, size).align(Align::Centre);
    form.field(list.option("1", "电子").option("2", "印章").value("2").border(grey.clone(), Mm(0.2)));
    let open = NewField::list("uses", area(50.0, 130.0, 60.0, 20.0), song, size).multiple();
    let open = open.option("1", "电子").option("2", "印章").option("3", "应用").value("1").value("3");
    form.field(open.border(grey.clone(), Mm(0.2)));
    form.field(NewField::text("fixed", area(50.0, 160.0, 60.0, 7.0), song, size).value("端正").read_only());
    form.field(NewField::signature("seal", area(120.0, 200.0, 42.0, 42.0)).tool_tip("印章"));
}

/// The form with a seal in the field that waits for it, and the root by which it is judged.
fn stamped(form: &Pdf) -> Result<(Pdf, String), Box<dyn std::error::Error>> {
    let now = Time::now();
    let world = Authority::new(Algorithm::P256, now.plus_days(-30))?;
    let signatory = Signatory::new(world.signatory("示例市人民政府")?);
    let content = SealContent {
        id: "31010600012345".parse()?,
        kind: SealKind::Organisation,
        name: "示例市人民政府".into(),
        picture: Picture::png(SEAL, Mm(42.0), Mm(42.0))?,
        signatories: Signatories::listed([signatory.certificate()]),
        validity: Validity::years(now, 2),
    };
    let seal = SealMaker::new(world.seal_maker()?).create(content, now)?;
    let trust = Trust::new().everything([world.root().clone()]);
    let verifier = Verifier::new(&trust);
    let valid = verifier.seal(&seal, now).require_valid()?;
    let stamped = Stamp::of(valid).payload(Payload::Cms).in_field("seal").apply(form, &signatory)?;
    println!("stamped: {}", verifier.document(&stamped, now)?.verdict());
    Ok((stamped, world.root_pem().to_owned()))
}

/// Twenty documents of one template, for which fonts, pictures and the template are prepared once.
fn receipts(song: &Font) -> Result<Vec<Pdf>, Box<dyn std::error::Error>> {
    let mut master = NewPdf::new("0", Mm(148.0), Mm(105.0));
    master.title("应用").language("zh-CN").created("2025-03-01T00:00:00Z".parse()?);
    let song = master.font(Typeface::prepared(song, "电子印章应用0123456789")?);
    let seal = master.image(SEAL)?;
    let mut fixed = Content::new();
    fixed.text(Text::new("电子印章", song, Mm(7.0)).at(Mm(60.0), Mm(20.0)));
    fixed.image(seal, Mm(100.0), Mm(60.0), Mm(30.0), Mm(30.0));
    let fixed = master.template(fixed)?;
    let mut receipts = Vec::new();
    for number in 0..20 {
        let mut own = master.clone();
        let mut page = Content::new();
        page.text(Text::new(format!("应用{number:04o}"), song, Mm(5.0)).at(Mm(20.0), Mm(40.0)));
        // Every other one shows a character that was not prepared.
        if number % 2 == 1 {
            page.text(Text::new("端", song, Mm(5.0)).at(Mm(20.0), Mm(50.0)));
        }
        own.id(format!("{number:032x}")).page_on(page, &[fixed], &[]);
        receipts.push(own.finish()?);
    }
    Ok(receipts)
}
