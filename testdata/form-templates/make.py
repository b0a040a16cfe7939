#!/usr/bin/env python3
"""Writes the form templates of this folder and a filled-in sample of each: NAME.json and NAME.data.json.

    python3 make.py
"""
from parts import *

HRSS = "示例市人力资源和社会保障局"
LAND = "示例市自然资源局"
FUND = "示例市住房公积金管理中心"
HEALTH = "示例市卫生健康委员会"
SCHOOLS = "示例市教育局"
MEDICAL = "示例市医疗保障局"
CIVIL = "示例市民政局"

# ================================================================ 社会保险

form("resident_pension", "城乡居民基本养老保险参保登记表", ["社会保障", "养老保险", "参保登记"], HRSS, [
    person(extra_rows=["kind:2 start", "rank:2 subsidy"], extra=[
        f("kind", "参保类别", "radio", codes="kind", required=True, english="kind of insured"),
        f("start", "参保时间", "date", required=True, min="date('2009-01-01')", max="today", english="begin of insurance"),
        f("rank", "年缴费档次", "select", codes="rank", required=True, english="rank of contribution"),
        f("subsidy", "政府补贴", "calculated", calculate="if(kind == '2', 100, if(rank in ['1', '2'], 30, 60))", unit="元", english="subsidy")]),
    rows("特殊身份", ["special:2", "special_number:2 special_date"], [
        f("special", "特殊参保群体", "check", codes="special", english="special group"),
        f("special_number", "证件编号", "line", max_length=30, visible_when="not empty(special)", required_when="not empty(special)", english="number of the certificate"),
        f("special_date", "发证日期", "date", max="today", visible_when="not empty(special)", english="date of the certificate")]),
    repeated("family", "家庭成员参保情况", [
        f("member", "姓名", max_length=20, required=True, english="name"),
        f("relation", "与本人关系", "select", codes="relation", required=True, english="relation"),
        f("member_number", "公民身份号码", "citizen-number", required=True, english="citizen number"),
        f("insured", "是否参保", "select", codes="yes", required=True, english="insured")], [4, 4, 8, 4], english="family"),
    promise(TRUE), opinion("accept", "村（社区）", "accept", "经核对，申请人情况属实，同意上报。"),
    opinion("approve", "经办机构", "approve", "符合参保条件，予以登记。"),
], {**CODES, "kind": table("普通参保人员", "重度残疾人", "低保对象", "特困人员"), "rank": table("200元", "500元", "1000元", "2000元", "3000元"),
    "special": table("计划生育特殊家庭", "退役军人", "烈士遗属")}, {
    **PERSON, "kind": "1", "start": "2026-03-01", "rank": "3", "special": ["2"], "special_number": "TY-2010-0099", "special_date": "2010-12-01",
    "family": [{"member": "李示例", "relation": "2", "member_number": LI, "insured": "1"}]},
    rules=[sex_rule(), {"key": "of_age", "holds": "years(born(id_number), today) >= 16", "field": "id_number",
                        "chinese": "参保人员应年满16周岁", "english": "whoever is insured is 16 years old at least"}],
    notes=["本表由参保人员本人填写，一式两份，参保人员和经办机构各执一份。", "“特殊参保群体”栏仅限符合条件的人员勾选，并提供相应证件。"])

form("pension_claim", "企业职工基本养老保险待遇申领表", ["社会保障", "养老保险", "待遇申领"], HRSS, [
    person(extra_rows=["unit:2 uscc:3"], extra=[unit("unit", "参保单位"), uscc()]),
    rows("参保缴费", ["work_start retire_kind:2", "paid_months deemed_months total_months", "index retire_date"], [
        f("work_start", "参加工作时间", "date", required=True, max="today", english="begin of work"),
        f("retire_kind", "退休类别", "radio", codes="retire", required=True, english="kind of retirement"),
        number_field("paid_months", "实际缴费月数", decimals=0, min=0, max=720, required=True, english="months paid"),
        number_field("deemed_months", "视同缴费月数", decimals=0, min=0, max=480, default=0, english="months deemed"),
        f("total_months", "累计缴费月数", "calculated", calculate="paid_months + deemed_months", unit="个月", english="months in all"),
        number_field("index", "平均缴费指数", decimals=4, min="0.4", max=3, required=True, english="index"),
        f("retire_date", "申请退休时间", "date", required=True, min="work_start", english="date of retirement")]),
    rows("待遇发放", ["bank account:3"], ACCOUNT),
    promise(TRUE), opinion("accept", "参保单位", "accept", "该职工符合申领条件，同意申报。"),
    opinion("approve", "社保机构", "approve", "经审核，符合待遇领取条件。"),
], {**CODES, "retire": table("正常退休", "特殊工种提前退休", "病退")}, {
    **PERSON, **ACCOUNT_SAMPLE, "name": "王示例", "id_number": OLD, "sex": "1", "unit": "示例市示例机械有限公司", "uscc": FIRM,
    "work_start": "1980-07-01", "retire_kind": "1", "paid_months": 362, "deemed_months": 120, "index": "1.0325", "retire_date": "2026-04-20"},
    rules=[sex_rule(), {"key": "months", "holds": "total_months >= 180", "field": "total_months",
                        "chinese": "累计缴费不满180个月，不符合按月领取条件", "english": "less than 180 months in all were paid"}],
    notes=["本表由参保单位填报，申领人签字确认。", "平均缴费指数保留四位小数，由系统核定的以系统为准。"])

form("unemployment_benefit", "失业保险金申领登记表", ["社会保障", "失业保险", "待遇申领"], HRSS, [
    person(extra_rows=["education marriage"], extra=[
        f("education", "文化程度", "select", codes="education", required=True, english="education"),
        f("marriage", "婚姻状况", "select", codes="marriage", english="marriage")]),
    rows("失业前", ["unit:2 uscc:3", "leave_date reason:2", "paid_months benefit_months standard"], [
        unit("unit", "原工作单位"), uscc(required=False),
        f("leave_date", "失业时间", "date", required=True, max="today", english="end of work"),
        f("reason", "失业原因", "select", codes="reason", required=True, english="reason"),
        number_field("paid_months", "累计缴费月数", decimals=0, min=12, max=600, required=True, english="months paid"),
        f("benefit_months", "可领取月数", "calculated", english="months of benefit", unit="个月",
          calculate="if(paid_months < 60, 12, if(paid_months < 120, 18, 24))"),
        f("standard", "月领取标准", "amount", min=0, max=5000, edit=["approve"], required=True, unit="元／月", english="benefit")]),
    rows("求职意愿", ["willing:2 post:2", "training:2 training_kind:2"], [
        f("willing", "是否有求职意愿", "radio", codes="yes", required=True, english="wants work"),
        f("post", "意向岗位", "line", max_length=30, visible_when="willing == '1'", required_when="willing == '1'", english="post"),
        f("training", "是否参加培训", "radio", codes="yes", required=True, english="wants training"),
        f("training_kind", "培训工种", "line", max_length=30, visible_when="training == '1'", required_when="training == '1'", english="kind of training")]),
    rows("发放账户", ["bank account:3"], ACCOUNT),
    promise(TRUE), opinion("approve", "经办机构", "approve", "符合申领条件，自次月起按月发放。"),
], {**CODES, "reason": table("终止劳动合同", "用人单位解除劳动合同", "被用人单位开除、除名", "法律、行政法规另有规定的")}, {
    **PERSON, **ACCOUNT_SAMPLE, "education": "30", "marriage": "20", "unit": "示例市示例商贸有限公司", "uscc": FIRM, "leave_date": "2026-01-31",
    "reason": "1", "paid_months": 86, "standard": "1420.00", "willing": "1", "post": "仓储管理", "training": "2"},
    rules=[sex_rule()], notes=["失业人员应在终止或者解除劳动合同之日起60日内申领。", "重新就业的，应及时告知经办机构停发。"])

form("work_injury", "工伤认定申请表", ["社会保障", "工伤保险", "工伤认定"], HRSS, [
    rows("职工", ["name sex", "id_number:2 phone", "post start_work", "address"], [
        name(label="职工姓名"), sex(), number(), phone(), f("post", "职业、工种", max_length=30, required=True, english="post"),
        f("start_work", "参加工作时间", "date", max="injury_date", english="begin of work"), address()]),
    rows("用人单位", ["unit:2 uscc:3", "unit_contact unit_phone"], [
        unit("unit", "单位名称"), uscc(), f("unit_contact", "联系人", max_length=20, required=True, english="contact"), phone("unit_phone", "单位电话")]),
    rows("事故伤害", ["injury_date injury_time injury_place:2", "parts:3", "disease diagnosed:2", "course"], [
        f("injury_date", "事故时间", "date", required=True, max="today", english="day of the accident"),
        f("injury_time", "时刻", "time", english="time of the accident"),
        f("injury_place", "事故地点", max_length=50, required=True, english="place"),
        f("parts", "受伤害部位", "check", codes="parts", required=True, english="parts of the body"),
        f("disease", "职业病", "check", english="occupational disease"),
        f("diagnosed", "诊断时间", "date", visible_when="disease == true", required_when="disease == true", max="today", english="day of diagnosis"),
        f("course", "受伤害经过", "text", required=True, min_length=20, max_length=400, english="what happened")]),
    [[f("papers", "提交材料", "attachments", min_rows=2, max_rows=10, english="papers")], {"kind": "rows", "side": "材料", "rows": [["papers"]]}],
    promise("本人（单位）声明：申请事项及所附材料属实。", who="申请人"),
    opinion("accept", "用人单位", "accept", "情况属实，同意申请工伤认定。"),
    opinion("approve", "认定机构", "approve", "材料齐全，予以受理并认定为工伤。"),
], {**CODES, "parts": table("头部", "上肢", "下肢", "躯干", "其他")}, {
    "name": "张示例", "sex": "1", "id_number": ZHANG, "phone": "13900000001", "post": "装配工", "start_work": "2010-09-01",
    "address": "西峰区示例路1号2单元301室", "unit": "示例市示例机械有限公司", "uscc": FIRM, "unit_contact": "赵示例", "unit_phone": "0934-8000001",
    "injury_date": "2026-02-10", "injury_time": "10:20", "injury_place": "公司第二装配车间", "parts": ["2"], "disease": False,
    "course": "2026年2月10日上午10时20分，在第二装配车间搬运工件时，工件滑落砸伤左前臂，随即送医院治疗。",
    "papers": [{"name": "劳动合同复印件", "copies": 1}, {"name": "医疗诊断证明", "copies": 1}]},
    rules=[sex_rule(), {"key": "in_time", "holds": "days(injury_date, apply_date) <= 365", "field": "injury_date",
                        "chinese": "已超过一年的申请时限", "english": "the accident was more than a year ago"}],
    notes=["用人单位应在事故伤害发生之日起30日内申请，逾期由职工在一年内申请。"])

