//! Fetching, against a server on loopback: what is wanted becomes evidence, and strangers' addresses lead nowhere.

mod common;

use std::sync::Arc;
use std::time::Duration;

use common::http::{Asked, Said, Server, ok};
use common::scene::Scene;
use eseal::authority::{Algorithm, Authority};
use eseal::fetch::Fetcher;
use eseal::trust::{EvidenceKind, Wanted};
use eseal::{
    Certificate, DigestAlgorithm, ErrorKind, Evidence, Mm, Page, Payload, Pdf, Policy, TimeStamper as _, Trust,
    Verdict, Verifier, timestamp,
};

fn local() -> Fetcher {
    Fetcher::new().admit_private_addresses()
}

/// Something wanted about a certificate, at these addresses.
fn wanted(kind: EvidenceKind, scene: &Scene, addresses: &[&str]) -> Wanted {
    Wanted {
        kind,
        certificate: scene.signatory.credentials.certificate().clone(),
        issuer: Some(scene.authority.root().clone()),
        addresses: addresses.iter().map(|&one| one.to_owned()).collect(),
    }
}

/// Why the one thing that is wanted was missed.
fn missed(fetcher: &Fetcher, one: &Wanted, scene: &Scene) -> Option<String> {
    let fetched = fetcher.complete(scene.now, |_| Ok(vec![one.clone()])).unwrap();
    fetched.missed.first().map(|missed| missed.reason.clone())
}

#[test]
fn a_list_that_was_wanted_is_fetched_and_judged() {
    let scene = Scene::new(Algorithm::P256);
    let certificate = scene.signatory.credentials.certificate();
    for revoked in [false, true] {
        let entries: Vec<_> = revoked.then_some((certificate, scene.now.plus_days(-1))).into_iter().collect();
        let list = scene.authority.crl(&entries).unwrap();
        let server = Server::new(move |_: &Asked| ok(list.clone()));
        let form = Pdf::read(common::sample("forms/form-fill.pdf")).unwrap();
        let stamped = scene.stamped(&form, Payload::Cms);
        let policy = Policy { revocation: eseal::verify::Need::Required, ..Policy::default() };
        let judge = |evidence: &Evidence| {
            let verifier = Verifier::new(&scene.trust).policy(policy.clone()).evidence(evidence);
            let report = verifier.document(&stamped, scene.now).unwrap();
            let known = report.signatures()[0].chains.iter().any(|chain| chain.revoked().is_some());
            (report.verdict(), known)
        };
        assert_eq!(judge(&Evidence::new()), (Verdict::Indeterminate, false));
        let fetcher = local();
        let once = || {
            let fetched = fetcher
                .complete(scene.now, |evidence| {
                    let report = Verifier::new(&scene.trust).evidence(evidence).document(&stamped, scene.now)?;
                    let chains = report.signatures().iter().flat_map(|one| &one.chains);
                    // Throw-away certificates name no addresses: they are added here.
                    let with = |one: Wanted| Wanted { addresses: vec![format!("{}/list", server.address)], ..one };
                    let wanted = chains.flat_map(|chain| chain.wanted.clone());
                    Ok(wanted.filter(|one| one.kind == EvidenceKind::Crl).map(with).collect())
                })
                .unwrap();
            assert!(fetched.missed.is_empty(), "{:?}", fetched.missed);
            fetched.evidence
        };
        // Nothing proves that the signature is older than the revocation (EN 319 102-1: REVOKED_NO_POE).
        let expected = if revoked { (Verdict::Indeterminate, true) } else { (Verdict::Valid, false) };
        assert_eq!(judge(&once()), expected);
        assert_eq!(judge(&once()), expected);
        assert_eq!(server.count(), 1, "it was kept");
    }
}

#[test]
fn certificates_of_issuers_are_fetched_in_all_their_forms() {
    let scene = Scene::new(Algorithm::P256);
    let root = scene.authority.root().clone();
    let pem = scene.authority.root_pem().to_owned();
    for body in [root.der().to_vec(), pem.into_bytes()] {
        let server = Server::new(move |_: &Asked| ok(body.clone()));
        let one = wanted(EvidenceKind::Certificate, &scene, &[&server.address]);
        assert_eq!(missed(&local(), &one, &scene), None);
    }
    let server = Server::new(|_: &Asked| ok(b"<html>not found</html>".as_slice()));
    let one = wanted(EvidenceKind::Certificate, &scene, &[&server.address]);
    assert!(missed(&local(), &one, &scene).is_some());
}

