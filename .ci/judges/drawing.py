"""Has software that we did not write show and measure the seals that are drawn here.

usage: drawing.py GALLERY QUICKSTART ESEAL TESTDATA

GALLERY is the folder that the make_seal example leaves, QUICKSTART that of the quickstart example, ESEAL the program,
TESTDATA the samples. poppler and MuPDF show PDF, MuPDF shows SVG, weasyprint prints the gallery, an OFD reader shows
OFD. Each question is one line of output; the program ends with 1 when any answer is no.
"""
# Before easyofd, which puts folders of its own in front of where modules are looked for.
from court import close, question, run

import base64
import logging
import re
import sys
import tempfile
from pathlib import Path

import pymupdf
from PIL import Image, ImageChops, ImageFilter

logging.disable(logging.CRITICAL)

GALLERY, QUICKSTART, ESEAL, TESTDATA = (Path(argument) for argument in sys.argv[1:5])
FOLDER = Path(tempfile.mkdtemp())
FONTS = ["--font", TESTDATA / "fonts/NotoSerifCJKsc-Bold-subset.otf", "--figures-font", TESTDATA / "fonts/SealFigures.ttf"]
INCH = 25.4


# Ink: what is red is the seal, from 0 (paper) to 255.


def ink(image):
    red, green, _ = image.convert("RGB").split()
    return ImageChops.subtract(red, green)


def poppler(path, dpi, page=1):
    prefix = FOLDER / f"poppler-{path.stem}"
    run("pdftoppm", "-png", "-r", dpi, "-f", page, "-l", page, "-singlefile", path, prefix)
    return Image.open(prefix.with_suffix(".png")).convert("RGB")


def mupdf(path, dpi, page=1):
    target = FOLDER / f"mupdf-{path.stem}.png"
    run("mutool", "draw", "-q", "-r", dpi, "-o", target, path, page)
    return Image.open(target).convert("RGB")


def mupdf_svg(path, dpi):
    """SVG through MuPDF, at the number of dots that its millimetres have."""
    page = pymupdf.open(path)[0]
    width = float(re.search(r'width="([\d.]+)mm"', path.read_text())[1])
    scale = width / INCH * dpi / page.rect.width
    picture = page.get_pixmap(matrix=pymupdf.Matrix(scale, scale), alpha=False)
    return Image.frombytes("RGB", (picture.width, picture.height), picture.samples)


def own_png(path):
    image = Image.open(path)
    paper = Image.new("RGBA", image.size, "white")
    return Image.alpha_composite(paper, image).convert("RGB")


def extent(image, dpi):
    """Left, top, width and height of the ink in millimetres."""
    box = ink(image).point(lambda value: 255 if value > 127 else 0).getbbox()
    return [side / dpi * INCH for side in (box[0], box[1], box[2] - box[0], box[3] - box[1])]


def strays(one, other):
    """Dots that are plainly ink or paper in one, with all their neighbours, and the other thing in the other."""
    size = (min(one.width, other.width), min(one.height, other.height))
    one, other = (ink(image).crop((0, 0, *size)) for image in (one, other))
    plain_ink = one.filter(ImageFilter.MinFilter(3)).point(lambda value: 255 if value > 250 else 0)
    plain_paper = one.filter(ImageFilter.MaxFilter(3)).point(lambda value: 255 if value < 5 else 0)
    is_ink = other.point(lambda value: 255 if value > 127 else 0)
    wrong = ImageChops.lighter(
        ImageChops.multiply(plain_ink, ImageChops.invert(is_ink)), ImageChops.multiply(plain_paper, is_ink)
    )
    return wrong.histogram()[255]


