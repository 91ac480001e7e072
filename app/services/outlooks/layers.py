"""What a map of plots can show."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Layer:
    """One layer: the column that it colours, its names, unit and kind ("number", "date" or "class")."""

    key: str
    column: str
    zh: str
    en: str
    unit: str
    kind: str = "number"


LAYERS = (
    Layer("delay", "delay_p50", "比河谷晚成熟", "days behind the valley", "d"),
    Layer("stage", "fruit_bbch", "物候期", "stage of the fruit", "BBCH", "class"),
    Layer("bloom", "bloom_p50", "盛花期", "full bloom", "", "date"),
    Layer("diameter", "diameter_p50", "果径", "fruit diameter", "mm"),
    Layer("expansion", "expansion_p50", "果实膨大速率", "fruit expansion", "mm/d"),
    Layer("diameter30", "diameter30_p50", "30 天后果径", "diameter in 30 days", "mm"),
    Layer("tss", "tss_p50", "糖度", "sugar", "°Brix"),
    Layer("tss30", "tss30_p50", "30 天后糖度", "sugar in 30 days", "°Brix"),
    Layer("ta", "ta_p50", "酸度", "acid", "g/100 mL"),
    Layer("ratio", "ratio_p50", "糖酸比", "sugar to acid", ""),
    Layer("ripe", "ripe_p50", "可采期", "ripe for picking", "", "date"),
    Layer("elevation", "elevation", "海拔", "elevation", "m"),
    Layer("slope", "slope", "坡度", "slope", "°"),
    Layer("aspect", "aspect", "坡向", "aspect", "°"),
    Layer("sky_view", "sky_view", "天空开阔度", "sky view", ""),
    Layer("cultivar", "cultivar", "品种", "cultivar", "", "class"),
)


def layer(key: str) -> Layer:
    """Return the layer named `key`."""
    return next(one for one in LAYERS if one.key == key)