#[test]
fn requests_to_ocsp_responders_name_the_certificate() {
    let scene = Scene::new(Algorithm::P256);
    let server = Server::new(|_: &Asked| ok(b"no answer".as_slice()));
    let one = wanted(EvidenceKind::Ocsp, &scene, &[&server.address]);
    let reason = missed(&local(), &one, &scene).unwrap();
    assert!(reason.contains(&server.address), "what was no answer is told with its place: {reason}");
    let asked = server.asked.lock().unwrap()[0].clone();
    assert_eq!((asked.method.as_str(), asked.header("content-type")), ("POST", Some("application/ocsp-request")));
    let serial = common::der::Node::read(scene.signatory.credentials.certificate().der());
    let serial = serial.at(&[0, 1]).clone();
    let request = common::der::Node::read(&asked.body);
    assert_eq!(*request.at(&[0, 0, 0, 0, 3]), serial);
    assert_eq!(request.at(&[0, 0, 0, 0, 1]).octets().len(), 20);
    let without = Wanted { issuer: None, ..one };
    assert!(missed(&local(), &without, &scene).unwrap().contains("issuer"));
}

#[test]
fn strangers_addresses_lead_nowhere() {
    let scene = Scene::new(Algorithm::P256);
    let server = Server::new(|_: &Asked| ok(b"secret".as_slice()));
    let port = server.address.rsplit(':').next().unwrap().to_owned();
    for (address, words) in [
        (server.address.clone(), "not a public one"),
        (format!("http://localhost:{port}/"), "not a public one"),
        (format!("http://[::1]:{port}/"), "not a public one"),
        (format!("http://2130706433:{port}/"), ""),
        ("http://169.254.169.254/latest/meta-data".into(), "not a public one"),
        ("http://10.0.0.1/".into(), "not a public one"),
        ("ldap://127.0.0.1/cn=ca".into(), "no address of HTTP"),
        ("file:///etc/passwd".into(), "no address of HTTP"),
        ("".into(), "no address of HTTP"),
    ] {
        let one = wanted(EvidenceKind::Crl, &scene, &[&address]);
        let reason = missed(&Fetcher::new().timeout(5), &one, &scene).unwrap();
        assert!(reason.contains(words), "{address}: {reason}");
    }
    assert_eq!(server.count(), 0, "nobody came");
    let named = local().only_hosts(["lists.example"]);
    let reason = missed(&named, &wanted(EvidenceKind::Crl, &scene, &[&server.address]), &scene).unwrap();
    assert!(reason.contains("not among those that are admitted"), "{reason}");
    assert_eq!(server.count(), 0);
    let none = missed(&local(), &wanted(EvidenceKind::Crl, &scene, &[]), &scene).unwrap();
    assert!(none.contains("gives no address"), "{none}");
}

#[test]
fn answers_have_limits() {
    let scene = Scene::new(Algorithm::P256);
    let list = scene.authority.crl(&[]).unwrap();
    let good = list.clone();
    let server = Server::new(move |asked: &Asked| match asked.path.as_str() {
        "/round" => Said(302, vec![("Location", "/round".into())], Vec::new()),
        "/twice" => Said(302, vec![("Location", "/good".into())], Vec::new()),
        "/file" => Said(302, vec![("Location", "file:///etc/passwd".into())], Vec::new()),
        "/long" => ok(vec![0x30; 100_000]),
        "/slow" => {
            std::thread::sleep(Duration::from_secs(20));
            ok(good.clone())
        }
        // Another scheme in a redirect is read as a path on the same host.
        path if path.contains("passwd") => Said(404, Vec::new(), Vec::new()),
        "/missing" => Said(404, Vec::new(), b"no".to_vec()),
        _ => ok(good.clone()),
    });
    let at = |path: &str| wanted(EvidenceKind::Crl, &scene, &[&format!("{}{path}", server.address)]);
    let fetcher = local().most_bytes(50_000).timeout(2);
    assert_eq!(missed(&fetcher, &at("/twice"), &scene), None);
    for (path, words) in [("/round", "redirect"), ("/file", "404"), ("/long", "limit"), ("/missing", "404")] {
        let reason = missed(&fetcher, &at(path), &scene).unwrap();
        assert!(reason.contains(words), "{path}: {reason}");
    }
    assert!(missed(&fetcher, &at("/slow"), &scene).unwrap().contains("timeout"));
    // The second address is tried when the first one fails, and things wanted without end come to one.
    let two =
        Wanted { addresses: vec![format!("{}/missing", server.address), format!("{}/x", server.address)], ..at("") };
    assert_eq!(missed(&fetcher, &two, &scene), None);
    let (count, mut number) = (server.count(), 0);
    let endless = fetcher.complete(scene.now, |_| {
        number += 1;
        Ok((0..100).map(|one| at(&format!("/{number}/{one}"))).collect())
    });
    assert!(endless.unwrap().missed.iter().any(|missed| missed.reason.contains("more than 64")));
    assert!(server.count() - count <= 64);
}