def judge_overlay():
    """One seal in each form, as each program shows it: the same ink, within the smoothing of edges."""
    wishes = {
        "round": ["示例贸易有限责任公司", "--owner", "limited-company", "--code", "1101010000015"],
        "invoice": ["示例贸易有限责任公司", "--owner", "invoice", "--code", "91110101MA00000000", "--number", "2"],
        "name": ["王小明", "--owner", "legal-representative", "--ending", "--yin"],
    }
    for name, wish in wishes.items():
        for form in ["svg", "png", "pdf", "ofd"]:
            code, text = run(ESEAL, "seal", "draw", *wish, *FONTS, "--output", FOLDER / f"{name}.{form}")
            question(f"{name}.{form}: drawn, and no rule broken", code == 0, text)
        run(ESEAL, "ofd", "render", FOLDER / f"{name}.ofd", "--output", FOLDER / f"{name}-ofd.png", "--dpi", "600")
        shown = {
            "PNG": own_png(FOLDER / f"{name}.png"),
            "PDF by poppler": poppler(FOLDER / f"{name}.pdf", 600),
            "PDF by MuPDF": mupdf(FOLDER / f"{name}.pdf", 600),
            "SVG by MuPDF": mupdf_svg(FOLDER / f"{name}.svg", 600),
            "OFD": Image.open(FOLDER / f"{name}-ofd.png").convert("RGB"),
        }
        first = shown["PNG"]
        for what, image in shown.items():
            number = strays(first, image) + strays(image, first)
            question(f"{name}: {what} lies on the PNG", number == 0, f"{number} dots differ, {image.size} and {first.size}")
        question(f"{name}: another picture would be seen", strays(first, first.rotate(3, fillcolor="white")) > 1000)


def judge_measures():
    """Each seal of the gallery has its millimetres, in the PDF as poppler shows it."""
    wrong, count = [], 0
    for svg in sorted(GALLERY.glob("*.svg")):
        width, height = (float(side) for side in re.search(r'width="([\d.]+)mm" height="([\d.]+)mm"', svg.read_text()).groups())
        found = extent(poppler(svg.with_suffix(".pdf"), 600), 600)
        count += 1
        if any(abs(a - b) > 0.1 for a, b in zip(found, [0, 0, width, height])):
            wrong.append(f"{svg.stem}: {found}, not {width} × {height}")
    question(f"gallery: {count} seals have their millimetres in PDF", count > 40 and not wrong, wrong)


