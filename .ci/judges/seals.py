"""Reads the seals, the signatures and the register that we write with software that we did not write.

usage: seals.py CITY ESEAL KEYS TESTDATA

CITY is the folder that the city example leaves, ESEAL the program, KEYS the city's certificates. Seals and signatures
are decoded by asn1tools with the standards' own ASN.1 (seals.asn), every field is compared with what the program
shows, the values are verified by OpenSSL; the register's chain is walked with hashlib alone. Each question is one
line of output; the program ends with 1 when any answer is no.
"""

import base64
import hashlib
import json
import sys
import tempfile
import zipfile
from datetime import timezone
from pathlib import Path

import asn1tools

from court import close, question, run

CITY, ESEAL, KEYS, TESTDATA = (Path(argument) for argument in sys.argv[1:5])
HERE = Path(__file__).parent
MODULE = (HERE / "seals.asn").read_text()
# Each module by itself, as both have the same names.
FIRST, SECOND = (part + "END\n" for part in MODULE.split("END\n")[:2])
STANDARD = {2014: asn1tools.compile_string(FIRST, "der"), 2020: asn1tools.compile_string(SECOND, "der")}
# FALSE is written out, which DER leaves away for a default: only with that the bytes come out again as they were.
WRITTEN = {
    year: asn1tools.compile_string(text.replace("BOOLEAN DEFAULT FALSE", "BOOLEAN"), "der")
    for year, text in [(2014, FIRST), (2020, SECOND)]
}
SM2_WITH_SM3 = "1.2.156.10197.1.501"
WORK = Path(tempfile.mkdtemp())


def sm3(content):
    return hashlib.new("sm3", content).digest()


def in_file(content):
    path = WORK / hashlib.sha256(content).hexdigest()
    path.write_bytes(content)
    return path


def openssl_verifies(certificate, message, value):
    if certificate.startswith(b"-----"):
        form = "PEM"
    else:
        form = "DER"
    code, text = run("openssl", "x509", "-inform", form, "-in", in_file(certificate), "-noout", "-pubkey")
    assert code == 0, text
    key = in_file(text.encode())
    code, _ = run(
        "openssl", "dgst", "-sm3", "-verify", key, "-sigopt", "distid:1234567812345678",
        "-signature", in_file(value), in_file(message),
    )
    return code == 0


def bits(value):
    octets, count = value
    assert count == 8 * len(octets)
    return octets


def moment(time):
    if time.tzinfo is None:
        time = time.replace(tzinfo=timezone.utc)
    return time.strftime("%Y-%m-%dT%H:%M:%SZ")


def layout(seal):
    """Two elements: 2014; four or five: 2020 and 2025."""
    try:
        return 2014, STANDARD[2014].decode("SESeal", seal)
    except asn1tools.DecodeError:
        return 2020, STANDARD[2020].decode("SESeal", seal)


def made(year, seal):
    """What the maker signed, with certificate and value."""
    if year == 2014:
        info = seal["signInfo"]
        inner = {"esealInfo": seal["esealInfo"], "cert": info["cert"], "signatureAlgorithm": info["signatureAlgorithm"]}
        return WRITTEN[2014].encode("SES-Made", inner), info["cert"], info["signatureAlgorithm"], bits(info["signData"])
    message = WRITTEN[2020].encode("SES-SealInfo", seal["eSealInfo"])
    return message, seal["cert"], seal["signAlgID"], bits(seal["signedValue"])


def whole(seal):
    """With each extension's flag, as it is written."""
    info = seal.get("eSealInfo") or seal.get("esealInfo")
    for extension in info.get("extDatas", []):
        extension.setdefault("critical", False)
    return seal