#[test]
fn time_stamps_over_http() {
    let scene = Scene::new(Algorithm::P256);
    let authority = Arc::new(scene.authority.time_stamper().unwrap());
    let answering = authority.clone();
    let server = Server::new(move |asked: &Asked| match asked.path.as_str() {
        "/down" => Said(503, Vec::new(), Vec::new()),
        _ => ok(answering.answer(&asked.body).unwrap()),
    });
    let fetcher = Arc::new(local());
    let stamper = fetcher.time_stamper(format!("{}/tsa", server.address)).room(authority.room());
    let form = Pdf::read(common::sample("forms/form-fill.pdf")).unwrap();
    let stamp = scene.stamp().payload(Payload::Cms).on(Page(1), Mm(20.0), Mm(30.0));
    let stamped = stamp.time_stamped_by(&stamper).apply(&form, &scene.by()).unwrap();
    let trust = Trust::new().everything([scene.authority.root().clone()]);
    let report = Verifier::new(&trust).document(&stamped, scene.now).unwrap();
    assert_eq!((report.verdict(), report.signatures()[0].times.proven), (Verdict::Valid, Some(scene.now)), "{report}");
    let asked = server.asked.lock().unwrap()[0].clone();
    assert_eq!((asked.method.as_str(), asked.header("content-type")), ("POST", Some("application/timestamp-query")));

    let ask = |path: &str, fetcher: &Arc<Fetcher>| {
        let stamper = fetcher.time_stamper(format!("{}{path}", server.address));
        timestamp::ask(&stamper, b"value", DigestAlgorithm::Sha256, scene.now).unwrap_err()
    };
    let error = ask("/down", &fetcher);
    assert_eq!(error.kind(), ErrorKind::TimeStamp);
    assert!(error.to_string().contains("503"), "{error}");
    assert!(ask("/tsa", &Arc::new(Fetcher::new())).to_string().contains("not a public one"));
    // Each request is new: none is answered from what was kept.
    let before = server.count();
    for _ in 0..2 {
        timestamp::ask(&stamper, b"value", DigestAlgorithm::Sha256, scene.now).unwrap();
    }
    assert_eq!(server.count(), before + 2);
    let other = Authority::new(Algorithm::P256, scene.now).unwrap();
    assert_ne!(Certificate::from_der(other.root().der()).unwrap(), *scene.authority.root());
}

/// The program fetches what is missing when it is told to, from the addresses that certificates give, and goes no
/// further than it was told.
#[cfg(all(feature = "cli", unix))]
mod program {
    use std::collections::HashMap;
    use std::path::PathBuf;
    use std::process::Command;
    use std::sync::{Arc, Mutex};

    use eseal::authority::{Algorithm, Authority, Issued, Profile, RawExtension};
    use eseal::seal::SealKind;
    use eseal::{Certificate, Mm, Picture, SealMaker, Time, Validity};

    use super::common::der::{Node, constructed, oid, primitive, sequence};
    use super::common::http::{Asked, Said, Server, ok};
    use super::common::scene;

    type Files = Arc<Mutex<HashMap<String, Vec<u8>>>>;

    fn uri(address: &str) -> Node {
        primitive(0x86, address.as_bytes())
    }

    /// cRLDistributionPoints and authorityInfoAccess (RFC 5280, 4.2.1.13 and 4.2.2.1).
    fn addresses(list: &str, issuer: &str) -> Vec<RawExtension> {
        let name = constructed(0xA0, vec![constructed(0xA0, vec![uri(list)])]);
        let access = sequence([sequence([oid("1.3.6.1.5.5.7.48.2"), uri(issuer)])]);
        let extension = |id: &str, value: Node| RawExtension { id: id.into(), critical: false, value: value.der() };
        vec![extension("2.5.29.31", sequence([sequence([name])])), extension("1.3.6.1.5.5.7.1.1", access)]
    }

    /// A root, an authority below it and whom that certified, each with the addresses of a server on loopback; and a
    /// folder with a seal and the root's certificate.
    struct Town {
        server: Server,
        files: Files,
        authority: Authority,
        middle: Issued,
        leaf: Issued,
        folder: PathBuf,
        now: Time,
    }

