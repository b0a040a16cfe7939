#!/usr/bin/env python3
"""MuPDF reads the PDF, zipfile and ElementTree the OFD that `examples/compose.rs` painted of one description: every
character has to stand in the same place, to a tenth of a millimetre; qpdf and poppler find nothing wrong; easyofd opens
the package."""
# Before easyofd, which puts folders of its own in front of where modules are looked for.
from court import close, question, run

import base64
import math
import pathlib
import sys
import zipfile
from xml.etree import ElementTree

import pymupdf
from easyofd.ofd import OFD
from loguru import logger

OFD_NAMESPACE = "{http://www.ofdspec.org/2016}"
folder = pathlib.Path(sys.argv[1])
logger.remove()


def in_pdf(path):
    """Characters of each page with where they begin, in millimetres."""
    for page in pymupdf.open(path):
        found = []
        for block in page.get_text("rawdict")["blocks"]:
            for line in block.get("lines", []):
                # MuPDF writes SIGN into empty signature fields itself, in a font of its own.
                for char in (char for span in line["spans"] if "Form" in span["font"] for char in span["chars"]):
                    if not char["c"].isspace():
                        found.append((char["c"], *(value * 25.4 / 72 for value in char["origin"])))
        yield found


def advances(text):
    """`g 3 5` stands for three times five."""
    words, values = (text or "").split(), []
    while words:
        word = words.pop(0)
        if word == "g":
            count, value = int(words.pop(0)), float(words.pop(0))
            values += [value] * count
        else:
            values.append(float(word))
    return values


def in_ofd(path):
    with zipfile.ZipFile(path) as package:
        count = sum(name.startswith("Doc_0/Pages/") for name in package.namelist())
        for number in range(count):
            root, found = ElementTree.fromstring(package.read(f"Doc_0/Pages/Page_{number}/Content.xml")), []
            for item in root.iter(f"{OFD_NAMESPACE}TextObject"):
                left, top, *_ = map(float, item.get("Boundary").split())
                a, b, c, d, e, f = map(float, item.get("CTM", "1 0 0 1 0 0").split())
                code = item.find(f"{OFD_NAMESPACE}TextCode")
                x, y = float(code.get("X")), float(code.get("Y"))
                for char, step in zip(code.text, advances(code.get("DeltaX")) + [0.0]):
                    if not char.isspace():
                        found.append((char, left + a * x + c * y + e, top + b * x + d * y + f))
                    x += step
            yield found


for name in ["licence", "form"]:
    pdf, ofd = folder / f"{name}.pdf", folder / f"{name}.ofd"
    status, said = run("qpdf", "--check", pdf)
    question(f"{name}: qpdf finds nothing wrong", status == 0, said)
    status, said = run("pdftotext", pdf, "-")
    question(f"{name}: poppler reads it without complaint", status == 0 and "rror" not in said, said)
    pages = list(in_pdf(pdf)), list(in_ofd(ofd))
    question(f"{name}: as many pages", len(pages[0]) == len(pages[1]) > 0)
    for number, (one, other) in enumerate(zip(*pages), 1):
        left, far = list(other), []
        for char, x, y in one:
            near = [found for found in left if found[0] == char and math.dist(found[1:], (x, y)) < 0.1]
            left.remove(near[0]) if near else far.append((char, round(x, 2), round(y, 2)))
        question(f"{name}, page {number}: {len(one)} characters stand in the same places", len(one) > 50 and not far and not left,
                 f"{far[:5]} {left[:5]}")
    reader = OFD()
    try:
        reader.read(base64.b64encode(ofd.read_bytes()).decode(), save_xml=False)
        question(f"{name}: easyofd opens it", True)
    except Exception as error:
        question(f"{name}: easyofd opens it", False, repr(error))
form = pymupdf.open(folder / "form-to-fill.pdf")
widgets = {widget.field_name: widget.field_value for page in form for widget in page.widgets()}
question("form: MuPDF finds its fields", widgets.get("name") == "张示例" and widgets.get("agree") not in (None, "Off"), str(widgets)[:300])
close("places: ")
