//! Signature values as devices write them.

use crate::error::{Error, ErrorKind};

/// How a device writes an ECDSA or SM2 value. RSA and Ed25519 values have one form only.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum ValueForm {
    /// `SEQUENCE { r, s }` (RFC 3279, 2.2.3; GB/T 35276).
    Der,
    /// `r ‖ s`, each as long as the curve's numbers: what PKCS#11 and most devices give.
    #[default]
    Raw,
}

/// `SEQUENCE { r, s }` from `r ‖ s`.
pub(super) fn raw_to_der(raw: &[u8]) -> Result<Vec<u8>, Error> {
    let half = raw.len() / 2;
    // Curves of 256 to 521 bits; the longest still has lengths of one or two octets.
    if !raw.len().is_multiple_of(2) || !(32..=66).contains(&half) {
        let told = format!("the key answered with {} bytes, which are no r ‖ s of a curve that is built in", raw.len());
        return Err(Error::new(ErrorKind::Signer, told));
    }
    let (r, s) = raw.split_at(half);
    let content = [integer(r), integer(s)].concat();
    let mut der = vec![0x30];
    match u8::try_from(content.len()) {
        Ok(short @ 0..=0x7F) => der.push(short),
        Ok(long) => der.extend([0x81, long]),
        Err(_) => return Err(Error::new(ErrorKind::Signer, "the key's value is too long")),
    }
    der.extend(content);
    Ok(der)
}

/// A number of at most 66 octets as a DER INTEGER.
fn integer(number: &[u8]) -> Vec<u8> {
    let significant = number.iter().position(|octet| *octet != 0).and_then(|at| number.get(at..)).unwrap_or(&[0]);
    let sign = usize::from(significant.first().is_some_and(|first| first & 0x80 != 0));
    let length = u8::try_from(significant.len() + sign).unwrap_or(u8::MAX);
    [&[2, length], [0].get(..sign).unwrap_or_default(), significant].concat()
}

#[cfg(test)]
mod tests {
    use super::raw_to_der;

    #[test]
    fn numbers_in_their_shortest_form() {
        let mut raw = [0; 64];
        (raw[31], raw[32], raw[63]) = (1, 0x80, 2);
        let der = raw_to_der(&raw).unwrap();
        assert_eq!(der[..8], [0x30, 38, 2, 1, 1, 2, 33, 0]);
        assert_eq!(der.len(), 40);
        assert_eq!(raw_to_der(&[0xFF; 96]).unwrap()[..5], [0x30, 102, 2, 49, 0]);
        assert_eq!(raw_to_der(&[0xFF; 132]).unwrap()[..5], [0x30, 0x81, 138, 2, 67]);
        for bad in [0, 1, 63, 65, 20, 134] {
            assert!(raw_to_der(&vec![1; bad]).is_err(), "{bad}");
        }
    }
}
