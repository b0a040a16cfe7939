use eseal::*;
#[test]
fn x() {
    let base = "/work/shared/data/ses/";
    let root = Certificate::from_der(&std::fs::read(format!("{base}keys/ROOT.cer")).unwrap()).unwrap();
    let trust = Trust::new().everything([root]);
    let v = Verifier::new(&trust);
    for (f, at) in [
        ("seals/ofdrw-UserV1.esl", "2021-01-01T00:00:00Z"),
        ("seals/ofdrw-UserV4.esl", "2021-01-01T00:00:00Z"),
        ("seals/ofdrw-UserV5.esl", "2026-11-01T00:00:00Z"),
        ("derived/v4_seal_digestlist.esl", "2021-01-01T00:00:00Z"),
    ] {
        let seal = Seal::from_der(&std::fs::read(format!("{base}{f}")).unwrap()).unwrap();
        println!("{f}\n{}", v.seal(&seal, at.parse().unwrap()));
    }
    for f in std::fs::read_dir(format!("{base}derived")).unwrap() {
        let p = f.unwrap().path();
        if p.extension().unwrap() != "dat" {
            continue;
        }
        println!("{p:?} {:?}", eseal::seal::SealSignature::from_der(&std::fs::read(&p).unwrap()));
    }
}
#[test]
fn y() {
    let base = "/work/shared/data/ses/";
    let root = Certificate::from_der(&std::fs::read(format!("{base}keys/ROOT.cer")).unwrap()).unwrap();
    let trust = Trust::new().everything([root]);
    let v = Verifier::new(&trust);
    let now: Time = "2026-11-01T00:00:00Z".parse().unwrap();
    for f in std::fs::read_dir(format!("{base}derived")).unwrap() {
        let p = f.unwrap().path();
        if p.extension().unwrap() != "dat" {
            continue;
        }
        println!(
            "{p:?}\n{}",
            v.detached(
                &std::fs::read(&p).unwrap(),
                &std::fs::read(format!("{base}derived/Signature.xml")).unwrap(),
                now
            )
        );
    }
    for d in ["keyword/Signs/Sign_1", "keyword/Signs/Sign_3", "tax-zhejiang-1/Signs/Sign_0"] {
        let r = |n: &str| std::fs::read(format!("{base}parts/{d}/{n}")).unwrap();
        println!("{d}\n{}", v.detached(&r("SignedValue.dat"), &r("Signature.xml"), now));
    }
}
