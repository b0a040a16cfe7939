#!/usr/bin/env python3
"""qpdf, poppler, MuPDF, pikepdf, pypdf and pyHanko judge the PDF documents that `examples/compose_pdf.rs` made, and what
the program filled into the forms of others.

No validator of PDF/A can be had from Debian, PyPI or npm that runs here (veraPDF is in none of them), so the rules of
ISO 19005-3 that can be told from the objects are checked one by one, each by its clause."""
import datetime
import hashlib
import io
import json
import pathlib
import re
import sys
import xml.etree.ElementTree as ElementTree

import pikepdf
import pymupdf
import pypdf
from asn1crypto import pem
from asn1crypto import x509 as asn1crypto_x509
from PIL import Image, ImageCms
from pikepdf import Name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import fields, signers
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from court import close, question, run

folder, program, testdata = (pathlib.Path(argument) for argument in sys.argv[1:4])


# The claims of ISO 19005-3.

RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"


def descriptions(pdf):
    """XMP as a table: names with namespaces to texts."""
    packet = bytes(pdf.Root.Metadata.read_bytes())
    root = ElementTree.fromstring(re.sub(rb"<\?xpacket[^>]*\?>", b"", packet).strip())
    table = {}
    for description in root.iter(f"{RDF}Description"):
        for entry in description:
            items = [item.text or "" for item in entry.iter(f"{RDF}li")]
            table[entry.tag] = items if len(items) > 1 else (items or [entry.text or ""])[0]
    return table


