"""Invented names: every one says that it is an example, so that nobody finds himself in the sample county."""

COUNTY = "云谷县（合成示例）"
TOWNSHIPS = ("橙溪镇（示例）", "雾岭乡（示例）", "青坝镇（示例）", "白石乡（示例）", "晚霞镇（示例）")
STATIONS = {"valley": "河谷示例站", "middle": "山腰示例站", "high": "高山示例站"}
PLACES = (
    "东坡",
    "西坡",
    "南坡",
    "北坡",
    "大湾",
    "石板坡",
    "柏树林",
    "新屋",
    "老鹰岩",
    "水井湾",
    "坪上",
    "河坝",
    "长田",
    "桂花台",
)


def grower(number):
    """Return the invented name of a grower, from 1 up."""
    return f"示例果农{number:02d}"


def farm(number):
    """Return the invented name of a farm, from 1 up."""
    return f"示例果园{number:02d}（合成）"
