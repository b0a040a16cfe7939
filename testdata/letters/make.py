"""Makes the sample letters: one text in PDF (by MuPDF) and in OFD (by the letter of GB/T 33190), both with a subset of
Noto Serif CJK SC, laid out by GB/T 9704-2012: type area 156 × 225 mm, 22 lines of 28 characters.

usage: make.py FONT.ttc FOLDER    (needs pymupdf and fontTools; the third font of the collection is taken)
"""

import io
import sys
import zipfile
from pathlib import Path

import fitz
from fontTools import subset
from fontTools.pens.cu2quPen import Cu2QuPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import newTable
from fontTools.ttLib.ttCollection import TTCollection

LEFT, TOP, LINE, CHARACTER = 28.0, 37.0, 225 / 22, 156 / 28
SIZE = 16 / 72 * 25.4  # 三号, 16 points
PT = 72 / 25.4

BODY = """各区人民政府，市政府各部门：
　　为进一步规范电子印章的制作、使用和核验，方便群众和企业办事，根据国务院有关规定，现就电子印章应用工作通知如下。
　　一、市级各部门应当于本年底前完成电子印章的迁移。迁移后的电子印章与原印章具有同等效力，原印章数据保留备查。
　　二、电子公文、电子证照和电子表单应当加盖电子印章。加盖时，印章应当端正清晰，居中下压署名和成文日期。
　　三、收文单位应当核验电子印章。核验未通过的，不得作为办理依据。
　　联系人：张某，联系电话：010-12345678。"""


def wrapped(text, width=28):
    rows = []
    for paragraph in text.split("\n"):
        row, used = "", 0.0
        for letter in paragraph:
            size = 0.5 if letter.isascii() else 1.0
            if used + size > width and letter not in "，。、；：）":
                rows.append(row)
                row, used = "", 0.0
            row, used = row + letter, used + size
        rows.append(row)
    return rows


def single():
    """Lines of the letter of one organ: text, left and baseline in millimetres."""
    lines = [("关于推广应用电子印章的通知", LEFT + 156 / 2 - 13 * CHARACTER / 2, TOP + LINE)]
    at = TOP + 3 * LINE
    for row in wrapped(BODY):
        lines.append((row, LEFT, at))
        at += LINE
    date, name = "2025年3月1日", "示例市人民政府"
    width = sum(0.5 if c.isascii() else 1 for c in date) * CHARACTER
    right = LEFT + 156 - 4 * CHARACTER
    middle = right - width / 2
    at += 2 * LINE
    lines.append((name, middle - len(name) * CHARACTER / 2, at))
    lines.append((date, right - width, at + LINE))
    return [lines]


def joint():
    """Three organs, with room for seals of 42 mm on their names."""
    lines = [("关于联合开展印章核验的通知", LEFT + 156 / 2 - 13 * CHARACTER / 2, TOP + LINE)]
    at = TOP + 3 * LINE
    for row in wrapped("　　现将印章核验工作有关事项通知如下，请认真贯彻执行。"):
        lines.append((row, LEFT, at))
        at += LINE
    at += 1.9 * LINE
    for index, name in enumerate(["示例市财政局", "示例市教育局", "示例市民政局"]):
        middle = LEFT + 156 / 2 + (index - 1) * 45
        lines.append((name, middle - len(name) * CHARACTER / 2, at))
    date = "2025年3月1日"
    lines.append((date, LEFT + 156 / 2 + 45 - 4.5 * CHARACTER / 2 - 4, at + LINE))
    return [lines]


def pages(count):
    out = []
    for number in range(1, count + 1):
        lines = [(f"合同第{number}页", LEFT, TOP + LINE)]
        lines += [(row, LEFT, TOP + (3 + index) * LINE) for index, row in enumerate(wrapped(BODY))]
        lines.append(("甲方（盖章）：", LEFT, 250.0))
        lines.append(("乙方（盖章）：", LEFT + 90, 250.0))
        out.append(lines)
    return out


def with_quadratic_outlines(font):
    """The font with TrueType outlines: readers agree about their glyph numbers, and not about CIDs in OpenType CFF."""
    order, glyphs = font.getGlyphOrder(), font.getGlyphSet()
    outlines = {}
    for name in order:
        pen = TTGlyphPen(None)
        glyphs[name].draw(Cu2QuPen(pen, 1.0, reverse_direction=True))
        outlines[name] = pen.glyph()
    table = newTable("glyf")
    table.glyphOrder, table.glyphs = order, outlines
    font["loca"], font["glyf"] = newTable("loca"), table
    profile = font["maxp"]
    profile.tableVersion = 0x00010000
    for key in ["maxZones", "maxTwilightPoints", "maxStorage", "maxFunctionDefs", "maxInstructionDefs",
                "maxStackElements", "maxSizeOfInstructions", "maxComponentElements"]:
        setattr(profile, key, 1 if key == "maxZones" else 0)
    font["post"].formatType = 3.0
    font.sfntVersion = "\x00\x01\x00\x00"
    del font["CFF "]


