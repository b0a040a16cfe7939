//! `eseal form validate`, `render` and `extract`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use eseal::{Document as _, Pdf};

use crate::common::testdata;
use crate::round::office;

struct Room(PathBuf);

impl Room {
    fn new(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("eseal-forms-{name}-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        Room(folder)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }
}

impl Drop for Room {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn eseal(arguments: &[&dyn AsRef<std::ffi::OsStr>]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_eseal"));
    command.arg("form");
    for argument in arguments {
        command.arg(argument.as_ref());
    }
    command.output().unwrap()
}

fn said(output: &Output) -> (Option<i32>, String) {
    let told = [&output.stdout[..], &output.stderr].concat();
    (output.status.code(), String::from_utf8(told).unwrap())
}

fn font(name: &str, file: &str) -> String {
    format!("{name}={}", testdata(file).display())
}

#[test]
fn a_form_goes_through_the_program() {
    let room = Room::new("through");
    let template = testdata("form-templates/receipt.json");
    let data = testdata("form-templates/receipt.data.json");
    let (code, told) = said(&eseal(&[&"validate", &"--template", &template, &data, &"--today", &"2026-03-10"]));
    assert_eq!(code, Some(0), "{told}");
    assert!(told.contains("valid"), "{told}");

    let bad = room.path("bad.json");
    fs::write(&bad, fs::read_to_string(&data).unwrap().replace("13900000005", "12")).unwrap();
    let (code, told) =
        said(&eseal(&[&"validate", &"--template", &template, &bad, &"--today", &"2026-03-10", &"--json"]));
    assert_eq!(code, Some(1), "{told}");
    let json: serde_json::Value = serde_json::from_str(&told).unwrap();
    assert_eq!((&json["valid"], &json["remarks"][0]["path"]), (&false.into(), &"phone".into()));
    assert_eq!(json["remarks"][0]["chinese"], "联系电话：电话号码有误");

    let broken = room.path("broken.json");
    fs::write(&broken, fs::read_to_string(&template).unwrap().replace("after(received, limit)", "after(received, no)"))
        .unwrap();
    let (code, told) = said(&eseal(&[&"validate", &"--template", &broken]));
    assert_eq!(code, Some(1), "{told}");
    assert!(told.contains("form.template.reference") && told.contains("\"no\""), "{told}");
    assert_eq!(said(&eseal(&[&"validate", &"--template", &room.path("none.json")])).0, Some(2));

    let (song, hei) = (font("song", "fonts/FormSong.otf"), font("hei", "fonts/FormHei.otf"));
    let id = "0123456789abcdef0123456789abcdef";
    let render = |data: &Path, output: &Path| {
        eseal(&[
            &"render",
            &"--template",
            &template,
            &data,
            &"--font",
            &song,
            &"--font",
            &hei,
            &"--id",
            &id,
            &"--at",
            &"2026-03-10T02:00:00Z",
            &"--output",
            &output,
        ])
    };
    let pdf = room.path("form.pdf");
    assert_eq!(said(&render(&data, &pdf)).0, Some(0));
    assert_eq!(said(&render(&data, &room.path("form.doc"))).0, Some(2));
    let (code, told) = said(&render(&bad, &room.path("bad.pdf")));
    assert!(code == Some(1) && told.contains("form.value.pattern"), "{told}");
    assert!(!room.path("bad.pdf").exists());

    let office = office();
    fs::write(room.path("ca.pem"), &office.root).unwrap();
    let form = Pdf::read(fs::read(&pdf).unwrap());
    let sealed = office.sealed(&form.unwrap(), &["window_seal"]);
    fs::write(room.path("sealed.pdf"), sealed.as_bytes()).unwrap();
    let extract = |file: &Path| {
        eseal(&[
            &"extract",
            &file,
            &"--template",
            &template,
            &"--font",
            &song,
            &"--font",
            &hei,
            &"--trust",
            &room.path("ca.pem"),
            &"--at",
            &"2026-03-10T02:00:00Z",
        ])
    };
    let (code, told) = said(&extract(&room.path("sealed.pdf")));
    assert_eq!(code, Some(0), "{told}");
    let json: serde_json::Value = serde_json::from_str(&told).unwrap();
    assert_eq!(json["values"]["case_number"], "621000-2026-000456");
    // Nothing is read out of what nobody sealed.
    let (code, told) = said(&extract(&pdf));
    assert!(code == Some(1) && told.contains("unsigned") && !told.contains("case_number"), "{told}");
}