def rules(pdf, raw):
    """Yields clause and whether it is kept."""
    root, objects = pdf.Root, list(pdf.objects)
    dictionaries = [one for one in objects if isinstance(one, (pikepdf.Dictionary, pikepdf.Stream))]
    streams = [one for one in objects if isinstance(one, pikepdf.Stream)]
    yield "6.1.2 header and binary comment", raw.startswith(b"%PDF-1.7\n%") and all(byte > 127 for byte in raw[10:14])
    yield "6.1.3 /ID, no /Encrypt, nothing behind %%EOF", len(pdf.trailer.ID) == 2 and "/Encrypt" not in pdf.trailer \
        and raw.rstrip().endswith(b"%%EOF")
    yield "6.1.7 no external streams, no LZW", all("/F" not in one and one.get("/Filter") != Name.LZWDecode for one in streams)
    yield "6.1.7 true /Length", all(len(one.read_raw_bytes()) == int(one.Length) for one in streams)
    yield "6.1.13 no name too long", all(len(key) < 128 for one in dictionaries for key in one.keys())
    intents = [one for one in root.OutputIntents if one.S == Name.GTS_PDFA1]
    yield "6.2.3 one output intent with a profile", len(intents) == 1 and "/DestOutputProfile" in intents[0]
    profile = intents[0].DestOutputProfile
    icc = bytes(profile.read_bytes())
    yield "6.2.3 a display's or printer's profile of RGB, edition 2 or 4", icc[12:16] in (b"mntr", b"prtr") \
        and icc[16:20] == b"RGB " and icc[8] in (2, 4) and int(profile.N) == 3
    contents = [bytes(one.read_bytes()) for one in streams if one.get("/Subtype") == Name.Form]
    contents += [bytes(page.Contents.read_bytes()) for page in pdf.pages if "/Contents" in page]
    yield "6.2.4.3 no DeviceCMYK", not any(re.search(rb"[\d.] [kK]\s", one) for one in contents) \
        and all(one.get("/ColorSpace") != Name.DeviceCMYK for one in streams)
    images = [one for one in streams if one.get("/Subtype") == Name.Image]
    yield "6.2.8 images without alternates and interpolation", all(
        not bool(one.get("/Interpolate", False)) and "/Alternates" not in one and "/OPI" not in one for one in images)
    yield "6.2.9 forms without PostScript and references", all("/Ref" not in one and "/PS" not in one for one in streams)
    yield "6.2.10 pages say how colours blend", all(page.Group.CS == Name.DeviceRGB for page in pdf.pages)
    fonts = [one for one in dictionaries if one.get("/Type") == Name.Font and "/DescendantFonts" in one]
    others = [one for one in dictionaries if one.get("/Type") == Name.Font and "/DescendantFonts" not in one
              and one.get("/Subtype") not in (Name.CIDFontType0, Name.CIDFontType2)]
    yield "6.2.11.4 all fonts are embedded", not others and all(
        "/FontFile2" in one.DescendantFonts[0].FontDescriptor or "/FontFile3" in one.DescendantFonts[0].FontDescriptor
        for one in fonts)
    yield "6.2.11.3 CIDSystemInfo and CIDToGIDMap", all(
        one.Encoding == Name("/Identity-H") and (one.DescendantFonts[0].Subtype == Name.CIDFontType0
                                                 or one.DescendantFonts[0].get("/CIDToGIDMap") == Name.Identity) for one in fonts)
    yield "6.2.11.7 ToUnicode", all("/ToUnicode" in one for one in fonts)
    annotations = [one for page in pdf.pages for one in page.get("/Annots", [])]
    yield "6.3.2 annotations print and are not hidden", all(
        int(one.F) & 4 and not int(one.F) & (1 | 2 | 32 | 256) for one in annotations)
    yield "6.3.3 annotations have one normal appearance", all(list(one.AP.keys()) == ["/N"] for one in annotations)
    yield "6.3.3 buttons have states, others a stream", all(
        isinstance(one.AP.N, pikepdf.Stream) != (kind(one) == "/Btn") for one in annotations)
    form = root.get("/AcroForm")
    yield "6.4.1 no actions in fields, no NeedAppearances, no XFA", form is None or (
        not bool(form.get("/NeedAppearances", False)) and "/XFA" not in form
        and all("/A" not in one and "/AA" not in one for one in annotations))
    yield "6.5.1 no actions", all(key not in root for key in ["/OpenAction", "/AA"]) and not any(
        one.get("/S") in (Name.JavaScript, Name.Launch) for one in dictionaries)
    yield "6.6.2.1 metadata in clear, unfiltered", root.Metadata.Subtype == Name.XML and "/Filter" not in root.Metadata
    told = descriptions(pdf)
    claim = "{http://www.aiim.org/pdfa/ns/id/}"
    yield "6.6.4 part 3, conformance B", told[claim + "part"] == "3" and told[claim + "conformance"] == "B"
    info = pdf.trailer.Info
    pairs = [("/Title", "{http://purl.org/dc/elements/1.1/}title"), ("/Author", "{http://purl.org/dc/elements/1.1/}creator"),
             ("/Subject", "{http://purl.org/dc/elements/1.1/}description"), ("/Producer", "{http://ns.adobe.com/pdf/1.3/}Producer")]
    yield "6.6.3 the information dictionary says the same", all(
        (str(info[key]) if key in info else None) == told.get(name) for key, name in pairs)
    yield "6.6.3 and so do its dates", all(
        moment(info[key]) == datetime.datetime.fromisoformat(told["{http://ns.adobe.com/xap/1.0/}" + name])
        for key, name in [("/CreationDate", "CreateDate"), ("/ModDate", "ModifyDate")])
    own = {tag.split("}")[1] for tag in told if tag.startswith("{urn:x-eseal:data#}")}
    packet = bytes(root.Metadata.read_bytes()).decode()
    schema = set(re.findall("<pdfaProperty:name>([^<]*)</pdfaProperty:name>", packet))
    yield "6.6.2.3 each property of our own is described", own == schema
    files = [one for one in dictionaries if one.get("/Type") == Name.Filespec]
    linked = [one.objgen for one in root.get("/AF", [])]
    yield "6.8 files: names, relationship, link, media type", all(
        str(one.F) == str(one.UF) and "/AFRelationship" in one and one.objgen in linked and "/Subtype" in one.EF.F
        and "/ModDate" in one.EF.F.Params and int(one.EF.F.Params.Size) == len(one.EF.F.read_bytes()) for one in files)


def kind(field):
    while "/FT" not in field and "/Parent" in field:
        field = field.Parent
    return str(field.get("/FT"))


def moment(text):
    text = str(text).replace("'", "")
    return datetime.datetime.strptime(text, "D:%Y%m%d%H%M%S%z")


