"""Judges forms: templates by a JSON Schema validator, sealed PDF by qpdf, poppler and mutool, what they attach by qpdf.

Expects target/forms (made by the example of that name).

    forms.py target/forms target/release/eseal testdata
"""
import copy
import json
import pathlib
import subprocess
import sys

import jsonschema

folder, program, testdata = map(pathlib.Path, sys.argv[1:4])
here = pathlib.Path(__file__).resolve().parents[2]
schema = json.loads((here / "src/form/template.schema.json").read_text())
jsonschema.Draft202012Validator.check_schema(schema)
validator = jsonschema.Draft202012Validator(schema)
wrong = []


def check(what, holds, told=""):
    if not holds:
        wrong.append(f"{what}: {told}")


def run(*command):
    return subprocess.run([str(part) for part in command], capture_output=True, text=True)


def ours(template, work):
    path = work / "template.json"
    path.write_text(json.dumps(template, ensure_ascii=False))
    return run(program, "form", "validate", "--template", path).returncode == 0


templates = sorted(path for path in (testdata / "form-templates").glob("*.json") if not path.name.endswith(".data.json"))
check("templates", len(templates) == 30, f"{len(templates)} found")
for path in templates:
    errors = [error.message for error in validator.iter_errors(json.loads(path.read_text()))]
    check(path.name, not errors, errors[:3])

# What the schema refuses, the program refuses too.
good = json.loads((testdata / "form-templates/receipt.json").read_text())


def twin(change):
    bad = copy.deepcopy(good)
    change(bad)
    return bad


twins = {
    "a misspelt attribute": twin(lambda t: t["fields"][0].update(requird=True)),
    "an unknown kind": twin(lambda t: t["fields"][0].update(kind="lines")),
    "two levels of category": twin(lambda t: t.update(category=["a", "b"])),
    "version 0": twin(lambda t: t.update(version=0)),
    "no fields": twin(lambda t: t.update(fields=[])),
    "a radio without codes": twin(lambda t: t["fields"][0].update(kind="radio")),
    "a capital key": twin(lambda t: t["fields"][0].update(key="Case")),
    "another format": twin(lambda t: t.update(format="eseal-form/2")),
    "a layout of the other kind": twin(lambda t: t.update(kind="table")),
}
for what, bad in twins.items():
    check(what, not validator.is_valid(bad), "the schema takes it")
    check(what, not ours(bad, folder), "the program takes it")
check("the good one", ours(good, folder), "the program refuses it")

for path in templates:
    name = path.stem
    pdf = folder / f"{name}.pdf"
    told = run("qpdf", "--check", pdf)
    check(pdf.name, told.returncode == 0, told.stdout + told.stderr)
    attached = run("qpdf", "--show-attachment=form-data.json", pdf)
    sample = json.loads((testdata / f"form-templates/{name}.data.json").read_text())
    values = json.loads(attached.stdout)["values"] if attached.returncode == 0 else {}
    same = [key for key, value in sample.items() if isinstance(value, str) and values.get(key) == value]
    check(pdf.name, len(same) >= 3, f"the attached data are not those of the sample: {attached.stderr}")
    words = run("pdftotext", "-layout", pdf, "-").stdout.replace(" ", "")
    title = json.loads(path.read_text())["name"]
    check(pdf.name, title in words, "poppler does not find the title")
    drawn = run("mutool", "draw", "-F", "txt", "-o", "-", pdf)
    check(pdf.name, drawn.returncode == 0 and title in drawn.stdout.replace(" ", ""), f"mutool: {drawn.stderr[:200]}")

print(f"forms: {len(templates)} templates and documents judged, {len(wrong)} wrong")
for line in wrong:
    print("  ", line)
sys.exit(bool(wrong))
