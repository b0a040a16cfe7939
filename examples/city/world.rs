//! What the city has before: certificates, old seals in every condition, requests for new ones.

use std::error::Error;
use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use eseal::authority::{Algorithm, Authority, Profile};
use eseal::seal::{SealContent, SealKind, Signatories};
use eseal::{Certificate, Credentials, Edition, Mm, Picture, Seal, SealMaker, Time, Trust, Validity};

pub(crate) type Failure = Box<dyn Error + Send + Sync>;

const SIGNATORIES: usize = 30;

/// The signatories whose keys the example has: one whose certificate was renewed, and one whose was not.
const HOLDERS: [usize; 2] = [0, RENEWED];

/// The first so many signatories renewed their certificates.
const RENEWED: usize = 20;

const KEYS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/testdata/city");

/// The day of the run.
pub(crate) fn now() -> Result<Time, eseal::Error> {
    "2026-03-01T08:00:00+08:00".parse()
}

/// When the authority began.
fn beginning() -> Result<Time, eseal::Error> {
    "2022-01-01T00:00:00+08:00".parse()
}

/// Everything that is there before the run.
pub(crate) struct World {
    pub(crate) trust: Trust,
    pub(crate) maker: SealMaker,
    pub(crate) old: Vec<Old>,
    pub(crate) new: Vec<New>,
}

/// An old seal, or what is left of one, as the old register has it.
pub(crate) struct Old {
    pub(crate) label: String,
    pub(crate) condition: Condition,
    pub(crate) owner: String,
    pub(crate) bytes: Vec<u8>,
    /// Who stamps with it, where the example has that key.
    pub(crate) holder: Option<Credentials>,
    /// The certificates used today.
    pub(crate) current: Vec<Certificate>,
    /// What the old register knows of seals that cannot be read.
    pub(crate) content: Option<SealContent>,
}

/// A request for a new seal.
pub(crate) struct New {
    pub(crate) label: String,
    pub(crate) owner: String,
    pub(crate) content: SealContent,
}

/// In which condition an old seal is, out of 507 so many.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Condition {
    /// GM/T 0031-2014: 230.
    Old2014,
    /// Its validity ends soon: 120.
    Ending,
    /// The signatory's certificate was renewed: 80.
    Renewed,
    /// A picture and a line in a register: 40.
    PictureOnly,
    /// The packed structure of a vendor: 12.
    Vendor,
    /// There twice: 15.
    Duplicate,
    /// Cut, changed, or nothing of the kind: 10.
    Corrupt,
}

impl Condition {
    /// The conditions are spread over the 507 so that each part of the register has some of each.
    fn of(number: usize) -> Self {
        // 211 and 507 have no common divisor, so each place is met once.
        match number * 211 % 507 {
            0..230 => Condition::Old2014,
            230..350 => Condition::Ending,
            350..430 => Condition::Renewed,
            430..470 => Condition::PictureOnly,
            470..482 => Condition::Vendor,
            482..497 => Condition::Duplicate,
            _ => Condition::Corrupt,
        }
    }
}

struct Certificates {
    signatories: Vec<Certificate>,
    renewed: Vec<Certificate>,
    holders: Vec<(usize, Credentials)>,
}

impl World {
    pub(crate) fn new(old: usize, new: usize, threads: usize) -> Result<Self, Failure> {
        let file = |name: &str| fs::read(Path::new(KEYS).join(name));
        let root = Certificate::from_pem(&file("root.pem")?)?;
        let maker = SealMaker::from_pem(&file("maker.pem")?, &file("maker.key")?)?;
        let mut certificates = Certificates {
            signatories: Certificate::list_from_pem(&file("signatories.pem")?)?,
            renewed: Certificate::list_from_pem(&file("renewed.pem")?)?,
            holders: Vec::new(),
        };
        for holder in HOLDERS {
            let key = file(&format!("signatory-{holder}.key"))?;
            let credentials = Credentials::from_pem(certificates.signatory(holder)?.der(), &key)?;
            certificates.holders.push((holder, credentials));
        }
        let mut olds = parallel(old, threads, &|number| certificates.old(&maker, number))?;
        duplicate(&mut olds);
        let news = (0..new).map(|number| certificates.request(number)).collect::<Result<_, _>>()?;
        Ok(World { trust: Trust::new().everything([root]), maker, old: olds, new: news })
    }
}

