"""Has software that we did not write judge issued licences.

usage: licences.py LICENCES

LICENCES is the folder that `examples/licence` leaves. Each question is one line of output; the program ends with 1
when any answer is no.
"""

import base64
import hashlib
import json
import logging
import subprocess
import sys
import zipfile
import xml.etree.ElementTree as ET
from pathlib import Path

import jsonschema
import pikepdf
import zxingcpp
from asn1crypto import pem, x509
from loguru import logger
from PIL import Image
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

logging.disable(logging.CRITICAL)
logger.remove()
from easyofd.ofd import OFD  # noqa: E402

FOLDER = Path(sys.argv[1])
ROOT = x509.Certificate.load(pem.unarmor((FOLDER / "root.pem").read_bytes())[2])
HERE = Path(__file__).resolve().parents[2]
DATA = "urn:x-eseal:data#"
faults = 0


def question(name, answer, detail=""):
    global faults
    faults += not answer
    print(f"{'ok  ' if answer else 'FAIL'} {name} {detail if not answer else ''}".rstrip(), flush=True)


def run(*command):
    done = subprocess.run([str(part) for part in command], capture_output=True)
    return done.returncode, (done.stdout + done.stderr).decode("utf-8", "replace")


def sm3(content):
    try:
        return hashlib.new("sm3", content).hexdigest()
    except ValueError:
        done = subprocess.run(["openssl", "dgst", "-sm3", "-r"], input=content, capture_output=True, check=True)
        return done.stdout.split()[0].decode()


def plain(text):
    return "".join(text.split())


def scanned(picture):
    """What the codes on a picture say."""
    return [code.text for code in zxingcpp.read_barcodes(Image.open(picture))]


def judge_code(name, data):
    wanted = data["metadata"]["ZZBS"]
    run("pdftoppm", "-r", "150", "-png", "-singlefile", FOLDER / f"{name}.pdf", FOLDER / f"{name}-pdf")
    for picture in [FOLDER / f"{name}-pdf.png", FOLDER / f"{name}-ofd.png"]:
        found = scanned(picture)
        question(f"{picture.name}: a scanner reads the identifier", any(wanted in text for text in found), str(found))


