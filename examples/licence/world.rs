//! Who certifies, makes seals and signs: a throw-away authority, and offices with seals that are drawn.

#![allow(dead_code, unreachable_pub, reason = "each program uses its own part")]

use eseal::authority::{Algorithm, Authority, RawExtension};
use eseal::draw::{Font, Fonts, Round};
use eseal::seal::{SealContent, SealKind, Signatories};
use eseal::{Mm, Picture, PictureFormat, Seal, SealMaker, Signatory, Stamp, Time, Trust, Validity, Verifier};

use super::samples::{BODIES, Failure};

pub const CLOCK: &str = "2025-03-01T00:00:00Z";

pub struct World {
    pub authority: Authority,
    pub trust: Trust,
    pub now: Time,
    song: Font,
}

/// A body with its seal and whoever uses it.
pub struct Office {
    pub seal: Seal,
    pub by: Signatory,
}

impl World {
    pub fn new(algorithm: Algorithm) -> Result<Self, Failure> {
        let now: Time = CLOCK.parse()?;
        let authority = Authority::new(algorithm, now)?;
        let trust = Trust::new().everything([authority.root().clone()]);
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/fonts/FormHei.otf");
        Ok(World { authority, trust, now, song: Font::read(std::fs::read(path)?, 0)? })
    }

    pub fn verifier(&self) -> Verifier<'_> {
        Verifier::new(&self.trust)
    }

    /// The office of one of [`BODIES`]: its certificate tells its unified social credit code.
    pub fn office(&self, number: usize) -> Result<Office, Failure> {
        let (name, code) = BODIES[number];
        self.office_of(name, Some(code), number)
    }

    /// An office of any name, whose certificate tells this code or none.
    pub fn office_of(&self, name: &str, code: Option<&str>, number: usize) -> Result<Office, Failure> {
        let drawing = Round::new(Mm(42.0), name).star().draw(Fonts::new(&self.song))?;
        self.office_showing(name, code, number, drawing.to_picture(PictureFormat::Png, 300)?)
    }

    /// The same with a seal that shows any picture.
    pub fn office_showing(
        &self,
        name: &str,
        code: Option<&str>,
        number: usize,
        picture: Picture,
    ) -> Result<Office, Failure> {
        let mut profile = self.authority.profile(name);
        if let Some(code) = code {
            // 1.2.156.10260.4.1.4 of GM/T 0015: the organisation's code, as a PrintableString.
            let mut value = vec![0x13, u8::try_from(code.len())?];
            value.extend(code.as_bytes());
            profile.extensions.push(RawExtension { id: "1.2.156.10260.4.1.4".into(), critical: false, value });
        }
        let by = Signatory::new(self.authority.issue(&profile)?.credentials);
        let content = SealContent {
            id: format!("6210000000{number:04}").parse()?,
            kind: SealKind::Organisation,
            name: name.into(),
            picture,
            signatories: Signatories::listed([by.certificate()]),
            validity: Validity::years(self.now, 3),
        };
        let seal = SealMaker::new(self.authority.seal_maker()?).create(content, self.now)?;
        Ok(Office { seal, by })
    }

    /// A stamp of an office's seal, judged now.
    pub fn stamp<'o>(&self, office: &'o Office) -> Result<Stamp<'o>, Failure> {
        Ok(Stamp::of(self.verifier().seal(&office.seal, self.now).require_valid()?))
    }
}
