//! Making a new seal.

use crate::error::{Error, ErrorKind};
use crate::seal::{Seal, SealContent, SealMaker, encode_info, encode_seal};
use crate::time::Time;

impl SealMaker {
    /// Makes a seal (GB/T 38540-2020, 6.2). `now` becomes its date of making.
    ///
    /// The content is encoded once; those bytes are signed, and the value is checked before the seal
    /// is handed out.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Misuse`] when the content contradicts itself: a validity that ends before it
    /// begins, an empty or overlong name, nobody listed, a picture whose sides are not whole
    /// millimetres. [`ErrorKind::NotAllowed`] when the maker's certificate is not in its validity, or
    /// its key may not sign. [`ErrorKind::Signer`] when the key does not sign.
    pub fn create(&self, content: SealContent, now: Time) -> Result<Seal, Error> {
        check_content(&content)?;
        self.check_certificate(now)?;
        let info = encode_info(&content, now, &[])?;
        let value = self.credentials().sign(&info)?;
        let algorithm = self.credentials().algorithm().oid();
        Seal::from_der(&encode_seal(&info, self.certificate().der(), algorithm, &value)?)
    }

    fn check_certificate(&self, now: Time) -> Result<(), Error> {
        let certificate = self.certificate();
        if !certificate.validity().contains(now) {
            return Err(Error::new(
                ErrorKind::NotAllowed,
                format!(
                    "the seal maker's certificate ({}) is valid {}, not at {now}",
                    certificate.subject(),
                    certificate.validity()
                ),
            ));
        }
        if certificate.key_usage().is_some_and(|usage| !usage.may_sign()) {
            return Err(Error::new(
                ErrorKind::NotAllowed,
                format!("the seal maker's certificate ({}) does not allow its key to sign", certificate.subject()),
            ));
        }
        Ok(())
    }
}

fn check_content(content: &SealContent) -> Result<(), Error> {
    let misuse = |message: String| Err(Error::new(ErrorKind::Misuse, message));
    let validity = content.validity;
    if validity.is_reversed() {
        return misuse(format!(
            "the seal's validity is reversed: it would begin at {} and end before that, at {}",
            validity.not_before, validity.not_after
        ));
    }
    let name = content.name.trim();
    if name.is_empty() || name.len() > 1024 || name.chars().any(char::is_control) {
        return misuse("a seal needs a name of 1 to 1024 bytes without control characters".into());
    }
    content.signatories.check()
}
