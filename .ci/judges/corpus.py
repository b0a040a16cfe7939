"""Odd but honest PDF documents, made by other people's software, are stamped without damage.

usage: corpus.py QUICKSTART ESEAL TESTDATA [MAKER ...]

Each document is stamped in P-256 and in SM2, and others judge: qpdf finds no fault, poppler draws every page
as before but for the stamp, pdfsig and pyHanko accept the signature, what was PDF/A or tagged is so still.
Each question is one line of output; the program ends with 1 when any answer is no.
"""

import functools
import io
import logging
import re
import sys
import tempfile
from decimal import Decimal
from pathlib import Path

import court
from court import close, counts, run

logging.disable(logging.CRITICAL)

QUICKSTART, ESEAL, TESTDATA = (Path(argument) for argument in sys.argv[1:4])
FOLDER = Path(tempfile.mkdtemp())
PASSWORD = "usersecret"
DOTS = 40
LEFT, TOP, SIDE = 20, 30, 42
# There are thousands.
question = functools.partial(court.question, told=False)


# The documents. Each maker yields names and bytes.


def by_reportlab():
    from reportlab.lib.pagesizes import A4, landscape
    from reportlab.pdfgen import canvas

    def draw(target, pages=2, **options):
        page = canvas.Canvas(target, **options)
        for number in range(pages):
            page.setFont("Times-Roman", 14)
            page.drawString(72, 700, f"A letter, page {number + 1}")
            page.rect(72, 300, 200, 100, fill=1)
            page.bookmarkPage(f"p{number}")
            page.showPage()
        return page

    for name, options in [("plain", {}), ("1.3", {"pdfVersion": (1, 3)}), ("landscape", {"pagesize": landscape(A4)})]:
        target = io.BytesIO()
        draw(target, **options).save()
        yield f"reportlab-{name}", target.getvalue()
    target = io.BytesIO()
    page = canvas.Canvas(target)
    page.drawString(72, 700, "A form")
    page.acroForm.textfield(name="amount", x=72, y=600, width=200, height=20, value="10")
    page.acroForm.checkbox(name="agreed", x=72, y=560, checked=True)
    page.acroForm.choice(name="town", x=72, y=500, options=["A", "B"], value="A")
    page.save()
    yield "reportlab-form", target.getvalue()


def by_fpdf():
    from fpdf import FPDF

    pdf = FPDF()
    pdf.set_lang("en")
    for format in ["A4", "Letter", (100, 300)]:
        pdf.add_page(format=format)
        pdf.set_font("Helvetica", size=16)
        pdf.cell(0, 10, "Pages of several sizes")
    yield "fpdf-sizes", bytes(pdf.output())
    pdf = FPDF()
    pdf.add_page()
    pdf.set_font("Courier", size=20)
    with pdf.rotation(30, 100, 100):
        pdf.text(50, 100, "slanted and see-through")
    with pdf.local_context(fill_opacity=0.3):
        pdf.rect(30, 40, 60, 60, style="F")
    yield "fpdf-transparent", bytes(pdf.output())


def by_weasyprint():
    import weasyprint

    html = """<html lang=en><head><title>A letter</title><style>@page { size: A4 }</style></head><body>
    <h1>A letter</h1><p>With a <a href="https://example.com/">link</a> and a list</p><ul><li>one<li>two</ul>
    <table><tr><th>a<th>b<tr><td>1<td>2</table></body></html>"""
    for variant in ["", "pdf/a-1b", "pdf/a-1a", "pdf/a-2b", "pdf/a-2u", "pdf/a-2a", "pdf/a-3b", "pdf/a-3a", "pdf/a-4u", "pdf/ua-1"]:
        options = {"pdf_variant": variant} if variant else {}
        try:
            yield f"weasyprint-{variant.replace('/', '-') or 'plain'}", weasyprint.HTML(string=html).write_pdf(**options)
        except Exception as error:  # noqa: BLE001 - what the maker cannot make is no fault of ours
            print(f"skip weasyprint {variant}: {error!r}")
    form = "<form><input name=a value=b><input type=checkbox name=c checked><textarea name=d>text</textarea></form>"
    yield "weasyprint-form", weasyprint.HTML(string=form).write_pdf(pdf_forms=True)


def by_img2pdf():
    import img2pdf
    from PIL import Image

    picture = io.BytesIO()
    Image.new("RGB", (300, 400), (240, 240, 200)).save(picture, "JPEG")
    size = img2pdf.get_fixed_dpi_layout_fun((72, 72))
    yield "img2pdf-scan", img2pdf.convert(picture.getvalue(), layout_fun=size)


