//! From a sealed and verified document back to the data, compared with everything that says the same.

use std::borrow::Cow;

use crate::crypto::sm3;
use crate::document::seen::Seen;
use crate::document::{Document, Ofd, Pdf};
use crate::error::Error;
use crate::finding::{Finding, Outcome, Verdict, checks};
use crate::form::compare::compare;
use crate::form::instance::Instance;
use crate::form::judge::{Circumstances, ValidInstance};
use crate::form::render::Renderer;
use crate::form::sealing::{DATA_FILE, DIGEST_NAME, Particulars, Said, TEMPLATE_NAME, said};
use crate::limits::Limits;
use crate::units::Page;
use crate::verify::Verified;

/// A format in which forms are rendered: [`Pdf`] or [`Ofd`].
pub trait Medium: Document {
    /// Names and values that no page shows.
    #[doc(hidden)]
    fn pairs(&self) -> Result<Vec<(String, String)>, Error>;

    /// Whether a signature protects them.
    #[doc(hidden)]
    fn protects_pairs(&self) -> Result<bool, Error>;

    /// The attachments of this name.
    #[doc(hidden)]
    fn attached(&self, name: &str) -> Result<Vec<Cow<'_, [u8]>>, Error>;

    /// The pictures of a page.
    #[doc(hidden)]
    fn pictures_of(&self, page: Page) -> Result<Vec<Seen>, Error>;

    /// The document that an instance is rendered to.
    #[doc(hidden)]
    fn rendered(by: &Renderer, valid: &ValidInstance<'_>, particulars: &Particulars) -> Result<Self, Error>;
}

impl Medium for Ofd {
    fn pairs(&self) -> Result<Vec<(String, String)>, Error> {
        Ok(self.metadata()?.custom_data)
    }

    fn protects_pairs(&self) -> Result<bool, Error> {
        self.protects_metadata()
    }

    fn attached(&self, name: &str) -> Result<Vec<Cow<'_, [u8]>>, Error> {
        let attachments = self.attachments()?;
        attachments.into_iter().filter(|one| one.name == name).map(|one| one.contents()).collect()
    }

    fn pictures_of(&self, page: Page) -> Result<Vec<Seen>, Error> {
        self.pictures(page)
    }

    fn rendered(by: &Renderer, valid: &ValidInstance<'_>, particulars: &Particulars) -> Result<Self, Error> {
        by.ofd(valid, particulars)
    }
}

impl Medium for Pdf {
    fn pairs(&self) -> Result<Vec<(String, String)>, Error> {
        self.custom_data()
    }

    /// The document was found valid, so nothing but what is told as a change came after the signature; whether the
    /// description is such a change, the digest tells.
    fn protects_pairs(&self) -> Result<bool, Error> {
        Ok(true)
    }

    fn attached(&self, name: &str) -> Result<Vec<Cow<'_, [u8]>>, Error> {
        let files = self.embedded_files()?.into_iter().filter(|file| file.name == name);
        Ok(files.map(|file| Cow::Owned(file.contents)).collect())
    }

    fn pictures_of(&self, page: Page) -> Result<Vec<Seen>, Error> {
        self.pictures(page)
    }

    fn rendered(by: &Renderer, valid: &ValidInstance<'_>, particulars: &Particulars) -> Result<Self, Error> {
        by.pdf(valid, particulars)
    }
}

/// The data of a form out of a document, and what was found about them.
#[derive(Clone, Debug)]
#[must_use = "data are not good until require_good is called"]
pub struct Extraction {
    findings: Vec<Finding>,
    instance: Option<Instance>,
    json: Option<String>,
}

impl Renderer {
    /// Takes the data of a form out of a document that was found valid, and compares all that says the same: the
    /// data, their digest in the metadata, the template, its rules, and the pages, which are rendered again from the
    /// data.
    ///
    /// Only a document that was found valid is read:
    ///
    /// ```compile_fail,E0308
    /// # fn never(renderer: &eseal::form::Renderer, ofd: &eseal::Ofd) -> Result<(), eseal::Error> {
    /// renderer.extract(ofd)?; // a document that nobody verified
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// When the document cannot be read within the limits. What is wrong with it is told as findings.
    pub fn extract<D: Medium>(&self, verified: &Verified<'_, D>) -> Result<Extraction, Error> {
        let mut reading = Reading { by: self, document: verified.document(), findings: Vec::new() };
        let (instance, json) = reading.data()?;
        Ok(Extraction { findings: reading.findings, instance, json })
    }
}

impl Extraction {
    /// Every finding, in the order of the checks.
    #[must_use]
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// The conclusion.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        Verdict::of(&self.findings)
    }

    /// The data, when everything that says the same agrees.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotValid`](crate::ErrorKind::NotValid) with the findings that say no.
    pub fn require_good(self) -> Result<Extracted, Error> {
        match (self.verdict(), self.instance, self.json) {
            (Verdict::Valid, Some(instance), Some(json)) => Ok(Extracted { instance, json }),
            _ => {
                let against = self.findings.into_iter().filter(|finding| finding.outcome != Outcome::Pass).collect();
                Err(Error::not_valid("the data of the form are not to be trusted", against))
            }
        }
    }
}

/// Data of a form that can be trusted.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Extracted {
    /// What was filled in.
    pub instance: Instance,
    /// The data file as it was embedded.
    pub json: String,
}

