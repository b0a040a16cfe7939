"""Makes FormSong.otf, FormHei.otf and FormKai.ttf: the fonts of forms and licences.

Needs fontTools, and the files of the Debian packages fonts-noto-cjk and fonts-lxgw-wenkai; their folder is the argument.
"""
import sys
from pathlib import Path

from fontTools import subset

# GB 2312: the first level of ideographs, signs, and full-width Latin.
LEVEL_1 = [bytes([high + 0xA0, low + 0xA0]).decode("gb2312")
           for high in range(16, 56) for low in range(1, 95) if not (high == 55 and low > 89)]
SIGNS = [bytes([high + 0xA0, low + 0xA0]).decode("gb2312") for high in (1, 3) for low in range(1, 95)]
LATIN = [chr(code) for code in range(0x20, 0x7F)]
# Signs of licences, and characters of names and places beyond the first level.
MORE = list(
    "〇㎡㎞㎏℃·—…“”‘’×÷±°№￥¥²³①②③④⑤⑥⑦⑧⑨⑩○●□■△▲◎"
    "鑫淼焱垚翀旻晟昱玥珺琦琪琳瑄瑜瑾璇璐璟瓒甯睿祎祺禧稷筠綦翊莹莺菡萱蒨蓓蔺薇藜裴诩诺谡轩迦逯邝邬邵邰"
    "郜郗郝郦鄢鄯酆钊钰铄锟锴镕镛闫闵阚隗隰霁霏霖靳韫颉颍飒馨骁骅骐骞鲍鹄鹏麒麟黎黛亓亘伋佟佘侃俨倩倪偲傅俪"
    "冼冯凇刁刈勐匡卞卢厍叵吕咏咸哲唯喆嘉囡圳坤垣埠堃塬墉夔奚妤妍妮妲姗姝姣娅娉娜娟婕婧婵媛嫒嬿孜孟宓宸宥寇尕尧岐岚岷"
    "峪崆崔崮嵇嵘巩帏幸庄庞康廉弋彤彧彭徵忻怡恺悦惠愫慕懿戎戚扈拓挚摩敖斌旌昊昕昙晏晔晗晖暄暾曦杭枞柯栾桦梓梵椿楠榆榕槿樊"
    "殷毓汐汝汪沁沂沅沐沛泓泾洛洮洵浚浠浩涓涛涵淇淑渊渝湉湟溆溥溪滢滕漪潇潞澄澜濮瀚灏炀炅炜炫烁烨焕煊煜熙熠燚爨"
)
FULL = "".join(dict.fromkeys(LEVEL_1 + SIGNS + LATIN + MORE))
KAI = Path("kai-characters.txt").read_text(encoding="utf-8") + "".join(SIGNS + LATIN)

FONTS = {
    "FormSong.otf": ("opentype/noto/NotoSerifCJK-Regular.ttc", 2, FULL, "(c) 2017-2022 Adobe (http://www.adobe.com/)"),
    "FormHei.otf": ("opentype/noto/NotoSansCJK-Bold.ttc", 2, FULL, "(c) 2014-2021 Adobe (http://www.adobe.com/)"),
    "FormKai.ttf": ("truetype/lxgw-wenkai/LXGWWenKai-Regular.ttf", -1, KAI,
                    "Copyright 2021-2023 LXGW, Copyright 2020 The Klee Project Authors"),
}
LAYOUT = ["GSUB", "GPOS", "GDEF", "BASE", "VORG", "vhea", "vmtx", "DSIG", "gasp", "meta", "FFTM", "STAT"]


def make(source, number, text, owner, target):
    options = subset.Options(hinting=False, layout_features=[], notdef_outline=True, name_IDs=[], drop_tables=LAYOUT)
    options.font_number = number
    font = subset.load_font(source, options)
    cutter = subset.Subsetter(options)
    cutter.populate(text=text)
    cutter.subset(font)
    # The licence may reserve the original's name.
    name = target.split(".")[0].replace("Form", "Form ")
    plain = name.replace(" ", "")
    font["name"].names = []
    for at, words in {0: owner, 1: name, 2: "Regular", 4: name, 6: plain,
                      13: "SIL Open Font License, Version 1.1", 14: "https://openfontlicense.org"}.items():
        font["name"].setName(words, at, 3, 1, 0x409)
    if "CFF " in font:
        cff = font["CFF "].cff
        cff.fontNames = [plain]
        top = cff.topDictIndex[0]
        for key in ("FullName", "FamilyName", "Notice", "Copyright", "Weight"):
            top.rawDict.pop(key, None)
            top.__dict__.pop(key, None)
        for part in top.FDArray:
            part.FontName = plain
    font["head"].created = font["head"].modified = 3_700_000_000
    font.recalcTimestamp = False
    font.save(target)


for target, (source, number, text, owner) in FONTS.items():
    make(str(Path(sys.argv[1]) / source), number, text, owner, target)
