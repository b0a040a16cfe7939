"""What the forms of make.py are made of.

What the forms of one city have in common – applicants, opinions, promises – is said once here; each form then has
its own fields and rules. Nothing in the samples is anybody's: citizens' numbers begin with a region that there is
not (99), bodies are called 示例.
"""
import json
import pathlib
import uuid

HERE = pathlib.Path(__file__).parent
SPACE = uuid.UUID("6f1c2b34-58a7-4d0e-9b1f-2a7c5e3d9a10")

# ---------------------------------------------------------------- identifiers


def citizen(born, serial, region="990001"):
    body = f"{region}{born}{serial:03d}"
    weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
    return body + "10X98765432"[sum(int(c) * w for c, w in zip(body, weights)) % 11]


def credit(body):
    alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    value = lambda c: int(c) if c.isdigit() else ord(c) - 55
    organisation = body[8:16]
    rest = 11 - sum(value(c) * w for c, w in zip(organisation, [3, 7, 9, 10, 5, 8, 4, 2])) % 11
    body += "X" if rest == 10 else "0" if rest == 11 else str(rest)
    total = sum(alphabet.index(c) * pow(3, i, 31) for i, c in enumerate(body))
    return body + alphabet[(31 - total % 31) % 31]


ZHANG = citizen("19850312", 11)
LI = citizen("19870726", 24)
CHILD = citizen("20170902", 37)
CHILD2 = citizen("20190514", 42)
OLD = citizen("19580420", 53)
STUDENT = citizen("20020118", 66)
FIRM = credit("91990001MA00000T")
SCHOOL = credit("52990001MJ00001T")
HOSPITAL = credit("12990001MB00002T")

# ---------------------------------------------------------------- code tables


def table(*names, start=1):
    return [{"code": str(at), "name": name} for at, name in enumerate(names, start)]


SEX = table("男", "女")
YES = table("是", "否")
NATION = [{"code": c, "name": n} for c, n in [
    ("01", "汉族"), ("02", "蒙古族"), ("03", "回族"), ("04", "藏族"), ("05", "维吾尔族"), ("11", "满族"), ("97", "其他")]]
RELATION = table("本人", "配偶", "子女", "父母", "祖父母", "其他")
EDUCATION = [{"code": c, "name": n} for c, n in [
    ("10", "研究生"), ("20", "大学本科"), ("30", "大学专科"), ("40", "中等职业教育"), ("60", "普通高级中学"), ("70", "初级中学"), ("80", "小学")]]
MARRIAGE = [{"code": c, "name": n} for c, n in [("10", "未婚"), ("20", "已婚"), ("30", "丧偶"), ("40", "离婚")]]
REGION = [{"code": "621000", "name": "庆阳市", "below": [
    {"code": "621002", "name": "西峰区"}, {"code": "621021", "name": "庆城县"}, {"code": "621022", "name": "环县"},
    {"code": "621023", "name": "华池县"}, {"code": "621024", "name": "合水县"}, {"code": "621025", "name": "正宁县"},
    {"code": "621026", "name": "宁县"}, {"code": "621027", "name": "镇原县"}]}]
BANK = table("示例银行", "示例农村商业银行", "示例邮政储蓄银行", "其他")
PAPER = table("居民身份证", "护照", "其他")

STEPS = [{"key": "apply", "name": "申请"}, {"key": "accept", "name": "受理"}, {"key": "approve", "name": "审批"}]

# ---------------------------------------------------------------- fields


def f(key, label, kind="line", **more):
    more = {name.replace("_", "-"): value for name, value in more.items()}
    return {"key": key, "label": label, "kind": kind, **more}


def name(key="name", label="姓名", **more):
    return f(key, label, "line", required=True, max_length=30, pattern="[\\u4e00-\\u9fff·]{2,30}", english="name",
             prefill=["licence.CZZT"], **more)


def sex(key="sex"):
    return f(key, "性别", "radio", codes="sex", required=True, english="sex")


def number(key="id_number", label="公民身份号码", **more):
    return f(key, label, "citizen-number", required=more.pop("required", True), english="citizen number",
             prefill=["licence.CZZTDM"], **more)


def phone(key="phone", label="联系电话", **more):
    return f(key, label, "phone", required=more.pop("required", True), english="telephone", **more)


def address(key="address", label="现住址", **more):
    return f(key, label, "line", required=more.pop("required", True), max_length=60, english="address", **more)


def nation():
    return f("nation", "民族", "select", codes="nation", required=True, english="ethnic group")


def unit(key="unit", label="单位名称", **more):
    return f(key, label, "line", required=more.pop("required", True), max_length=50, english="name of the body", **more)


def uscc(key="uscc", label="统一社会信用代码", **more):
    return f(key, label, "credit-code", required=more.pop("required", True), english="credit code", **more)


def number_field(key, label, **more):
    return f(key, label, "number", **more)


SEX_RULE = {"key": "sex_of_number", "when": "not empty(id_number) and not empty(sex)", "holds": "sex(id_number) == sex",
            "field": "sex", "chinese": "性别与公民身份号码不一致", "english": "sex and citizen number do not agree"}


def sex_rule():
    return dict(SEX_RULE)