def by_pymupdf():
    import pymupdf

    document = pymupdf.open()
    for rotation in [0, 90, 180, 270]:
        page = document.new_page()
        page.insert_text((72, 300), "turned", fontsize=20)
        page.add_highlight_annot(page.search_for("turned")[0])
        page.set_rotation(rotation)
    yield "pymupdf-rotated", document.tobytes()
    yield "pymupdf-objstm", document.tobytes(use_objstms=1, garbage=3, deflate=True)
    document = pymupdf.open()
    page = document.new_page()
    widget = pymupdf.Widget()
    widget.field_name, widget.field_type = "amount", pymupdf.PDF_WIDGET_TYPE_TEXT
    widget.rect = pymupdf.Rect(72, 300, 200, 330)
    widget.field_value = "10"
    page.add_widget(widget)
    yield "pymupdf-form", document.tobytes()
    layered = pymupdf.open()
    page = layered.new_page()
    group = layered.add_ocg("layer", on=True)
    page.insert_text((72, 300), "on a layer", oc=group)
    yield "pymupdf-layer", layered.tobytes()


def by_pypdf():
    from pypdf import PdfWriter

    source = TESTDATA / "forms" / "form-fill.pdf"
    writer = PdfWriter(clone_from=str(source))
    target = io.BytesIO()
    writer.write(target)
    yield "pypdf-cloned", target.getvalue()
    for name in ["RC4-40", "RC4-128", "AES-128", "AES-256-R5", "AES-256"]:
        writer = PdfWriter(clone_from=str(source))
        try:
            writer.encrypt(PASSWORD, "ownersecret", algorithm=name)
        except Exception as error:  # noqa: BLE001
            print(f"skip pypdf {name}: {error!r}")
            continue
        target = io.BytesIO()
        writer.write(target)
        yield f"pypdf-encrypted-{name}", target.getvalue()
    writer = PdfWriter(io.BytesIO(source.read_bytes()), incremental=True)
    writer.add_metadata({"/Title": "changed"})
    target = io.BytesIO()
    writer.write(target)
    yield "pypdf-incremental", target.getvalue()


def by_pikepdf():
    """What others made, saved in every manner that qpdf knows, and turned in every way that pages allow."""
    import pikepdf
    from pikepdf import Array, Dictionary, Encryption, Name, ObjectStreamMode

    source = TESTDATA / "forms" / "form-fill.pdf"

    def saved(change=lambda pdf: None, **options):
        with pikepdf.open(source) as pdf:
            change(pdf)
            target = io.BytesIO()
            pdf.save(target, **options)
            return target.getvalue()

    page = lambda pdf: pdf.pages[0].obj  # noqa: E731
    yield "qpdf-linearized", saved(linearize=True)
    yield "qpdf-linearized-objstm", saved(linearize=True, object_stream_mode=ObjectStreamMode.generate)
    yield "qpdf-objstm", saved(object_stream_mode=ObjectStreamMode.generate)
    yield "qpdf-table", saved(object_stream_mode=ObjectStreamMode.disable)
    yield "qpdf-qdf", saved(qdf=True)
    yield "qpdf-1.3", saved(force_version="1.3", object_stream_mode=ObjectStreamMode.disable)
    yield "qpdf-2.0", saved(min_version="2.0")
    for name, encryption in [
        ("40", Encryption(user=PASSWORD, owner="o", R=2, aes=False, metadata=False)),
        ("128", Encryption(user=PASSWORD, owner="o", R=3, aes=False, metadata=False)),
        ("aes128", Encryption(user=PASSWORD, owner="o", R=4)),
        ("aes128-clear-metadata", Encryption(user=PASSWORD, owner="o", R=4, metadata=False)),
        ("aes256-r5", Encryption(user=PASSWORD, owner="o", R=5)),
        ("aes256", Encryption(user=PASSWORD, owner="o", R=6)),
    ]:
        yield f"qpdf-encrypted-{name}", saved(encryption=encryption)
        objects = ObjectStreamMode.generate
        yield f"qpdf-encrypted-{name}-objstm", saved(encryption=encryption, object_stream_mode=objects)

    def crop(pdf):
        page(pdf).MediaBox, page(pdf).CropBox = Array([-100, -50, 700, 900]), Array([-20, 30, 500, 800])

    def unit(pdf):
        page(pdf).UserUnit = Decimal("2.5")

    def turn(pdf):
        crop(pdf)
        page(pdf).Rotate = 450

    def nested(pdf):
        """Inherited attributes, and pages below pages."""
        old = pdf.Root.Pages
        box = page(pdf).MediaBox
        del page(pdf)["/MediaBox"]
        middle = pdf.make_indirect(Dictionary(Type=Name.Pages, Kids=old.Kids, Count=old.Count, MediaBox=box, Parent=old))
        for kid in middle.Kids:
            kid.Parent = middle
        old.Kids = Array([middle])

    def empty_annots(pdf):
        page(pdf).Annots = pdf.make_indirect(Array([]))
        if "/AcroForm" in pdf.Root:
            del pdf.Root["/AcroForm"]

    def direct_form(pdf):
        pdf.Root.AcroForm = Dictionary(Fields=Array(list(pdf.Root.AcroForm.Fields)), SigFlags=0, NeedAppearances=True)

    def indirect_everything(pdf):
        pdf.Root.AcroForm = pdf.make_indirect(Dictionary(pdf.Root.AcroForm))
        pdf.Root.AcroForm.Fields = pdf.make_indirect(Array(list(pdf.Root.AcroForm.Fields)))
        pdf.Root.Extensions = pdf.make_indirect(Dictionary(ADBE=Dictionary(BaseVersion=Name("/1.7"), ExtensionLevel=3)))

    def parents(pdf):
        """Fields below a field, names with umlauts."""
        form = pdf.Root.AcroForm
        top = pdf.make_indirect(Dictionary(T="Größe", Kids=form.Fields))
        for field in form.Fields:
            field.Parent = top
        form.Fields = Array([top])

    def many(pdf):
        for _ in range(60):
            pdf.pages.append(pdf.pages[0])

    def leftovers(pdf):
        with pdf.open_metadata() as meta:
            meta["dc:title"] = "题目"
        pdf.docinfo["/Custom"] = "private"
        pdf.Root.PieceInfo = Dictionary()
        pdf.trailer.Private = Dictionary(Kept=True)

    for change in [crop, unit, turn, nested, empty_annots, direct_form, indirect_everything, parents, many, leftovers]:
        yield f"pikepdf-{change.__name__}", saved(change)
        objects = ObjectStreamMode.generate
        yield f"pikepdf-{change.__name__}-objstm", saved(change, object_stream_mode=objects)


