//! The report as XML by ETSI TS 119 102-2 (namespace of its version 1.2.1).

use std::collections::BTreeMap;
use std::io;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use quick_xml::Writer;
use quick_xml::events::{BytesDecl, Event};

use crate::crypto::{Certificate, DigestAlgorithm, digest};
use crate::document::Document;
use crate::error::Error;
use crate::finding::{Conclusion, Finding, Indication};
use crate::time::Time;
use crate::trust::{Chain, Revocation};
use crate::verify::Report;
use crate::verify::existence::ProofKind;
use crate::verify::report::{SignatureKind, SignatureReport};

const NAMESPACE: &str = "http://uri.etsi.org/19102/v1.2.1#";
const XMLDSIG: &str = "http://www.w3.org/2000/09/xmldsig#";
const XADES: &str = "http://uri.etsi.org/01903/v1.3.2#";
const SHA256: &str = "http://www.w3.org/2001/04/xmlenc#sha256";

type Xml = Writer<Vec<u8>>;
type Done = io::Result<()>;

impl<D: Document> Report<'_, D> {
    /// The report as XML by ETSI TS 119 102-2: a SignatureValidationReport for each signature, with its
    /// indications, its times and proof of existence, its chain, and every finding as additional data;
    /// certificates and document time stamps stand in it as validation objects.
    ///
    /// It is not signed.
    ///
    /// # Errors
    ///
    /// None that data can cause; writing into memory has a result all the same.
    pub fn to_xml(&self) -> Result<String, Error> {
        let failed = |source: io::Error| Error::malformed("the report could not be written as XML").caused_by(source);
        let mut xml = Writer::new_with_indent(Vec::new(), b' ', 1);
        xml.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None))).map_err(failed)?;
        let document = Pages { signatures: self.signatures(), at: self.at(), policy: self.policy() };
        document.write(&mut xml, self.findings()).map_err(failed)?;
        String::from_utf8(xml.into_inner())
            .map_err(|source| Error::malformed("the report is not UTF-8").caused_by(source))
    }
}

/// What of a report does not depend on its document.
struct Pages<'r> {
    signatures: &'r [SignatureReport],
    at: Time,
    policy: &'r str,
}