def judge_seal(name, data, edition):
    year, seal = layout(data)
    question(f"{name}: it is laid out as in {2014 if edition == '2014' else 2020}", (edition == "2014") == (year == 2014))
    again = WRITTEN[year].encode("SESeal", whole(seal))
    question(f"{name}: every byte is where the standard's ASN.1 puts it", again == data)
    message, certificate, algorithm, value = made(year, seal)
    good = algorithm == SM2_WITH_SM3 and openssl_verifies(certificate, message, value)
    question(f"{name}: OpenSSL verifies the maker's value, over that", good)
    question(f"{name}: and over nothing else", not openssl_verifies(certificate, message + b"\0", value))
    info = seal.get("eSealInfo") or seal.get("esealInfo")
    code, text = run(ESEAL, "seal", "show", in_file(data), "--json")
    shown = json.loads(text)
    dates = info["property"]
    expected = {
        "id": info["esID"],
        "name": dates["name"],
        "kind_code": dates["type"],
        "vendor": info["header"]["vid"],
        "signatories": len(dates["certList"]),
        "created": moment(dates["createDate"]),
        "picture_type": info["picture"]["type"],
        "time_stamp": "timeStamp" in seal,
    }
    told = {field: shown[field] for field in expected}
    question(f"{name}: the program shows the same fields", told == expected, f"{told} {expected}")
    validity = [moment(dates["validStart"]), moment(dates["validEnd"])]
    question(f"{name}: and the same validity", [shown["validity"]["not_before"], shown["validity"]["not_after"]] == validity)
    version = {"2014": 1, "2020": 4, "2025": 5}[edition]
    question(f"{name}: header ES, version {version}", (info["header"]["id"], info["header"]["version"]) == ("ES", version))
    code, _ = run("openssl", "asn1parse", "-inform", "DER", "-in", in_file(data))
    question(f"{name}: openssl asn1parse reads it", code == 0)


def judge_signature(name, data, content, edition):
    year = 2014 if edition == "2014" else 2020
    signature = STANDARD[year].decode("SES-Signature", data)
    to_sign = signature["toSign"]
    whole(to_sign["eseal"])
    question(f"{name}: every byte is where the standard's ASN.1 puts it", WRITTEN[year].encode("SES-Signature", signature) == data)
    certificate = (to_sign if year == 2014 else signature)["cert"]
    message = WRITTEN[year].encode("TBS-Sign", to_sign)
    value = bits(signature["signature"])
    question(f"{name}: OpenSSL verifies the signatory's value", openssl_verifies(certificate, message, value))
    question(f"{name}: and over nothing else", not openssl_verifies(certificate, message[:-1], value))
    question(f"{name}: dataHash is the SM3 of the content", bits(to_sign["dataHash"]) == sm3(content))
    info = to_sign["eseal"].get("eSealInfo") or to_sign["eseal"].get("esealInfo")
    question(f"{name}: the seal lists the certificate", certificate in info["property"]["certList"])
    judge_seal(f"{name}: its seal", WRITTEN[year].encode("SESeal", to_sign["eseal"]), edition)


def judge_register():
    """The chain of an export, by hashlib alone; answers the seals that it holds."""
    lines = WORK / "register.jsonl"
    code, text = run(ESEAL, "ledger", "export", CITY / "register", "-o", lines)
    question("register: it is exported", code == 0, text)
    first, *rest = lines.read_text().splitlines()
    seals, previous, length, broken = {}, "0" * 64, 0, []
    for line in rest[:-1]:
        part = json.loads(line)
        if "seal" in part:
            seals[part["seal"]] = base64.b64decode(part["bytes"], validate=True)
            if sm3(seals[part["seal"]]).hex() != part["seal"]:
                broken.append(part["seal"])
            continue
        # The digest is over the text of the entry as it stands in the line.
        text = line[len('{"entry":') : -len(',"sm3":""}') - 64]
        entry = part["entry"]
        if sm3(text.encode()).hex() != part["sm3"] or entry["previous"] != previous or entry["sequence"] != length:
            broken.append(length)
        previous, length = part["sm3"], length + 1
    question("register: the first line names the form", first == '{"eseal-ledger":1}')
    question(f"register: the chain of its {length} entries holds, by hashlib", not broken, broken[:3])
    end = json.loads(rest[-1])["end"]
    question("register: the end is the last entry", end == {"length": length, "sm3": previous})
    checkpoint = json.loads((CITY / "checkpoint.json").read_text())
    statement = json.dumps(checkpoint["statement"], separators=(",", ":"))
    message = b"eseal ledger checkpoint 1\n" + statement.encode()
    certificate, value = (base64.b64decode(checkpoint[field]) for field in ["certificate", "value"])
    question("register: the checkpoint signs this end", checkpoint["statement"]["head"] == end)
    question("register: OpenSSL verifies the checkpoint", openssl_verifies(certificate, message, value))
    changed = message.replace(str(length).encode(), str(length - 1).encode())
    question("register: and no other", changed != message and not openssl_verifies(certificate, changed, value))
    return seals


