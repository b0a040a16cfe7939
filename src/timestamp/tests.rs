use crate::authority::{Algorithm, Authority, Fault};
use crate::error::{BoxError, ErrorKind};
use crate::time::Time;
use crate::timestamp::{
    Channel, Nonce, Request, Response, Status, TimeStamper, Token, ask, ask_for_digest, check_token,
};
use crate::{Certificate, DigestAlgorithm};

fn now() -> Time {
    "2026-08-01T08:00:00Z".parse().unwrap()
}

fn algorithms() -> Vec<(Algorithm, DigestAlgorithm)> {
    let mut list = vec![(Algorithm::P256, DigestAlgorithm::Sha256), (Algorithm::Rsa, DigestAlgorithm::Sha256)];
    if cfg!(feature = "sm") {
        list.push((Algorithm::Sm2, DigestAlgorithm::Sm3));
    }
    list
}

/// The reason why nothing was given.
#[track_caller]
fn refused(stamper: &dyn TimeStamper, words: &str) {
    let error = ask(stamper, b"value", DigestAlgorithm::Sha256, now()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TimeStamp, "{error}");
    assert!(error.to_string().contains(words), "{error}, not {words}");
}

#[test]
fn what_is_asked_for_is_given() {
    for (algorithm, digest) in algorithms() {
        let authority = Authority::new(algorithm, now()).unwrap().time_stamper().unwrap().accurate_to(2);
        for gm in [false, true] {
            let authority = Authority::new(algorithm, now()).unwrap().time_stamper().unwrap().in_gm_form(gm);
            let bytes = ask(&authority, b"value", digest, now()).unwrap();
            let token = Token::read(&bytes, 10).unwrap();
            assert_eq!((token.time, token.signed.gm), (now(), gm));
            assert_eq!(token.imprint_algorithm, Ok(digest));
            assert_eq!(token.authority.as_deref(), Some(authority.certificate().subject_raw()));
            assert_eq!(check_token(&bytes, b"value").unwrap(), now());
            assert!(check_token(&bytes, b"values").unwrap_err().to_string().contains("something else"));
            assert!(bytes.len() < authority.room());
        }
        let token = ask(&authority, b"value", DigestAlgorithm::Sha512, now()).unwrap();
        let token = Token::read(&token, 10).unwrap();
        assert_eq!(token.imprint_algorithm, Ok(DigestAlgorithm::Sha512));
        assert!(token.told().contains("accurate to 2 s"), "{}", token.told());
        let digest = crate::crypto::digest(DigestAlgorithm::Sha384, b"value").unwrap();
        let bytes = ask_for_digest(&authority, digest, DigestAlgorithm::Sha384, now()).unwrap();
        check_token(&bytes, b"value").unwrap();
    }
}

#[test]
fn each_fault_of_an_authority_is_refused_by_name() {
    for (algorithm, _) in algorithms() {
        let world = Authority::new(algorithm, now()).unwrap();
        for (fault, words) in [
            (Fault::Rejects, "rejected; its source of time is not available; \"closed on Sundays\""),
            (Fault::GivesNone, "gave no token"),
            (Fault::Babbles, "reading a time-stamping authority's answer"),
            (Fault::OtherImprint, "over something else"),
            (Fault::OtherNonce, "nonce"),
            (Fault::AlteredTime, "3600 seconds from"),
            (Fault::LocalTime, "ending in Z"),
            (Fault::NoCertificateId, "ESSCertID"),
            (Fault::NoCertificate, "does not hold its authority's certificate"),
            (Fault::TwoSigners, "2 signers"),
            (Fault::CriticalExtension, "critical extension"),
        ] {
            refused(&world.time_stamper().unwrap().with(fault), words);
        }
        // A name in other letters is no reason: the attribute decides.
        let named = world.time_stamper().unwrap().with(Fault::OtherName);
        ask(&named, b"value", DigestAlgorithm::Sha256, now()).unwrap();
        let altered = world.time_stamper().unwrap().with(Fault::AlteredTime).at(now().plus_seconds(3600));
        refused(&altered, "message-digest is not the digest of its TSTInfo");
    }
}

#[test]
fn clocks_policies_and_nonces() {
    let world = Authority::new(Algorithm::P256, now()).unwrap();
    for (apart, good) in [(0, true), (300, true), (-300, true), (301, false), (-301, false)] {
        let authority = world.time_stamper().unwrap().at(now().plus_seconds(apart));
        assert_eq!(ask(&authority, b"value", DigestAlgorithm::Sha256, now()).is_ok(), good, "{apart}");
    }
    let through = |fault: Option<Fault>| {
        let mut authority = world.time_stamper().unwrap();
        authority = fault.map(|fault| world.time_stamper().unwrap().with(fault)).unwrap_or(authority);
        Channel::new(move |request: &[u8]| Ok(authority.answer(request)?))
    };
    let policy = through(None).policy("1.2.156.1.1").unwrap();
    let token = ask(&policy, b"value", DigestAlgorithm::Sha256, now()).unwrap();
    assert_eq!(Token::read(&token, 9).unwrap().policy.to_string(), "1.2.156.1.1");
    refused(&through(Some(Fault::OtherPolicy)).policy("1.2.156.1.1").unwrap(), "1.2.156.1.1 was asked for");
    assert_eq!(through(None).policy("policy").unwrap_err().kind(), ErrorKind::Misuse);
    let late = world.time_stamper().unwrap().at(now().plus_seconds(-2));
    let strict = Channel::new(|request: &[u8]| Ok(late.answer(request)?)).tolerance(1);
    refused(&strict, "2 seconds from");
    // Without a nonce an authority that repeats another one cannot be told, and the other checks stand.
    ask(&through(Some(Fault::OtherNonce)).nonce(Nonce::Absent), b"v", DigestAlgorithm::Sha256, now()).unwrap();
    refused(&through(Some(Fault::OtherImprint)).nonce(Nonce::Absent), "over something else");
    let unreachable = Channel::new(|_: &[u8]| Err(BoxError::from("the line is down")));
    refused(&unreachable, "was not reached: the line is down");
}

