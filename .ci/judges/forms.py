"""A validator of JSON Schema judges the templates of forms, and qpdf, poppler and mutool the sealed documents.

usage: forms.py FORMS PROGRAM TESTDATA

FORMS is what the example "forms" made.
"""

import copy
import json
import sys
from pathlib import Path

import jsonschema

from court import close, question, run

FORMS, PROGRAM, TESTDATA = map(Path, sys.argv[1:4])
TEMPLATES = sorted(path for path in (TESTDATA / "form-templates").glob("*.json") if not path.name.endswith(".data.json"))
SCHEMA = json.loads((Path(__file__).resolve().parents[2] / "src/form/template.schema.json").read_text())


def judged_by_us(template):
    path = FORMS / "template.json"
    path.write_text(json.dumps(template, ensure_ascii=False))
    code, _ = run(PROGRAM, "form", "validate", "--template", path)
    return code == 0


def twins(good):
    """Templates that are no templates."""
    def twin(change):
        bad = copy.deepcopy(good)
        change(bad)
        return bad

    yield "a misspelt attribute", twin(lambda t: t["fields"][0].update(requird=True))
    yield "an unknown kind", twin(lambda t: t["fields"][0].update(kind="lines"))
    yield "two levels of category", twin(lambda t: t.update(category=["a", "b"]))
    yield "version 0", twin(lambda t: t.update(version=0))
    yield "no fields", twin(lambda t: t.update(fields=[]))
    yield "a radio without codes", twin(lambda t: t["fields"][0].update(kind="radio"))
    yield "a capital key", twin(lambda t: t["fields"][0].update(key="Case"))
    yield "another format", twin(lambda t: t.update(format="eseal-form/2"))
    yield "a layout of the other kind", twin(lambda t: t.update(kind="table"))


def templates():
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    validator = jsonschema.Draft202012Validator(SCHEMA)
    question("forms, thirty templates", len(TEMPLATES) == 30, f"{len(TEMPLATES)} found")
    for path in TEMPLATES:
        errors = [error.message for error in validator.iter_errors(json.loads(path.read_text()))]
        question(f"forms, schema, {path.stem}", not errors, "; ".join(errors[:3]))
    good = json.loads((TESTDATA / "form-templates/receipt.json").read_text())
    question("forms, the good one", validator.is_valid(good) and judged_by_us(good), "refused")
    for what, bad in twins(good):
        question(f"forms, {what}", not validator.is_valid(bad) and not judged_by_us(bad), "taken")


def documents():
    for path in TEMPLATES:
        pdf = FORMS / f"{path.stem}.pdf"
        title = json.loads(path.read_text())["name"]
        code, text = run("qpdf", "--check", pdf)
        question(f"forms, qpdf, {pdf.name}", code == 0, text)
        code, text = run("qpdf", "--show-attachment=form-data.json", pdf)
        sample = json.loads((TESTDATA / f"form-templates/{path.stem}.data.json").read_text())
        values = json.loads(text)["values"] if code == 0 else {}
        same = [key for key, value in sample.items() if isinstance(value, str) and values.get(key) == value]
        question(f"forms, attached data, {pdf.name}", len(same) >= 3, f"only {same}")
        for program in [("pdftotext", "-layout", pdf, "-"), ("mutool", "draw", "-q", "-F", "txt", "-o", "-", pdf)]:
            code, text = run(*program)
            question(f"forms, {program[0]}, {pdf.name}", code == 0 and title in text.replace(" ", ""), text[:200])


templates()
documents()
close()