form("social_insurance_unit", "社会保险单位参保登记表", ["社会保障", "参保管理", "单位登记"], HRSS, [
    rows("单位信息", ["unit:2 uscc:3", "unit_kind economy", "address:2 region", "legal legal_number:2", "clerk clerk_phone"], [
        unit(), uscc(prefill=["licence.CZZTDM"]), f("unit_kind", "单位类型", "select", codes="unit_kind", required=True, english="kind of body"),
        f("economy", "经济类型", "select", codes="economy", visible_when="unit_kind == '1'", required_when="unit_kind == '1'", english="kind of economy"),
        address(label="单位地址"), f("region", "所属区县", "cascade", codes="region", required=True, english="region"),
        f("legal", "法定代表人", max_length=30, required=True, english="legal representative"), number("legal_number", "证件号码"),
        f("clerk", "社保专管员", max_length=20, required=True, english="clerk"), phone("clerk_phone", "专管员电话")]),
    rows("参保险种", ["kinds:3", "staff wages average"], [
        f("kinds", "险种", "check", codes="kinds", required=True, min_rows=1, english="kinds of insurance"),
        number_field("staff", "职工人数", decimals=0, min=1, max=100000, required=True, unit="人", english="staff"),
        f("wages", "月工资总额", "amount", min=0, required=True, english="wages"),
        f("average", "人均月工资", "calculated", calculate="round(wages / staff, 2)", decimals=2, words=False, unit="元", english="average wage")]),
    repeated("branches", "所属分支机构", [f("branch", "名称", max_length=40, required=True, english="name"),
             f("branch_code", "统一社会信用代码", "credit-code", required=True, english="credit code"),
             number_field("branch_staff", "人数", decimals=0, min=1, required=True, english="staff")], [9, 9, 4], least=2, english="branches"),
    rows("缴费账户", ["bank account:3"], ACCOUNT),
    unit_promise(UNIT_TRUE), opinion("approve", "社保机构", "approve", "准予参保登记。"),
], {**CODES, "unit_kind": table("企业", "机关", "事业单位", "社会团体", "个体工商户"), "economy": table("国有", "集体", "私营", "外商投资", "其他"),
    "kinds": table("基本养老保险", "失业保险", "工伤保险")}, {
    **ACCOUNT_SAMPLE, "unit": "示例市示例机械有限公司", "uscc": FIRM, "unit_kind": "1", "economy": "3", "address": "西峰区示例大道8号",
    "region": "621002", "legal": "张示例", "legal_number": ZHANG, "clerk": "李示例", "clerk_phone": "13900000002", "kinds": ["1", "2", "3"],
    "staff": 37, "wages": "203500.00", "branches": [{"branch": "示例机械有限公司庆城分公司", "branch_code": credit("91990021MA00001T"), "branch_staff": 9}]},
    rules=[{"key": "branch_staff", "holds": "sum(branches.branch_staff) <= staff", "field": "branches",
            "chinese": "分支机构人数之和超过单位职工人数", "english": "the branches have more staff than the body"}],
    notes=["单位应自成立之日起30日内办理参保登记。"])

# ================================================================ 不动产

HOLDER = [f("holder", "姓名（名称）", max_length=40, required=True, english="name"), f("paper", "证件种类", "select", codes="holder_paper", required=True, english="kind of paper"),
          f("paper_number", "证件号码", max_length=30, required=True, english="number of paper"), number_field("share", "份额（%）", decimals=2, min="0.01", max=100, required=True, english="share")]
HOLDER_PAPER = table("居民身份证", "统一社会信用代码", "护照", "其他")

form("real_estate_registration", "不动产登记申请书", ["不动产", "不动产登记", "首次及转移登记"], LAND, [
    rows("登记事由", ["subject:3", "kind:3"], [
        f("subject", "登记类型", "check", codes="subject", required=True, min_rows=1, max_rows=2, english="subject"),
        f("kind", "权利类型", "radio", codes="right", required=True, english="kind of right")]),
    repeated("holders", "申请人（权利人）", HOLDER, [7, 5, 8, 3], english="holders", min_rows=1),
    rows("代理", ["agent:1 agent_number:2"], [
        f("agent", "代理人姓名", max_length=30, english="agent"),
        f("agent_number", "代理人证号", "citizen-number", visible_when="not empty(agent)", required_when="not empty(agent)", english="agent's number")]),
    rows("不动产", ["place:3", "unit_number:2 use", "area price tax"], [
        f("place", "坐落", max_length=60, required=True, english="place", prefill=["licence.KZ_ZL"]),
        f("unit_number", "不动产单元号", pattern="[0-9]{6}[0-9A-Z]{22}", required=True, english="unit number", prefill=["licence.KZ_BDCDYH"]),
        f("use", "用途", "select", codes="use", required=True, english="use"),
        number_field("area", "建筑面积", decimals=2, min="0.01", max=1000000, unit="平方米", required=True, english="area"),
        f("price", "成交价格", "amount", min=0, visible_when="'2' in subject", required_when="'2' in subject", english="price"),
        f("tax", "契税（参考）", "calculated", visible_when="'2' in subject", calculate="round(price * 0.015, 2)", decimals=2, unit="元", english="tax")]),
    [[f("papers", "登记原因证明", "attachments", min_rows=1, max_rows=12, english="papers")], {"kind": "rows", "side": "材料", "rows": [["papers"]]}],
    promise("本申请人对填写的上述内容及提交的申请材料的真实性负责。如有不实，申请人愿承担法律责任。"),
    opinion("accept", "初审", "accept", "经审查，申请材料齐全，符合登记要求。"), opinion("approve", "登簿", "approve", "准予登记。"),
], {**CODES, "subject": table("首次登记", "转移登记", "变更登记", "更正登记", "注销登记"), "right": table("国有建设用地使用权及房屋所有权", "宅基地使用权及房屋所有权", "其他"),
    "use": table("住宅", "商业服务", "工业", "办公", "其他"), "holder_paper": HOLDER_PAPER}, {
    "subject": ["2"], "kind": "1", "holders": [{"holder": "张示例", "paper": "1", "paper_number": ZHANG, "share": 60}, {"holder": "李示例", "paper": "1", "paper_number": LI, "share": 40}],
    "place": "西峰区示例路1号示例花园2幢1单元301室", "unit_number": "621002001001GB00001F00020301", "use": "1", "area": "112.36", "price": "586000",
    "papers": [{"name": "商品房买卖合同", "copies": 1}, {"name": "完税凭证", "copies": 1}]},
    rules=[{"key": "shares", "holds": "sum(holders.share) == 100", "field": "holders", "chinese": "各权利人份额之和应为100%", "english": "the shares do not add up to 100 %"}],
    notes=["权利人为两人以上的，应注明各自份额。", "委托代理的，应提交授权委托书。"])

form("advance_notice", "不动产预告登记申请书", ["不动产", "不动产登记", "预告登记"], LAND, [
    rows("权利人", ["buyer id_number:2", "phone:1 buyer_address:2"], [f("buyer", "权利人", max_length=40, required=True, english="buyer"), number(label="证件号码"), phone(), address("buyer_address", "通讯地址")]),
    rows("义务人", ["seller uscc:2", "seller_contact seller_phone"], [unit("seller", "义务人"), uscc(), f("seller_contact", "联系人", max_length=20, english="contact"), phone("seller_phone", "联系电话")]),
    rows("不动产", ["place:3", "contract contract_date:2", "area price:3", "first_payment loan loan_bank"], [
        f("place", "坐落", max_length=60, required=True, english="place"), f("contract", "合同编号", max_length=30, required=True, pattern="[A-Z0-9-]{6,30}", english="contract"),
        f("contract_date", "签订日期", "date", required=True, max="today", english="day of the contract"),
        number_field("area", "建筑面积", decimals=2, min=1, unit="平方米", required=True, english="area"), f("price", "合同价款", "amount", min=1, required=True, words=True, english="price"),
        f("first_payment", "首付款", "amount", min=0, max="price", required=True, english="first payment"),
        f("loan", "贷款金额", "calculated", calculate="price - first_payment", decimals=2, unit="元", english="loan"),
        f("loan_bank", "贷款银行", "select", codes="bank", visible_when="loan > 0", required_when="loan > 0", english="bank")]),
    promise("申请人共同声明：以上内容及所附材料真实有效。"), opinion("approve", "登记机构", "approve", "符合预告登记条件，准予登记。"),
], CODES, {"buyer": "张示例", "id_number": ZHANG, "phone": "13900000001", "buyer_address": "西峰区示例路1号", "seller": "示例市示例置业有限公司", "uscc": FIRM,
    "seller_contact": "赵示例", "seller_phone": "0934-8000002", "place": "西峰区示例大道9号示例城3幢2单元1502室", "contract": "YS-2026-000123",
    "contract_date": "2026-02-20", "area": "98.50", "price": "512200", "first_payment": "162200", "loan_bank": "1"},
    notes=["预告登记后，未经权利人同意处分该不动产的，不发生物权效力。"])