def by_mutool():
    source = TESTDATA / "forms" / "form-fill.pdf"
    for name, options in [("clean", []), ("sanitized", ["-gggg", "-z", "-s"]), ("ascii", ["-a", "-d"])]:
        target = FOLDER / f"mutool-{name}.pdf"
        code, _ = run("mutool", "clean", *options, source, target)
        if code == 0:
            yield f"mutool-{name}", target.read_bytes()


def by_the_letter():
    """Ends of lines and gaps as old writers leave them."""
    form = (TESTDATA / "forms" / "form-fill.pdf").read_bytes()
    yield "no-line-at-the-end", form.rstrip()
    yield "blank-lines-at-the-end", form.rstrip() + b"\r\n\r\n  \n"


# The judges.


def pages(path, password):
    """The first pages as poppler draws them."""
    from PIL import Image

    folder = Path(tempfile.mkdtemp(dir=FOLDER))
    options = ["-upw", password] if password else []
    run("pdftoppm", *options, "-cropbox", "-r", DOTS, "-l", 3, "-png", path, folder / "page")
    return [Image.open(page).convert("RGB") for page in sorted(folder.glob("*.png"))]


def drawn_as_stored(path):
    """A form whose fields readers are to draw anew, told not to be: for the picture only. The stamp leaves it so unless a
    value would vanish, and where it may not, poppler draws no signature's appearance, be it whose it may."""
    import pikepdf

    if not any(form in path.name for form in ["direct_form", "weasyprint-form"]):
        return path
    with pikepdf.open(path) as pdf:
        pdf.Root.AcroForm.NeedAppearances = False
        pdf.save(path.with_suffix(".drawn"))
    return path.with_suffix(".drawn")


def judge_look(name, before, after):
    from PIL import ImageChops

    question(f"{name}: as many pages of the same sizes", [p.size for p in before] == [p.size for p in after] and before)
    scale = DOTS / 25.4
    for number, (old, new) in enumerate(zip(before, after)):
        changed = ImageChops.difference(old, new).getbbox()
        if number:
            question(f"{name}: page {number + 1} looks as before", changed is None, changed)
            continue
        # Poppler takes no notice of the page's unit.
        unit = 2.5 if "-unit" in name else 1
        room = [edge * scale / unit for edge in (LEFT, TOP, LEFT + SIDE, TOP + SIDE)]
        fits = changed and all(abs(a - b) <= 2 for a, b in zip(changed, room))
        question(f"{name}: page 1 looks as before but for the stamp", fits, f"{changed} for {room}")