impl Pages<'_> {
    fn write(&self, xml: &mut Xml, whole: &[Finding]) -> Done {
        let root = xml.create_element("ValidationReport");
        let root = root.with_attributes([("xmlns", NAMESPACE), ("xmlns:ds", XMLDSIG), ("xmlns:xades", XADES)]);
        root.write_inner_content(|xml| {
            let signatures: Vec<_> = self.signatures.iter().filter(|one| !is_stamp(one)).collect();
            for signature in &signatures {
                self.signature(xml, signature, whole)?;
            }
            if signatures.is_empty() {
                // The schema wants one; a document without signatures has a status and nothing else.
                xml.create_element("SignatureValidationReport")
                    .write_inner_content(|xml| status(xml, Conclusion::NOTHING, &[], whole.iter()))?;
            }
            self.objects(xml)
        })?;
        Ok(())
    }

    fn signature(&self, xml: &mut Xml, signature: &SignatureReport, whole: &[Finding]) -> Done {
        xml.create_element("SignatureValidationReport").write_inner_content(|xml| {
            let identifier = xml.create_element("SignatureIdentifier");
            identifier.with_attribute(("id", id("S", &signature.digest).as_str())).write_inner_content(|xml| {
                digest_and_value(xml, &signature.digest)?;
                text(xml, "HashOnly", "false")?;
                text(xml, "DocHashOnly", "false")?;
                text(xml, "DAIdentifier", &signature.id)
            })?;
            self.constraints(xml)?;
            self.times(xml, signature)?;
            self.signer(xml, signature)?;
            xml.create_element("SignatureValidationProcess").write_inner_content(|xml| {
                text(xml, "SignatureValidationProcessID", "urn:etsi:019102:validationprocess:LTA")
            })?;
            let findings = signature.checks.iter().chain(whole);
            status(xml, signature.conclusion, &signature.chains, findings)
        })?;
        Ok(())
    }

    /// The policy that the findings came from.
    fn constraints(&self, xml: &mut Xml) -> Done {
        xml.create_element("ValidationConstraintsEvaluationReport").write_inner_content(|xml| {
            xml.create_element("SignatureValidationPolicy").write_inner_content(|xml| {
                xml.create_element("SignaturePolicyIdentifier").write_inner_content(|xml| {
                    xml.create_element("xades:SignaturePolicyImplied").write_empty()?;
                    Ok(())
                })?;
                text(xml, "PolicyName", self.policy)
            })?;
            Ok(())
        })?;
        Ok(())
    }

    /// The best signature time is the time of verification where nothing proves an earlier one.
    fn times(&self, xml: &mut Xml, signature: &SignatureReport) -> Done {
        xml.create_element("ValidationTimeInfo").write_inner_content(|xml| {
            text(xml, "ValidationTime", &self.at.to_string())?;
            xml.create_element("BestSignatureTime").write_inner_content(|xml| {
                let proof = signature.proofs.iter().min_by_key(|proof| proof.time);
                text(xml, "POETime", &proof.map_or(self.at, |proof| proof.time).to_string())?;
                text(xml, "TypeOfProof", "urn:etsi:019102:poetype:validation")?;
                let by = proof.filter(|proof| proof.kind == ProofKind::DocumentTimeStamp);
                let stamp = by.and_then(|proof| self.signatures.iter().find(|one| is_stamp(one) && one.id == proof.by));
                if let Some(stamp) = stamp {
                    reference(xml, "POEObject", &id("T", &stamp.digest))?;
                }
                Ok(())
            })?;
            Ok(())
        })?;
        Ok(())
    }

    fn signer(&self, xml: &mut Xml, signature: &SignatureReport) -> Done {
        let leaf = signature.chains.first().and_then(|chain| chain.links.first());
        let (Some(leaf), Some(signer)) = (leaf, &signature.signer) else { return Ok(()) };
        xml.create_element("SignerInformation").write_inner_content(|xml| {
            reference(xml, "SignerCertificate", &certificate_id(&leaf.certificate))?;
            text(xml, "Signer", &signer.subject)
        })?;
        Ok(())
    }

    /// Every certificate of every chain, and the document time stamps with reports of their own.
    fn objects(&self, xml: &mut Xml) -> Done {
        let links = self.signatures.iter().flat_map(|one| &one.chains).flat_map(|chain| &chain.links);
        let certificates: BTreeMap<_, _> =
            links.map(|link| (certificate_id(&link.certificate), &link.certificate)).collect();
        let stamps: Vec<_> = self.signatures.iter().filter(|one| is_stamp(one)).collect();
        if certificates.is_empty() && stamps.is_empty() {
            return Ok(());
        }
        xml.create_element("SignatureValidationObjects").write_inner_content(|xml| {
            for (id, certificate) in &certificates {
                object(xml, id, "certificate", |xml| {
                    xml.create_element("ValidationObjectRepresentation")
                        .write_inner_content(|xml| text(xml, "base64", &STANDARD.encode(certificate.der())))?;
                    Ok(())
                })?;
            }
            for stamp in &stamps {
                object(xml, &id("T", &stamp.digest), "timestamp", |xml| self.stamp(xml, stamp))?;
            }
            Ok(())
        })?;
        Ok(())
    }

    fn stamp(&self, xml: &mut Xml, stamp: &SignatureReport) -> Done {
        xml.create_element("ValidationObjectRepresentation")
            .write_inner_content(|xml| digest_and_value(xml, &stamp.digest))?;
        xml.create_element("POE").write_inner_content(|xml| {
            text(xml, "POETime", &stamp.times.proven.unwrap_or(self.at).to_string())?;
            text(xml, "TypeOfProof", "urn:etsi:019102:poetype:validation")
        })?;
        xml.create_element("ValidationReport").write_inner_content(|xml| {
            self.times(xml, stamp)?;
            status(xml, stamp.conclusion, &stamp.chains, stamp.checks.iter())
        })?;
        Ok(())
    }
}

fn is_stamp(signature: &SignatureReport) -> bool {
    signature.kind == SignatureKind::DocumentTimeStamp
}