form("mortgage_registration", "不动产抵押权登记申请书", ["不动产", "不动产登记", "抵押登记"], LAND, [
    rows("抵押权人", ["bank_name:2 uscc:3", "bank_contact bank_phone"], [unit("bank_name", "抵押权人"), uscc(), f("bank_contact", "联系人", max_length=20, required=True, english="contact"), phone("bank_phone")]),
    rows("抵押人", ["owner id_number:2", "certificate:2 phone"], [f("owner", "抵押人", max_length=40, required=True, english="owner"), number(label="证件号码"),
        f("certificate", "不动产权证号", max_length=40, required=True, english="certificate", prefill=["licence.ZZBH"]), phone()]),
    rows("抵押", ["way:3", "value claim rate", "term:2 months"], [
        f("way", "抵押方式", "radio", codes="way", required=True, english="way"), f("value", "评估价值", "amount", min=1, required=True, english="value"),
        f("claim", "被担保债权", "amount", min=1, required=True, english="claim"), f("rate", "抵押率", "calculated", calculate="round(claim / value * 100, 2)", decimals=2, unit="%", english="rate"),
        f("term", "债务履行期限", "date-range", required=True, english="term"), f("months", "期限", "calculated", calculate="months(start(term), end(term))", unit="个月", english="months")]),
    promise("抵押双方对本申请及所附材料的真实性负责。"), opinion("approve", "登记机构", "approve", "准予抵押登记。"),
], {**CODES, "way": table("一般抵押", "最高额抵押")}, {"bank_name": "示例银行股份有限公司示例分行", "uscc": credit("91990001MA00002T"), "bank_contact": "钱示例", "bank_phone": "0934-8000003",
    "owner": "张示例", "id_number": ZHANG, "certificate": "甘（2024）示例市不动产权第0000123号", "phone": "13900000001", "way": "1", "value": "800000", "claim": "480000",
    "term": {"from": "2026-03-10", "to": "2036-03-10"}},
    rules=[{"key": "rate", "holds": "rate <= 70", "field": "claim", "chinese": "抵押率不得超过70%", "english": "more than 70 % of the value is claimed"}])

form("house_lease", "房屋租赁登记备案申请表", ["不动产", "房屋管理", "租赁备案"], "示例市住房和城乡建设局", [
    rows("出租人", ["landlord id_number:2", "phone:1 landlord_address:2"], [f("landlord", "出租人", max_length=40, required=True, english="landlord"), number(), phone(), address("landlord_address", "通讯地址")]),
    rows("承租人", ["tenant tenant_number:2", "tenant_phone tenants"], [f("tenant", "承租人", max_length=40, required=True, english="tenant"), number("tenant_number", "公民身份号码"), phone("tenant_phone"),
        number_field("tenants", "居住人数", decimals=0, min=1, max=20, required=True, unit="人", english="number of tenants")]),
    rows("房屋", ["place:3", "area per_head use", "term:2 rent", "deposit total"], [
        f("place", "房屋坐落", max_length=60, required=True, english="place"), number_field("area", "出租面积", decimals=2, min=5, unit="平方米", required=True, english="area"),
        f("per_head", "人均面积", "calculated", calculate="round(area / tenants, 2)", unit="平方米", english="area per head"), f("use", "用途", "radio", codes="use", required=True, english="use"),
        f("term", "租赁期限", "date-range", required=True, english="term"), f("rent", "月租金", "amount", min=1, required=True, english="rent"),
        f("deposit", "押金", "amount", min=0, max="rent * 3", english="deposit"),
        f("total", "租金总额", "calculated", calculate="rent * months(start(term), after(end(term), 1))", decimals=2, words=True, english="rent in all")]),
    promise("租赁双方承诺：所填内容与租赁合同一致，房屋不存在法律、法规禁止出租的情形。", who="出租人、承租人"), opinion("approve", "备案机构", "approve", "予以备案。"),
], {**CODES, "use": table("居住", "办公", "商业")}, {"landlord": "张示例", "id_number": ZHANG, "phone": "13900000001", "landlord_address": "西峰区示例路1号", "tenant": "李示例",
    "tenant_number": LI, "tenant_phone": "13900000002", "tenants": 3, "place": "西峰区示例路5号4幢2单元602室", "area": "86.4", "use": "1",
    "term": {"from": "2026-04-01", "to": "2027-03-31"}, "rent": "1200", "deposit": "1200"},
    rules=[{"key": "per_head", "when": "use == '1'", "holds": "per_head >= 5", "field": "tenants", "chinese": "人均居住面积不得低于5平方米", "english": "there is less than 5 square metres a head"},
           {"key": "long", "holds": "years(start(term), end(term)) < 20", "field": "term", "chinese": "租赁期限不得超过20年", "english": "leases last 20 years at most"}])

form("public_rental", "公共租赁住房申请审批表", ["住房保障", "公共租赁住房", "资格申请"], "示例市住房和城乡建设局", [
    person(extra_rows=["unit:2 marriage", "own_house house_area:2"], extra=[unit("unit", "工作单位", required=False), f("marriage", "婚姻状况", "select", codes="marriage", required=True, english="marriage"),
        f("own_house", "自有住房", "radio", codes="yes", required=True, english="own house"), number_field("house_area", "住房面积", decimals=2, min=1, unit="平方米", visible_when="own_house == '1'", required_when="own_house == '1'", english="area of the house")]),
    repeated("family", "共同申请人", [f("member", "姓名", max_length=20, required=True, english="name"), f("relation", "关系", "select", codes="relation", required=True, english="relation"), f("member_number", "公民身份号码", "citizen-number", required=True, english="citizen number"),
        f("income", "月收入（元）", "amount", min=0, required=True, english="income")], [4, 4, 8, 5], least=4, english="family", max_rows=8),
    rows("收入住房", ["own_income average people", "per_head way:2", "district:3"], [f("own_income", "本人月收入", "amount", min=0, required=True, english="own income"),
        f("average", "人均月收入", "calculated", calculate="round((own_income + sum(family.income)) / people, 2)", decimals=2, unit="元", english="income a head"), f("people", "家庭人口", "calculated", calculate="count(family) + 1", unit="人", english="people"),
        f("per_head", "人均住房面积", "calculated", calculate="if(empty(house_area), 0, round(house_area / people, 2))", unit="平方米", english="area a head"),
        f("way", "保障方式", "radio", codes="way", required=True, english="way"), f("district", "意向小区", "check", codes="district", visible_when="way == '1'", min_rows=1, max_rows=2, english="district")]),
    promise("申请人同意对家庭收入、住房和资产状况进行核查，并承诺所填内容真实。"), opinion("accept", "街道办事处", "accept", "初审符合条件，公示无异议。"), opinion("approve", "住建部门", "approve", "符合保障条件，列入轮候。"),
], {**CODES, "way": table("实物配租", "租赁补贴"), "district": table("示例家园", "示例新村", "示例小区")}, {**PERSON, "unit": "示例市示例商贸有限公司", "marriage": "20", "own_house": "2", "own_income": "2100", "way": "1", "district": ["1", "3"],
    "family": [{"member": "李示例", "relation": "2", "member_number": LI, "income": "1800"}, {"member": "张小示", "relation": "3", "member_number": CHILD, "income": "0"}]},
    rules=[sex_rule(), {"key": "poor", "holds": "average <= 2200", "field": "own_income", "chinese": "家庭人均月收入超过准入标准", "english": "the income a head exceeds the limit"},
           {"key": "small", "holds": "per_head <= 15", "field": "house_area", "chinese": "人均住房面积超过15平方米", "english": "there are more than 15 square metres a head"}])

# ================================================================ 住房公积金

form("fund_unit", "住房公积金单位缴存登记表", ["住房公积金", "缴存管理", "单位登记"], FUND, [
    rows("单位", ["unit:2 uscc:3", "unit_kind address:2", "legal legal_number:2", "clerk clerk_phone"], [unit(), uscc(), f("unit_kind", "单位性质", "select", codes="unit_kind", required=True, english="kind"),
        address(label="单位地址"), f("legal", "法定代表人", max_length=30, required=True, english="legal representative"), number("legal_number", "证件号码"),
        f("clerk", "经办人", max_length=20, required=True, english="clerk"), phone("clerk_phone")]),
    rows("缴存", ["first_month unit_rate own_rate", "staff base monthly:2"], [
        f("first_month", "起缴日期", "date", required=True, english="first month"), number_field("unit_rate", "单位比例", decimals=0, min=5, max=12, required=True, unit="%", english="rate of the body"),
        number_field("own_rate", "个人比例", decimals=0, min=5, max=12, required=True, unit="%", english="rate of staff"),
        f("staff", "缴存人数", "calculated", calculate="count(people)", unit="人", english="staff"),
        f("base", "缴存基数合计", "calculated", calculate="sum(people.wage)", decimals=2, unit="元", english="base"),
        f("monthly", "月缴存额", "calculated", calculate="sum(people.paid)", decimals=2, words=True, english="monthly payment")]),
    repeated("people", "缴存职工清册", [f("person", "姓名", max_length=20, required=True, english="name"), f("person_number", "公民身份号码", "citizen-number", required=True, english="citizen number"),
        f("wage", "缴存基数（元）", "amount", min="1820", max="28000", required=True, english="base"),
        f("paid", "月缴存额（元）", "calculated", calculate="round(wage * (unit_rate + own_rate) / 100, 2)", decimals=2, unit="元", english="payment")], [4, 8, 5, 5], english="people", min_rows=1),
    unit_promise(UNIT_TRUE), opinion("approve", "中心", "approve", "同意开户。"),
], {**CODES, "unit_kind": table("国家机关", "事业单位", "国有企业", "民营企业", "其他")}, {"unit": "示例市示例机械有限公司", "uscc": FIRM, "unit_kind": "4", "address": "西峰区示例大道8号",
    "legal": "张示例", "legal_number": ZHANG, "clerk": "李示例", "clerk_phone": "13900000002", "first_month": "2026-04-01", "unit_rate": 8, "own_rate": 8,
    "people": [{"person": "张示例", "person_number": ZHANG, "wage": "6500"}, {"person": "李示例", "person_number": LI, "wage": "5230.5"}]},
    rules=[{"key": "twice", "holds": "distinct(people.person_number)", "field": "people", "chinese": "同一职工重复填写", "english": "somebody is listed twice"},
           {"key": "rates", "holds": "own_rate >= unit_rate", "field": "own_rate", "chinese": "个人比例不得低于单位比例", "english": "staff pays less than the body"}],
    notes=["缴存基数不得低于当地最低工资标准，不得高于上年度社会平均工资的三倍。"])