def first_piece(image, dpi):
    """Width and height in millimetres of the first piece of ink that hangs together: a round seal's edge. It stands
    in the upper left corner, and nothing else within 73 mm of the left side stands higher."""
    image = image.crop((0, 0, int(73 / INCH * dpi), image.height))
    marks = ink(image).point(lambda value: 255 if value > 127 else 0)
    box = marks.getbbox()
    row = marks.crop((0, box[1], image.width, box[1] + 1)).getbbox()
    start = ((row[0] + row[2]) // 2, box[1])
    seen, edge, dots = {start}, [start], marks.load()
    while edge:
        x, y = edge.pop()
        for step in ((1, 0), (-1, 0), (0, 1), (0, -1), (1, 1), (-1, -1), (1, -1), (-1, 1)):
            at = (x + step[0], y + step[1])
            if at not in seen and 0 <= at[0] < image.width and 0 <= at[1] < image.height and dots[at]:
                seen.add(at)
                edge.append(at)
    xs, ys = [x for x, _ in seen], [y for _, y in seen]
    return [(max(side) + 1 - min(side)) / dpi * INCH for side in (xs, ys)]


def judge_print():
    """The gallery, printed at 100 % by others: the first seal is the State Council's, of 60 mm."""
    import weasyprint

    printed = FOLDER / "printed.pdf"
    weasyprint.HTML(filename=str(GALLERY / "gallery.html")).write_pdf(str(printed))
    sheet = GALLERY / "sheet.pdf"
    for name, path in [("gallery.html", printed), ("sheet.pdf", sheet)]:
        sides = first_piece(poppler(path, 300), 300)
        question(f"{name}: the first seal has 60 mm in print", all(abs(side - 60) < 0.15 for side in sides), sides)
    pages = len(pymupdf.open(printed))
    question("gallery.html: a seal for each of the list", len(list(GALLERY.glob("*.svg"))) <= pages * 40)
    contact = Image.open(GALLERY / "contact-sheet.png")
    question("contact-sheet.png: says its resolution", abs(contact.info["dpi"][0] - 150) < 0.1, contact.info)
    sides = first_piece(contact.convert("RGB"), 150)
    question("contact-sheet.png: the first seal has 60 mm", all(abs(side - 60) < 0.3 for side in sides), sides)


def ofd_reader(path, dpi):
    """The first page as another's OFD reader shows it, at so many dots for an inch of A4."""
    from easyofd.ofd import OFD
    from loguru import logger

    logger.remove()
    reader = OFD()
    reader.read(base64.b64encode(path.read_bytes()).decode(), save_xml=False)
    page = reader.to_jpg()[0].convert("RGB")
    return page.resize((round(210 / INCH * dpi), round(297 / INCH * dpi)))


def share(one, other):
    """Of the dots that are ink in either, how many are in both, a dot of play allowed."""
    one, other = (ink(image.resize(other.size)).point(lambda value: 255 if value > 100 else 0) for image in (one, other))
    wide = other.filter(ImageFilter.MaxFilter(3))
    both = ImageChops.multiply(one, wide).histogram()[255]
    return both / max(one.histogram()[255], 1)


def judge_letters():
    """An official letter in PDF and OFD, stamped by the rules: every program shows the seal in the same place."""
    dpi = 150
    key = [QUICKSTART / f"p256-{name}" for name in ["us.pem", "us.key", "ca.pem", "maker.pem", "maker.key"]]
    seal, picture = FOLDER / "seal.esl", FOLDER / "letter.png"
    wish = ["示例市人民政府", "--diameter", "45", "--star"]
    code, text = run(ESEAL, "seal", "draw", *wish, *FONTS, "--output", picture)
    question("letter: its seal is drawn", code == 0, text)
    code, text = run(
        ESEAL, "seal", "make", "--certificate", key[3], "--key", key[4], "--signatory", key[0], "--id", "31010600012345",
        "--name", "示例市人民政府", "--picture", picture, "--width", "45", "--output", seal,
    )
    question("letter: its seal is made", code == 0, text)
    for form in ["pdf", "ofd"]:
        code, text = run(
            ESEAL, "stamp", TESTDATA / "letters" / f"single.{form}", "--seal", seal, "--certificate", key[0], "--key", key[1],
            "--trust", key[2], "--letter", "示例市人民政府", "--strict", "--output", FOLDER / f"letter.{form}",
        )
        question(f"letter.{form}: stamped by the rules", code == 0, text)
    run(ESEAL, "ofd", "render", FOLDER / "letter.ofd", "--output", FOLDER / "letter-ofd.png", "--dpi", dpi,
        "--font", TESTDATA / "letters/LetterSong-subset.otf")
    shown = {
        "PDF by poppler": poppler(FOLDER / "letter.pdf", dpi),
        "PDF by MuPDF": mupdf(FOLDER / "letter.pdf", dpi),
        "OFD by an OFD reader": ofd_reader(FOLDER / "letter.ofd", dpi),
        "OFD as drawn here": Image.open(FOLDER / "letter-ofd.png").convert("RGB"),
    }
    first = shown["PDF by poppler"]
    place = extent(first, dpi)
    question("letter: the seal has 45 mm", all(abs(side - 45) < 0.4 for side in place[2:]), place)
    for what, image in shown.items():
        image.save(FOLDER / f"{what.replace(' ', '-')}.png")
        own = extent(image, dpi)
        question(f"letter: {what} shows it in the same place", all(abs(a - b) < 0.5 for a, b in zip(own, place)), (own, place))
        alike = min(share(first, image), share(image, first))
        question(f"letter: {what} shows the same picture", alike > 0.9, f"{alike:.3f}")


judge_overlay()
judge_measures()
judge_print()
judge_letters()
close()
