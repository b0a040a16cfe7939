"""Saves a signed document again, as other programs do it. usage: make.py SIGNED.pdf FOLDER

Each result is the document with one honest incremental revision by one program: a field filled in, an annotation,
another title, validation data, a further signature, an empty field for one. Where a program can do nothing with the
document it says so. Needs pyHanko 0.38, pypdf 7.1 and PyMuPDF 2.0 (`pip install pyhanko pypdf pymupdf`).

The documents were stamped before by this crate's program, on page 1, 5 mm from the left and 25 mm from the top, with a
seal of 20 mm that shows `testdata/pictures/small/rgba.png`; the authority is that of the quickstart example, and
`root.pem` is its root.
"""
import datetime
import io
import shutil
import sys
from pathlib import Path

signed, out = Path(sys.argv[1]), Path(sys.argv[2])
name = signed.name.split(".")[0]
out.mkdir(exist_ok=True)

def save(what, bytes_): 
    (out / f"{name}-{what}.pdf").write_bytes(bytes_); print(name, what, len(bytes_))

def attempt(f):
    try: f()
    except Exception as e: print("--", name, f.__name__, type(e).__name__, str(e)[:150])

def signer():
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from pyhanko.sign import signers
    from asn1crypto import keys, x509 as ax
    from pyhanko_certvalidator.registry import SimpleCertificateStore
    key = ec.generate_private_key(ec.SECP256R1())
    nm = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "another signatory")])
    start = datetime.datetime(2026, 1, 1)
    cert = (x509.CertificateBuilder().subject_name(nm).issuer_name(nm).public_key(key.public_key()).serial_number(7)
        .not_valid_before(start).not_valid_after(start + datetime.timedelta(days=3650))
        .add_extension(x509.KeyUsage(True, True, False, False, False, False, False, False, False), True)
        .sign(key, hashes.SHA256()))
    return signers.SimpleSigner(
        signing_cert=ax.Certificate.load(cert.public_bytes(serialization.Encoding.DER)),
        signing_key=keys.PrivateKeyInfo.load(key.private_bytes(serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())),
        cert_registry=SimpleCertificateStore())

def hanko_writer():
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    return IncrementalPdfFileWriter(io.BytesIO(signed.read_bytes()))

def pyhanko_signs():
    from pyhanko.sign import signers, fields
    for what, box in (("pyhanko-signed", (300, 20, 400, 60)), ("pyhanko-signed-unseen", None)):
        spec = fields.SigFieldSpec("Other", on_page=0, box=box) if box else fields.SigFieldSpec("Other")
        r = signers.PdfSigner(signers.PdfSignatureMetadata(field_name="Other", subfilter=fields.SigSeedSubFilter.PADES), signer=signer(), new_field_spec=spec).sign_pdf(hanko_writer())
        save(what, r.getbuffer().tobytes())

def pyhanko_adds_a_field():
    from pyhanko.sign import fields
    w = hanko_writer(); fields.append_signature_field(w, fields.SigFieldSpec("Empty", on_page=0, box=(10, 10, 90, 50)))
    b = io.BytesIO(); w.write(b); save("pyhanko-empty-field", b.getvalue())

def pyhanko_adds_evidence():
    from pyhanko.pdf_utils import generic
    from pyhanko.sign.validation.dss import DocumentSecurityStore
    s = signer(); w = hanko_writer()
    DocumentSecurityStore.supply_dss_in_writer(w, sig_contents=b"00"*32, certs=[s.signing_cert], ocsps=[], crls=[])
    b = io.BytesIO(); w.write(b); save("pyhanko-dss", b.getvalue())

def pypdf_fills():
    from pypdf import PdfWriter
    w = PdfWriter(str(signed), incremental=True)
    fields = {k: "filled" for k, v in (w.get_fields() or {}).items() if v.get("/FT") == "/Tx"}
    if not fields: raise ValueError("no text field")
    k = next(iter(fields))
    w.update_page_form_field_values(w.pages[0], {k: "filled"}, auto_regenerate=False)
    b = io.BytesIO(); w.write(b); save("pypdf-filled", b.getvalue())

def pypdf_describes():
    from pypdf import PdfWriter
    w = PdfWriter(str(signed), incremental=True)
    w.add_metadata({"/Title": "another"})
    b = io.BytesIO(); w.write(b); save("pypdf-title", b.getvalue())

def mupdf_fills():
    import pymupdf
    p = out / "tmp.pdf"; shutil.copy(signed, p)
    d = pymupdf.open(p)
    for page in d:
        for wd in page.widgets():
            if wd.field_type == pymupdf.PDF_WIDGET_TYPE_TEXT:
                wd.field_value = "filled"; wd.update(); d.saveIncr(); save("mupdf-filled", p.read_bytes()); p.unlink(); return
    p.unlink(); raise ValueError("no text field")

def mupdf_annotates():
    import pymupdf
    for what in ("highlight", "note", "freetext"):
        p = out / "tmp.pdf"; shutil.copy(signed, p)
        d = pymupdf.open(p); page = d[0]
        if what == "highlight": page.add_highlight_annot(pymupdf.Rect(20, 20, 120, 40))
        elif what == "note": page.add_text_annot((300, 300), "a note")
        else: page.add_freetext_annot(pymupdf.Rect(300, 300, 400, 340), "words")
        d.saveIncr(); save(f"mupdf-{what}", p.read_bytes()); p.unlink()

def mupdf_describes():
    import pymupdf
    p = out / "tmp.pdf"; shutil.copy(signed, p)
    d = pymupdf.open(p); d.set_metadata({"title": "another"}); d.saveIncr(); save("mupdf-title", p.read_bytes()); p.unlink()

for f in (pyhanko_signs, pyhanko_adds_a_field, pyhanko_adds_evidence, pypdf_fills, pypdf_describes, mupdf_fills, mupdf_annotates, mupdf_describes): attempt(f)