form("fund_withdrawal", "住房公积金提取申请表", ["住房公积金", "提取业务", "购房及其他提取"], FUND, [
    person(extra_rows=["fund_number:2 balance"], extra=[f("fund_number", "个人公积金账号", pattern="[0-9]{12}", required=True, english="account with the fund"), f("balance", "账户余额", "amount", min=0, required=True, english="balance")]),
    rows("提取", ["reason:3", "contract:2 contract_date", "price amount:2"], [
        f("reason", "提取原因", "radio", codes="reason", required=True, english="reason"),
        f("contract", "购房合同号", max_length=30, visible_when="reason == '1'", required_when="reason == '1'", english="contract"),
        f("contract_date", "合同日期", "date", max="today", visible_when="reason == '1'", required_when="reason == '1'", english="day of the contract"),
        f("price", "房屋总价", "amount", min=1, visible_when="reason == '1'", required_when="reason == '1'", english="price"),
        f("amount", "申请提取金额", "amount", min="0.01", max="balance", required=True, words=True, english="amount")]),
    repeated("relatives", "共同提取的配偶及直系亲属", [f("relative", "姓名", max_length=20, required=True, english="name"), f("relation", "关系", "select", codes="relation", required=True, english="relation"),
        f("relative_number", "公民身份号码", "citizen-number", required=True, english="citizen number"), f("relative_amount", "提取金额（元）", "amount", min="0.01", required=True, english="amount")], [4, 4, 8, 5], least=2, english="relatives"),
    rows("收款", ["bank account:3"], ACCOUNT), promise(TRUE), opinion("accept", "单位", "accept", "情况属实。"), opinion("approve", "中心", "approve", "同意提取。"),
], {**CODES, "reason": table("购买自住住房", "偿还住房贷款本息", "租赁住房", "离休、退休", "其他")}, {**PERSON, **ACCOUNT_SAMPLE, "fund_number": "620000000001", "balance": "86320.55", "reason": "1",
    "contract": "YS-2026-000123", "contract_date": "2026-02-20", "price": "512200", "amount": "80000", "relatives": [{"relative": "李示例", "relation": "2", "relative_number": LI, "relative_amount": "35000"}]},
    rules=[sex_rule(), {"key": "all", "when": "reason == '1'", "holds": "amount + sum(relatives.relative_amount) <= price", "field": "amount", "chinese": "提取总额不得超过房屋总价", "english": "more than the price is withdrawn"}])

form("fund_loan", "住房公积金个人住房贷款申请表", ["住房公积金", "贷款业务", "个人贷款"], FUND, [
    person(side="借款人", extra_rows=["unit:2 income", "marriage fund_number:2"], extra=[unit("unit", "工作单位", prefill=["licence.unit"]), f("income", "月收入", "amount", min=1, required=True, english="income"),
        f("marriage", "婚姻状况", "radio", codes="marriage", required=True, english="marriage"), f("fund_number", "公积金账号", pattern="[0-9]{12,13}", required=True, english="account with the fund", prefill=["licence.account"])]),
    rows("配偶", ["spouse spouse_number:2", "spouse_unit:2 spouse_income"], [
        f("spouse", "配偶姓名", max_length=20, visible_when="marriage == '20'", required_when="marriage == '20'", english="spouse"),
        f("spouse_number", "配偶证号", "citizen-number", visible_when="marriage == '20'", required_when="marriage == '20'", english="spouse's number"),
        f("spouse_unit", "工作单位", max_length=40, visible_when="marriage == '20'", english="spouse's work"), f("spouse_income", "月收入", "amount", min=0, visible_when="marriage == '20'", english="spouse's income")]),
    rows("贷款", ["place:3", "area price first", "loan:2 years", "rate monthly ratio"], [
        f("place", "所购房屋坐落", max_length=60, required=True, english="place", prefill=["licence.KZ_ZL"]), number_field("area", "建筑面积", decimals=2, min=10, max=500, unit="平方米", required=True, english="area"),
        f("price", "房屋总价", "amount", min=1, required=True, english="price"), f("first", "首付款", "amount", min="price * 0.2", max="price", required=True, english="first payment"),
        f("loan", "申请贷款额", "amount", min=10000, max=700000, required=True, words=True, english="loan"), number_field("years", "贷款年限", decimals=0, min=1, max=30, required=True, unit="年", english="years"),
        number_field("rate", "年利率", decimals=3, min=1, max=6, role="shown", unit="%", english="rate"),
        f("monthly", "月还款（等额本金首月）", "calculated", calculate="round(loan / (years * 12) + loan * rate / 100 / 12, 2)", decimals=2, unit="元", english="monthly payment"),
        f("ratio", "月供收入比", "calculated", calculate="round(monthly / (income + if(empty(spouse_income), 0, spouse_income)) * 100, 1)", unit="%", english="ratio")]),
    promise(TRUE, who="借款人"), opinion("accept", "银行初审", "accept", "借款人资信良好，同意上报。"), opinion("approve", "中心", "approve", "同意贷款。"),
], CODES, {**PERSON, "unit": "示例市示例机械有限公司", "income": "9800", "marriage": "20", "fund_number": "620000000001", "spouse": "李示例", "spouse_number": LI, "spouse_unit": "示例市示例商贸有限公司",
    "spouse_income": "5200", "place": "西峰区示例大道9号示例城3幢2单元1502室", "area": "98.5", "price": "512200", "first": "162200", "loan": "350000", "years": 20, "rate": "2.6"},
    rules=[sex_rule(), {"key": "ratio", "holds": "ratio <= 60", "field": "loan", "chinese": "月供不得超过家庭月收入的60%", "english": "the payment exceeds 60 % of the income"},
           {"key": "enough", "holds": "loan + first <= price", "field": "loan", "chinese": "贷款与首付款之和不得超过房屋总价", "english": "loan and first payment exceed the price"}])

# ================================================================ 卫生健康

form("birth_certificate", "出生医学证明首次签发申请表", ["卫生健康", "妇幼健康", "出生医学证明"], HEALTH, [
    rows("新生儿", ["baby sex", "birth_day birth_time weight", "weeks tall health", "hospital:3"], [
        f("baby", "新生儿姓名", max_length=20, required=True, pattern="[\\u4e00-\\u9fff·]{2,20}", english="name of the baby"), sex(),
        f("birth_day", "出生日期", "date", required=True, min="after(today, 0 - 365)", max="today", english="day of birth"), f("birth_time", "出生时间", "time", required=True, english="time of birth"),
        number_field("weight", "体重", decimals=0, min=300, max=8000, unit="克", required=True, english="weight"), number_field("weeks", "孕周", decimals=0, min=20, max=45, unit="周", required=True, english="weeks"),
        number_field("length", "身长", decimals=1, min=20, max=70, unit="厘米", required=True, english="length") | {"key": "tall"}, f("health", "健康状况", "radio", codes="health", required=True, english="health"),
        unit("hospital", "出生医疗机构")]),
    rows("母亲", ["mother mother_nation", "mother_number:2 mother_phone", "mother_address:3"], [
        f("mother", "母亲姓名", max_length=30, required=True, english="mother"), f("mother_nation", "民族", "select", codes="nation", required=True, english="mother's group"),
        number("mother_number", "公民身份号码"), phone("mother_phone"), address("mother_address", "住址")]),
    rows("父亲", ["known:3", "father father_number:2"], [
        f("known", "是否填写父亲信息", "radio", codes="yes", required=True, english="father told"),
        f("father", "父亲姓名", max_length=30, visible_when="known == '1'", required_when="known == '1'", english="father"),
        f("father_number", "公民身份号码", "citizen-number", visible_when="known == '1'", required_when="known == '1'", english="father's number")]),
    promise("申领人声明：以上信息及提供的证件真实有效，新生儿姓名一经登记不再变更。", who="申领人"), opinion("approve", "签发机构", "approve", "信息核对无误，准予签发。"),
], {**CODES, "health": table("良好", "一般", "差")}, {"baby": "张小示", "sex": "2", "birth_day": "2026-02-18", "birth_time": "06:42", "weight": 3250, "weeks": 39, "tall": "50.5", "health": "1",
    "hospital": "示例市人民医院", "mother": "李示例", "mother_nation": "01", "mother_number": LI, "mother_phone": "13900000002", "mother_address": "西峰区示例路1号2单元301室",
    "known": "1", "father": "张示例", "father_number": ZHANG},
    rules=[{"key": "mother_is", "when": "not empty(mother_number)", "holds": "sex(mother_number) == '2'", "field": "mother_number", "chinese": "母亲的公民身份号码与性别不符", "english": "the mother's number is a man's"}])