def widths(pdf):
    """ISO 19005-3, 6.2.11.5: widths in the file are those of the font's program."""
    from fontTools.cffLib import CFFFontSet
    from fontTools.pens.basePen import NullPen
    from fontTools.ttLib import TTFont
    worst = 0
    meanings = {one.DescendantFonts[0].objgen: bytes(one.ToUnicode.read_bytes()) for one in pdf.objects
                if isinstance(one, pikepdf.Dictionary) and "/DescendantFonts" in one}
    for one in pdf.objects:
        if not isinstance(one, pikepdf.Dictionary) or one.get("/Subtype") not in (Name.CIDFontType0, Name.CIDFontType2):
            continue
        told = {}
        entries = list(one.get("/W", []))
        while entries:
            first, run = int(entries.pop(0)), entries.pop(0)
            told.update({first + place: float(width) for place, width in enumerate(run)})
        descriptor = one.FontDescriptor
        real = {}
        if "/FontFile2" in descriptor:
            font = TTFont(io.BytesIO(descriptor.FontFile2.read_bytes()))
            order, units = font.getGlyphOrder(), font["head"].unitsPerEm
            real = {place: font["hmtx"][name][0] * 1000 / units for place, name in enumerate(order)}
        else:
            cff = CFFFontSet()
            cff.decompile(io.BytesIO(descriptor.FontFile3.read_bytes()), None)
            top = cff[0]
            for place, name in enumerate(top.charset):
                string = top.CharStrings[name]
                string.draw(NullPen())
                real[place] = string.width
        shown = re.findall(rb"<([0-9A-F]{4})> *<", meanings[one.objgen])
        for place, width in real.items():
            if b"%04X" % place in shown:
                worst = max(worst, abs(told.get(place, float(one.DW)) - width))
    return worst


def judge(path):
    raw = path.read_bytes()
    question(f"{path.name}: qpdf finds no fault", run("qpdf", "--check", path)[0] == 0)
    code, told = run("pdffonts", path)
    lines = told.splitlines()[2:]
    question(f"{path.name}: poppler sees embedded fonts only", code == 0 and all(
        re.search(r"\s(yes) (yes) (yes)\s", line) for line in lines))
    code, told = run("pdftoppm", "-r", "30", path, "/dev/null")
    question(f"{path.name}: poppler shows it without a complaint", code == 0 and not told.strip())
    pymupdf.TOOLS.reset_mupdf_warnings()
    with pymupdf.open(path) as document:
        shown = [page.get_pixmap(dpi=30).samples for page in document]
    complaints = [line for line in pymupdf.TOOLS.mupdf_warnings().splitlines() if "ICC support" not in line]
    question(f"{path.name}: MuPDF shows it without a complaint", all(len(set(one)) > 1 for one in shown) and not complaints)
    with pikepdf.open(path) as pdf:
        for clause, holds in rules(pdf, raw):
            if not holds:
                question(f"{path.name}: {clause}", False)
        print(f"ok   {path.name}: {len(list(rules(pdf, raw)))} rules of ISO 19005-3 were looked at")
        question(f"{path.name}: widths are those of the fonts", widths(pdf) < 1)


def profile_is_srgb():
    with pikepdf.open(folder / "letter.pdf") as pdf:
        icc = bytes(pdf.Root.OutputIntents[0].DestOutputProfile.read_bytes())
    ours, theirs = ImageCms.ImageCmsProfile(io.BytesIO(icc)), ImageCms.createProfile("sRGB")
    ramp = Image.new("RGB", (256, 3))
    ramp.putdata([(x, 255 - x, (x * 7) % 256) for _ in range(3) for x in range(256)])
    moved = ImageCms.profileToProfile(ramp, ours, theirs)
    worst = max(abs(a - b) for a, b in zip(ramp.tobytes(), moved.tobytes()))
    question("the profile is that of sRGB, as Little CMS knows it", worst <= 2)


def letter():
    with pikepdf.open(folder / "letter.pdf") as pdf:
        told = descriptions(pdf)
        data = "{urn:x-eseal:data#}"
        question("letter.pdf: data by name", told[data + "ZZBS"] == "1.2.156.3005.2.1" and told[data + "KZ_1"] == ["<&>", "示例"])
        files = pdf.attachments
        question("letter.pdf: its attachment", json.loads(files["data.json"].get_file().read_bytes()) == {"name": "示例"})
        question("letter.pdf: is data for it", pdf.Root.AF[0].AFRelationship == Name.Data)
    text = pypdf.PdfReader(folder / "letter.pdf").pages[0].extract_text()
    question("letter.pdf: pypdf reads its text", all(part in text for part in ["电子印章应用", "应当端正"]))


