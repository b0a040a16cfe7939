#!/usr/bin/env python3
"""Makes forms with the programs of others (reportlab, PyMuPDF, pikepdf): `python make.py FOLDER`.

All text is our own. The versions are those of `.ci/judges/requirements.txt`.
"""
import pathlib
import sys

import pymupdf as fitz
import pikepdf
from pikepdf import Array, Dictionary, Name, String
from reportlab.lib.colors import Color, black, white
from reportlab.pdfgen import canvas

folder = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ".")


def reportlab_form():
    """Every kind of field that reportlab knows, with borders of each style, drawn by it."""
    page = canvas.Canvas(str(folder / "reportlab.pdf"), pagesize=(400, 500), invariant=1)
    form = page.acroForm
    grey = Color(0.6, 0.6, 0.6)
    styles = ["solid", "dashed", "inset", "bevelled", "underlined"]
    for place, style in enumerate(styles):
        form.textfield(name=f"text_{style}", tooltip=style, x=20, y=460 - 30 * place, width=150, height=20, borderStyle=style,
                       borderColor=grey, fillColor=white, textColor=black, forceBorder=True, fontSize=12, borderWidth=1)
    form.textfield(name="limited", x=20, y=300, width=150, height=20, maxlen=5, fontSize=12, borderColor=grey)
    form.textfield(name="long", x=20, y=200, width=150, height=80, fieldFlags="multiline", maxlen=1000, fontSize=12, borderColor=grey)
    form.textfield(name="fixed", x=20, y=170, width=150, height=20, fieldFlags="readOnly", value="fixed", fontSize=12)
    form.textfield(name="secret", x=20, y=140, width=150, height=20, fieldFlags="password", fontSize=12)
    form.checkbox(name="agreed", x=200, y=460, size=16, buttonStyle="check", borderColor=grey, forceBorder=True)
    form.checkbox(name="crossed", x=230, y=460, size=16, buttonStyle="cross", checked=True)
    for place, value in enumerate(["first", "second", "third"]):
        form.radio(name="kind", value=value, selected=place == 0, x=200 + 30 * place, y=430, size=16, buttonStyle="circle")
    form.choice(name="use", value="b", options=[("1", "a"), ("2", "b"), ("3", "c")], x=200, y=390, width=150,
                height=20, fontSize=12, borderColor=grey)
    form.listbox(name="uses", value="b", options=[("1", "a"), ("2", "b"), ("3", "c")], x=200, y=300, width=150,
                 height=70, fontSize=12, fieldFlags="multiSelect", borderColor=grey)
    page.save()


def mupdf_form():
    """Fields on a turned page, one of them a comb, drawn by MuPDF; an empty signature field beside them."""
    document = fitz.open()
    page = document.new_page(width=420, height=300)
    page.set_rotation(90)

    def add(kind, name, rect, **more):
        widget = fitz.Widget()
        widget.field_type, widget.field_name, widget.rect = kind, name, fitz.Rect(rect)
        for key, value in more.items():
            setattr(widget, key, value)
        page.add_widget(widget)

    add(fitz.PDF_WIDGET_TYPE_TEXT, "name", (20, 20, 180, 40), border_color=(0, 0, 1), text_fontsize=0)
    add(fitz.PDF_WIDGET_TYPE_TEXT, "code", (20, 60, 180, 80), text_maxlen=8, field_flags=1 << 24, text_fontsize=11,
        border_color=(0.5, 0.5, 0.5))
    add(fitz.PDF_WIDGET_TYPE_TEXT, "long", (20, 100, 180, 180), field_flags=1 << 12, text_fontsize=0)
    add(fitz.PDF_WIDGET_TYPE_CHECKBOX, "agreed", (200, 20, 216, 36))
    add(fitz.PDF_WIDGET_TYPE_COMBOBOX, "use", (200, 60, 340, 80), choice_values=["one", "two", "three"], field_value="one",
        field_flags=(1 << 17) | (1 << 18))
    document.set_metadata({"title": "form"})
    document.save(folder / "mupdf.pdf", garbage=3, no_new_id=True)


