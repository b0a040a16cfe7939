"""Has software that we did not write judge our time stamps, and us judge what it wrote.

usage: timestamps.py STAMPS QUICKSTART ESEAL TESTDATA

STAMPS is the folder that the time_stamp example leaves; the others are as judge.py has them.
"""

import logging
import sys
import tempfile
from pathlib import Path

from court import close, question, run

logging.disable(logging.CRITICAL)

STAMPS, QUICKSTART, ESEAL, TESTDATA = (Path(argument).resolve() for argument in sys.argv[1:5])


def judge_pyhanko(name, path, *roots):
    from pyhanko.keys import load_cert_from_pemder
    from pyhanko.pdf_utils.reader import PdfFileReader
    from pyhanko.sign.validation import validate_pdf_signature
    from pyhanko.sign.validation.settings import KeyUsageConstraints
    from pyhanko_certvalidator import ValidationContext

    with open(path, "rb") as file:
        signature = PdfFileReader(file, strict=True).embedded_signatures[-1]
        roots = [load_cert_from_pemder(str(root)) for root in roots]
        context = ValidationContext(trust_roots=roots, allow_fetching=False)
        status = validate_pdf_signature(signature, context, key_usage_settings=KeyUsageConstraints())
        stamp = status.timestamp_validity
        question(f"{name}: pyHanko accepts the signature", status.bottom_line, status.summary())
        good = stamp is not None and stamp.valid and stamp.intact and stamp.trusted
        question(f"{name}: pyHanko accepts its time stamp", good, stamp)


def judge_ours(folder):
    data = folder / "value"
    data.write_bytes(b"a value")
    (folder / "other").write_bytes(b"another value")
    for algorithm in ["p256", "rsa"]:
        root, answer = STAMPS / f"{algorithm}-ca.pem", STAMPS / f"{algorithm}.tsr"
        verify = ["openssl", "ts", "-verify", "-in", answer, "-CAfile", root]
        code, text = run(*verify, "-data", data)
        question(f"{algorithm}: OpenSSL verifies our answer over the data", code == 0, text)
        code, text = run(*verify, "-queryfile", STAMPS / f"{algorithm}.tsq")
        question(f"{algorithm}: OpenSSL verifies our answer to our request", code == 0, text)
        code, _ = run(*verify, "-data", folder / "other")
        question(f"{algorithm}: and not over other data", code != 0)
        judge_pyhanko(f"{algorithm}.pdf", STAMPS / f"{algorithm}.pdf", root)
    code, text = run("openssl", "ts", "-reply", "-in", STAMPS / "sm2.tsr", "-text")
    question("sm2: OpenSSL reads our answer", code == 0 and "Granted" in text, text)


CONFIGURATION = """
[req]
distinguished_name = dn
prompt = no
[dn]
CN = judges' time stamping
[tsa]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = critical, timeStamping
[section]
serial = {folder}/serial
default_policy = 1.3.6.1.4.1.32473.3161.9
digests = sha256, sha384, sha512
signer_digest = sha256
accuracy = secs:1
tsa_name = yes
ess_cert_id_alg = {essid}
"""


def judge_theirs(folder):
    """OpenSSL is the authority; our program asks it, our verifier and pyHanko judge what came out."""
    certificate, key, settings = folder / "tsa.pem", folder / "tsa.key", folder / "tsa.cnf"
    for essid in ["sha1", "sha256"]:
        settings.write_text(CONFIGURATION.format(folder=folder, essid=essid))
        run(
            "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", certificate, "-days", "30",
            "-config", settings, "-extensions", "tsa",
        )
        reply = f"openssl ts -reply -config {settings} -section section -signer {certificate} -inkey {key}"
        by = f"cat > {folder}/q && {reply} -queryfile {folder}/q 2> /dev/null"
        for payload in ["cms", "seal-signature"]:
            path = folder / f"{essid}-{payload}.pdf"
            code, text = run(
                ESEAL, "stamp", TESTDATA / "forms/form-fill.pdf", "--seal", QUICKSTART / "p256-seal.esl",
                "--certificate", QUICKSTART / "p256-us.pem", "--key", QUICKSTART / "p256-us.key",
                "--trust", QUICKSTART / "p256-ca.pem", "--page", "1", "--payload", payload,
                "--time-stamp-by", by, "-o", path,
            )
            question(f"{path.name}: our program has OpenSSL stamp the time", code == 0, text)
            if code:
                continue
            trust = ["--trust", QUICKSTART / "p256-ca.pem", "--trust", certificate]
            code, text = run(ESEAL, "verify", path, *trust)
            question(f"{path.name}: we call it valid, and proven", code == 0 and "existed at" in text, text)
            if payload == "cms":
                judge_pyhanko(path.name, path, QUICKSTART / "p256-ca.pem", certificate)


with tempfile.TemporaryDirectory() as folder:
    judge_ours(Path(folder))
    judge_theirs(Path(folder))
close()
