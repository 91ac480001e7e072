"""The tables that people fill in with sprays, counts, trap catches and suspected trees."""

from collections.abc import Mapping

from agro.protection.counts import methods
from agro.protection.samples import states
from agro.protection.treatments import deeds, equipment, evidence
from agro.protection.words import Choice

KINDS = ("sprays", "counts", "traps", "samples")
EXAMPLES = {
    "sprays": (
        "果园,地块,日期,类型,药剂,作用机理,防治对象,用量,器械,面积比例,依据,备注",
        "{farm},{plot},2024-05-06,喷药,示例药剂甲,FRAC M03,黑点病,600 倍,无人机,1,飞行日志,",
        "{farm},{plot},2024-06-02,喷药,示例药剂乙,FRAC M01、IRAC 6,黑点病,800 倍,背负式喷雾器,0.5,发票,只打了东半块",
        "{farm},{plot},2024-07-10,抹梢,,,,,,1,口述,",
    ),
    "counts": (
        "果园,地块,日期,病虫,方法,调查数,发生数,总数,天数,是否对照,备注",
        "{farm},{plot},2024-06-20,黑点病,查果,100,12,,,否,",
        "{farm},{plot},2024-06-20,黑点病,查果,50,21,160,,是,未施药的两行",
    ),
    "traps": (
        "果园,地块,日期,病虫,诱集器数,诱虫数,天数,备注",
        "{farm},{plot},2024-06-14,大实蝇,3,7,7,",
        "{farm},{plot},2024-06-21,大实蝇,3,0,7,一只没有也要写 0",
    ),
    "samples": (
        "果园,地块,日期,病虫,株号,经度,纬度,状态,苗木来源,备注",
        "{farm},{plot},2024-10-08,黄龙病,T12,,,疑似,,斑驳黄化",
        "{farm},{plot},2024-10-10,黄龙病,T12,,,已取样,,",
    ),
}
ABOUT = {
    "sprays": (
        "施药及其他防治措施记录模板。每行一次。请用自己的数据替换示例行。没有记录不等于没有打药。",
        "Sprays and other treatments, one row each. Replace the examples. What is not recorded is not known.",
    ),
    "counts": (
        "病虫调查记录模板。每行一次调查；发生数不大于调查数，发生数和总数至少写一个。请用自己的数据替换示例行。",
        "Counts of pests and diseases, one row each; infested of those looked at, or the total. Replace the examples.",
    ),
    "traps": (
        "诱集记录模板。每行一次清点。请用自己的数据替换示例行。",
        "Catches of traps, one row a visit. Replace the examples.",
    ),
    "samples": (
        "疑似病株记录模板。每行一步：疑似、已取样、确诊或排除、已挖除、已补种（写苗木来源）。请用自己的数据替换示例行。",
        "Suspected trees, one row a step. Seen by who submits it, agronomists and the plant protection station only.",
    ),
}


def template_csv(kind: str, plot: str = "示例地块", farm: str = "") -> str:
    """Return the template of one of `KINDS`: explained in Chinese and English, example rows to be replaced."""
    known: dict[str, tuple[tuple[str, Mapping[str, Choice]], ...]] = {
        "sprays": (("类型", deeds()), ("器械", equipment()), ("依据", evidence())),
        "counts": (("方法", {key: one for key, one in methods().items() if key != "trap"}),),
        "traps": (),
        "samples": (("状态", states()),),
    }
    lines = [f"# {text}" for text in ABOUT[kind]]
    lines += [f"# {column}：{_told(choices)}" for column, choices in known[kind]]
    lines += [line.format(plot=plot, farm=farm) for line in EXAMPLES[kind]]
    return "\r\n".join(lines) + "\r\n"


def _told(known: Mapping[str, Choice]) -> str:
    return "、".join(f"{one.zh} ({one.en})" for one in known.values())