def font_bytes(collection, text, quadratic=True):
    font = TTCollection(collection).fonts[2]
    options = subset.Options()
    options.hinting, options.desubroutinize, options.layout_features = False, True, []
    options.drop_tables += ["BASE", "VORG", "vhea", "vmtx"]
    subsetter = subset.Subsetter(options)
    subsetter.populate(text=text)
    subsetter.subset(font)
    if quadratic:
        with_quadratic_outlines(font)
    data = io.BytesIO()
    font.save(data)
    return data.getvalue()


def advance(letter):
    return CHARACTER / 2 if letter.isascii() else CHARACTER


def pdf(pages, font):
    document = fitz.open()
    for lines in pages:
        page = document.new_page(width=210 * PT, height=297 * PT)
        page.insert_font(fontname="song", fontbuffer=font)
        for text, left, base in lines:
            for letter in text:
                if letter.strip():
                    page.insert_text((left * PT, base * PT), letter, fontname="song", fontsize=16)
                left += advance(letter)
    return document.tobytes(garbage=4, deflate=True, no_new_id=True)


def ofd(pages, font):
    space = 'xmlns:ofd="http://www.ofdspec.org/2016"'
    head = '<?xml version="1.0" encoding="UTF-8"?>\n'
    files = {
        "OFD.xml": f'{head}<ofd:OFD {space} Version="1.0" DocType="OFD"><ofd:DocBody><ofd:DocInfo><ofd:DocID>'
        "0123456789abcdef0123456789abcdef</ofd:DocID></ofd:DocInfo><ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot>"
        "</ofd:DocBody></ofd:OFD>",
        "Doc_0/PublicRes.xml": f'{head}<ofd:Res {space} BaseLoc="Res"><ofd:Fonts><ofd:Font ID="2" FontName="Noto Serif '
        'CJK SC" FamilyName="Noto Serif CJK SC"><ofd:FontFile>font.ttf</ofd:FontFile></ofd:Font></ofd:Fonts></ofd:Res>',
        "Doc_0/Res/font.ttf": font,
    }
    listed, number = "", 10
    for index, lines in enumerate(pages):
        page_id, layer = number, number + 1
        number += 2
        objects = ""
        for text, left, base in lines:
            steps = " ".join(f"{advance(letter):.4f}" for letter in text[:-1])
            delta = f' DeltaX="{steps}"' if steps else ""
            objects += (
                f'<ofd:TextObject ID="{number}" Boundary="{left:.4f} {base - SIZE:.4f} 160 {SIZE * 1.3:.4f}" Font="2" '
                f'Size="{SIZE:.4f}"><ofd:TextCode X="0" Y="{SIZE:.4f}"{delta}>{text}</ofd:TextCode></ofd:TextObject>'
            )
            number += 1
        files[f"Doc_0/Pages/Page_{index}/Content.xml"] = (
            f'{head}<ofd:Page {space}><ofd:Content><ofd:Layer ID="{layer}" Type="Body">{objects}</ofd:Layer></ofd:Content>'
            "</ofd:Page>"
        )
        listed += f'<ofd:Page ID="{page_id}" BaseLoc="Pages/Page_{index}/Content.xml"/>'
    files["Doc_0/Document.xml"] = (
        f"{head}<ofd:Document {space}><ofd:CommonData><ofd:MaxUnitID>{number}</ofd:MaxUnitID><ofd:PageArea>"
        "<ofd:PhysicalBox>0 0 210 297</ofd:PhysicalBox></ofd:PageArea><ofd:PublicRes>PublicRes.xml</ofd:PublicRes>"
        f"</ofd:CommonData><ofd:Pages>{listed}</ofd:Pages></ofd:Document>"
    )
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as package:
        for name in sorted(files, key=lambda name: name != "OFD.xml"):
            package.writestr(zipfile.ZipInfo(name, (2025, 3, 1, 0, 0, 0)), files[name], zipfile.ZIP_DEFLATED)
    return data.getvalue()


collection, folder = sys.argv[1], Path(sys.argv[2])
everything = "".join(text for made in [single(), joint(), pages(5)] for lines in made for text, _, _ in lines)
(folder / "LetterSong-subset.otf").write_bytes(font_bytes(collection, everything, quadratic=False))
for name, made in [("single", single()), ("joint", joint()), ("contract", pages(5))]:
    font = font_bytes(collection, "".join(text for lines in made for text, _, _ in lines))
    (folder / f"{name}.pdf").write_bytes(pdf(made, font))
    (folder / f"{name}.ofd").write_bytes(ofd(made, font))