    impl Town {
        fn new() -> Self {
            let now: Time = scene::CLOCK.parse().unwrap();
            let files = Files::default();
            let known = files.clone();
            let server = Server::new(move |asked: &Asked| match known.lock().unwrap().get(&asked.path) {
                Some(file) => ok(file.clone()),
                None => Said(404, Vec::new(), Vec::new()),
            });
            let authority = Authority::new(Algorithm::P256, now).unwrap();
            let at = |path: &str| format!("{}{path}", server.address);
            let extensions = addresses(&at("/root.crl"), &at("/root.cer"));
            let profile = Profile { extensions, ..authority.authority_profile("below") };
            let middle = authority.issue(&profile).unwrap();
            let extensions = addresses(&at("/below.crl"), &at("/below.cer"));
            let leaf =
                authority.issue_under(&middle, &Profile { extensions, ..authority.profile("制章中心") }).unwrap();
            let folder = std::env::temp_dir().join(format!("eseal-town-{}", std::process::id()));
            std::fs::create_dir_all(&folder).unwrap();
            let town = Town { server, files, authority, middle, leaf, folder, now };
            town.serve("/below.cer", town.middle.credentials.certificate().der());
            town.serve("/root.crl", &town.list(town.authority.issued_root(), &[]));
            town.serve("/below.crl", &town.list(&town.middle, &[]));
            town.put("root.pem", town.authority.root_pem().as_bytes());
            town.put("seal.esl", &town.seal());
            town
        }

        fn seal(&self) -> Vec<u8> {
            let content = eseal::seal::SealContent {
                id: "31010600012345".parse().unwrap(),
                kind: SealKind::Organisation,
                name: "示例市人民政府".into(),
                picture: Picture::png(&super::common::sample("pictures/round.png"), Mm(42.0), Mm(42.0)).unwrap(),
                signatories: eseal::seal::Signatories::listed([self.leaf.credentials.certificate()]),
                validity: Validity::years(self.now, 2),
            };
            // The certificate between is left out: it has to be fetched.
            let own = vec![self.leaf.credentials.certificate().clone()];
            let key = eseal::SoftwareKey::from_pem(self.leaf.key_pem.as_bytes()).unwrap();
            let maker = SealMaker::new(eseal::Credentials::new(own, key).unwrap());
            maker.create(content, self.now).unwrap().der().to_vec()
        }

        fn list(&self, issuer: &Issued, revoked: &[(&Certificate, Time)]) -> Vec<u8> {
            let span = Validity { not_before: self.now.plus_days(-1), not_after: self.now.plus_days(30) };
            self.authority.crl_by(issuer, revoked, span).unwrap()
        }

        fn serve(&self, path: &str, bytes: &[u8]) {
            self.files.lock().unwrap().insert(path.into(), bytes.to_vec());
        }

        fn put(&self, name: &str, bytes: &[u8]) {
            std::fs::write(self.folder.join(name), bytes).unwrap();
        }

        /// How `eseal seal verify` ends, and what it says.
        fn verify(&self, more: &str) -> (i32, String) {
            let mut command = Command::new(env!("CARGO_BIN_EXE_eseal"));
            let line = format!("seal verify seal.esl --trust root.pem --at {} --require-revocation {more}", self.now);
            let output = command.current_dir(&self.folder).args(line.split_whitespace()).output().unwrap();
            let told = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
            (output.status.code().unwrap(), told)
        }
    }

    impl Drop for Town {
        fn drop(&mut self) {
            let _ = std::fs::remove_dir_all(&self.folder);
        }
    }

    #[track_caller]
    fn ends((code, told): (i32, String), wanted: i32, words: &str) {
        assert_eq!(code, wanted, "{told}");
        assert!(told.contains(words), "no \"{words}\" in: {told}");
    }

    #[test]
    fn what_is_missing_is_fetched_when_asked_for() {
        let town = Town::new();
        ends(town.verify(""), 1, "indeterminate");
        assert_eq!(town.server.count(), 0, "nobody asked for it");
        // An address within one's own network is a stranger's word, until it is named.
        ends(town.verify("--fetch"), 1, "not a public one");
        ends(town.verify("--fetch --fetch-from lists.example"), 1, "not among those that are admitted");
        assert_eq!(town.server.count(), 0, "nobody came");
        ends(town.verify("--fetch --fetch-from 127.0.0.1"), 0, "valid");
        assert_eq!(town.server.count(), 3, "a certificate and two lists, each once");
        // A list without any good one beside it; one that is too long; one that is not there.
        town.serve("/below.crl", &town.list(&town.middle, &[(town.leaf.credentials.certificate(), town.now)]));
        ends(town.verify("--fetch --fetch-from 127.0.0.1"), 1, "revoked");
        town.serve("/below.crl", &[0x30; 2 << 20]);
        ends(town.verify("--fetch --fetch-from 127.0.0.1 --fetch-megabytes 1"), 1, "limit");
        town.files.lock().unwrap().remove("/below.crl");
        ends(town.verify("--fetch --fetch-from 127.0.0.1"), 1, "not fetched");
        ends(town.verify("--fetch-from 127.0.0.1"), 2, "--fetch");
    }
}
