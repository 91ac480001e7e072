"""The table that people fill in with what they saw and measured."""

from agro.observations.kinds import kinds

EXAMPLES = (
    ("盛花", "2024-04-12", "", "", ""),
    ("果径", "2024-07-20", "45.2", "20", "mm"),
    ("糖度", "2024-11-02", "10.8", "10", "degBrix"),
    ("产量", "2024-12-20", "2300", "", "kg/亩"),
)


def template_csv(plot: str = "示例地块", farm: str = "") -> str:
    """Return the template: explained in Chinese and English, one row a value, example rows to be replaced."""
    lines = [
        "# 观测记录模板。每行一个数值；日期类项目（盛花等）只写日期，不写数值。请用自己的数据替换示例行。",
        "# Observations. One row a value; kinds that are dates (full bloom) need the date only. Replace the examples.",
        "# 也可以一列一个项目，例如：地块,日期,果径mm,糖度,酸度,数量",
        "# Or one column a kind: plot,date,diameter mm,tss,ta,n",
        *(f"# {one.key}　{one.zh}　{one.en}" + ("" if one.dates else f" [{one.unit}]") for one in kinds().values()),
        "果园,地块,日期,项目,数值,数量,单位,备注",
    ]
    lines += [f"{farm},{plot},{when},{kind},{value},{n},{unit}," for kind, when, value, n, unit in EXAMPLES]
    return "\r\n".join(lines) + "\r\n"