def judge_seals(seals):
    """All can be decoded, and some of each edition are looked at field by field."""
    sample, odd = {"2014": [], "2020": []}, 0
    for sm3_of, data in seals.items():
        if data[:1] != b"\x30":
            continue
        try:
            year, _ = layout(data)
        except asn1tools.DecodeError:
            odd += 1
            continue
        sample[str(year)].append((sm3_of, data))
    question("seals: asn1tools decodes every one", odd == 0, odd)
    for edition, found in sample.items():
        question(f"seals: there are some of {edition}", len(found) >= 3)
        for sm3_of, data in [found[0], found[len(found) // 2], found[-1]]:
            judge_seal(f"seal {sm3_of[:8]} of {edition}", data, edition)
    return [data for _, data in sample["2020"]]


def signed_file(package):
    """The last signature's value and the description that it signs."""
    with zipfile.ZipFile(package) as archive:
        names = sorted(name for name in archive.namelist() if name.endswith("SignedValue.dat"))
        value = archive.read(names[-1])
        return value, archive.read(names[-1].replace("SignedValue.dat", "Signature.xml"))


def judge_documents():
    documents = CITY / "documents"
    form = (TESTDATA / "forms/form-fill.pdf").read_bytes()
    for path in sorted(documents.glob("*.sig"))[:2]:
        judge_signature(f"signature {path.name} of 2014", path.read_bytes(), form, "2014")
    for path in sorted(documents.glob("*.ofd"))[:2]:
        value, description = signed_file(path)
        judge_signature(f"signature in {path.name}", value, description, "2020")


def judge_2025(seals):
    """A seal of 2025 made of one of 2020, and an OFD stamped with it, by the program."""
    signatory = WORK / "signatory.pem"
    text = (KEYS / "signatories.pem").read_text().split("-----END CERTIFICATE-----\n")[20] + "-----END CERTIFICATE-----\n"
    signatory.write_text(text)
    maker = ["--certificate", KEYS / "maker.pem", "--key", KEYS / "maker.key", "--trust", KEYS / "root.pem"]
    seal, at = WORK / "2025.esl", "2026-03-02T00:00:00Z"
    code, text = run(
        ESEAL, "seal", "migrate", in_file(seals[0]), *maker, "--to", "2025", "--signatory", signatory, "--at", at, "-o", seal
    )
    question("a seal of 2025 is made", code == 0, text)
    judge_seal("seal of 2025", seal.read_bytes(), "2025")
    stamped = WORK / "2025.ofd"
    code, text = run(
        ESEAL, "stamp", TESTDATA / "ofd/helloworld.ofd", "--seal", seal, "--certificate", signatory,
        "--key", KEYS / "signatory-20.key", "--trust", KEYS / "root.pem", "--page", "1", "--at", at, "-o", stamped,
    )
    question("an OFD is stamped with it", code == 0, text)
    value, description = signed_file(stamped)
    judge_signature("signature of 2025", value, description, "2025")


seals = judge_register()
newer = judge_seals(seals)
judge_documents()
judge_2025(newer)
close()