form("public_place_permit", "公共场所卫生许可证申请表", ["卫生健康", "公共卫生", "卫生许可"], HEALTH, [
    rows("申请单位", ["unit:2 uscc:3", "legal legal_number:2", "address:2 phone"], [unit("unit", "申请单位"), uscc(prefill=["licence.CZZTDM"]), f("legal", "法定代表人", max_length=30, required=True, english="legal representative"),
        number("legal_number", "证件号码"), address(label="经营地址"), phone()]),
    rows("场所", ["kinds:3", "area seats staff", "air:2 water:2", "pool_area pool_water:2"], [
        f("kinds", "经营项目", "check", codes="place", required=True, min_rows=1, max_rows=3, english="kinds"), number_field("area", "营业面积", decimals=1, min=1, unit="平方米", required=True, english="area"),
        number_field("seats", "床位（座位）数", decimals=0, min=0, english="seats"), f("staff", "从业人员", "calculated", calculate="count(people)", unit="人", english="staff"),
        f("air", "集中空调", "radio", codes="yes", required=True, english="air conditioning"), f("water", "二次供水", "radio", codes="yes", required=True, english="water supply"),
        number_field("pool_area", "泳池面积", decimals=1, min=1, unit="平方米", visible_when="'5' in kinds", required_when="'5' in kinds", english="pool"),
        f("pool_water", "循环净化方式", max_length=30, visible_when="'5' in kinds", required_when="'5' in kinds", english="water of the pool")]),
    repeated("people", "从业人员健康证明", [f("person", "姓名", max_length=20, required=True, english="name"), f("post", "岗位", max_length=20, required=True, english="post"),
        f("proof", "健康证明编号", pattern="[A-Z0-9-]{4,24}", required=True, english="proof"), f("until", "有效期至", "date", min="today", required=True, english="until")], [4, 4, 7, 5], english="people", min_rows=1),
    unit_promise(UNIT_TRUE), opinion("accept", "现场审核", "accept", "现场审核合格。"), opinion("approve", "许可机关", "approve", "准予许可，有效期四年。"),
], {**CODES, "place": table("宾馆", "理发店", "美容店", "商场", "游泳馆", "影剧院")}, {"unit": "示例市示例酒店管理有限公司", "uscc": FIRM, "legal": "张示例", "legal_number": ZHANG, "address": "西峰区示例大道66号",
    "phone": "0934-8000004", "kinds": ["1", "5"], "area": "2360", "seats": 120, "air": "1", "water": "1", "pool_area": "312.5", "pool_water": "毛发过滤、砂缸过滤加臭氧消毒",
    "people": [{"person": "王示例", "post": "客房服务", "proof": "JK-2026-00012", "until": "2027-01-15"}, {"person": "赵示例", "post": "救生员", "proof": "JK-2026-00013", "until": "2027-01-15"}]},
    notes=["从业人员健康证明应在有效期内。"])

# ================================================================ 教育

form("school_admission", "义务教育阶段入学申请表", ["教育", "义务教育", "新生入学"], SCHOOLS, [
    rows("学生", ["name sex", "id_number", "nation birth", "region health"], [name(label="学生姓名"), sex(), number(), nation(),
        f("birth", "出生日期", "calculated", calculate="born(id_number)", english="birth"), f("region", "户籍所在地", "cascade", codes="region", required=True, english="region"),
        f("health", "健康状况", "select", codes="health", required=True, english="health"), f("photo", "照片", "image", max_length=400000, english="photo")], photo="photo"),
    rows("入学", ["stage:2 school:2", "residence:3", "house:3", "brother:2 brother_school:2"], [
        f("stage", "申请学段", "radio", codes="stage", required=True, english="stage"), f("school", "申请学校", "select", codes="school", required=True, english="school"),
        f("residence", "居住情况", "radio", codes="residence", required=True, english="residence"), f("house", "实际居住地址", max_length=60, required=True, english="house"),
        f("brother", "有兄姐在读", "radio", codes="yes", required=True, english="brother or sister"), f("brother_school", "兄姐就读学校", "select", codes="school", visible_when="brother == '1'", required_when="brother == '1'", english="their school")]),
    repeated("guardians", "监护人", [f("guardian", "姓名", max_length=20, required=True, english="name"), f("relation", "关系", "select", codes="guardian", required=True, english="relation"),
        f("guardian_number", "公民身份号码", "citizen-number", required=True, english="citizen number"), f("guardian_phone", "联系电话", "phone", required=True, english="telephone")], [4, 3, 8, 6], least=2, english="guardians", min_rows=1, max_rows=4),
    promise("监护人承诺：所填内容及提供的户籍、房产等材料真实，如有虚假，服从教育行政部门统筹安排。", who="监护人"), opinion("accept", "学校", "accept", "材料齐全，初审通过。"), opinion("approve", "教育局", "approve", "同意入学。"),
], {**CODES, "stage": table("小学一年级", "初中一年级"), "school": table("示例市第一小学", "示例市第二小学", "示例市第一初级中学"), "residence": table("自有住房", "租赁住房", "祖辈住房"),
    "health": table("良好", "一般", "残疾"), "guardian": table("父亲", "母亲", "祖父母", "其他监护人")}, {"name": "张小示", "sex": "2", "id_number": CHILD2, "nation": "01", "region": "621002", "health": "1",
    "stage": "1", "school": "1", "residence": "1", "house": "西峰区示例路1号2单元301室", "brother": "1", "brother_school": "1",
    "guardians": [{"guardian": "张示例", "relation": "1", "guardian_number": ZHANG, "guardian_phone": "13900000001"}, {"guardian": "李示例", "relation": "2", "guardian_number": LI, "guardian_phone": "13900000002"}]},
    rules=[{"key": "age", "when": "stage == '1'", "holds": "years(born(id_number), date('2026-08-31')) >= 6", "field": "id_number", "chinese": "入读小学应在8月31日前年满6周岁", "english": "pupils are six years old by 31 August"}, sex_rule()])

form("teacher_certificate", "教师资格认定申请表", ["教育", "教师管理", "教师资格"], SCHOOLS, [
    rows("申请人", ["name sex", "id_number", "nation politics", "phone education"], [name(), sex(), number(), nation(), f("politics", "政治面貌", "select", codes="politics", required=True, english="politics"), phone(),
        f("education", "最高学历", "select", codes="education", required=True, english="education"), f("photo", "照片", "image", max_length=400000, english="photo")], photo="photo"),
    rows("申请资格", ["level:2 subject", "exam:2 exam_until", "mandarin score", "unit:3"], [
        f("level", "资格种类", "select", codes="level", required=True, english="level"), f("subject", "任教学科", max_length=20, required=True, english="subject"),
        f("exam", "考试合格证号", pattern="[0-9]{10,20}", required=True, english="examination"), f("exam_until", "有效期至", "date", min="today", required=True, english="valid until"),
        f("mandarin", "普通话等级", "select", codes="mandarin", required=True, english="Mandarin"), number_field("score", "普通话成绩", decimals=1, min=60, max=100, required=True, english="score"),
        unit("unit", "工作（学习）单位", required=False)]),
    repeated("career", "学习和工作简历", [f("span", "起止日期", "date-range", required=True, english="from and to"), f("place", "单位", max_length=40, required=True, english="place"), f("post", "职务", max_length=20, english="post")], [9, 9, 4], english="career", min_rows=1),
    promise("本人承诺遵守宪法和法律，热爱教育事业，所填内容真实。"), opinion("accept", "专家评议", "accept", "具备教育教学能力，建议认定。"), opinion("approve", "认定机构", "approve", "予以认定。"),
], {**CODES, "politics": table("中共党员", "共青团员", "群众", "其他"), "level": table("幼儿园教师资格", "小学教师资格", "初级中学教师资格", "高级中学教师资格"),
    "mandarin": table("一级乙等", "二级甲等", "二级乙等")}, {"name": "李示例", "sex": "2", "id_number": LI, "nation": "01", "politics": "2", "phone": "13900000002", "education": "20", "level": "2", "subject": "语文",
    "exam": "2025620000001", "exam_until": "2028-06-30", "mandarin": "2", "score": "88.5", "unit": "示例市第一小学",
    "career": [{"span": {"from": "2005-09-01", "to": "2009-06-30"}, "place": "示例师范大学", "post": "学生"}, {"span": {"from": "2009-09-01", "to": "2026-02-28"}, "place": "示例市第一小学", "post": "代课教师"}]},
    rules=[sex_rule(), {"key": "chinese", "when": "subject == '语文'", "holds": "mandarin in ['1', '2']", "field": "mandarin", "chinese": "语文教师普通话应达到二级甲等以上", "english": "teachers of Chinese reach 2A at least"}])

form("student_aid", "家庭经济困难学生认定申请表", ["教育", "学生资助", "困难认定"], SCHOOLS, [
    rows("学生", ["name sex", "id_number:2 phone", "school:2 grade", "address:3"], [name(), sex(), number(), phone(), unit("school", "就读学校"), f("grade", "年级班级", max_length=20, required=True, english="class"), address(label="家庭住址")]),
    repeated("family", "家庭成员", [f("member", "姓名", max_length=20, required=True, english="name"), number_field("age", "年龄", decimals=0, min=0, max=120, required=True, english="age"), f("relation", "关系", "select", codes="relation", required=True, english="relation"),
        f("work", "工作（学习）单位", max_length=30, english="work"), f("income", "年收入（元）", "amount", min=0, required=True, english="income")], [4, 2, 3, 7, 5], english="family", min_rows=1),
    rows("经济状况", ["groups:3", "total people average", "hardship:3"], [
        f("groups", "特殊群体", "check", codes="groups", english="groups"), f("total", "家庭年收入", "calculated", calculate="sum(family.income)", decimals=2, unit="元", english="income in all"),
        f("people", "家庭人口", "calculated", calculate="count(family) + 1", unit="人", english="people"), f("average", "人均年收入", "calculated", calculate="round(total / people, 2)", decimals=2, unit="元", english="income a head"),
        f("hardship", "困难情况", "text", max_length=200, required_when="empty(groups)", english="hardship")]),
    promise("本人承诺以上所填内容真实，并授权学校及资助管理部门核查。", who="学生或监护人"), opinion("accept", "学校评议", "accept", "经评议，建议认定为家庭经济困难。"), opinion("approve", "资助中心", "approve", "予以认定。"),
], {**CODES, "groups": table("脱贫家庭学生", "低保家庭学生", "特困供养学生", "孤残学生", "烈士子女")}, {"name": "陈示例", "sex": "1" if int(STUDENT[16]) % 2 else "2", "id_number": STUDENT, "phone": "13900000003", "school": "示例职业技术学院", "grade": "2024级机电1班",
    "address": "环县示例乡示例村3组", "family": [{"member": "陈父示", "age": 52, "relation": "4", "work": "务农", "income": "18000"}, {"member": "周示例", "age": 50, "relation": "4", "work": "务农", "income": "6000"}],
    "groups": ["2"], "hardship": "父亲患慢性病，家庭支出较大。"}, rules=[sex_rule()])

