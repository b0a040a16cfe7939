#!/usr/bin/env python3
"""pyHanko, pdfsig and qpdf judge the levels that `examples/lasting.rs` made; pyHanko's classes, generated from the
schema of TS 119 102-2, read the reports."""
import asyncio
import pathlib
import sys

from asn1crypto import pem, x509
from pyhanko.generated.etsi.ts_11910202 import ValidationReport
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import async_validate_pdf_signature
from pyhanko.sign.validation.ades import ades_lta_validation
from pyhanko.sign.validation.dss import DocumentSecurityStore
from pyhanko.sign.validation.policy_decl import (
    PdfSignatureValidationSpec,
    RevinfoOnlineFetchingRule,
    RevocationInfoGatheringSpec,
    SignatureValidationSpec,
)
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.context import CertValidationPolicySpec
from pyhanko_certvalidator.policy_decl import REQUIRE_REVINFO, CertRevTrustPolicy
from pyhanko_certvalidator.registry import SimpleTrustManager
from xsdata.formats.dataclass.parsers import XmlParser
from xsdata.formats.dataclass.parsers.config import ParserConfig

from court import close, question, run

folder = pathlib.Path(sys.argv[1])
root = x509.Certificate.load(pem.unarmor((folder / "root.pem").read_bytes())[2])


def strict():
    """Nothing is fetched, and revocation has to be known for each certificate."""
    policy = CertValidationPolicySpec(
        trust_manager=SimpleTrustManager.build(trust_roots=[root]),
        revinfo_policy=CertRevTrustPolicy(REQUIRE_REVINFO, retroactive_revinfo=True),
    )
    gathering = RevocationInfoGatheringSpec(online_fetching_rule=RevinfoOnlineFetchingRule.LOCAL_ONLY)
    return PdfSignatureValidationSpec(SignatureValidationSpec(policy, revinfo_gathering_policy=gathering))


async def judge(name):
    with open(folder / f"{name}.pdf", "rb") as handle:
        reader = PdfFileReader(handle, strict=True)
        signature = reader.embedded_regular_signatures[0]
        if name in ("b-b", "b-t", "b-lt"):
            known = {"trust_roots": [root], "allow_fetching": False}
            if name == "b-lt":
                # By what the file carries alone.
                known.update(revocation_mode="require", retroactive_revinfo=True)
                context = DocumentSecurityStore.read_dss(reader).as_validation_context(known)
            else:
                context = ValidationContext(**known)
            status = await async_validate_pdf_signature(signature, context)
            question(f"pyHanko: {name} is valid and trusted: {status.summary()}", status.bottom_line)
            stamped = status.timestamp_validity is not None and status.timestamp_validity.valid
            question(f"pyHanko: {name} has a time stamp: {stamped}", stamped == (name != "b-b"))
            return
        result = await ades_lta_validation(signature, strict())
        question(f"pyHanko: {name} by EN 319 102-1, 5.6: {result.ades_subindic}", str(result.ades_subindic).endswith("Passed.OK"))
        oldest = result.oldest_evidence_record_timestamp
        question(f"pyHanko: {name}, oldest document time stamp {oldest}", oldest is not None)


for name in ("b-b", "b-t", "b-lt", "b-lta", "renewed"):
    asyncio.run(judge(name))
    path = str(folder / f"{name}.pdf")
    code, text = run("qpdf", "--check", path)
    question(f"qpdf: {name} is clean", code == 0, text)
    _, told = run("pdfsig", "-nocert", path)
    # It judges no document time stamps.
    question(f"pdfsig: {name} is valid", told.count("Signature is Valid.") == 1 and "invalid" not in told.lower())
    parser = XmlParser(config=ParserConfig(fail_on_unknown_properties=True, fail_on_unknown_attributes=True))
    report = parser.from_string((folder / f"{name}.xml").read_text(), ValidationReport)
    indication = report.signature_validation_report[0].signature_validation_status.main_indication
    question(f"TS 119 102-2: {name} is read: {indication}", indication.endswith("total-passed"))

close()