#[test]
fn requests_say_what_they_should() {
    let request = Request::over(b"value", DigestAlgorithm::Sha256).unwrap();
    let with = |nonce: &[u8]| request.clone().nonce(Nonce::Fixed(nonce.to_vec())).unwrap().to_der().unwrap();
    assert!(with(&[0x80, 1]).windows(5).any(|window| window == [2, 3, 0, 0x80, 1]), "a nonce is not negative");
    assert!(with(&[0, 0, 5]).windows(3).any(|window| window == [2, 1, 5]), "and has no zeros in front");
    let random = || request.clone().nonce(Nonce::Random).unwrap();
    assert_ne!(random(), random());
    for broken in [DigestAlgorithm::Md5, DigestAlgorithm::Sha1] {
        assert_eq!(Request::over(b"value", broken).unwrap_err().kind(), ErrorKind::Misuse);
    }
    assert_eq!(Request::over_digest(vec![0; 31], DigestAlgorithm::Sha256).unwrap_err().kind(), ErrorKind::Misuse);
    let der = random().policy("1.2.3").unwrap().to_der().unwrap();
    for end in 0..der.len() {
        assert!(Request::from_der(&der[..end]).is_err(), "{end}");
    }
}

#[test]
fn certificates_that_are_not_for_time_stamping() {
    let world = Authority::new(Algorithm::P256, now()).unwrap();
    let with = |purposes: &[&str], critical: bool| {
        let mut profile = world.profile("clerk");
        profile.extended_key_usage = purposes.iter().map(|&purpose| purpose.to_owned()).collect();
        profile.extended_key_usage_is_critical = critical;
        let credentials = world.issue(&profile).unwrap().credentials;
        crate::authority::TimeStampingAuthority::new(credentials, now())
    };
    let stamping = "1.3.6.1.5.5.7.3.8";
    ask(&with(&[stamping], true), b"value", DigestAlgorithm::Sha256, now()).unwrap();
    refused(&with(&[stamping], false), "not critical");
    refused(&with(&[stamping, "1.3.6.1.5.5.7.3.1"], true), "for that alone");
    refused(&with(&["1.3.6.1.5.5.7.3.1"], true), "not certified for time-stamping");
    refused(&with(&[], true), "not certified for time-stamping");
}

#[test]
fn answers_of_all_kinds() {
    // status, text, failInfo; the bits of a BIT STRING count from the left.
    let rejected = [&[0x30, 0x15, 0x30, 0x13, 2, 1, 2, 0x30, 8, 0x0C, 6][..], b"closed", &[3, 4, 6, 0x80, 0, 0x40]];
    let answer = Response::from_der(&rejected.concat()).unwrap();
    assert_eq!((answer.status(), answer.token()), (Status::Rejected, None));
    assert_eq!(answer.reasons()[0], "it does not know or support the algorithm asked for");
    assert_eq!(answer.reasons()[1], "it could not understand or provide additional information that was asked for");
    assert_eq!(answer.reasons()[2], "\"closed\"");
    let request = Request::over(b"value", DigestAlgorithm::Sha256).unwrap();
    for (number, words) in [(3, "waiting"), (4, "about to be revoked"), (5, "revoked"), (9, "unknown status 9")] {
        let answer = Response::from_der(&[0x30, 5, 0x30, 3, 2, 1, number]).unwrap();
        let error = answer.token_for(&request, now(), 300).unwrap_err().to_string();
        assert!(error.contains(words) && error.contains("no reason was given"), "{error}");
    }
    assert!(Response::from_der(b"").is_err());
    assert!(Response::from_der(&[0x30, 3, 0x30, 1, 2]).is_err());
}

#[test]
fn damaged_answers_are_told_and_never_used() {
    let world = Authority::new(Algorithm::P256, now()).unwrap();
    let authority = world.time_stamper().unwrap();
    let request = Request::over(b"value", DigestAlgorithm::Sha256).unwrap();
    let answer = authority.answer(&request.to_der().unwrap()).unwrap();
    let judge = |bytes: &[u8]| Response::from_der(bytes).and_then(|answer| answer.token_for(&request, now(), 300));
    let good = judge(&answer).unwrap();
    for end in (0..answer.len()).step_by(3) {
        assert!(judge(&answer[..end]).is_err(), "cut at {end}");
    }
    // An octet changed anywhere: refused, or in a certificate's field that binds nothing here.
    let mut accepted = 0;
    for at in 0..answer.len() {
        let mut damaged = answer.clone();
        damaged[at] ^= 0x20;
        accepted += usize::from(judge(&damaged).is_ok());
    }
    assert!(accepted < 20, "{accepted} of {} changes went unnoticed", answer.len());
    let own = Certificate::from_der(authority.certificate().der()).unwrap();
    assert!(good.windows(own.der().len()).any(|window| window == own.der()), "the certificate is in the token");
}
