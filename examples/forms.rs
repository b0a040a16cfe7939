//! Fills in the city's thirty forms, seals them as PDF and OFD, verifies them, and takes the data out again.
//!
//! ```text
//! cargo run --release --features form --example forms [FOLDER]
//! ```

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

use eseal::authority::{Algorithm, Authority};
use eseal::compose::Assets;
use eseal::draw::Font;
use eseal::form::{Circumstances, Day, Instance, Medium, Particulars, Renderer, Template};
use eseal::seal::{SealContent, SealKind, Signatories};
use eseal::{Document, Limits, Mm, Picture, Place, Seal, SealMaker, Signatory, Stamp, Time, Trust, Validity, Verifier};

fn main() -> Result<(), Box<dyn Error>> {
    let folder = PathBuf::from(std::env::args().nth(1).unwrap_or_else(|| "target/forms".into()));
    fs::create_dir_all(&folder)?;
    let testdata = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata");
    let font = |name: &str| -> Result<Font, Box<dyn Error>> { Ok(Font::read(fs::read(testdata.join(name))?, 0)?) };
    let assets = Assets::new().font("song", font("fonts/FormSong.otf")?).font("hei", font("fonts/FormHei.otf")?);

    let now: Time = "2026-03-10T02:00:00Z".parse()?;
    let world = Authority::new(Algorithm::Sm2, now)?;
    fs::write(folder.join("ca.pem"), world.root_pem())?;
    let us = Signatory::new(world.signatory("示例市政务服务中心")?);
    let content = SealContent {
        id: "62100000012345".parse()?,
        kind: SealKind::Organisation,
        name: "示例市政务服务中心".into(),
        picture: Picture::png(&fs::read(testdata.join("pictures/round.png"))?, Mm(40.0), Mm(40.0))?,
        signatories: Signatories::listed([us.certificate()]),
        validity: Validity::years(now, 3),
    };
    let seal = SealMaker::new(world.seal_maker()?).create(content, now)?;
    let trust = Trust::new().everything([world.root().clone()]);
    let desk = Desk { verifier: Verifier::new(&trust), seal: &seal, us: &us, now };

    let mut names: Vec<String> = fs::read_dir(testdata.join("form-templates"))?
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok()?.strip_suffix(".data.json").map(str::to_owned))
        .collect();
    names.sort();
    for (number, name) in names.iter().enumerate() {
        let template = Template::from_json(&fs::read(testdata.join(format!("form-templates/{name}.json")))?)?;
        let data = fs::read(testdata.join(format!("form-templates/{name}.data.json")))?;
        let instance = Instance::read(&template, &data, &Limits::default())?;
        let valid = template.judge(&instance, &Circumstances::on(Day::of(now)))?.require_valid()?;
        let renderer = Renderer::new(&template, &assets)?;
        let particulars = Particulars::new(format!("{number:032x}"), now);
        let pdf = desk.through(&renderer, renderer.pdf(&valid, &particulars)?)?;
        let ofd = desk.through(&renderer, renderer.ofd(&valid, &particulars)?)?;
        fs::write(folder.join(format!("{name}.pdf")), pdf.as_bytes())?;
        fs::write(folder.join(format!("{name}.ofd")), ofd.as_bytes())?;
        println!(
            "{name:24} {template}: sealed, verified and read back, {} and {} bytes",
            pdf.as_bytes().len(),
            ofd.as_bytes().len()
        );
    }
    Ok(())
}

struct Desk<'d> {
    verifier: Verifier<'d>,
    seal: &'d Seal,
    us: &'d Signatory,
    now: Time,
}

impl Desk<'_> {
    /// Seals a form at each of its places, verifies it and takes the data out.
    fn through<D: Document + Medium>(&self, renderer: &Renderer, form: D) -> Result<D, eseal::Error> {
        let mut sealed = form;
        for place in renderer.template().seals() {
            let seal = self.verifier.seal(self.seal, self.now).require_valid()?;
            sealed = Stamp::of(seal).at(Place::slot(place)).apply(&sealed, self.us)?;
        }
        let verified = self.verifier.document(&sealed, self.now)?.require_valid()?;
        renderer.extract(&verified)?.require_good()?;
        Ok(sealed)
    }
}