form("private_school", "民办学校办学许可申请表", ["教育", "民办教育", "设立审批"], SCHOOLS, [
    rows("举办者", ["unit:2 uscc:3", "legal legal_number:2", "phone address:2"], [unit("unit", "举办者名称"), uscc(), f("legal", "法定代表人", max_length=30, required=True, english="legal representative"), number("legal_number", "证件号码"), phone(), address()]),
    rows("学校", ["school:2 kind", "level:3", "place:3", "land building fund", "profit:3"], [
        unit("school", "学校名称"), f("kind", "办学形式", "select", codes="kind", required=True, english="kind"), f("level", "办学层次", "check", codes="level", required=True, min_rows=1, english="levels"),
        f("place", "校址", max_length=60, required=True, english="place"), number_field("land", "占地面积", decimals=1, min=100, unit="平方米", required=True, english="land"),
        number_field("building", "校舍面积", decimals=1, min=100, max="land * 6", unit="平方米", required=True, english="building"), f("fund", "开办资金", "amount", min=100000, required=True, english="fund"),
        f("profit", "学校性质", "radio", codes="profit", required=True, english="for profit")]),
    repeated("teachers", "拟聘教师", [f("teacher", "姓名", max_length=20, required=True, english="name"), f("certificate", "教师资格证号", pattern="[0-9]{15,20}", required=True, english="certificate"),
        f("subject", "任教学科", max_length=20, required=True, english="subject"), f("full", "是否专职", "select", codes="yes", required=True, english="full time")], [4, 9, 5, 4], english="teachers", min_rows=1),
    unit_promise(UNIT_TRUE, who="举办者"), opinion("accept", "评估", "accept", "办学条件达到设置标准。"), opinion("approve", "审批机关", "approve", "准予设立。"),
], {**CODES, "kind": table("全日制", "非学历培训"), "level": table("幼儿园", "小学", "初中", "职业培训"), "profit": table("非营利性", "营利性")}, {"unit": "示例教育发展有限公司", "uscc": FIRM, "legal": "张示例", "legal_number": ZHANG,
    "phone": "0934-8000005", "address": "西峰区示例大道18号", "school": "示例市示例幼儿园", "kind": "1", "level": ["1"], "place": "西峰区示例路77号", "land": "3200", "building": "2680.5", "fund": "2000000", "profit": "1",
    "teachers": [{"teacher": "李示例", "certificate": "20096200000000001", "subject": "学前教育", "full": "1"}]},
    rules=[{"key": "compulsory", "when": "profit == '2'", "holds": "'2' not in level and '3' not in level", "field": "profit", "chinese": "不得设立营利性义务教育学校", "english": "compulsory education is not for profit"}])

# ================================================================ 就业

form("employment_registration", "就业失业登记表", ["就业创业", "就业服务", "就业失业登记"], HRSS, [
    person(extra_rows=["education graduate skill", "state:3"], extra=[f("education", "文化程度", "select", codes="education", required=True, english="education"), f("graduate", "毕业时间", "date", max="today", english="graduation"),
        f("skill", "技能等级", "select", codes="skill", english="skill"), f("state", "登记类别", "radio", codes="state", required=True, english="state")]),
    rows("就业", ["unit:2 contract", "start:1 form:2"], [
        f("unit", "就业单位", max_length=50, visible_when="state == '1'", required_when="state == '1'", english="employer"), f("contract", "合同期限", "select", codes="contract", visible_when="state == '1'", english="contract"),
        f("start", "就业时间", "date", max="today", visible_when="state == '1'", required_when="state == '1'", english="begin of work"), f("form", "就业形式", "select", codes="form", visible_when="state == '1'", required_when="state == '1'", english="form of work")]),
    rows("失业", ["leave:1 reason:2", "needs:3"], [
        f("leave", "失业时间", "date", max="today", visible_when="state == '2'", required_when="state == '2'", english="end of work"), f("reason", "失业原因", "select", codes="reason", visible_when="state == '2'", required_when="state == '2'", english="reason"),
        f("needs", "服务需求", "check", codes="needs", visible_when="state == '2'", english="needs")]),
    promise(TRUE), opinion("approve", "经办机构", "approve", "情况属实，予以登记。"),
], {**CODES, "skill": table("初级工", "中级工", "高级工", "技师", "高级技师"), "state": table("就业登记", "失业登记"), "contract": table("固定期限", "无固定期限", "以完成一定任务为期限"),
    "form": table("单位就业", "灵活就业", "自主创业", "公益性岗位"), "reason": table("从未就业", "合同到期", "单位解除", "本人辞职"), "needs": table("职业介绍", "职业指导", "技能培训", "创业服务")},
    {**PERSON, "education": "20", "graduate": "2007-06-30", "skill": "3", "state": "2", "leave": "2026-02-01", "reason": "2", "needs": ["1", "3"]}, rules=[sex_rule()])

form("startup_loan", "创业担保贷款申请表", ["就业创业", "创业扶持", "担保贷款"], HRSS, [
    person(extra_rows=["kind:3", "marriage phone2"], extra=[f("kind", "人员类别", "radio", codes="kind", required=True, english="kind of person"), f("marriage", "婚姻状况", "select", codes="marriage", required=True, english="marriage"), phone("phone2", "备用电话", required=False)]),
    rows("创业项目", ["project:2 uscc:3", "trade place:2", "opened workers invested"], [unit("project", "经营实体名称"), uscc(), f("trade", "所属行业", "select", codes="trade", required=True, english="trade"), f("place", "经营地址", max_length=60, required=True, english="place"),
        f("opened", "注册时间", "date", max="today", required=True, english="opened"), number_field("workers", "带动就业", decimals=0, min=0, max=500, required=True, unit="人", english="workers"), f("invested", "已投入资金", "amount", min=0, required=True, english="invested")]),
    rows("贷款", ["loan:2 months", "way:3", "use:3"], [f("loan", "申请金额", "amount", min=10000, max="if(workers >= 5, 3000000, 300000)", required=True, words=True, english="loan"), number_field("months", "期限", decimals=0, min=6, max=36, unit="个月", required=True, english="months"),
        f("way", "反担保方式", "radio", codes="way", required=True, english="way of security"), f("use", "资金用途", "text", min_length=10, max_length=200, required=True, english="use")]),
    repeated("guarantors", "反担保人", [f("guarantor", "姓名", max_length=20, required=True, english="name"), f("guarantor_number", "公民身份号码", "citizen-number", required=True, english="citizen number"), f("guarantor_work", "工作单位", max_length=40, required=True, english="work"),
        f("guarantor_phone", "联系电话", "phone", required=True, english="telephone")], [4, 7, 6, 6], least=2, english="guarantors", visible_when="way == '1'", required_when="way == '1'"),
    promise(TRUE), opinion("accept", "人社部门", "accept", "符合创业担保贷款申请条件。"), opinion("approve", "担保中心", "approve", "同意担保。"),
], {**CODES, "kind": table("高校毕业生", "返乡创业农民工", "就业困难人员", "退役军人", "其他"), "trade": table("批发零售", "住宿餐饮", "种植养殖", "加工制造", "居民服务"), "way": table("保证人担保", "抵押", "质押", "免除反担保")},
    {**PERSON, "kind": "2", "marriage": "20", "project": "西峰区示例农产品加工店", "uscc": FIRM, "trade": "4", "place": "西峰区示例镇示例街12号", "opened": "2024-05-06", "workers": 3, "invested": "160000", "loan": "200000", "months": 24,
     "way": "1", "use": "购置包装生产线一条及流动资金周转。", "guarantors": [{"guarantor": "李示例", "guarantor_number": LI, "guarantor_work": "示例市第一小学", "guarantor_phone": "13900000002"}]}, rules=[sex_rule()])

form("hardship_employment", "就业困难人员认定申请表", ["就业创业", "就业援助", "困难认定"], HRSS, [
    person(extra_rows=["education marriage", "kind:3"], extra=[f("education", "文化程度", "select", codes="education", required=True, english="education"), f("marriage", "婚姻状况", "select", codes="marriage", english="marriage"),
        f("kind", "困难类别", "radio", codes="kind", required=True, english="kind")]),
    rows("相关情况", ["jobless_since months:1", "disability:2 disability_level", "poor_number:3", "home:3"], [f("jobless_since", "失业登记时间", "date", max="today", required=True, english="jobless since"),
        f("months", "失业时长", "calculated", calculate="months(jobless_since, today)", unit="个月", english="months"), f("disability", "残疾证号", pattern="[0-9]{17}[0-9X][1-7][1-4]", visible_when="kind == '3'", required_when="kind == '3'", english="certificate of disability"),
        f("disability_level", "残疾等级", "select", codes="level", visible_when="kind == '3'", required_when="kind == '3'", english="level"), f("poor_number", "低保证号", pattern="[A-Z0-9]{6,20}", visible_when="kind == '2'", required_when="kind == '2'", english="certificate of relief"),
        f("home", "家庭情况说明", "text", max_length=200, english="home")]),
    promise(TRUE), opinion("accept", "社区", "accept", "情况属实，公示五个工作日无异议。"), opinion("approve", "人社部门", "approve", "认定为就业困难人员。"),
], {**CODES, "kind": table("大龄失业人员", "低保家庭成员", "残疾人员", "连续失业一年以上", "失地农民"), "level": table("一级", "二级", "三级", "四级")},
    {**PERSON, "education": "70", "marriage": "20", "kind": "4", "jobless_since": "2024-12-01", "home": "家中有一名未成年子女。"},
    rules=[sex_rule(), {"key": "year", "when": "kind == '4'", "holds": "months >= 12", "field": "jobless_since", "chinese": "连续失业不满一年", "english": "jobless for less than a year"}])