/// The indications, and what they rest on.
fn status<'f>(
    xml: &mut Xml,
    conclusion: Conclusion,
    chains: &[Chain],
    findings: impl Iterator<Item = &'f Finding>,
) -> Done {
    let main = match conclusion.indication {
        Indication::TotalPassed => "urn:etsi:019102:mainindication:total-passed",
        Indication::TotalFailed => "urn:etsi:019102:mainindication:total-failed",
        Indication::Indeterminate => "urn:etsi:019102:mainindication:indeterminate",
        Indication::NoSignatureFound => "urn:x-eseal:mainindication:no-signature-found",
    };
    xml.create_element("SignatureValidationStatus").write_inner_content(|xml| {
        text(xml, "MainIndication", main)?;
        if let Some(reason) = conclusion.sub_indication {
            text(xml, "SubIndication", &format!("urn:etsi:019102:subindication:{reason}"))?;
        }
        xml.create_element("AssociatedValidationReportData").write_inner_content(|xml| {
            if let Some(chain) = chains.first() {
                chain_of(xml, chain)?;
                revocation(xml, chain)?;
            }
            xml.create_element("AdditionalValidationReportData").write_inner_content(|xml| {
                for finding in findings {
                    xml.create_element("ReportData").write_inner_content(|xml| {
                        text(xml, "Type", &format!("urn:x-eseal:check:{}", finding.check))?;
                        text(xml, "Value", &format!("{}: {} [{}]", finding.outcome, finding.detail, finding.clause))
                    })?;
                }
                Ok(())
            })?;
            Ok(())
        })?;
        Ok(())
    })?;
    Ok(())
}

fn chain_of(xml: &mut Xml, chain: &Chain) -> Done {
    let Some((leaf, above)) = chain.links.split_first() else { return Ok(()) };
    xml.create_element("CertificateChain").write_inner_content(|xml| {
        reference(xml, "SigningCertificate", &certificate_id(&leaf.certificate))?;
        let is_anchor = |revocation: &Revocation| matches!(revocation, Revocation::Anchor);
        for link in above.iter().filter(|link| !is_anchor(&link.revocation)) {
            reference(xml, "IntermediateCertificate", &certificate_id(&link.certificate))?;
        }
        match above.last().filter(|link| is_anchor(&link.revocation)) {
            Some(anchor) => reference(xml, "TrustAnchor", &certificate_id(&anchor.certificate)),
            None => Ok(()),
        }
    })?;
    Ok(())
}

fn revocation(xml: &mut Xml, chain: &Chain) -> Done {
    let Some((link, _)) = chain.revoked() else { return Ok(()) };
    let Revocation::Revoked { since, .. } = &link.revocation else { return Ok(()) };
    xml.create_element("RevocationStatusInformation").write_inner_content(|xml| {
        reference(xml, "ValidationObjectId", &certificate_id(&link.certificate))?;
        text(xml, "RevocationTime", &since.to_string())
    })?;
    Ok(())
}

fn object(xml: &mut Xml, id: &str, kind: &str, inside: impl FnOnce(&mut Xml) -> Done) -> Done {
    xml.create_element("ValidationObject").with_attribute(("id", id)).write_inner_content(|xml| {
        text(xml, "ObjectType", &format!("urn:etsi:019102:validationObject:{kind}"))?;
        inside(xml)
    })?;
    Ok(())
}

fn digest_and_value(xml: &mut Xml, hexadecimal: &str) -> Done {
    xml.create_element("DigestAlgAndValue").write_inner_content(|xml| {
        xml.create_element("ds:DigestMethod").with_attribute(("Algorithm", SHA256)).write_empty()?;
        text(xml, "ds:DigestValue", &STANDARD.encode(octets(hexadecimal)))
    })?;
    Ok(())
}

fn reference(xml: &mut Xml, name: &str, id: &str) -> Done {
    xml.create_element(name).with_attribute(("VOReference", id)).write_empty()?;
    Ok(())
}

fn text(xml: &mut Xml, name: &str, text: &str) -> Done {
    // XML 1.0, 2.2 has no place for these, not even escaped; documents and certificates can hold them.
    let admitted = |character: char| match character {
        '\t' | '\n' | '\r' => character,
        '\0'..='\x1F' | '\u{FFFE}' | '\u{FFFF}' => '\u{FFFD}',
        other => other,
    };
    let text: String = text.chars().map(admitted).collect();
    xml.create_element(name).write_text_content(quick_xml::events::BytesText::new(&text))?;
    Ok(())
}

fn certificate_id(certificate: &Certificate) -> String {
    let digest = digest(DigestAlgorithm::Sha256, certificate.der()).unwrap_or_default();
    id("C", &crate::crypto::hex(&digest))
}

fn id(kind: &str, hexadecimal: &str) -> String {
    format!("{kind}-{hexadecimal}")
}

fn octets(hexadecimal: &str) -> Vec<u8> {
    let pairs = (0..hexadecimal.len()).step_by(2);
    pairs.filter_map(|at| u8::from_str_radix(hexadecimal.get(at..at + 2)?, 16).ok()).collect()
}