/// Makes so many things on so many threads, in order.
fn parallel<T: Send>(
    count: usize,
    threads: usize,
    make: &(impl Fn(usize) -> Result<T, Failure> + Sync),
) -> Result<Vec<T>, Failure> {
    let next = AtomicUsize::new(0);
    let work = || {
        let mut made = Vec::new();
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            if number >= count {
                return Ok::<_, Failure>(made);
            }
            made.push((number, make(number)?));
        }
    };
    let mut all = Vec::new();
    thread::scope(|scope| {
        let workers: Vec<_> = (0..threads.max(1)).map(|_| scope.spawn(work)).collect();
        for worker in workers {
            all.extend(worker.join().map_err(|_| "a thread died")??);
        }
        Ok::<_, Failure>(())
    })?;
    all.sort_by_key(|(number, _)| *number);
    Ok(all.into_iter().map(|(_, made)| made).collect())
}

impl Certificates {
    fn signatory(&self, number: usize) -> Result<&Certificate, Failure> {
        self.signatories.get(number % SIGNATORIES).ok_or_else(|| "a signatory's certificate is missing".into())
    }

    /// The certificate that is used today.
    fn current(&self, number: usize) -> Result<&Certificate, Failure> {
        match self.renewed.get(number % SIGNATORIES) {
            Some(renewed) => Ok(renewed),
            None => self.signatory(number),
        }
    }

    fn old(&self, maker: &SealMaker, number: usize) -> Result<Old, Failure> {
        let condition = Condition::of(number);
        // Those whose certificate was renewed are the subject of one condition only.
        let place = match condition {
            Condition::Renewed => number % RENEWED,
            _ => RENEWED + number % (SIGNATORIES - RENEWED),
        };
        let since = beginning()?.plus_days(40 + number as i64 % 900);
        let ends = match condition {
            Condition::Ending => now()?.plus_days(number as i64 % 29),
            _ => now()?.plus_days(400 + number as i64),
        };
        let content = SealContent {
            id: format!("3101060{number:07}").parse()?,
            kind: SealKind::Organisation,
            name: format!("示例市第{}单位印章", number + 1),
            picture: Picture::bmp(&bitmap(number), Mm(42.0), Mm(42.0))?,
            signatories: Signatories::listed([self.signatory(place)?]),
            validity: Validity { not_before: since, not_after: ends },
        };
        let make = |edition| maker.prepare(content.clone()).edition(edition).make(since);
        let bytes = match condition {
            Condition::Old2014 => make(Edition::Gmt0031_2014)?.der().to_vec(),
            Condition::PictureOnly => content.picture.bytes().to_vec(),
            Condition::Vendor => packed(&content),
            Condition::Corrupt => corrupt(&make(Edition::Gbt38540_2020)?, number),
            _ => make(Edition::Gbt38540_2020)?.der().to_vec(),
        };
        // The register's own picture is trusted for what it says, and a new seal lists who stamps today.
        let unreadable = matches!(condition, Condition::PictureOnly | Condition::Vendor);
        Ok(Old {
            label: format!("old-{:04}", number + 1),
            condition,
            owner: owner(number),
            bytes,
            holder: self.holders.iter().find(|(number, _)| *number == place).map(|(_, holder)| holder.clone()),
            current: vec![self.current(place)?.clone()],
            content: unreadable.then_some(content),
        })
    }

    fn request(&self, number: usize) -> Result<New, Failure> {
        let picture = drawing(number);
        Ok(New {
            label: format!("new-{:04}", number + 1),
            owner: owner(5000 + number),
            content: SealContent {
                id: format!("3101069{number:07}").parse()?,
                kind: SealKind::Organisation,
                name: format!("示例市新设第{}单位印章", number + 1),
                picture: Picture::svg(picture.as_bytes(), Mm(42.0), Mm(42.0))?,
                signatories: Signatories::listed([self.current(number)?]),
                validity: Validity::years(now()?, 4),
            },
        })
    }
}

/// A code in the form of a unified social credit code; the check character is left at 0.
fn owner(number: usize) -> String {
    format!("11310000MB{number:07}0")
}

/// Gives those that are there twice the bytes of the one before them that is good.
fn duplicate(olds: &mut [Old]) {
    let mut good: Option<(Vec<u8>, String)> = None;
    for old in olds {
        match (old.condition, &good) {
            (Condition::Duplicate, Some((bytes, owner))) => {
                old.bytes.clone_from(bytes);
                old.owner.clone_from(owner);
            }
            (Condition::Old2014 | Condition::Ending, _) => good = Some((old.bytes.clone(), old.owner.clone())),
            _ => {}
        }
    }
}

