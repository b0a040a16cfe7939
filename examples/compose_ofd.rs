//! Makes a licence in OFD: a page with a frame, text in an embedded font, a picture, metadata, an attachment and
//! tags; stamps it; verifies it; and takes the data out again.
//!
//! ```text
//! cargo run --example compose_ofd [FOLDER]
//! ```

use std::error::Error;
use std::fs;
use std::path::PathBuf;

use eseal::authority::{Algorithm, Authority};
use eseal::ofd::{
    Annotation, AnnotationKind, Content, Destination, Figure, Heading, Ink, NewAttachment, NewFont, NewOfd, Outline,
    Stroke, Tag, Text,
};
use eseal::seal::{SealContent, SealKind, Signatories};
use eseal::{Document as _, Mm, Ofd, Page, Picture, SealMaker, Signatory, Stamp, Time, Trust, Validity, Verifier};

const FONT: &[u8] = include_bytes!("../testdata/fonts/NotoSerifCJKsc-Bold-subset.otf");
const PICTURE: &[u8] = include_bytes!("../testdata/pictures/round.png");

fn main() -> Result<(), Box<dyn Error>> {
    let folder = PathBuf::from(std::env::args().nth(1).unwrap_or_else(|| "target/composed".into()));
    fs::create_dir_all(&folder)?;
    let licence = licence()?;
    fs::write(folder.join("licence.ofd"), licence.as_bytes())?;

    let now = Time::now();
    let world = Authority::new(Algorithm::Sm2, now)?;
    let us = world.issue(&world.profile("示例市人民政府"))?;
    let content = SealContent {
        id: "31010600012345".parse()?,
        kind: SealKind::Organisation,
        name: "示例市人民政府".into(),
        picture: Picture::png(PICTURE, Mm(42.0), Mm(42.0))?,
        signatories: Signatories::listed([us.credentials.certificate()]),
        validity: Validity::years(now, 3),
    };
    let seal = SealMaker::new(world.seal_maker()?).create(content, now)?;
    let trust = Trust::new().everything([world.root().clone()]);
    let verifier = Verifier::new(&trust);
    let stamp = Stamp::of(verifier.seal(&seal, now).require_valid()?).on(Page(1), Mm(140.0), Mm(200.0));
    let stamped = stamp.apply(&licence, &Signatory::new(us.credentials))?;
    fs::write(folder.join("stamped.ofd"), stamped.as_bytes())?;

    let verified = verifier.document(&stamped, now)?.require_valid()?;
    println!("valid: {}", verified.metadata()?.custom_value("ZZBS")?);
    for attachment in verified.attachments()? {
        println!("attachment: {} ({} bytes)", attachment.name, attachment.size());
    }
    for (kind, tag) in verified.tags()? {
        let holder = tag.descend(&["Holder"]).map_or("", |holder| holder.shown.as_str());
        println!("tags of {kind}: holder {holder}");
    }
    Ok(())
}

fn licence() -> Result<Ofd, eseal::Error> {
    let mut new = NewOfd::new("5f6e4b7a0c9d4e1f8a2b3c4d5e6f7081", Mm(210.0), Mm(297.0));
    new.title("示例房产证").author("示例市人民政府");
    new.custom_data("ZZBS", "1.2.156.3005.2.11100000000013338W009");
    let font = new.font(NewFont::embedded("Noto Serif CJK SC Bold", FONT).family("Noto Serif CJK SC"))?;
    let photo = new.image(PICTURE)?;

    let mut frame = Content::new();
    let red = Ink::rgb(200, 0, 0);
    frame.figure(Figure::of(Outline::rectangle(15.0, 15.0, 180.0, 267.0)).stroke(Stroke::new(red.clone(), 1.0)));
    frame.figure(Figure::of(Outline::rectangle(17.0, 17.0, 176.0, 263.0)).stroke(Stroke::new(red, 0.3)));
    let frame = new.template(frame);

    let mut face = Content::new();
    face.text(Text::new("示例房产证", font, Mm(14.0)).at(Mm(70.0), Mm(60.0)).ink(Ink::rgb(200, 0, 0)));
    let holder = face.text(Text::new("示例有限公司", font, Mm(6.0)).at(Mm(40.0), Mm(100.0)));
    face.text(Text::new("示例市人民政府", font, Mm(6.0)).at(Mm(120.0), Mm(230.0)));
    face.image(photo, Mm(150.0), Mm(90.0), Mm(25.0), Mm(25.0));
    let page = new.page_on(face, &[frame], &[]);

    let mut mark = Content::new();
    mark.text(Text::new("示例", font, Mm(10.0)).at(Mm(0.0), Mm(10.0)).ink(Ink::rgb(150, 150, 150).alpha(120)));
    new.annotate(
        page,
        Annotation {
            kind: AnnotationKind::Watermark,
            creator: "eseal".into(),
            changed: "2025-03-01T00:00:00Z".parse()?,
            remark: None,
            area: [Mm(90.0), Mm(140.0), Mm(30.0), Mm(15.0)],
            appearance: mark,
        },
    );
    new.attach(NewAttachment { format: Some("xml".into()), ..NewAttachment::new("照面数据", b"<data/>".to_vec()) });
    new.tag("urn:example:licence", Tag::new("Licence").child(Tag::new("Holder").object(page, holder)));
    let to = Destination { page, top: Mm(0.0) };
    new.heading(Heading { title: "正本".into(), to, children: Vec::new() });
    new.bookmark("face", to);
    new.finish()
}