def appearance(pdf, width, height, content=b""):
    stream = pikepdf.Stream(pdf, content)
    stream.update(Dictionary(Type=Name.XObject, Subtype=Name.Form, BBox=[0, 0, width, height], Resources=Dictionary()))
    return pdf.make_indirect(stream)


def blank(width=400, height=400):
    pdf = pikepdf.new()
    pdf.add_blank_page(page_size=(width, height))
    return pdf, pdf.pages[0]


def widget(pdf, page, rect, **more):
    one = pdf.make_indirect(Dictionary(Type=Name.Annot, Subtype=Name.Widget, Rect=rect, F=4, P=page.obj, **more))
    if "/Annots" not in page.obj:
        page.obj.Annots = Array()
    page.obj.Annots.append(one)
    return one


def save(pdf, name, **how):
    pdf.save(folder / name, static_id=True, **how)


def undrawn():
    """Nothing is drawn, readers are told to do it; entries are inherited from nodes above, in object streams."""
    pdf, page = blank()
    people = pdf.make_indirect(Dictionary(T=String("人"), FT=Name.Tx, DA=String("0 0 1 rg /Helv 10 Tf"), Kids=Array()))
    for place, name in enumerate(["name", "address"]):
        one = widget(pdf, page, [20, 350 - 30 * place, 220, 370 - 30 * place], T=String(name), Parent=people)
        people.Kids.append(one)
    people.Kids[0].V = String("old")
    turned = widget(pdf, page, [300, 200, 320, 380], T=String("turned"), FT=Name.Tx, MK=Dictionary(R=90, BC=[1, 0, 0]))
    box = widget(pdf, page, [20, 250, 40, 270], T=String("box"), FT=Name.Btn, MK=Dictionary(CA=String("8"), BC=[0]))
    pair = pdf.make_indirect(Dictionary(T=String("twice"), FT=Name.Tx, Q=2, Kids=Array()))
    for place in range(2):
        pair.Kids.append(widget(pdf, page, [20, 200 - 30 * place, 120, 220 - 30 * place], Parent=pair))
    rich = widget(pdf, page, [20, 100, 220, 120], T=String("rich"), FT=Name.Tx, Ff=1 << 25, V=String("plain"),
                  RV=String("<body><p>plain</p></body>"))
    push = widget(pdf, page, [20, 60, 120, 80], T=String("push"), FT=Name.Btn, Ff=1 << 16, MK=Dictionary(CA=String("01"), BG=[0.8]))
    helvetica = pdf.make_indirect(Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica))
    pdf.Root.AcroForm = Dictionary(Fields=[people, turned, box, pair, rich, push], NeedAppearances=True,
                                   DR=Dictionary(Font=Dictionary(Helv=helvetica)), DA=String("/Helv 0 Tf 0 g"))
    save(pdf, "undrawn.pdf", object_stream_mode=pikepdf.ObjectStreamMode.generate)


def options():
    """Buttons whose values stand in /Opt, two of them alike; a list with pairs; names that are not ASCII."""
    pdf, page = blank()

    def button(rect, state, on, parent):
        looks = Dictionary({"/Off": appearance(pdf, 16, 16), state: appearance(pdf, 16, 16, b"4 4 8 8 re f")})
        return widget(pdf, page, rect, Parent=parent, AS=Name(state) if on else Name.Off, AP=Dictionary(N=looks))

    sex = pdf.make_indirect(Dictionary(T=String("sex"), FT=Name.Btn, Ff=(1 << 15) | (1 << 14), V=Name("/0"), Kids=Array(),
                                       Opt=[String("男"), String("女")]))
    sex.Kids.append(button([20, 350, 36, 366], "/0", True, sex))
    sex.Kids.append(button([60, 350, 76, 366], "/1", False, sex))
    named = pdf.make_indirect(Dictionary(T=String("named"), FT=Name.Btn, Ff=1 << 15, Kids=Array()))
    named.Kids.append(button([20, 310, 36, 326], "/是", False, named))
    named.Kids.append(button([60, 310, 76, 326], "/否 #", False, named))
    unison = pdf.make_indirect(Dictionary(T=String("unison"), FT=Name.Btn, Kids=Array()))
    for place in range(2):
        unison.Kids.append(button([20 + 40 * place, 270, 36 + 40 * place, 286], "/On", False, unison))
    chosen = widget(pdf, page, [20, 200, 180, 240], T=String("list"), FT=Name.Ch, V=String("2"), I=[1], TI=0,
                    Opt=[[String("1"), String("一")], [String("2"), String("二")], [String("3"), String("三")]],
                    AP=Dictionary(N=appearance(pdf, 160, 40)))
    pdf.Root.AcroForm = Dictionary(Fields=[sex, named, unison, chosen])
    save(pdf, "options.pdf")


