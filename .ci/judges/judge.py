"""Has software that we did not write judge what we write.

usage: judge.py QUICKSTART ESEAL TESTDATA

QUICKSTART is the folder that the quickstart example leaves, ESEAL the program, TESTDATA the samples. Each
question is one line of output; the program ends with 1 when any answer is no.
"""
# Before easyofd, which puts folders of its own in front of where modules are looked for.
from court import close, question, run

import base64
import hashlib
import json
import logging
import re
import sys
import tempfile
import zipfile
from pathlib import Path

logging.disable(logging.CRITICAL)

QUICKSTART, ESEAL, TESTDATA = (Path(argument) for argument in sys.argv[1:4])
SM2_ID = "1234567812345678"
SM2_WITH_SM3 = "1.2.156.10197.1.501"


# Raw ASN.1: slices of the bytes as they stand, nothing decoded or encoded by a library.


class Element:
    def __init__(self, data, at=0):
        self.tag, length, start = data[at], data[at + 1], at + 2
        if length & 0x80:
            count = length & 0x7F
            length, start = int.from_bytes(data[start : start + count], "big"), start + count
        self.raw, self.value, self.end = data[at : start + length], data[start : start + length], start + length
        assert len(self.value) == length, "the data ends inside an element"

    def children(self):
        found, at = [], 0
        while at < len(self.value):
            found.append(Element(self.value, at))
            at = found[-1].end
        return found

    def bits(self):
        assert self.tag == 3 and self.value[0] == 0
        return self.value[1:]

    def oid(self):
        numbers, number = [], 0
        for octet in self.value:
            number = number << 7 | octet & 0x7F
            if not octet & 0x80:
                numbers.append(number)
                number = 0
        first = min(numbers[0] // 40, 2)
        return ".".join(map(str, [first, numbers[0] - 40 * first, *numbers[1:]]))


def in_file(content, folder=tempfile.mkdtemp()):
    path = Path(folder) / hashlib.sha256(content).hexdigest()
    path.write_bytes(content)
    return path


def public_key(certificate):
    code, text = run("openssl", "x509", "-inform", "DER", "-in", in_file(certificate), "-noout", "-pubkey")
    assert code == 0, text
    return in_file(text.encode())


def openssl_verifies(certificate, algorithm, message, value):
    options = ["-sm3", "-sigopt", f"distid:{SM2_ID}"] if algorithm == SM2_WITH_SM3 else ["-sha256"]
    command = ["openssl", "dgst", options[0], "-verify", public_key(certificate), *options[1:]]
    code, _ = run(*command, "-signature", in_file(value), in_file(message))
    return code == 0


def judge_seal(name, seal):
    info, certificate, algorithm, value = seal.children()
    good = openssl_verifies(certificate.value, algorithm.oid(), info.raw, value.bits())
    question(f"{name}: OpenSSL verifies the seal maker's value", good)
    wrong = openssl_verifies(certificate.value, algorithm.oid(), info.raw + b"\0", value.bits())
    question(f"{name}: and no other message", not wrong)


def judge_seal_signature(name, data, content):
    to_sign, certificate, algorithm, value = Element(data).children()
    fields = to_sign.children()
    judge_seal(name, fields[1])
    good = openssl_verifies(certificate.value, algorithm.oid(), to_sign.raw, value.bits())
    question(f"{name}: OpenSSL verifies the signatory's value", good)
    hash_name = "sm3" if algorithm.oid() == SM2_WITH_SM3 else "sha256"
    question(f"{name}: dataHash is the {hash_name} of the content", fields[3].bits() == hashlib.new(hash_name, content).digest())
    listed = [item.value for item in fields[1].children()[0].children()[2].children()[3].children()]
    question(f"{name}: the seal lists the certificate", certificate.value in listed)


def last_signature(pdf):
    ranges = re.findall(rb"/ByteRange\s*\[\s*(\d+)\s+(\d+)\s+(\d+)\s+(\d+)\s*\]", pdf)
    _, a, b, c = map(int, ranges[-1])
    contents = bytes.fromhex(pdf[a + 1 : b - 1].decode())
    return contents[: Element(contents).end], pdf[:a] + pdf[b : b + c], b + c == len(pdf)


def judge_sm2_cms(name, data, content):
    signed = Element(data).children()[1].children()[0].children()
    certificate = next(part for part in signed if part.tag == 0xA0).children()[0].raw
    signer = signed[-1].children()[0].children()
    attributes, algorithm, value = signer[3], signer[4].children()[0].oid(), signer[5].value
    digests = [part.children()[1].children()[0].value for part in attributes.children() if part.children()[0].oid().endswith("113549.1.9.4")]
    question(f"{name}: message-digest is the SM3 of the ranges", digests == [hashlib.new("sm3", content).digest()])
    good = openssl_verifies(certificate, algorithm, b"\x31" + attributes.raw[1:], value)
    question(f"{name}: OpenSSL verifies the SM2 value of the CMS", good)


def judge_cms(name, data, content, root):
    code, text = run(
        "openssl", "cms", "-verify", "-binary", "-inform", "DER", "-in", in_file(data), "-content", in_file(content),
        "-CAfile", root, "-purpose", "any", "-out", "/dev/null",
    )
    question(f"{name}: OpenSSL verifies the CMS up to the root", code == 0, text)


def judge_pyhanko(name, path, root, password=None):
    from pyhanko.keys import load_cert_from_pemder
    from pyhanko.pdf_utils.reader import PdfFileReader
    from pyhanko.sign.validation import validate_pdf_signature
    from pyhanko.sign.validation.settings import KeyUsageConstraints
    from pyhanko_certvalidator import ValidationContext

    with open(path, "rb") as file:
        reader = PdfFileReader(file, strict=True)
        if password:
            reader.decrypt(password)
        signatures = reader.embedded_signatures
        context = ValidationContext(trust_roots=[load_cert_from_pemder(str(root))], allow_fetching=False)
        for at, signature in enumerate(signatures):
            status = validate_pdf_signature(signature, context, key_usage_settings=KeyUsageConstraints())
            last = at == len(signatures) - 1
            good = status.bottom_line and (not last or status.coverage.name == "ENTIRE_FILE")
            question(f"{name}: pyHanko (strict) accepts signature {at + 1} of {len(signatures)}", good, status.summary())
    return len(signatures)


def judge_qpdf(name, path, password=None):
    options = [f"--password={password}"] if password else []
    code, text = run("qpdf", *options, "--check", path)
    question(f"{name}: qpdf --check finds nothing", code == 0, text)


def judge_pdfsig(name, path, root):
    _, text = run("pdfsig", "-nocert", path)
    blocks = [block for block in text.split("Signature #")[1:] if "is not signed" not in block]
    valid = [block for block in blocks if "Signature is Valid" in block]
    question(f"{name}: pdfsig calls each of {len(blocks)} signatures valid", blocks and len(valid) == len(blocks), text)
    question(f"{name}: pdfsig says that the last covers the total document", "Total document signed" in blocks[-1], text)


def judge_ofd(name, path):
    judge_ofd_bytes(name, path)
    judge_ofd_reader(name, path)


def judge_ofd_bytes(name, path):
    """The package and every seal signature in it, from the bytes as they stand."""
    with zipfile.ZipFile(path) as package:
        question(f"{name}: the zip is sound", package.testzip() is None)
        names = package.namelist()
        question(f"{name}: each entry has one name", len(names) == len(set(names)))
        for description in [entry for entry in names if entry.endswith("Signature.xml")]:
            xml = package.read(description)
            method = "sm3" if b"10197.1.401" in xml else "sha256"
            pairs = re.findall(rb'FileRef="/([^"]+)"[^>]*>\s*<[^>]*CheckValue>([^<]+)<', xml)
            good = [package.read(file.decode()) for file, _ in pairs]
            values = [base64.b64encode(hashlib.new(method, content).digest()) for content in good]
            question(f"{name}: {len(pairs)} references match", pairs and values == [value for _, value in pairs])
            value = package.read(description.replace("Signature.xml", "SignedValue.dat"))
            judge_seal_signature(f"{name} {description}", value, xml)
            seal = package.read(description.replace("Signature.xml", "Seal.esl"))
            question(f"{name}: Seal.esl is the seal that was signed", Element(value).children()[0].children()[1].raw == seal)


def judge_gm_digest(name, data, content):
    """SignedData of GB/T 35275 around the digest, without attributes."""
    signed = Element(data).children()[1].children()[0].children()
    inside = signed[2].children()[1].children()[0].value
    question(f"{name}: the content is the SM3 of the description", inside == hashlib.new("sm3", content).digest())
    certificate = next(part for part in signed if part.tag == 0xA0).children()[0].raw
    signer = signed[-1].children()[0].children()
    algorithm, value = signer[3].children()[0].oid(), signer[4].value
    question(f"{name}: OpenSSL verifies the SM2 value over it", openssl_verifies(certificate, algorithm, inside, value))


def judge_ofd_signature(algorithm, payload):
    """A digital signature (Type Sign) on an OFD, by OpenSSL alone; a document stamped before keeps its stamp."""
    key = [QUICKSTART / f"{algorithm}-{name}" for name in ["seal.esl", "us.pem", "us.key", "ca.pem"]]
    source = QUICKSTART / f"{algorithm}-pages-seal.ofd"
    target = Path(tempfile.mkdtemp()) / f"{algorithm}-{payload}.ofd"
    code, text = run(
        ESEAL, "stamp", source, "--seal", key[0], "--certificate", key[1], "--key", key[2], "--trust", key[3],
        "--payload", payload, "--lock", "--output", target,
    )
    question(f"{target.name}: signed and closed", code == 0, text)
    code, text = run(ESEAL, "stamp", target, "--seal", key[0], "--certificate", key[1], "--key", key[2],
                     "--trust", key[3], "--output", target.with_suffix(".again"))
    question(f"{target.name}: takes no further stamp", code == 2 and "locked" in text, text)
    with zipfile.ZipFile(target) as package:
        description = sorted(name for name in package.namelist() if name.endswith("Signature.xml"))[-1]
        xml = package.read(description)
        value = package.read(description.replace("Signature.xml", "SignedValue.dat"))
        method = "sm3" if b"10197.1.401" in xml else "sha256"
        pairs = re.findall(rb'FileRef="/([^"]+)"[^>]*>\s*<[^>]*CheckValue>([^<]+)<', xml)
        good = all(base64.b64encode(hashlib.new(method, package.read(file.decode())).digest()) == told for file, told in pairs)
        question(f"{target.name}: {len(pairs)} references match", pairs and good)
        question(f"{target.name}: the list is protected", any(b"Signatures.xml" in file for file, _ in pairs))
        question(f"{target.name}: no seal is named that the value does not hold", b":Seal>" not in xml)
    if payload == "cms-digest":
        judge_gm_digest(target.name, value, xml)
    elif algorithm == "sm2":
        judge_sm2_cms(target.name, value, xml)
    else:
        judge_cms(target.name, value, xml, key[3])
    # The OFD reader is not asked: it takes each signature to have a stamp, and gives up on one without.


def judge_ofd_modes():
    """A stamp in every mode: invisible, across the edges of pages, with a seal of 2025, several and then the lock."""
    folder = Path(tempfile.mkdtemp())
    maker, us = ([QUICKSTART / f"sm2-{who}.{end}" for end in ("pem", "key")] for who in ("maker", "us"))
    latest = folder / "latest.esl"
    code, text = run(
        ESEAL, "seal", "make", "--certificate", maker[0], "--key", maker[1], "--signatory", us[0], "--to", "2025",
        "--id", "31010600012345", "--name", "示例市人民政府", "--picture", TESTDATA / "pictures/round.png", "--output", latest,
    )
    question("modes: a seal of 2025 is made", code == 0, text)

    def stamped(source, target, *options, seal=QUICKSTART / "sm2-seal.esl"):
        code, text = run(
            ESEAL, "stamp", source, "--seal", seal, "--certificate", us[0], "--key", us[1],
            "--trust", QUICKSTART / "sm2-ca.pem", *options, "--output", target,
        )
        question(f"{target.name}: stamped", code == 0, text)
        judge_ofd_bytes(target.name, target)
        code, text = run(ESEAL, "verify", target, "--trust", QUICKSTART / "sm2-ca.pem")
        question(f"{target.name}: valid here", code == 0, text)
        return target

    source, pages = TESTDATA / "ofd/helloworld.ofd", TESTDATA / "ofd/Page5.ofd"
    once = stamped(source, folder / "invisible.ofd")
    for edge in ["left", "right", "top", "bottom"]:
        stamped(pages, folder / f"straddling-{edge}.ofd", "--straddle", edge)
    twice = stamped(once, folder / "latest.ofd", "--page", "1", "--left", "20", "--top", "30", seal=latest)
    stamped(twice, folder / "locked.ofd", "--page", "1", "--left", "80", "--top", "30", "--lock")


def judge_composed():
    """A licence composed here: another's reader shows it, frame, text and seal; so does our own drawing of it."""
    from PIL import Image

    folder = QUICKSTART.parent / "composed"
    path = folder / "stamped.ofd"
    with zipfile.ZipFile(path) as package:
        question("stamped.ofd: the zip is sound", package.testzip() is None)
    judge_ofd_reader("stamped.ofd (composed)", path)
    picture = Path(tempfile.mkdtemp()) / "page.png"
    code, text = run(ESEAL, "ofd", "render", path, "--output", picture, "--dpi", "127")
    question("eseal ofd render: draws it, with nothing to note", code == 0 and "note" not in text, text)
    if code == 0:
        image = Image.open(picture).convert("RGB")
        question("eseal ofd render: of the page's size", image.size == (1050, 1485), image.size)
        right = [at for at, (r, g, b) in enumerate(dots(image.crop((700, 1000, 910, 1210)))) if r > 180 and g < 90 and b < 90]
        question("eseal ofd render: the seal is where it was put", len(right) > 2000, len(right))


def judge_ofd_reader(name, path):
    """Another's reader finds the pages, and the stamp among them."""
    from loguru import logger

    logger.remove()
    from easyofd.ofd import OFD

    reader = OFD()
    try:
        reader.read(base64.b64encode(path.read_bytes()).decode(), save_xml=False)
        images = reader.to_jpg()
        red = sum(1 for r, g, b in dots(images[0].convert("RGB")) if r > 180 and g < 90 and b < 90)
        question(f"{name}: an OFD reader shows {len(images)} pages and a red seal on the first", red > 2000, f"{red} red pixels")
    except Exception as error:  # noqa: BLE001 - whatever its reason, it is a no
        question(f"{name}: an OFD reader reads it", False, repr(error))


def dots(image):
    octets = image.tobytes()
    return zip(octets[0::3], octets[1::3], octets[2::3])


def judge_picture(name, path):
    """The stamp is where it was put, in its size: 42 mm at 130 mm, 200 mm from the upper left corner."""
    from PIL import Image

    prefix = Path(tempfile.mkdtemp()) / "page"
    run("pdftoppm", "-png", "-r", "127", "-f", "1", "-l", "1", path, prefix)
    image = Image.open(next(prefix.parent.glob("*.png"))).convert("RGB")
    red = [
        (at % image.width / 5, at // image.width / 5)
        for at, (r, g, b) in enumerate(dots(image))
        if r > 180 and g < 90 and b < 90
    ]
    left, top = min(x for x, _ in red), min(y for _, y in red)
    width, height = max(x for x, _ in red) - left, max(y for _, y in red) - top
    close = [abs(left - 130) < 0.6, abs(top - 200) < 0.6, abs(width - 42) < 0.8, abs(height - 42) < 0.8]
    question(f"{name}: poppler shows the seal where it was put, in its size", all(close), f"{left} {top} {width} {height}")


def judge_quickstart():
    for algorithm in ["sm2", "p256", "rsa"]:
        root = QUICKSTART / f"{algorithm}-ca.pem"
        seal = Element((QUICKSTART / f"{algorithm}-seal.esl").read_bytes())
        judge_seal(f"{algorithm} seal", seal)
        for kind in ["seal", "cms"]:
            path = QUICKSTART / f"{algorithm}-form-{kind}.pdf"
            data, content, whole = last_signature(path.read_bytes())
            question(f"{path.name}: the ranges reach to the end", whole)
            judge_qpdf(path.name, path)
            judge_picture(path.name, path)
            if kind == "seal":
                judge_seal_signature(path.name, data, content)
            elif algorithm == "sm2":
                judge_sm2_cms(path.name, data, content)
            else:
                judge_cms(path.name, data, content, root)
                judge_pdfsig(path.name, path, root)
                judge_pyhanko(path.name, path, root)
        judge_ofd(f"{algorithm}-pages-seal.ofd", QUICKSTART / f"{algorithm}-pages-seal.ofd")


def stamp(algorithm, source, target, *options):
    key = [QUICKSTART / f"{algorithm}-{name}" for name in ["seal.esl", "us.pem", "us.key", "ca.pem"]]
    return run(
        ESEAL, "stamp", source, "--seal", key[0], "--certificate", key[1], "--key", key[2], "--trust", key[3],
        "--page", "1", "--left", "20", "--top", "30", "--payload", "cms", "--output", target, *options,
    )


def judge_others_forms():
    """Each form of other people's making, stamped twice: qpdf, pdfsig and pyHanko accept both stamps."""
    folder = Path(tempfile.mkdtemp())
    for source in sorted((TESTDATA / "pdf" / "unsigned").glob("*.pdf")):
        password = "usersecret" if source.stem == "encrypted-aes256" else None
        options = ["--password", password] if password else []
        once, twice = folder / f"once-{source.name}", folder / f"twice-{source.name}"
        code, text = stamp("p256", source, once, *options)
        if source.stem == "hybrid":
            question(f"{source.name}: a hybrid file is refused", code == 2 and "hybrid" in text.lower(), text)
            continue
        question(f"{source.name}: stamped once", code == 0, text)
        code, text = stamp("rsa", once, twice, *options)
        question(f"{source.name}: stamped twice", code == 0, text)
        question(f"{source.name}: no byte before was touched", twice.read_bytes().startswith(source.read_bytes()))
        before, _ = run("qpdf", *([f"--password={password}"] if password else []), "--check", source)
        if before == 0:
            judge_qpdf(f"{source.name} stamped twice", twice, password)
        if not password:
            judge_pdfsig(f"{source.name} stamped twice", twice, None)
        roots = folder / "roots.pem"
        roots.write_bytes(b"".join((QUICKSTART / f"{name}-ca.pem").read_bytes() for name in ["p256", "rsa"]))
        judge_both(source.name, twice, password)


def judge_both(name, path, password):
    """Two stamps by two authorities: pyHanko finds both values good, the first revision untouched."""
    from pyhanko.keys import load_certs_from_pemder
    from pyhanko.pdf_utils.reader import PdfFileReader
    from pyhanko.sign.validation import validate_pdf_signature
    from pyhanko_certvalidator import ValidationContext

    roots = list(load_certs_from_pemder([str(QUICKSTART / f"{one}-ca.pem") for one in ["p256", "rsa"]]))
    with open(path, "rb") as file:
        reader = PdfFileReader(file, strict=True)
        if password:
            reader.decrypt(password)
        for at, signature in enumerate(reader.embedded_signatures):
            status = validate_pdf_signature(signature, ValidationContext(trust_roots=roots, allow_fetching=False))
            question(f"{name} stamped twice: pyHanko (strict) accepts signature {at + 1}", status.bottom_line, status.summary())


def straddled(document, dpi, pages):
    """The strips at the right edges of the pages as poppler shows them, side by side: red opacity, dot by dot."""
    from PIL import Image

    prefix = Path(tempfile.mkdtemp()) / "page"
    run("pdftoppm", "-png", "-r", str(dpi), document, prefix)
    side = round(42 / 25.4 * dpi)
    whole = Image.new("RGB", (side, side), "white")
    for number, path in enumerate(sorted(prefix.parent.glob("*.png"))):
        image = Image.open(path).convert("RGB")
        left, right = (round(side * place / pages) for place in (number, number + 1))
        top = int((297 - 42) / 2 / 25.4 * dpi)
        strip = image.crop((image.width - (right - left), top, image.width, top + side))
        whole.paste(strip, (left, 0))
    return whole


def judge_places():
    """A straddling seal: one signature that others accept, and strips that make the whole seal again."""
    from PIL import Image, ImageChops

    folder = Path(tempfile.mkdtemp())
    source, cut, whole = TESTDATA / "letters" / "contract.pdf", folder / "cut.pdf", folder / "whole.pdf"
    key = [QUICKSTART / f"p256-{name}" for name in ["seal.esl", "us.pem", "us.key", "ca.pem"]]
    common = ["--seal", key[0], "--certificate", key[1], "--key", key[2], "--trust", key[3], "--payload", "cms"]
    code, text = run(ESEAL, "stamp", source, *common, "--straddle", "right", "--strict", "--output", cut)
    question("straddling: stamped", code == 0, text)
    judge_qpdf("straddling", cut)
    judge_pdfsig("straddling", cut, key[3])
    judge_pyhanko("straddling", cut, key[3])
    code, text = run("pdfsig", "-nocert", cut)
    question("straddling: pdfsig finds one signature", text.count("Signature #") == 1, text)
    # The same seal uncut, where nothing else is, and where it meets the dots of the page as the strips do.
    code, text = run(ESEAL, "stamp", source, *common, "--page", "1", "--left", "100", "--top", "190.1", "--output", whole)
    question("straddling: the whole one stamped", code == 0, text)
    dpi, pages = 127, 5
    together = straddled(cut, dpi, pages)
    prefix = folder / "whole"
    run("pdftoppm", "-png", "-r", str(dpi), "-f", "1", "-l", "1", whole, prefix)
    page = Image.open(next(folder.glob("whole*.png"))).convert("RGB")
    corner = [int(place / 25.4 * dpi + 0.01) for place in (100, 190.1)]
    uncut = page.crop((*corner, corner[0] + together.width, corner[1] + together.height))
    different = sum(sum(dot) > 240 for dot in dots(ImageChops.difference(together, uncut)))
    share = different / (together.width * together.height)
    question("straddling: the strips make the whole seal again", share < 0.02, f"{share:.4f} of the dots differ")
    code, text = run(ESEAL, "stamp", TESTDATA / "letters" / "single.pdf", *common, "--straddle", "right", "--output", cut)
    question("straddling: one page is refused", code == 2 and "two pages" in text, text)
    for form in ["pdf", "ofd"]:
        source, target = TESTDATA / "letters" / f"single.{form}", folder / f"letter.{form}"
        options = common if form == "pdf" else common[:-2]
        code, text = run(ESEAL, "stamp", source, *options, "--letter", "示例市人民政府", "--strict", "--output", target)
        question(f"letter.{form}: stamped by the rules", code == 0, text)
    code, text = run("pdftotext", folder / "letter.pdf", "-")
    question("letter.pdf: its text is still there", "示例市人民政府" in text.replace(" ", ""), text)
    judge_ofd_reader("letter.ofd", folder / "letter.ofd")


def judge_program():
    """The program's answers: exit codes and the JSON's shape."""
    target = QUICKSTART / "p256-form-cms.pdf"
    code, text = run(ESEAL, "verify", target, "--trust", QUICKSTART / "p256-ca.pem", "--json")
    report = json.loads(text)
    question("eseal verify: 0 and valid with the root", code == 0 and report["verdict"] == "valid", text)
    expected = {"kind", "id", "signer", "times", "coverage", "seal", "checks"}
    question("eseal verify --json: each signature has its parts", expected <= report["signatures"][0].keys())
    code, text = run(ESEAL, "verify", target, "--json")
    question("eseal verify: 1 and indeterminate without", code == 1 and json.loads(text)["verdict"] == "indeterminate")
    code, _ = run(ESEAL, "verify", TESTDATA / "README.md")
    question("eseal verify: 2 for what it cannot look at", code == 2)


judge_quickstart()
for signer, form in [("sm2", "cms"), ("sm2", "cms-digest"), ("p256", "cms"), ("rsa", "cms")]:
    judge_ofd_signature(signer, form)
judge_ofd_modes()
judge_composed()
judge_others_forms()
judge_places()
judge_program()
close()