def judge_values(name, source, path, password, roots):
    from pyhanko.pdf_utils.reader import PdfFileReader
    from pyhanko.sign.validation import validate_pdf_signature
    from pyhanko.sign.validation.settings import KeyUsageConstraints
    from pyhanko_certvalidator import ValidationContext

    with open(path, "rb") as file:
        reader = PdfFileReader(file, strict=False)
        known = not password or reader.decrypt(password).status.name != "FAILED"
        if known:
            signature = reader.embedded_signatures[-1]
            context = ValidationContext(trust_roots=roots, allow_fetching=False)
            status = validate_pdf_signature(signature, context, key_usage_settings=KeyUsageConstraints())
            good = status.bottom_line and status.coverage.name == "ENTIRE_FILE"
            question(f"{name}: pyHanko accepts the signature over the whole file", good, status.summary())
        else:
            print(f"skip pyHanko for {name}: it does not take the password of the document as it was either")
            with open(source, "rb") as before:
                question(f"{name}: nor before", PdfFileReader(before).decrypt(password).status.name == "FAILED")
    if not password:
        _, text = run("pdfsig", "-nocert", path)
        question(f"{name}: pdfsig calls it valid", "Signature is Valid" in text and "Total document signed" in text, text)


def judge_archive(name, before, path):
    """What ISO 19005 asks of what a stamp adds."""
    import pikepdf

    with pikepdf.open(io.BytesIO(before)) as old, pikepdf.open(path) as new:
        if "/Metadata" not in old.Root:
            return
        xmp = old.Root.Metadata.read_bytes()
        question(f"{name}: the description is as it was", new.Root.Metadata.read_bytes() == xmp)
        if b"pdfaid" not in xmp:
            return
        part = int(next(digit for digit in xmp.split(b"part")[1].decode() if digit.isdigit()))
        question(f"{name}: PDF/A-{part}: /ID is there, its first half kept",
                 len(new.trailer.ID) == 2 and ("/ID" not in old.trailer or new.trailer.ID[0] == old.trailer.ID[0]))
        question(f"{name}: PDF/A: nothing is encrypted", not new.is_encrypted)
        widget = new.Root.AcroForm.Fields[-1]
        flags = int(widget.F)
        question(f"{name}: PDF/A: the annotation prints and hides not", flags & 4 and not flags & (1 | 2 | 32 | 256))
        question(f"{name}: PDF/A: one appearance, no action", list(widget.AP.keys()) == ["/N"] and not {"/A", "/AA"} & set(widget.keys()))
        intents = [intent for intent in new.Root.get("/OutputIntents", []) if intent.S == "/GTS_PDFA1"]
        profile = int(intents[0].DestOutputProfile.N) if intents else 0
        forms, images = [widget.AP.N], []
        while forms:
            form = forms.pop()
            question(f"{name}: PDF/A-{part}: no transparency group", part > 1 or "/Group" not in form)
            for child in form.get("/Resources", {}).get("/XObject", {}).values():
                (images if child.Subtype == "/Image" else forms).append(child)
        for image in images:
            question(f"{name}: PDF/A-{part}: no soft mask", part > 1 and profile or "/SMask" not in image)
            device = {"/DeviceRGB": 3, "/DeviceCMYK": 4}.get(str(image.ColorSpace) if isinstance(image.ColorSpace, pikepdf.Name) else "")
            question(f"{name}: PDF/A: colours have a meaning", device in (None, profile), f"{image.ColorSpace}, {profile}")
            question(f"{name}: PDF/A: not interpolated", not image.get("/Interpolate", False))
        question(f"{name}: PDF/A: pictures were found", images)


def judge_tags(name, path):
    import pikepdf

    with pikepdf.open(path) as pdf:
        widget = pdf.Root.AcroForm.Fields[-1]
        if "/StructTreeRoot" not in pdf.Root:
            question(f"{name}: untagged as it was", "/StructParent" not in widget)
            return
        key = int(widget.StructParent)
        element = pikepdf.NumberTree(pdf.Root.StructTreeRoot.ParentTree)[key]
        question(f"{name}: the parent tree leads to a form element", element.S == "/Form" and "/Alt" in element)
        question(f"{name}: which leads to the annotation", element.K.Type == "/OBJR" and element.K.Obj.objgen == widget.objgen)
        parent = element.P
        kids = parent.K if isinstance(parent.K, pikepdf.Array) else [parent.K]
        at_home = any(isinstance(kid, pikepdf.Dictionary) and kid.objgen == element.objgen for kid in kids)
        question(f"{name}: and stands among its parent's kids", at_home)
        question(f"{name}: the next key is free", int(pdf.Root.StructTreeRoot.ParentTreeNextKey) > key)
        question(f"{name}: tabs follow the structure", "/Tabs" in pdf.pages[0].obj and "/TU" in widget)