struct Reading<'r, D> {
    by: &'r Renderer,
    document: &'r D,
    findings: Vec<Finding>,
}

impl<D: Medium> Reading<'_, D> {
    fn data(&mut self) -> Result<(Option<Instance>, Option<String>), Error> {
        let files = self.document.attached(DATA_FILE)?;
        let [file] = files.as_slice() else {
            let detail = format!("the document has {} attachments {DATA_FILE}, where one belongs", files.len());
            self.findings.push(Finding::fail(checks::FORM_DATA_EMBEDDED, detail));
            return Ok((None, None));
        };
        let Some(about) = self.embedded(file)? else { return Ok((None, None)) };
        let pairs = self.document.pairs()?;
        self.digest(&pairs, file)?;
        if !self.template(&pairs, &about) {
            return Ok((None, None));
        }
        let template = &self.by.template;
        let instance = match Instance::read(template, file, &Limits::default()) {
            Ok(instance) => instance,
            Err(error) if error.ends_the_work() => return Err(error),
            Err(error) => {
                self.findings.push(Finding::fail(checks::FORM_DATA_VALID, error.to_string()));
                return Ok((None, None));
            }
        };
        let report = template.judge(&instance, &Circumstances::on(about.today))?;
        let json = String::from_utf8_lossy(file).into_owned();
        if report.verdict() != Verdict::Valid {
            let needed = report.remarks().iter().filter(|remark| remark.needed);
            let told: Vec<String> = needed.take(5).map(|remark| remark.finding().detail).collect();
            self.findings.push(Finding::fail(checks::FORM_DATA_VALID, told.join("; ")));
            let detail = "the pages cannot be rendered again from data that are not valid";
            self.findings.push(Finding::unknown(checks::FORM_DATA_FACE, detail));
            return Ok((Some(report.instance().clone()), Some(json)));
        }
        self.findings.push(Finding::pass(checks::FORM_DATA_VALID, "the data keep the rules of the template"));
        let valid = report.require_valid()?;
        self.findings.extend(compare(self.by, self.document, &valid, &about.particulars)?);
        Ok((Some(valid.instance), Some(json)))
    }

    fn embedded(&mut self, file: &[u8]) -> Result<Option<Said>, Error> {
        let check = checks::FORM_DATA_EMBEDDED;
        match said(file, Limits::default().form_bytes) {
            Ok(about) if about.is_canonical => {
                self.findings
                    .push(Finding::pass(check, format!("{DATA_FILE} is there once, in the canonical spelling")));
                Ok(Some(about))
            }
            Ok(about) => {
                self.findings.push(Finding::fail(check, format!("{DATA_FILE} is not in the canonical spelling")));
                Ok(Some(about))
            }
            Err(error) if error.ends_the_work() => Err(error),
            Err(error) => {
                self.findings.push(Finding::fail(check, format!("{DATA_FILE}: {error}")));
                Ok(None)
            }
        }
    }

    fn digest(&mut self, pairs: &[(String, String)], file: &[u8]) -> Result<(), Error> {
        let check = checks::FORM_DATA_DIGEST;
        let own = sm3(file)?;
        let finding = match only(pairs, DIGEST_NAME) {
            Err(count) => {
                Finding::fail(check, format!("the metadata have {count} values {DIGEST_NAME}, where one belongs"))
            }
            Ok(said) if *said != own => {
                Finding::fail(check, format!("the data have the SM3 digest {own}, and the metadata say {said}"))
            }
            Ok(_) if !self.document.protects_pairs()? => {
                Finding::fail(check, "no signature protects the metadata, where the digest stands")
            }
            Ok(_) => Finding::pass(check, format!("the SM3 digest of the data is {own}, as the metadata say")),
        };
        self.findings.push(finding);
        Ok(())
    }

    fn template(&mut self, pairs: &[(String, String)], about: &Said) -> bool {
        let check = checks::FORM_DATA_TEMPLATE;
        let template = &self.by.template;
        let (id, version, digest) = &about.template;
        let another = if (id.as_str(), *version) != (template.id(), template.version()) {
            let given = (template.version(), template.id());
            Some(format!(
                "the data are of version {version} of {id}, and the template given is version {} of {}",
                given.0, given.1
            ))
        } else if digest != template.digest() {
            Some(format!(
                "version {version} was another template: its digest was {digest}, and this one's is {}",
                template.digest()
            ))
        } else {
            None
        };
        if let Some(detail) = another {
            self.findings.push(Finding::fail(check, detail));
            return false;
        }
        self.findings.push(match only(pairs, TEMPLATE_NAME) {
            Ok(named) if *named == format!("{id}/{version}") => {
                Finding::pass(check, format!("version {version} of {id}"))
            }
            _ => Finding::fail(check, format!("the metadata do not name {id}/{version}, which the data name, once")),
        });
        true
    }
}

/// The value of a name that occurs once, or how often it occurs.
fn only<'p>(pairs: &'p [(String, String)], name: &str) -> Result<&'p String, usize> {
    let found: Vec<&String> = pairs.iter().filter(|(own, _)| own == name).map(|(_, value)| value).collect();
    match found.as_slice() {
        [one] => Ok(one),
        other => Err(other.len()),
    }
}
