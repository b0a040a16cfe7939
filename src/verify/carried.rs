//! What a signature carries for its own judgement: certificates, lists of revoked ones, OCSP answers.

use ::der::asn1::ObjectIdentifier;

use crate::crypto::Certificate;
use crate::crypto::cms::{Attributes, SignedData, SignerInfo};
use crate::der::{Tlv, tag};
use crate::error::Error;
use crate::trust::{Carried, Origin};

/// adbe-revocationInfoArchival (ISO 32000-1, 12.8.3.3.2), a signed attribute.
const REVOCATION_ARCHIVAL: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113583.1.1.8");
/// revocation-values and certificate-values (EN 319 122-1, 5.5 and 5.4), unsigned attributes.
const REVOCATION_VALUES: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.2.24");
const CERTIFICATE_VALUES: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.2.23");
/// id-ri-ocsp-response (RFC 5940).
const OCSP_IN_CMS: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.16.2");

/// The certificates of the pool, and whatever else the signature holds.
pub(super) fn carried_by(signed: &SignedData<'_>, signer: &SignerInfo<'_>, pool: &[Certificate]) -> Carried {
    let mut carried = Carried { certificates: pool.to_vec(), items: Vec::new() };
    for element in &signed.revocation {
        // What cannot be read helps nobody, and harms nobody.
        let _ = take_choice(element, &mut carried);
    }
    for attributes in [&signer.signed, &signer.unsigned].into_iter().flatten() {
        let _ = take_values(attributes, &mut carried);
    }
    carried
}

/// A RevocationInfoChoice (RFC 5652, 10.2.1).
fn take_choice(element: &Tlv<'_>, carried: &mut Carried) -> Result<(), Error> {
    let what = "RevocationInfoChoice";
    if element.tag == tag::SEQUENCE {
        carried.items.push((Origin::Signature, element.raw.to_vec()));
        return Ok(());
    }
    let mut parts = element.children();
    if parts.next(what)?.oid(what)? == OCSP_IN_CMS {
        carried.items.push((Origin::Signature, parts.next(what)?.raw.to_vec()));
    }
    Ok(())
}

fn take_values(attributes: &Attributes<'_>, carried: &mut Carried) -> Result<(), Error> {
    let what = "revocation values";
    for kind in [REVOCATION_ARCHIVAL, REVOCATION_VALUES] {
        let Some(value) = attributes.single(&kind) else { continue };
        // [0] lists, [1] OCSP responses, whole or bare; [2] is for others.
        for part in value.list(what)?.iter().filter(|part| part.tag & 0x1F < 2) {
            for item in part.children().take(tag::SEQUENCE, what)?.list(what)? {
                carried.items.push((Origin::Signature, item.raw.to_vec()));
            }
        }
    }
    if let Some(value) = attributes.single(&CERTIFICATE_VALUES) {
        let list = value.list("certificate values")?;
        carried.certificates.extend(list.iter().filter_map(|one| Certificate::from_der(one.raw).ok()));
    }
    Ok(())
}
