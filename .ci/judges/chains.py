"""OpenSSL and pyHanko judge the chains that our throw-away authority builds, and have to come to our verdicts.

usage: chains.py CHAINS

Each folder of CHAINS holds root.pem, middle.pem, leaf.pem, lists.pem, answer.der and verdict.txt.
"""

import asyncio
import sys
import tempfile
from pathlib import Path

from court import close, question, run

CHAINS = Path(sys.argv[1])


def by_openssl(folder):
    code, text = run(
        "openssl", "verify", "-x509_strict", "-crl_check_all", "-CAfile", folder / "root.pem",
        "-untrusted", folder / "middle.pem", "-CRLfile", folder / "lists.pem", folder / "leaf.pem",
    )
    return code == 0, text


def by_pyhanko(folder):
    from pyhanko.keys import load_cert_from_pemder, load_certs_from_pemder
    from pyhanko_certvalidator import CertificateValidator, ValidationContext
    from asn1crypto import crl, pem

    lists = [crl.CertificateList.load(der) for _, _, der in pem.unarmor((folder / "lists.pem").read_bytes(), multiple=True)]
    context = ValidationContext(
        trust_roots=[load_cert_from_pemder(str(folder / "root.pem"))],
        other_certs=list(load_certs_from_pemder([str(folder / "middle.pem")])),
        crls=lists,
        allow_fetching=False,
        revocation_mode="require",
    )
    validator = CertificateValidator(load_cert_from_pemder(str(folder / "leaf.pem")), validation_context=context)
    try:
        asyncio.run(validator.async_validate_usage({"digital_signature"}))
    except Exception as error:  # noqa: BLE001 - whatever its reason, it is a no
        return False, repr(error)
    return True, ""


def judge_answer(folder):
    """The issuer's own OCSP answer about the leaf."""
    code, text = run(
        "openssl", "ocsp", "-respin", folder / "answer.der", "-issuer", folder / "middle.pem", "-cert", folder / "leaf.pem",
        "-CAfile", folder / "root.pem", "-verify_other", folder / "middle.pem", "-no_nonce",
    )
    good = code == 0 and "Response verify OK" in text and "leaf.pem: good" in text
    question(f"{folder.name}: OpenSSL accepts the OCSP answer", good, text)


def verifies(issuer, message, value):
    """SM2 by the identity that everyone has, with OpenSSL."""
    with tempfile.TemporaryDirectory() as room:
        room = Path(room)
        code, text = run("openssl", "x509", "-in", issuer, "-noout", "-pubkey")
        (room / "key").write_text(text)
        (room / "message").write_bytes(message)
        (room / "value").write_bytes(value)
        options = ["-sm3", "-verify", room / "key", "-sigopt", "distid:1234567812345678"]
        code, _ = run("openssl", "dgst", *options, "-signature", room / "value", room / "message")
        return code == 0


def judge_values(folder):
    """SM2: the values of certificate, list and answer are those of the issuer's key, and no other's."""
    from asn1crypto import crl, ocsp, pem, x509

    leaf = x509.Certificate.load(pem.unarmor((folder / "leaf.pem").read_bytes())[2])
    lists = [crl.CertificateList.load(der) for _, _, der in pem.unarmor((folder / "lists.pem").read_bytes(), multiple=True)]
    answer = ocsp.OCSPResponse.load((folder / "answer.der").read_bytes()).basic_ocsp_response
    signed = [
        ("certificate", leaf["tbs_certificate"].dump(), leaf["signature_value"].native),
        ("list", lists[-1]["tbs_cert_list"].dump(), lists[-1]["signature"].native),
        ("OCSP answer", answer["tbs_response_data"].dump(), answer["signature"].native),
    ]
    for name, message, value in signed:
        question(f"{folder.name}: OpenSSL verifies the {name}'s SM2 value", verifies(folder / "middle.pem", message, value))
        question(f"{folder.name}: and by no other key", not verifies(folder / "root.pem", message, value))


def judge_parse(folder):
    """SM2: OpenSSL reads the structures; the chain it cannot judge, as it has no identity for issuers."""
    code, text = run("openssl", "crl", "-in", folder / "lists.pem", "-noout", "-text")
    question(f"{folder.name}: OpenSSL reads the list", code == 0 and "CRL Number" in text, text)
    code, text = run("openssl", "ocsp", "-respin", folder / "answer.der", "-noverify", "-text")
    question(f"{folder.name}: OpenSSL reads the OCSP answer", "Cert Status: good" in text, text)


folders = sorted(path for path in CHAINS.iterdir() if path.is_dir())
question("there are chains", len(folders) == 36, str(len(folders)))
for folder in folders:
    verdict = (folder / "verdict.txt").read_text()
    question(f"{folder.name}: valid only where nothing is wrong", (verdict == "valid") == folder.name.endswith("nothing"))
    if folder.name.startswith("sm2"):
        judge_parse(folder)
        if folder.name.endswith("nothing"):
            judge_values(folder)
        continue
    for name, judge in [("OpenSSL", by_openssl), ("pyHanko", by_pyhanko)]:
        good, text = judge(folder)
        question(f"{folder.name}: {name} says as we do, {verdict}", good == (verdict == "valid"), text)
    if folder.name.endswith("nothing"):
        judge_answer(folder)
close()