form("graduate_subsidy", "高校毕业生求职创业补贴申请表", ["就业创业", "就业补贴", "求职创业补贴"], HRSS, [
    [[name(), sex(), number(), nation(), phone(), unit("school", "毕业院校"), f("major", "专业", max_length=40, required=True, english="major"), f("education", "学历", "select", codes="education", required=True, english="education"),
      f("graduate", "毕业时间", "date", required=True, min="date('2026-01-01')", max="date('2026-12-31')", english="graduation"),
      f("kinds", "申请类别", "check", codes="kinds", required=True, min_rows=1, english="kinds"), f("proof", "证明材料编号", max_length=40, required=True, english="proof"),
      f("amount", "补贴金额", "calculated", calculate="1000", words=True, decimals=2, english="amount"), *ACCOUNT,
      f("apply_date", "申请日期", "date", required=True, max="today", english="day of application"),
      f("hint", "申请须知", "static", text="补贴每人只能享受一次，发放至本人银行账户。"),
      f("school_seal", "毕业院校（盖章）", "seal"), f("approve_seal", "人社部门（盖章）", "seal")], None],
], {**CODES, "kinds": table("低保家庭毕业生", "残疾毕业生", "获得国家助学贷款毕业生", "脱贫家庭毕业生", "特困人员中的毕业生")},
    {"name": "陈示例", "sex": "1" if int(STUDENT[16]) % 2 else "2", "id_number": STUDENT, "nation": "01", "phone": "13900000003", "school": "示例职业技术学院", "major": "机电一体化技术", "education": "30", "graduate": "2026-06-30", "kinds": ["1", "3"],
     "proof": "DB-2025-00088", "apply_date": "2026-03-02", **ACCOUNT_SAMPLE}, rules=[sex_rule()], kind="plain", head=None)

# ================================================================ 医疗保障

form("medical_registration", "基本医疗保险参保登记表", ["医疗保障", "参保管理", "个人参保"], MEDICAL, [
    person(extra_rows=["kind:3", "grant:2 pay"], extra=[f("kind", "参保类型", "radio", codes="kind", required=True, english="kind of insured"), f("grant", "资助参保类别", "select", codes="grant", visible_when="kind == '1'", english="grant"),
        f("pay", "个人缴费", "calculated", calculate="if(kind == '2', 4200, if(empty(grant), 400, if(grant == '1', 0, 200)))", decimals=2, unit="元", english="payment")]),
    repeated("family", "同户参保人员", [f("member", "姓名", max_length=20, required=True, english="name"), f("relation", "关系", "select", codes="relation", required=True, english="relation"), f("member_number", "公民身份号码", "citizen-number", required=True, english="citizen number"),
        f("member_pay", "缴费（元）", "amount", min=0, max=400, required=True, english="payment")], [4, 4, 8, 5], least=4, english="family"),
    rows("缴费", ["total:3"], [f("total", "合计缴费", "calculated", calculate="pay + sum(family.member_pay)", decimals=2, words=True, english="payment in all")]),
    promise(TRUE), opinion("approve", "经办机构", "approve", "准予参保登记。"),
], {**CODES, "kind": table("城乡居民", "灵活就业人员"), "grant": table("特困人员", "低保对象", "防止返贫监测对象")}, {**PERSON, "kind": "1", "family": [{"member": "李示例", "relation": "2", "member_number": LI, "member_pay": "400"},
    {"member": "张小示", "relation": "3", "member_number": CHILD, "member_pay": "400"}]}, rules=[sex_rule()])

form("remote_care", "跨省异地就医备案登记表", ["医疗保障", "异地就医", "备案"], MEDICAL, [
    person(side="参保人", extra_rows=["card:2 insured:2"], extra=[f("card", "社会保障卡号", pattern="[A-Z0-9]{9}", required=True, english="card"), f("insured", "险种", "radio", codes="insured", required=True, english="kind of insurance")]),
    rows("备案", ["kind:3", "place:2 place_address:2", "span:3"], [f("kind", "备案类型", "radio", codes="kind", required=True, english="kind"), f("place", "就医地", "select", codes="place", required=True, english="place"),
        f("place_address", "就医地住址", max_length=60, required_when="kind in ['1', '2', '3']", visible_when="kind != '4'", english="address there"), f("span", "备案有效期", "date-range", visible_when="kind == '4'", required_when="kind == '4'", english="from and to")]),
    rows("联系人", ["contact contact_relation contact_phone"], [f("contact", "联系人", max_length=20, required=True, english="contact"), f("contact_relation", "关系", "select", codes="relation", required=True, english="relation"), phone("contact_phone")]),
    promise("本人承诺遵守异地就医直接结算有关规定，所填内容真实。", who="参保人"), opinion("approve", "经办机构", "approve", "准予备案。"),
], {**CODES, "insured": table("职工医保", "居民医保"), "kind": table("异地安置退休人员", "异地长期居住人员", "常驻异地工作人员", "临时外出就医人员"), "place": table("陕西省西安市", "甘肃省兰州市", "北京市", "上海市")},
    {**PERSON, "card": "A12345678", "insured": "1", "kind": "4", "place": "1", "span": {"from": "2026-03-05", "to": "2026-09-04"}, "contact": "李示例", "contact_relation": "2", "contact_phone": "13900000002"},
    rules=[sex_rule(), {"key": "half", "when": "kind == '4'", "holds": "months(start(span), end(span)) <= 6", "field": "span", "chinese": "临时外出就医备案有效期不超过6个月", "english": "half a year at most"}])

form("medical_refund", "医疗费用零星报销申请表", ["医疗保障", "待遇支付", "零星报销"], MEDICAL, [
    person(side="参保人"),
    rows("就医", ["hospital:2 level", "kind:2 stay", "diagnosis:3"], [unit("hospital", "就诊医疗机构"), f("level", "机构级别", "select", codes="level", required=True, english="level"), f("kind", "就诊类型", "radio", codes="kind", required=True, english="kind"),
        number_field("days", "住院天数", decimals=0, min=1, max=365, unit="天", visible_when="kind == '2'", required_when="kind == '2'", english="days") | {"key": "stay"}, f("diagnosis", "诊断", max_length=60, required=True, english="diagnosis")]),
    repeated("bills", "费用票据", [f("bill", "票据号码", pattern="[0-9]{8,20}", required=True, english="bill"), f("day", "开票日期", "date", max="today", required=True, english="day"), f("item", "费用项目", "select", codes="item", required=True, english="item"),
        f("fee", "金额（元）", "amount", min="0.01", required=True, english="amount"), f("own", "自费（元）", "amount", min=0, max="fee", required=True, english="own share")], [6, 5, 4, 4, 4], least=4, english="bills", min_rows=1),
    rows("结算", ["total own_total", "base line", "refund:3"], [f("total", "费用合计", "calculated", calculate="sum(bills.fee)", decimals=2, unit="元", english="total"), f("own_total", "自费合计", "calculated", calculate="sum(bills.own)", decimals=2, unit="元", english="own share in all"),
        f("base", "可报销费用", "calculated", calculate="total - own_total", decimals=2, unit="元", english="base"), f("line", "起付线", "calculated", calculate="if(level == '3', 1200, if(level == '2', 600, 200))", decimals=2, unit="元", english="threshold"),
        f("refund", "预计报销金额", "calculated", calculate="max(0, round((base - line) * 0.7, 2))", decimals=2, words=True, english="refund")]),
    rows("收款", ["bank account:3"], ACCOUNT), promise(TRUE), opinion("approve", "经办机构", "approve", "审核无误，同意支付。"),
], {**CODES, "level": table("一级", "二级", "三级"), "kind": table("门诊", "住院"), "item": table("床位费", "药品费", "检查费", "治疗费", "手术费", "材料费")}, {**PERSON, **ACCOUNT_SAMPLE, "hospital": "示例市人民医院", "level": "3", "kind": "2", "stay": 9, "diagnosis": "急性阑尾炎",
    "bills": [{"bill": "0062000001", "day": "2026-02-20", "item": "5", "fee": "6800.00", "own": "320.50"}, {"bill": "0062000002", "day": "2026-02-20", "item": "2", "fee": "2136.78", "own": "412.00"}, {"bill": "0062000003", "day": "2026-02-20", "item": "1", "fee": "540", "own": "0"}]},
    rules=[sex_rule(), {"key": "once", "holds": "distinct(bills.bill)", "field": "bills", "chinese": "票据号码重复", "english": "a bill occurs twice"}])

form("chronic_disease", "门诊慢特病待遇认定申请表", ["医疗保障", "待遇认定", "门诊慢特病"], MEDICAL, [
    rows("参保人", ["name sex", "id_number", "phone insured", "region card"], [name(), sex(), number(), phone(), f("insured", "险种", "radio", codes="insured", required=True, english="kind of insurance"), f("region", "参保地", "cascade", codes="region", required=True, english="region"),
        f("card", "社会保障卡号", pattern="[A-Z0-9]{9}", required=True, english="card"), f("photo", "照片", "image", max_length=400000, english="photo")], photo="photo"),
    rows("病种", ["diseases:3", "since hospital:2", "history:3"], [f("diseases", "申请病种", "check", codes="diseases", required=True, min_rows=1, max_rows=2, english="diseases"), f("since", "确诊时间", "date", max="today", required=True, english="since"),
        unit("hospital", "定点医疗机构"), f("history", "病史摘要", "text", min_length=10, max_length=300, required=True, english="history")]),
    rows("医师", ["doctor doctor_number:2"], [f("doctor", "责任医师", max_length=20, required=True, edit=["accept"], english="doctor"), f("doctor_number", "医师执业证号", pattern="[0-9]{15}", required=True, edit=["accept"], english="doctor's number")]),
    promise(TRUE, who="参保人"), opinion("accept", "医疗机构", "accept", "符合认定标准。"), opinion("approve", "医保部门", "approve", "予以认定，自认定之日起享受待遇。"),
], {**CODES, "insured": table("职工医保", "居民医保"), "diseases": table("高血压", "糖尿病", "冠心病", "恶性肿瘤门诊治疗", "尿毒症透析", "器官移植抗排异治疗")}, {"name": "王示例", "sex": "1", "id_number": OLD, "phone": "13900000005", "insured": "1", "region": "621021",
    "card": "B12345678", "diseases": ["1", "2"], "since": "2019-05-10", "hospital": "庆城县示例医院", "history": "确诊高血压、糖尿病六年余，长期服药，血压血糖控制欠佳。", "doctor": "孙示例", "doctor_number": "110620000000001"}, rules=[sex_rule()])