def stamp(algorithm, source, target, *options):
    key = [QUICKSTART / f"{algorithm}-{name}" for name in ["seal.esl", "us.pem", "us.key", "ca.pem"]]
    return run(
        ESEAL, "stamp", source, "--seal", key[0], "--certificate", key[1], "--key", key[2], "--trust", key[3],
        "--page", 1, "--left", LEFT, "--top", TOP, "--output", target, *options,
    )


def judge(name, data, roots):
    source = FOLDER / f"{name}.pdf"
    source.write_bytes(data)
    password = PASSWORD if "encrypted" in name else None
    with_password = ["--password", password] if password else []
    for_qpdf = [f"--password={password}"] if password else []
    clean_before, _ = run("qpdf", *for_qpdf, "--check", source)
    before = pages(drawn_as_stored(source), password)
    for algorithm, payload in [("p256", "cms"), ("sm2", "cms"), ("sm2", "seal-signature")]:
        what = f"{name}, {algorithm} {payload}"
        target = FOLDER / f"{name}-{algorithm}-{payload}.pdf"
        code, text = stamp(algorithm, source, target, "--payload", payload, *with_password)
        question(f"{what}: stamped", code == 0, text)
        if code:
            continue
        question(f"{what}: no byte before was touched", target.read_bytes().startswith(data))
        code, text = run(ESEAL, "verify", target, "--trust", QUICKSTART / f"{algorithm}-ca.pem", *with_password)
        question(f"{what}: valid to ourselves", code == 0, text)
        code, text = run("qpdf", *for_qpdf, "--check", target)
        question(f"{what}: qpdf --check finds no more than before", code <= clean_before, text)
        judge_look(what, before, pages(drawn_as_stored(target), password))
        if not password:
            judge_archive(what, data, target)
            judge_tags(what, target)
        if algorithm == "p256":
            judge_values(what, source, target, password, roots)


def judge_promises(roots):
    """Certifications and locks as pyHanko reads them, kept and broken."""
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.pdf_utils.reader import PdfFileReader
    from pyhanko.sign.fields import MDPPerm
    from pyhanko.sign.validation import validate_pdf_signature
    from pyhanko_certvalidator import ValidationContext

    source = TESTDATA / "forms" / "form-fill.pdf"
    for word, level in [("nothing", MDPPerm.NO_CHANGES), ("form-filling", MDPPerm.FILL_FORMS), ("annotations", MDPPerm.ANNOTATE)]:
        target = FOLDER / f"certified-{word}.pdf"
        code, text = stamp("p256", source, target, "--payload", "cms", "--certify", word, "--lock-all-fields")
        question(f"certify {word}: stamped", code == 0, text)
        with open(target, "rb") as file:
            signature = PdfFileReader(file).embedded_signatures[0]
            context = ValidationContext(trust_roots=roots, allow_fetching=False)
            status = validate_pdf_signature(signature, context)
            question(f"certify {word}: pyHanko accepts it", status.bottom_line, status.summary())
            question(f"certify {word}: pyHanko reads its level", signature.docmdp_level == level and signature.fieldmdp is not None)
        writer = IncrementalPdfFileWriter(io.BytesIO(target.read_bytes()))
        writer.root["/OpenAction"] = writer.root["/Pages"]
        writer.update_root()
        evil = FOLDER / f"certified-{word}-evil.pdf"
        with open(evil, "wb") as file:
            writer.write(file)
        code, text = run(ESEAL, "verify", evil, "--trust", QUICKSTART / "p256-ca.pem")
        told = re.search(r"FAIL\s+document\.changes", text)
        question(f"certify {word}: an action added by pyHanko is told", code == 1 and told, text)


def main():
    from pyhanko.keys import load_certs_from_pemder

    roots = list(load_certs_from_pemder([str(QUICKSTART / "p256-ca.pem")]))
    makers = [by_reportlab, by_fpdf, by_weasyprint, by_img2pdf, by_pymupdf, by_pypdf, by_pikepdf, by_mutool, by_the_letter]
    total = 0
    chosen = sys.argv[4:]
    for maker in [maker for maker in makers if not chosen or maker.__name__ in chosen]:
        for name, data in maker():
            before = counts["failed"]
            judge(name, data, roots)
            total += 1
            print(f"{'ok  ' if counts['failed'] == before else 'FAIL'} {name}", flush=True)
    judge_promises(roots)
    close(f"{total} documents: ")


main()
