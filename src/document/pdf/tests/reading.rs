use super::*;

#[test]
fn dump() {
    for (name, bytes) in SAMPLES {
        println!("=== {name}");
        let password = if name.contains("aes256") { "usersecret" } else { "" };
        let pdf = match Pdf::read_with_password(*bytes, password, &Limits::default()) {
            Ok(pdf) => pdf,
            Err(error) => {
                println!("REFUSED {error:?}");
                continue;
            }
        };
        match pdf.survey(&Limits::default()) {
            Err(error) => println!("SURVEY {error:?}"),
            Ok(survey) => {
                println!("pages {} size {:?} {:?}", survey.pages, pdf.page_size(crate::units::Page(1)), pdf.fields());
                for finding in &survey.findings {
                    println!("  * {finding}");
                }
                for found in &survey.found {
                    println!("  - {:?} {:?} {} payload {} {:?} later {} {:?} areas {:?} {:?}", found.id, found.announced, found.label, found.payload.len(), found.coverage, found.later, found.claimed, found.areas, found.protected);
                    for finding in &found.findings {
                        println!("     {finding}");
                    }
                }
            }
        }
    }
}
