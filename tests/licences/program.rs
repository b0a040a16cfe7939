//! `eseal licence issue`, `annotate` and `read`: what they do, how they end and what they say.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use eseal::authority::Algorithm;
use eseal::licence::catalogue::{Catalogue, Claim, EntryState, TypeEntry};
use eseal::licence::{Face, Metadata};
use eseal::seal::{SealContent, SealKind, Signatories};
use eseal::{Mm, Picture, SealMaker, Validity};

use crate::common::{sample, testdata};
use crate::samples::{self, BODIES};
use crate::world::{CLOCK, World};

/// A folder with an issuer's key and seal, the data of a teacher's licence, and the catalogue that permits it.
struct Desk {
    folder: PathBuf,
    metadata: Metadata,
    face: Face,
}

impl Desk {
    fn new(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("eseal-licences-{name}-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let (metadata, face) = (samples::metadata("teacher", 7).unwrap(), samples::face("teacher").unwrap());
        let desk = Desk { folder, metadata, face };
        let world = World::new(Algorithm::P256).unwrap();
        let us = world.authority.issue(&world.authority.profile(BODIES[2].0)).unwrap();
        let content = SealContent {
            id: "62100000000002".parse().unwrap(),
            kind: SealKind::Organisation,
            name: BODIES[2].0.into(),
            picture: Picture::png(&sample("pictures/round.png"), Mm(42.0), Mm(42.0)).unwrap(),
            signatories: Signatories::listed([us.credentials.certificate()]),
            validity: Validity::years(world.now, 3),
        };
        let seal = SealMaker::new(world.authority.seal_maker().unwrap()).create(content, world.now).unwrap();
        desk.put("root.pem", world.authority.root_pem());
        desk.put("us.pem", &us.certificate_pem);
        desk.put("us.key", &us.key_pem);
        desk.put("us.seal", seal.der());
        desk.put("photo.png", samples::portrait(1).unwrap());
        desk.put("other.png", samples::portrait(0).unwrap());
        desk.data("data.json", &desk.metadata);
        desk.catalogue("catalogue.json", |_| {});
        desk
    }

    fn put(&self, name: &str, bytes: impl AsRef<[u8]>) {
        fs::write(self.folder.join(name), bytes).unwrap();
    }

    fn data(&self, name: &str, metadata: &Metadata) {
        let metadata: serde_json::Value = serde_json::from_str(&metadata.to_json()).unwrap();
        let mut face = serde_json::to_value(&self.face).unwrap();
        face.as_object_mut().unwrap().remove("photo");
        self.put(name, serde_json::json!({ "metadata": metadata, "face": face }).to_string());
    }

    /// A catalogue with the type and its issuer's claim, changed.
    fn catalogue(&self, name: &str, change: impl FnOnce(&mut Catalogue)) {
        let profile = samples::profile("teacher").unwrap();
        let mut catalogue = Catalogue::default();
        catalogue.entries.push(TypeEntry {
            name: profile.kind.name.clone(),
            code: profile.kind.code.clone(),
            definer: profile.kind.definer.clone(),
            holder_kinds: profile.kind.holder_kinds.clone(),
            validity_range: None,
            shared_with: Vec::new(),
            version: 1,
            state: EntryState::Published,
            is_enabled: true,
            changed: None,
            is_single: false,
        });
        catalogue.claims.push(Claim {
            entry: profile.kind.code,
            claimant: BODIES[2].1.parse().unwrap(),
            claimed: "2025-01-01".parse().unwrap(),
            until: None,
        });
        change(&mut catalogue);
        self.put(name, serde_json::to_vec(&catalogue).unwrap());
    }

    /// Runs the program in the folder; answers what it said, having checked how it ended.
    #[track_caller]
    fn run(&self, code: i32, arguments: &[&str]) -> String {
        let mut command = Command::new(env!("CARGO_BIN_EXE_eseal"));
        let output = command.current_dir(&self.folder).arg("licence").args(arguments).output().unwrap();
        let told = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
        assert_eq!(output.status.code(), Some(code), "eseal licence {arguments:?}: {told}");
        told
    }

    /// With all that composing and sealing takes, at a time.
    fn sealing(&self, code: i32, at: &str, output: &str, arguments: &[&str]) -> String {
        let profile = testdata("licence-profiles/teacher.json").display().to_string();
        let fonts = [("song", "FormSong.otf"), ("hei", "FormHei.otf"), ("kai", "FormKai.ttf")]
            .map(|(name, file)| format!("{name}={}", testdata(&format!("fonts/{file}")).display()));
        let mut all = arguments.to_vec();
        all.extend(["--profile", &profile, "--seal", "us.seal", "--certificate", "us.pem", "--key", "us.key"]);
        all.extend(["--trust", "root.pem", "--at", at, "--output", output]);
        all.extend(fonts.iter().flat_map(|font| ["--font", font.as_str()]));
        let told = self.run(code, &all);
        assert_eq!(self.folder.join(output).exists(), code == 0, "{output}: {told}");
        told
    }

    fn issue(&self, code: i32, output: &str, data: &str, catalogue: &str) -> String {
        let arguments = ["issue", data, "--picture", "photo=photo.png", "--catalogue", catalogue];
        self.sealing(code, CLOCK, output, &arguments)
    }

    fn annotate(&self, code: i32, at: &str, output: &str, file: &str, more: &[&str]) -> String {
        let mut arguments = vec!["annotate", file, "--purpose", "办理示例贷款", "--maker", "示例银行股份有限公司"];
        arguments.extend(more);
        self.sealing(code, at, output, &arguments)
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}

#[track_caller]
fn says(told: &str, part: &str) {
    assert!(told.contains(part), "no \"{part}\" in: {told}");
    for number in samples::CITIZENS {
        assert!(!told.contains(number), "a citizen's number is shown: {told}");
    }
}

#[test]
fn licences_are_issued_as_the_catalogue_permits() {
    let desk = Desk::new("issue");
    let id = desk.metadata.id.to_string();
    for output in ["good.pdf", "good.ofd"] {
        says(&desk.issue(0, output, "data.json", "catalogue.json"), &id);
        says(&desk.run(0, &["read", output, "--trust", "root.pem", "--at", CLOCK, "--output", "out.json"]), "valid");
        let data: serde_json::Value = serde_json::from_slice(&fs::read(desk.folder.join("out.json")).unwrap()).unwrap();
        assert_eq!(data["metadata"], serde_json::from_str::<serde_json::Value>(&desk.metadata.to_json()).unwrap());
    }
    says(&desk.issue(2, "bad.doc", "data.json", "catalogue.json"), "a licence is a .pdf or an .ofd");

    let refused = |change: &dyn Fn(&mut Catalogue), part: &str| {
        desk.catalogue("other.json", change);
        says(&desk.issue(2, "refused.pdf", "data.json", "other.json"), part);
    };
    refused(&|catalogue| catalogue.claims.clear(), "has not claimed the type");
    refused(&|catalogue| catalogue.claims[0].claimant = BODIES[1].1.parse().unwrap(), "has not claimed the type");
    refused(&|catalogue| catalogue.claims[0].until = "2025-02-17".parse().ok(), "does not hold on 2025-02-18");
    refused(&|catalogue| catalogue.entries[0].is_enabled = false, "is disabled for the time being");
    refused(
        &|catalogue| (catalogue.entries[0].state, catalogue.entries[0].is_enabled) = (EntryState::Cancelled, false),
        "is not published",
    );
    refused(&|catalogue| catalogue.entries[0].state = EntryState::Cancelled, "is enabled and not published");
    refused(&|catalogue| *catalogue = Catalogue::default(), "is in the catalogue");
    desk.put("other.json", "{");
    says(&desk.issue(2, "refused.pdf", "data.json", "other.json"), "other.json");

    let mut wrong = desk.metadata.clone();
    wrong.number = "1".into();
    desk.data("wrong.json", &wrong);
    says(&desk.issue(2, "refused.ofd", "wrong.json", "catalogue.json"), "\"number\"");
    let whole = fs::read_to_string(desk.folder.join("data.json")).unwrap();
    desk.put("twice.json", whole.replacen("\"ZZBH\":", "\"ZZBH\":\"1\",\"ZZBH\":", 1));
    says(&desk.issue(2, "refused.ofd", "twice.json", "catalogue.json"), "\"ZZBH\" occurs twice");
    desk.put("strange.json", whole.replacen("\"face\":", "\"fase\":", 1));
    says(&desk.issue(2, "refused.ofd", "strange.json", "catalogue.json"), "it has \"fase\"");
    let without = ["issue", "data.json", "--catalogue", "catalogue.json"];
    says(&desk.sealing(2, CLOCK, "refused.ofd", &without), "\"photo\"");
    // The seal's own validity has ended.
    let late = ["issue", "data.json", "--picture", "photo=photo.png"];
    says(&desk.sealing(2, "2029-03-01T00:00:00Z", "refused.ofd", &late), "seal.in-validity");
}

#[test]
fn copies_are_annotated_and_those_that_may_not_be_are_refused() {
    let desk = Desk::new("annotate");
    let photo = ["--picture", "photo=photo.png"];
    let until = ["--picture", "photo=photo.png", "--until", "2025-03-31T00:00:00Z"];
    for ending in ["pdf", "ofd"] {
        let (original, copy) = (format!("original.{ending}"), format!("copy.{ending}"));
        desk.issue(0, &original, "data.json", "catalogue.json");
        desk.annotate(0, CLOCK, &copy, &original, &until);
        let read = |code: i32, file: &str, at: &str| {
            desk.run(code, &["read", file, "--trust", "root.pem", "--at", at, "--state", "in-force"])
        };
        says(&read(0, &copy, "2025-03-02T00:00:00Z"), "办理示例贷款");
        says(&read(1, &copy, "2025-04-01T00:00:00Z"), "licence.copy");
        // A copy of a copy; another photo; none; an end that has passed.
        let refused = format!("refused.{ending}");
        says(&desk.annotate(2, CLOCK, &refused, &copy, &photo), "copy of a copy");
        says(&desk.annotate(2, CLOCK, &refused, &original, &["--picture", "photo=other.png"]), "\"photo\"");
        says(&desk.annotate(2, CLOCK, &refused, &original, &[]), "\"photo\"");
        let past = ["--picture", "photo=photo.png", "--until", "2025-02-28T00:00:00Z"];
        says(&desk.annotate(2, CLOCK, &refused, &original, &past), "already");
        // Edited behind its seal: nothing of it goes into a copy.
        let mut edited = fs::read(desk.folder.join(&original)).unwrap();
        let middle = edited.len() / 2;
        edited[middle] ^= 1;
        let name = format!("edited.{ending}");
        desk.put(&name, edited);
        desk.annotate(2, CLOCK, &refused, &name, &photo);
    }
    desk.put("none.txt", "none");
    says(&desk.annotate(2, CLOCK, "refused.pdf", "none.txt", &photo), "neither PDF nor OFD");
}

/// `eseal id check`: what each text is is told by its shape, what is wrong with it by name, and nobody's number is shown.
#[test]
fn identifiers_are_checked_by_the_program() {
    let check = |code: i32, arguments: &[&str]| {
        let output = Command::new(env!("CARGO_BIN_EXE_eseal")).args(["id", "check"]).args(arguments).output().unwrap();
        let told = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {told}");
        told
    };
    for (good, kind) in [
        ("1.2.156.3005.2.11100000000013338W009.11330105002500287C.2025052201.002.0", "licence identifier"),
        ("11100000000013338W011", "licence type's code"),
        ("91350100M000100Y43", "unified social credit code"),
        // Figures alone, and what could be a year in the middle.
        ("11620120013945150A", "unified social credit code"),
        ("11010519491231002X", "citizen's number"),
        ("621002", "region's code"),
        ("51010409013105", "seal's code"),
        ("11370800MB285591843370117002011", "service item's code"),
        ("370117002011", "in the basic catalogue"),
    ] {
        let told = check(0, &[good]);
        assert!(told.starts_with("good") && told.contains(kind), "{good}: {told}");
    }
    for (bad, finding) in [
        ("1.2.156.3005.2.11100000MB03271699022.340100.000000016.001.9", "identifier.structure"),
        (
            "1.2.156.3005.2.11100000000013661B006.113700000045046442.209FA4E88F9E4C878F3E9BED2CE7EA49.001.M",
            "identifier.check-character",
        ),
        ("91350100M000100Y44", "identifier.check-character"),
        ("91350100m000100Y43", "identifier.structure"),
        (" 91350100M000100Y43", "shape"),
        ("621099000000", ""),
        ("990000", "identifier.structure"),
        ("110105491231002", "15 digits"),
        ("110105194902300027", "identifier.parts"),
        ("11010519491231002x", "small x"),
        ("1101051949l231002X", "identifier.structure"),
        ("１１０１０５１９４９１２３１００２Ｘ", "identifier.structure"),
    ] {
        let code = i32::from(!finding.is_empty());
        let told = check(code, &[bad]);
        assert!(told.contains(finding), "{bad}: {told}");
        assert!(!told.contains("1231002") && !told.contains("l231002") && !told.contains("１２３１"), "{bad}: {told}");
    }
    let told = check(1, &["--json", "110105194912310021"]);
    let json: serde_json::Value = serde_json::from_str(&told).unwrap();
    assert_eq!((&json["good"], &json["id"]), (&false.into(), &"110***********0021".into()));
    assert!(json["findings"].as_array().unwrap().iter().any(|one| one["check"] == "identifier.check-character"));
}