def opinion(prefix, label, step, text):
    """An opinion with clerk, day and seal: the fields, the part of the page, and a sample."""
    fields = [
        f(f"{prefix}_opinion", f"{label}意见", "text", required=True, max_length=200, edit=[step], english=f"{prefix} opinion"),
        f(f"{prefix}_clerk", f"{label}经办人", "line", required=True, max_length=20, edit=[step], english=f"{prefix} clerk"),
        f(f"{prefix}_date", f"{label}日期", "date", required=True, max="today", edit=[step], english=f"{prefix} date"),
        f(f"{prefix}_seal", f"{label}印章", "seal", edit=[step]),
    ]
    part = {"kind": "words", "label": f"{label}\n意　见", "text": "", "field": f"{prefix}_opinion", "height": 45,
            "slots": [{"seal": f"{prefix}_seal",
                       "lines": [f"经办人：{{{prefix}_clerk}}　　　（盖章）", f"{{{prefix}_date}}"]}]}
    sample = {f"{prefix}_opinion": text, f"{prefix}_clerk": "示例员", f"{prefix}_date": "2026-03-0%d" % (3 if step == "accept" else 6)}
    return fields, part, sample


def promise(text, who="申请人", height=28):
    fields = [
        f("apply_date", "申请日期", "date", required=True, max="today", edit=["apply"], english="day of application"),
        f("apply_sign", f"{who}签字", "seal", edit=["apply"]),
    ]
    part = {"kind": "words", "text": text, "height": height,
            "slots": [{"seal": "apply_sign", "size": [34, 12], "lines": [f"{who}（签字）：", "{apply_date}"]}]}
    return fields, part, {"apply_date": "2026-03-02"}


def unit_promise(text, who="申请单位"):
    fields = [
        f("apply_date", "申请日期", "date", required=True, max="today", edit=["apply"], english="day of application"),
        f("apply_seal", f"{who}公章", "seal", edit=["apply"]),
    ]
    part = {"kind": "words", "text": text, "height": 48,
            "slots": [{"lines": []}, {"seal": "apply_seal", "lines": [f"{who}（公章）　　　　", "{apply_date}"]}]}
    return fields, part, {"apply_date": "2026-03-02"}


TRUE = "本人承诺：以上所填内容及提交的材料真实、准确、完整，如有虚假，愿意承担由此产生的法律责任。"
UNIT_TRUE = "本单位承诺：以上所填内容及提交的材料真实、准确、完整，如有虚假，愿意承担由此产生的法律责任。"

WRITTEN = []


def form(key, title, category, issuer, blocks, codes, samples, rules=(), notes=(), head=("编号：{serial}", "填表日期：{apply_date}"), **more):
    """A form: `blocks` are parts of the page, each with its fields; what has no part is data only."""
    fields, parts, sample = [], [], {}
    if head:
        fields.append(f("serial", "编号", "line", role="shown", max_length=32, english="serial number"))
        sample["serial"] = f"{key.upper().replace('_', '-')[:14]}-2026-0001"
    for block in blocks:
        own, part, *given = block
        fields += own
        if part:
            parts.append(part)
        for one in given:
            sample.update(one)
    sample.update(samples)
    used = {field.get("codes") for field in fields} | {c.get("codes") for field in fields for c in field.get("columns", [])}
    template = {
        "format": "eseal-form/1", "id": str(uuid.uuid5(SPACE, key)), "key": key, "name": title.replace("\n", ""),
        "version": 1, "category": category, "kind": more.pop("kind", "table"), "issuer": issuer,
        "steps": STEPS, "codes": {name: value for name, value in codes.items() if name in used},
        "fields": fields, "rules": list(rules), "notes": list(notes),
    }
    if template["kind"] == "table":
        template["layout"] = {"grid": {"head": list(head), "blocks": parts, **more}}
    elif template["kind"] == "layout":
        template["layout"] = {"pages": more["pages"]}
    for empty in ["rules", "notes"]:
        if not template[empty]:
            del template[empty]
    write(key, template, sample)


def write(key, template, sample):
    dump = lambda value: json.dumps(value, ensure_ascii=False, indent=1) + "\n"
    (HERE / f"{key}.json").write_text(dump(template), encoding="utf-8")
    (HERE / f"{key}.data.json").write_text(dump(sample), encoding="utf-8")
    WRITTEN.append(key)


def rows(side, lines, fields, **more):
    return fields, {"kind": "rows", "side": side, "rows": [line.split() for line in lines], **more}


def repeated(key, label, columns, widths, least=3, english=None, **more):
    page = {"kind": "table", "field": key, "widths": widths, "least": least, "numbered": True}
    return [f(key, label, "table", columns=columns, english=english or key, **more)], page


CODES = {"sex": SEX, "yes": YES, "nation": NATION, "relation": RELATION, "education": EDUCATION, "marriage": MARRIAGE,
         "region": REGION, "bank": BANK, "paper": PAPER}


def person(side="申请人", extra_rows=(), extra=()):
    return rows(side, ["name sex nation", "id_number:2 phone", "region:2 address:3", *extra_rows], [
        name(), sex(), nation(), number(), phone(),
        f("region", "户籍所在地", "cascade", codes="region", required=True, english="region"), address(), *extra])


PERSON = {"name": "张示例", "sex": "1", "nation": "01", "id_number": ZHANG, "phone": "13900000001",
          "region": "621002", "address": "西峰区示例路1号2单元301室"}
ACCOUNT = [f("bank", "开户银行", "select", codes="bank", required=True, english="bank"),
           f("account", "银行账号", "line", required=True, pattern="[0-9]{12,24}", min_length=12, max_length=24, english="bank account")]
ACCOUNT_SAMPLE = {"bank": "1", "account": "6200000000000000001"}