def judge_pdf(name, data):
    path = FOLDER / f"{name}.pdf"
    code, told = run("qpdf", "--check", path)
    question(f"{name}.pdf: qpdf finds no fault", code == 0, told)
    code, told = run("pdfinfo", path)
    question(f"{name}.pdf: pdfinfo reads the title", code == 0 and data["metadata"]["ZZMC"] in told, told)
    code, told = run("mutool", "draw", "-F", "text", "-o", "-", path)
    wanted = {plain(line["text"]) for line in data["shown"]}
    question(f"{name}.pdf: mutool reads the words", code == 0 and all(word in plain(told) for word in wanted))
    code, told = run("pdftotext", "-raw", path, "-")
    missing = [word for word in wanted if word not in plain(told)]
    question(f"{name}.pdf: poppler reads the words", code == 0 and not missing, str(missing[:3]))
    with pikepdf.open(path) as pdf:
        embedded = pdf.attachments["licence.json"].get_file().read_bytes()
        with pdf.open_metadata() as xmp:
            question(f"{name}.pdf: it says that it is PDF/A-3b", (xmp.get("pdfaid:part"), xmp.get("pdfaid:conformance")) == ("3", "B"))
            told = xmp.get(f"{{{DATA}}}KZ_SJZY")
            number = xmp.get(f"{{{DATA}}}ZZBS")
    question(f"{name}.pdf: the attachment is the data", embedded == (FOLDER / f"{name}.json").read_bytes())
    question(f"{name}.pdf: XMP tells the attachment's SM3", told == sm3(embedded), f"{told}")
    question(f"{name}.pdf: XMP tells the identifier", number == data["metadata"]["ZZBS"])
    with open(path, "rb") as handle:
        reader = PdfFileReader(handle, strict=True)
        signatures = reader.embedded_regular_signatures
        seals = 2 if name == "birth" else 1
        question(f"{name}.pdf: {seals} signatures", len(signatures) == seals, str(len(signatures)))
        for signature in signatures:
            status = validate_pdf_signature(signature, ValidationContext(trust_roots=[ROOT], allow_fetching=False))
            question(f"{name}.pdf: pyHanko takes the signature {signature.field_name}", status.bottom_line, status.summary())
    data_changed = bytearray(path.read_bytes())
    data_changed[len(data_changed) // 3] ^= 1
    changed = FOLDER / "changed.pdf"
    changed.write_bytes(data_changed)
    try:
        with open(changed, "rb") as handle:
            signature = PdfFileReader(handle, strict=False).embedded_regular_signatures[0]
            status = validate_pdf_signature(signature, ValidationContext(trust_roots=[ROOT], allow_fetching=False))
            refused = not status.bottom_line
    except Exception:  # noqa: BLE001 - it is not taken, for whatever reason
        refused = True
    changed.unlink()
    question(f"{name}.pdf: with a bit turned pyHanko does not take it", refused)


def judge_ofd(name, data):
    path = FOLDER / f"{name}.ofd"
    with zipfile.ZipFile(path) as package:
        question(f"{name}.ofd: the package is whole", package.testzip() is None)
        names = package.namelist()
        attached = [package.read(one) for one in names if "Attachs/" in one and one.endswith(".json")]
        question(f"{name}.ofd: the attachment is the data", attached == [(FOLDER / f"{name}.json").read_bytes()])
        space = "{http://www.ofdspec.org/2016}"
        root = ET.fromstring(package.read("OFD.xml"))
        told = [(one.get("Name"), one.text) for one in root.iter(f"{space}CustomData")]
        question(f"{name}.ofd: CustomDatas tell the identifier", ("ZZBS", data["metadata"]["ZZBS"]) in told)
        question(f"{name}.ofd: CustomDatas tell the attachment's SM3", ("KZ_SJZY", sm3(attached[0])) in told)
        question(f"{name}.ofd: there are custom tags", any("CustomTags" in one or "Tag_" in one for one in names))
        description = next(one for one in names if one.endswith("Signature.xml"))
        listed = {one.get("FileRef").lstrip("/") for one in ET.fromstring(package.read(description)).iter(f"{space}Reference")}
        outside = [one for one in names if one not in listed and "Sign" not in one]
        question(f"{name}.ofd: the first seal's references leave nothing out", not outside, str(outside))
    try:
        reader = OFD()
        reader.read(base64.b64encode(path.read_bytes()).decode(), save_xml=False)
        images = reader.to_jpg()
        octets = images[0].convert("RGB").tobytes()
        red = sum(1 for r, g, b in zip(octets[0::3], octets[1::3], octets[2::3]) if r > 180 and g < 90 and b < 90)
        question(f"{name}.ofd: an OFD reader shows a red seal", red > 1500, f"{red} red pixels")
    except Exception as error:  # noqa: BLE001 - whatever its reason, it is a no
        question(f"{name}.ofd: an OFD reader reads it", False, repr(error))


profile_schema = json.loads((HERE / "src/licence/profile/schema.json").read_text())
layout_schema = json.loads((HERE / "src/compose/layout/schema.json").read_text())
profile_schema["properties"]["face"] = {"description": "As compose has it.", "$ref": "#/$defs/layout"}
text = json.dumps(layout_schema).replace("#/$defs/", "#/$defs/layout/$defs/")
profile_schema["$defs"]["layout"] = {key: value for key, value in json.loads(text).items() if not key.startswith("$") or key == "$defs"}
validator = jsonschema.Draft202012Validator(profile_schema)
for path in sorted((HERE / "testdata/licence-profiles").glob("*.json")):
    wrong = [f"{error.json_path}: {error.message[:100]}" for error in validator.iter_errors(json.loads(path.read_text()))]
    question(f"{path.name}: the published schema takes it", not wrong, str(wrong[:3]))

found = sorted(path.stem for path in FOLDER.glob("*.json"))
question("six licences", len(found) == 6, str(found))
for name in found:
    content = json.loads((FOLDER / f"{name}.json").read_text())
    judge_pdf(name, content)
    judge_ofd(name, content)
    judge_code(name, content)
sys.exit(1 if faults else 0)