def encrypted():
    """The form of reportlab in AES-256, which opens without a password."""
    with pikepdf.open(folder / "reportlab.pdf") as pdf:
        pdf.save(folder / "encrypted.pdf", encryption=pikepdf.Encryption(owner="owner", user="", R=6), static_id=True)


def broken():
    """Trees that no reader should walk: a field that is its own descendant, a kid that is a number; XFA beside fields."""
    pdf, page = blank()
    one = widget(pdf, page, [20, 350, 120, 370], T=String("a"), FT=Name.Tx)
    two = pdf.make_indirect(Dictionary(T=String("b"), Kids=[one]))
    one.Kids = [two]
    pdf.Root.AcroForm = Dictionary(Fields=[one])
    save(pdf, "cyclic.pdf")
    pdf, page = blank()
    one = pdf.make_indirect(Dictionary(T=String("a"), FT=Name.Tx, Kids=[7]))
    pdf.Root.AcroForm = Dictionary(Fields=[one])
    save(pdf, "kid-is-a-number.pdf")
    pdf, page = blank()
    one = widget(pdf, page, [20, 350, 220, 370], T=String("name"), FT=Name.Tx, DA=String("/Helv 12 Tf 0 g"))
    packet = pikepdf.Stream(pdf, b"<xdp:xdp xmlns:xdp='http://ns.adobe.com/xdp/'/>")
    pdf.Root.AcroForm = Dictionary(Fields=[one], XFA=pdf.make_indirect(packet))
    save(pdf, "xfa.pdf")


def inherited_resources():
    """A page whose resources and size stand above it, whose content leaves its state changed; a hidden field."""
    pdf, page = blank()
    seal = appearance(pdf, 100, 100, b"0 0 1 rg 10 10 80 80 re f")
    pdf.Root.Pages.Resources = Dictionary(XObject=Dictionary(Field0=seal))
    del page.obj["/Resources"]
    page.obj.Contents = pdf.make_stream(b"0.5 0 0 0.5 0 0 cm /Field0 Do")
    look = appearance(pdf, 100, 20, b"1 0 0 rg 0 0 100 20 re f")
    seen = widget(pdf, page, [200, 300, 300, 320], T=String("seen"), FT=Name.Tx, AP=Dictionary(N=look))
    hidden = widget(pdf, page, [200, 200, 300, 220], T=String("hidden"), FT=Name.Tx, AP=Dictionary(N=look))
    hidden.F = 2
    group = pdf.make_indirect(Dictionary(T=String("group"), Kids=Array()))
    seal_field = widget(pdf, page, [20, 20, 120, 120], T=String("seal"), FT=Name.Sig, Parent=group)
    text = widget(pdf, page, [200, 100, 300, 120], T=String("text"), FT=Name.Tx, Parent=group, AP=Dictionary(N=look))
    group.Kids = [seal_field, text]
    link = pdf.make_indirect(Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=[0, 0, 10, 10], Border=[0, 0, 0]))
    page.obj.Annots.append(link)
    pdf.Root.AcroForm = Dictionary(Fields=[seen, hidden, group])
    save(pdf, "inherited.pdf")


for make in [reportlab_form, mupdf_form, undrawn, options, encrypted, broken, inherited_resources]:
    make()