/// Damage as it is met: a file that was cut, one in which an octet flipped, and something else.
fn corrupt(seal: &Seal, number: usize) -> Vec<u8> {
    let mut bytes = seal.der().to_vec();
    match number % 3 {
        0 => bytes.truncate(bytes.len() / 2),
        1 => {
            let middle = bytes.len() / 2;
            bytes[middle] ^= 0x10;
        }
        _ => bytes = format!("<html>404: seal {number}</html>").into_bytes(),
    }
    bytes
}

/// The structure of a product from before 2014, packed without gaps, its picture behind it.
fn packed(content: &SealContent) -> Vec<u8> {
    let picture = content.picture.bytes();
    let mut bytes = vec![0; 318];
    let mut put = |at: usize, field: &[u8]| bytes[at..at + field.len()].copy_from_slice(field);
    put(0, b"ES");
    put(6, b"BMP");
    put(10, &(picture.len() as u32).to_le_bytes());
    // The name's field has 40 octets.
    put(78, content.name.as_bytes());
    bytes.extend(picture);
    bytes
}

/// 64 × 64 points in red and white: a ring, and the number's bits in it.
fn bitmap(number: usize) -> Vec<u8> {
    let mut bytes = b"BM".to_vec();
    let dword = |bytes: &mut Vec<u8>, value: u32| bytes.extend(value.to_le_bytes());
    for value in [62 + 512, 0, 62, 40, 64, 64] {
        dword(&mut bytes, value);
    }
    bytes.extend([1, 0, 1, 0]);
    for value in [0, 512, 2835, 2835, 2, 2] {
        dword(&mut bytes, value);
    }
    // Two colours: white and red, as blue, green, red, nothing.
    bytes.extend([0xFF, 0xFF, 0xFF, 0, 0x10, 0x10, 0xD0, 0]);
    let red = |row: i32, column: i32| {
        let far = (2 * row - 63).pow(2) + (2 * column - 63).pow(2);
        let ring = (54 * 54..62 * 62).contains(&far);
        let (down, across) = ((row - 16) / 8, (column - 16) / 8);
        let inside = (16..48).contains(&row) && (16..48).contains(&column);
        ring || (inside && number >> (down * 4 + across) & 1 == 1)
    };
    for row in 0..64 {
        for byte in 0..8 {
            let bits = (0..8).fold(0, |bits, bit| bits << 1 | u8::from(red(row, byte * 8 + bit)));
            bytes.push(bits);
        }
    }
    bytes
}

fn drawing(number: usize) -> String {
    let turn = number * 360 / 363;
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 42 42\"><g fill=\"none\" stroke=\"#d01010\"><circle cx=\"21\" cy=\"21\" r=\"20\" stroke-width=\"1.2\"/></g><path transform=\"rotate({turn} 21 21)\" fill=\"#d01010\" d=\"M21 13l1.8 5.5h5.8l-4.7 3.4 1.8 5.5-4.7-3.4-4.7 3.4 1.8-5.5-4.7-3.4h5.8z\"/></svg>"
    )
}

/// Makes the certificates and the keys in `testdata/city`. They are published: never for production.
pub(crate) fn make_keys(folder: &Path) -> Result<(), Failure> {
    fs::create_dir_all(folder)?;
    let (beginning, now) = (beginning()?, now()?);
    let authority = Authority::new(Algorithm::Sm2, beginning)?;
    let issue = |subject: String, validity| authority.issue(&Profile { validity, ..authority.profile(&subject) });
    let maker = issue("示例市印章制作中心".into(), Validity::years(beginning, 9))?;
    let subject = |number: usize| format!("示例市第{}签章人", number + 1);
    let (mut signatories, mut renewed) = (String::new(), String::new());
    for number in 0..SIGNATORIES {
        let first = match number < RENEWED {
            true => Validity { not_before: beginning, not_after: now.plus_days(20) },
            false => Validity::years(beginning, 9),
        };
        let issued = issue(subject(number), first)?;
        signatories += &issued.certificate_pem;
        if HOLDERS.contains(&number) {
            fs::write(folder.join(format!("signatory-{number}.key")), &issued.key_pem)?;
        }
        if number < RENEWED {
            let second = Validity { not_before: now.plus_days(-20), not_after: beginning.plus_years(9) };
            renewed += &issue(subject(number), second)?.certificate_pem;
        }
    }
    for (name, text) in [
        ("root.pem", authority.root_pem()),
        ("maker.pem", &maker.certificate_pem),
        ("maker.key", &maker.key_pem),
        ("signatories.pem", &signatories),
        ("renewed.pem", &renewed),
    ] {
        fs::write(folder.join(name), text)?;
    }
    Ok(())
}