form("maternity_allowance", "生育津贴申领表", ["医疗保障", "生育保险", "津贴申领"], MEDICAL, [
    rows("职工", ["name id_number:2", "unit:2 uscc:3", "phone account:2"], [name(), number(), unit("unit", "参保单位"), uscc(), phone(), ACCOUNT[1]]),
    rows("生育", ["kind:3", "birth_day babies hard", "leave:2 leave_days"], [f("kind", "生育类别", "radio", codes="kind", required=True, english="kind"), f("birth_day", "生育（手术）日期", "date", max="today", required=True, english="day"),
        number_field("babies", "婴儿数", decimals=0, min=1, max=5, visible_when="kind in ['1', '2']", required_when="kind in ['1', '2']", english="babies"), f("hard", "难产", "check", visible_when="kind in ['1', '2']", english="difficult birth"),
        f("leave", "产假起止", "date-range", required=True, english="leave"), f("leave_days", "产假天数", "calculated", calculate="days(start(leave), end(leave)) + 1", unit="天", english="days of leave")]),
    rows("津贴", ["wage due_days", "allowance:3"], [f("wage", "单位月平均工资", "amount", min=1, required=True, english="wage"),
        f("due_days", "核定天数", "calculated", calculate="if(kind == '3', 42, 98 + if(hard == true, 15, 0) + if(babies > 1, (babies - 1) * 15, 0))", unit="天", english="days due"),
        f("allowance", "津贴金额", "calculated", calculate="round(wage / 30 * due_days, 2)", decimals=2, words=True, english="allowance")]),
    promise(TRUE), opinion("accept", "用人单位", "accept", "情况属实。"), opinion("approve", "经办机构", "approve", "同意支付生育津贴。"),
], {**CODES, "kind": table("顺产", "剖宫产", "流产")}, {"name": "李示例", "id_number": LI, "unit": "示例市示例商贸有限公司", "uscc": FIRM, "phone": "13900000002", "account": "6200000000000000002", "kind": "2", "birth_day": "2026-02-18", "babies": 1, "hard": True,
    "leave": {"from": "2026-02-10", "to": "2026-08-06"}, "wage": "5230.50"},
    rules=[{"key": "woman", "holds": "sex(id_number) == '2'", "field": "id_number", "chinese": "申领人应为女职工", "english": "the allowance is for women"}])

# ================================================================ 民政与窗口

form("minimum_living", "最低生活保障申请审核确认表", ["民政", "社会救助", "最低生活保障"], CIVIL, [
    person(extra_rows=["marriage health:2"], extra=[f("marriage", "婚姻状况", "select", codes="marriage", required=True, english="marriage"), f("health", "健康状况", "radio", codes="health", required=True, english="health")]),
    repeated("family", "共同生活的家庭成员", [f("member", "姓名", max_length=20, required=True, english="name"), f("relation", "关系", "select", codes="relation", required=True, english="relation"), f("member_number", "公民身份号码", "citizen-number", required=True, english="citizen number"),
        f("able", "劳动能力", "select", codes="able", required=True, english="able to work"), f("income", "月收入（元）", "amount", min=0, required=True, english="income")], [3, 3, 7, 4, 5], least=4, english="family"),
    rows("家庭收入", ["own_income total", "people average", "standard gap", "causes:3"], [f("own_income", "本人月收入", "amount", min=0, required=True, english="own income"), f("total", "家庭月收入", "calculated", calculate="own_income + sum(family.income)", decimals=2, unit="元", english="income"),
        f("people", "家庭人口", "calculated", calculate="count(family) + 1", unit="人", english="people"), f("average", "人均月收入", "calculated", calculate="round(total / people, 2)", decimals=2, unit="元", english="income a head"),
        f("standard", "当地低保标准", "amount", role="shown", default="700", unit="元／月", english="standard"), f("gap", "月保障金额", "calculated", calculate="max(0, round((standard - average) * people, 2))", decimals=2, words=True, english="relief"),
        f("causes", "致困原因", "check", codes="causes", required=True, min_rows=1, english="causes")]),
    promise("申请人及家庭成员同意对家庭经济状况进行核对，并承诺所填内容真实。"), opinion("accept", "乡镇（街道）", "accept", "经调查核实并公示，符合条件。"), opinion("approve", "县级民政", "approve", "确认给予最低生活保障。"),
], {**CODES, "health": table("健康", "慢性病", "重病", "残疾"), "able": table("有", "部分丧失", "无"), "causes": table("因病", "因残", "因学", "因灾", "缺劳动力")}, {**PERSON, "marriage": "20", "health": "2", "own_income": "600",
    "family": [{"member": "李示例", "relation": "2", "member_number": LI, "able": "2", "income": "400"}, {"member": "张小示", "relation": "3", "member_number": CHILD, "able": "3", "income": "0"}], "causes": ["1"]},
    rules=[sex_rule(), {"key": "poor", "holds": "average < standard", "field": "own_income", "chinese": "人均月收入不低于低保标准", "english": "the income a head is not below the standard"}])

# 套打：每一项都有自己的位置。
song = lambda size, **more: {"size": size, **more}
text = lambda box, words, style="body", **more: {"kind": "text", "box": box, "text": words, "style": style, **more}
line = lambda top, left=70, right=180: {"kind": "line", "from": [left, top], "to": [right, top], "width": 0.2}
items = [("case_number", "办件编号", 62), ("item", "事项名称", 74), ("applicant", "申 请 人", 86), ("id_number", "证件号码", 98), ("phone", "联系电话", 110), ("received", "受理时间", 122), ("due", "承诺办结", 134)]
form("receipt", "政务服务事项受理通知书", ["政务服务", "综合窗口", "受理回执"], "示例市政务服务中心", [
    [[f("case_number", "办件编号", pattern="[0-9A-Z-]{8,32}", required=True, english="case", at={"left": 70, "top": 62, "width": 110, "height": 9}),
      f("item", "事项名称", max_length=60, required=True, english="item", at={"left": 70, "top": 74, "width": 110, "height": 9}),
      f("applicant", "申请人", max_length=40, required=True, english="applicant", prefill=["licence.CZZT"], at={"left": 70, "top": 86, "width": 110, "height": 9}),
      f("id_number", "证件号码", "citizen-number", required=True, english="citizen number", prefill=["licence.CZZTDM"], at={"left": 70, "top": 98, "width": 110, "height": 9}),
      f("phone", "联系电话", "phone", english="telephone", at={"left": 70, "top": 110, "width": 110, "height": 9}),
      f("received", "受理时间", "date", required=True, max="today", english="received", at={"left": 70, "top": 122, "width": 110, "height": 9}),
      f("days", "承诺时限", "number", decimals=0, min=1, max=60, required=True, role="hidden", english="days") | {"key": "limit"},
      f("due", "承诺办结", "calculated", calculate="after(received, limit)", english="due", at={"left": 70, "top": 134, "width": 110, "height": 9}),
      f("papers", "收到材料", "attachments", min_rows=1, max_rows=8, english="papers", at={"left": 70, "top": 146, "width": 110, "height": 40}),
      f("window_seal", "受理专用章", "seal", at={"left": 132, "top": 205, "width": 40, "height": 40})], None],
], CODES, {"case_number": "621000-2026-000456", "item": "企业职工基本养老保险待遇申领", "applicant": "王示例", "id_number": OLD, "phone": "13900000005", "received": "2026-03-05", "limit": 15,
    "papers": [{"name": "待遇申领表", "copies": 1}, {"name": "居民身份证复印件", "copies": 1}, {"name": "职工档案", "copies": 1}]},
    head=None, kind="layout", pages={
        "page": {"paper": "A4", "margins": {"top": 20, "right": 20, "bottom": 20, "left": 20}},
        "style": {"font": "song", "size": 14},
        "styles": {"title": {"font": "hei", "size": "小二", "align": "centre", "valign": "middle"}, "body": {"valign": "middle"}, "label": {"align": "distributed", "valign": "middle"},
                   "value": {"valign": "middle", "fit": {"shrink": 8}}, "list": {"fit": {"shrink": 8}}, "right": {"align": "right", "valign": "middle"}, "small": {"size": "五号"}},
        "pages": [{"fixed": [
            {"kind": "frame", "box": [14, 14, 182, 269], "lines": [{"width": 0.6}, {"width": 0.2, "inset": 1.4}], "colour": "#b00000"},
            text([20, 28, 170, 14], "政务服务事项受理通知书", "title"), {"kind": "line", "from": [40, 46], "to": [170, 46], "width": 0.5, "colour": "#b00000"},
            *[text([30, top, 32, 9], label, "label") for _, label, top in items], *[text([63, top, 6, 9], "：") for _, _, top in items],
            *[{"kind": "text", "box": [70, top, 110, 9], "field": key, "style": "value"} for key, _, top in items], *[line(top + 9.5) for _, _, top in items],
            text([30, 146, 32, 9], "收到材料", "label"), text([63, 146, 6, 9], "："), {"kind": "text", "box": [70, 147, 110, 40], "field": "papers", "style": "list"},
            text([30, 192, 150, 18], "经审查，上述申请材料齐全，符合法定形式，现予受理。请凭本通知书在承诺办结日后领取办理结果。", {"indent": 2, "pitch": 8}),
            text([100, 222, 80, 9], "示例市政务服务中心", "right"), text([100, 232, 80, 9], "（受理专用章）", "right"), {"kind": "seal", "name": "window_seal", "box": [132, 205, 40, 40]},
            text([30, 262, 150, 8], "本通知书加盖电子印章后与纸质通知书具有同等效力。", "small")]}]})

if __name__ == "__main__":
    print(f"{len(WRITTEN)} forms written")