def form():
    values = pypdf.PdfReader(folder / "form.pdf").get_fields()
    said = {name: field.get("/V") for name, field in values.items() if "/FT" in field}
    expected = {"applicant.name": "电子印章", "applicant.code": "12345678", "agreed": "/Yes", "other": "/Off",
                "kind": "/second", "use": "2", "uses": ["1", "3"], "fixed": "端正", "seal": None}
    for name, value in expected.items():
        question(f"form.pdf: pypdf reads {name}", said.get(name, "?") == value)
    with pymupdf.open(folder / "form.pdf") as document:
        kinds = {widget.field_name: widget.field_type_string for widget in document[0].widgets()}
    question("form.pdf: MuPDF knows the kinds", kinds["applicant.name"] == "Text" and kinds["agreed"] == "CheckBox"
           and kinds["kind"] == "RadioButton" and kinds["use"] == "ComboBox" and kinds["uses"] == "ListBox"
           and kinds["seal"] == "Signature")
    sign_with_pyhanko(folder / "form.pdf", "seal")


def signer():
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from asn1crypto import keys, x509 as asn1
    from pyhanko_certvalidator.registry import SimpleCertificateStore
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "judge")])
    now = datetime.datetime.now(datetime.timezone.utc)
    usage = x509.KeyUsage(True, True, False, False, False, True, True, False, False)
    certificate = (x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
                   .serial_number(7).not_valid_before(now - datetime.timedelta(1)).not_valid_after(now + datetime.timedelta(9))
                   .add_extension(x509.BasicConstraints(True, None), True).add_extension(usage, True)
                   .sign(key, hashes.SHA256()))
    der = key.private_bytes(serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    loaded = asn1.Certificate.load(certificate.public_bytes(serialization.Encoding.DER))
    return signers.SimpleSigner(loaded, keys.PrivateKeyInfo.load(der), SimpleCertificateStore()), loaded


SIGNER, ROOT = signer()


def sign_with_pyhanko(path, field):
    writer = IncrementalPdfFileWriter(io.BytesIO(path.read_bytes()), strict=True)
    out = signers.PdfSigner(signers.PdfSignatureMetadata(field_name=field), SIGNER).sign_pdf(writer)
    status = state(out)
    question(f"{path.name}: pyHanko signs into \"{field}\"", status.bottom_line)
    return out.getvalue()


def state(handle):
    handle.seek(0)
    signature = PdfFileReader(handle, strict=True).embedded_regular_signatures[0]
    return validate_pdf_signature(signature, ValidationContext(trust_roots=[ROOT], allow_fetching=False))


def stamped():
    """Our stamp in a field of a document that we composed: valid for pyHanko and pdfsig, and PDF/A still."""
    path = folder / "form-stamped.pdf"
    root = asn1crypto_x509.Certificate.load(pem.unarmor((folder / "root.pem").read_bytes())[2])
    with open(path, "rb") as handle:
        signature = PdfFileReader(handle, strict=True).embedded_regular_signatures[0]
        known = ValidationContext(trust_roots=[root], allow_fetching=False)
        status = validate_pdf_signature(signature, known)
    question("form-stamped.pdf: pyHanko finds it valid and whole", status.bottom_line and signature.field_name == "seal")
    code, told = run("pdfsig", "-nocert", path)
    question("form-stamped.pdf: pdfsig finds the signature valid", "Signature is Valid" in told)
    read = pypdf.PdfReader(path).get_fields()
    question("form-stamped.pdf: what was filled in before", read["applicant.name"]["/V"] == "示例市人民政府"
           and read["kind"]["/V"] == "/first")


def filled():
    """The program fills in forms of others; their readers find the values and show them."""
    font = testdata / "letters/LetterSong-subset.otf"
    work = folder / "filled"
    work.mkdir(exist_ok=True)
    cases = {
        "reportlab": {"text_solid": "电子印章", "limited": "12345", "long": "电子印章应用，应当端正。\n电子印章", "agreed": True,
                      "kind": "third", "use": "3", "uses": ["c", "1"]},
        "mupdf": {"name": "电子印章", "code": "12345678", "long": "应当端正", "agreed": True, "use": "电子"},
        "undrawn": {"人.name": "电子印章", "人.address": "示例市", "twice": "012", "rich": "印章", "turned": "电子", "box": True},
        "options": {"sex": "女", "named": "是", "unison": True, "list": "三"},
        "form-fill": {},
    }
    for name, data in cases.items():
        source = testdata / "forms" / f"{name}.pdf"
        known = json.loads(run(program, "form", "fields", source, "--json")[1])
        theirs = pypdf.PdfReader(source).get_fields()
        named = {one for one, field in theirs.items() if "/FT" in field or "/Kids" not in field}
        question(f"{name}: pypdf knows the same fields", {one["name"] for one in known} == {
            one for one in named if not any(other.startswith(one + ".") for other in named)})
        if not data:
            data = {one["name"]: "电子" for one in known if one["kind"] == "text" and not one["read_only"]}
        values, target = work / f"{name}.json", work / f"{name}.pdf"
        values.write_text(json.dumps(data))
        code, told = run(program, "form", "fill", source, "--data", values, "--font", font, "--output", target)
        question(f"{name}: filled in", code == 0, told)
        question(f"{name}: qpdf finds no fault", run("qpdf", "--check", target)[0] == 0)
        code, told = run("pdftoppm", "-r", "30", target, "/dev/null")
        question(f"{name}: poppler draws nothing by itself", "couldn't find a font" not in told)
        read = pypdf.PdfReader(target).get_fields()
        texts = {key: value for key, value in data.items() if isinstance(value, str)}
        looks = [one for one in known if one["name"] in texts and one["kind"] == "text"]
        question(f"{name}: pypdf reads the texts", all(read[one["name"]]["/V"] == texts[one["name"]] for one in looks))
        with pymupdf.open(target) as document:
            shown = "".join("".join(page.get_text(clip=pymupdf.INFINITE_RECT()).split()) for page in document)
            document.bake()
            baked = "".join("".join(page.get_text().split()) for page in document)
        question(f"{name}: MuPDF shows them", all("".join(texts[one["name"]].split()) in shown + baked for one in looks))
        flat = work / f"{name}-flat.pdf"
        code, told = run(program, "form", "fill", source, "--data", values, "--font", font, "--output", flat, "--flatten")
        question(f"{name}: flattened", code == 0, told)
        question(f"{name}: qpdf finds no fault in it", run("qpdf", "--check", flat)[0] == 0)
        question(f"{name}: nothing is left to fill in", not pypdf.PdfReader(flat).get_fields())
        question(f"{name}: and it looks the same", alike(target, flat))


def alike(one, two):
    def picture(path):
        with pymupdf.open(path) as document:
            pages = [page.get_pixmap(dpi=50) for page in document]
            return [Image.frombytes("RGB", (page.width, page.height), page.samples) for page in pages]
    for left, right in zip(picture(one), picture(two)):
        pairs = zip(left.convert("L").tobytes(), right.convert("L").tobytes())
        if left.size != right.size or sum(abs(a - b) > 96 for a, b in pairs) > 40:
            return False
    return True


def filled_after_signing():
    """pyHanko signed; what the program fills in then is a permitted change for pyHanko too."""
    from pyhanko.sign.fields import MDPPerm, SigFieldSpec
    from pyhanko.sign.diff_analysis import ModificationLevel
    source = (testdata / "forms/reportlab.pdf").read_bytes()
    for certify in [False, True]:
        writer = IncrementalPdfFileWriter(io.BytesIO(source), strict=False)
        fields.append_signature_field(writer, SigFieldSpec("theirs"))
        meta = signers.PdfSignatureMetadata(field_name="theirs", certify=certify, docmdp_permissions=MDPPerm.FILL_FORMS)
        signed = signers.PdfSigner(meta, SIGNER).sign_pdf(writer).getvalue()
        path, values = folder / "filled" / "theirs.pdf", folder / "filled" / "theirs.json"
        path.write_bytes(signed)
        # Not the radio buttons: pyHanko explains no change of a widget that is a field's kid, whoever makes it.
        values.write_text(json.dumps({"text_solid": "电子印章", "agreed": True, "use": "3", "uses": ["a"]}))
        target = folder / "filled" / "theirs-filled.pdf"
        font = testdata / "letters/LetterSong-subset.otf"
        code, told = run(program, "form", "fill", path, "--data", values, "--font", font, "--output", target)
        question(f"filled in after pyHanko's signature, certified: {certify}", code == 0, told)
        status = state(io.BytesIO(target.read_bytes()))
        question("and pyHanko takes it for form filling", status.bottom_line and status.modification_level == ModificationLevel.FORM_FILLING)
        code, told = run(program, "form", "fill", path, "--data", values, "--font", font, "--output", target, "--flatten")
        question("what was signed is not flattened", code == 2 and "signature" in told)


for path in sorted(folder.glob("*.pdf")):
    judge(path)
profile_is_srgb()
letter()
form()
stamped()
receipts = [hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.glob("receipt-*.pdf")]
question("twenty receipts, each another", len(set(receipts)) == 20)
filled()
filled_after_signing()
close()
