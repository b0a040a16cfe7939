//! A signature service on loopback with one key: as much of the API as a stamp asks for. It answers one call after
//! another, checks the token of access and the PIN, and signs the digests that were authorised, once.

use std::error::Error;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::thread;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use eseal::authority::Issued;
use p256::ecdsa::signature::hazmat::PrehashSigner as _;
use p256::ecdsa::{DerSignature, SigningKey};
use serde_json::{Value, json};

/// What OAuth would give, and what the key's owner knows.
pub(crate) const TOKEN: &str = "2YotnFZFEjr1zCsicMWpAA";
pub(crate) const PIN: &str = "12345678";
const ID: &str = "seal-1";

type Answer = Result<Value, Box<dyn Error>>;

struct Keeper {
    certificate: String,
    key: SigningKey,
    /// What was authorised, and by which proof.
    authorised: Option<(String, Value)>,
    count: u32,
}

/// Begins to serve, and tells where.
pub(crate) fn run(issued: &Issued) -> Result<String, Box<dyn Error>> {
    let mut keeper = Keeper {
        certificate: STANDARD.encode(issued.credentials.certificate().der()),
        key: SigningKey::from_slice(&secret(&issued.key_pem)?)?,
        authorised: None,
        count: 0,
    };
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = format!("http://{}/csc/v2", listener.local_addr()?);
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            // Whoever goes away before the answer ends his own call only.
            let _ = keeper.serve(stream);
        }
    });
    Ok(address)
}

impl Keeper {
    fn serve(&mut self, mut stream: TcpStream) -> Result<(), Box<dyn Error>> {
        let mut lines = BufReader::new(stream.try_clone()?);
        let mut line = String::new();
        lines.read_line(&mut line)?;
        let path = line.split_whitespace().nth(1).unwrap_or_default().to_owned();
        let (mut length, mut bearer) = (0, String::new());
        loop {
            line.clear();
            lines.read_line(&mut line)?;
            match line.trim_end().split_once(": ") {
                Some((name, value)) if name.eq_ignore_ascii_case("content-length") => length = value.parse()?,
                Some((name, value)) if name.eq_ignore_ascii_case("authorization") => bearer = value.to_owned(),
                Some(_) => {}
                None => break,
            }
        }
        let mut body = vec![0; length];
        lines.read_exact(&mut body)?;
        let (status, answer) = match self.answer(&path, &bearer, &serde_json::from_slice(&body)?) {
            Ok(answer) => (200, answer),
            Err(error) => (400, json!({ "error": "invalid_request", "error_description": error.to_string() })),
        };
        let answer = answer.to_string();
        let head = "Content-Type: application/json\r\nConnection: close";
        write!(stream, "HTTP/1.1 {status} x\r\n{head}\r\nContent-Length: {}\r\n\r\n{answer}", answer.len())?;
        Ok(())
    }

    fn answer(&mut self, path: &str, bearer: &str, asked: &Value) -> Answer {
        if bearer != format!("Bearer {TOKEN}") {
            return Err("the access token is not known".into());
        }
        match path.strip_prefix("/csc/v2/").unwrap_or_default() {
            "info" => Ok(json!({ "specs": "2.0.0.2", "name": "loopback", "methods": ["signatures/signHash"] })),
            "credentials/list" => Ok(json!({ "credentialIDs": [ID] })),
            _ if asked["credentialID"] != ID => Err("Invalid parameter credentialID".into()),
            "credentials/info" => Ok(json!({
                "key": { "status": "enabled", "algo": ["1.2.840.10045.4.3.2"], "len": 256 },
                "cert": { "status": "valid", "certificates": [self.certificate] },
                "auth": { "mode": "explicit" }, "SCAL": "2", "multisign": 1,
            })),
            "credentials/authorize" => self.authorize(asked),
            "signatures/signHash" => self.sign(asked),
            other => Err(format!("there is no method {other}").into()),
        }
    }

    fn authorize(&mut self, asked: &Value) -> Answer {
        if asked["authData"] != json!([{ "id": "PIN", "value": PIN }]) {
            return Err("Invalid PIN".into());
        }
        self.count += 1;
        let proof = format!("proof-{}", self.count);
        self.authorised = Some((proof.clone(), asked["hashes"].clone()));
        Ok(json!({ "SAD": proof, "expiresIn": 60 }))
    }

    fn sign(&mut self, asked: &Value) -> Answer {
        let (proof, hashes) = self.authorised.take().ok_or("nothing was authorised")?;
        if asked["SAD"] != proof || asked["hashes"] != hashes {
            return Err("these digests were not authorised".into());
        }
        let mut values = Vec::new();
        for hash in hashes.as_array().into_iter().flatten().filter_map(Value::as_str) {
            let value: DerSignature = self.key.sign_prehash(&STANDARD.decode(hash)?)?;
            values.push(STANDARD.encode(value.as_bytes()));
        }
        Ok(json!({ "signatures": values }))
    }
}

/// The secret number in a throw-away key's PKCS#8: an OCTET STRING of 32 behind the version of its ECPrivateKey.
fn secret(key_pem: &str) -> Result<Vec<u8>, Box<dyn Error>> {
    let text: String = key_pem.lines().filter(|line| !line.starts_with('-')).collect();
    let der = STANDARD.decode(text)?;
    let before = [2, 1, 1, 4, 32];
    let at = der.windows(5).position(|window| window == before).ok_or("no ECPrivateKey")? + before.len();
    Ok(der.get(at..at + 32).ok_or("a short ECPrivateKey")?.to_vec())
}
