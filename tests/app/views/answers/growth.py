"""What the growth model says of the two plots and of their region."""

import geopandas as gpd
import pandas as pd

from agro.farm import Finding
from app.services.outlooks import PlotOutlook, Regional
from tests.app.views.answers.orchard import ISSUED, LEVELS, PLOTS, day, plots


def county() -> gpd.GeoDataFrame:
    spreads = {
        "bloom": [day(-150), day(-160)],
        "diameter": [55.0, 61.0],
        "expansion": [0.31, 0.36],
        "diameter30": [62.0, 68.0],
        "tss": [8.1, 8.6],
        "tss30": [9.6, 10.2],
        "ta": [1.4, 1.2],
        "ratio": [5.8, 7.2],
        "ripe": [day(75), day(60)],
        "delay": [12.0, -1.0],
    }
    extra = {f"{name}_{p}": values for name, values in spreads.items() for p in ("p10", "p50", "p90")}
    extra |= {"bud_bbch": [0, 0], "fruit_bbch": [79, -1], "issued": [ISSUED] * 2, "evidence": ["none"] * 2}
    return plots().assign(**extra)


def outlook() -> PlotOutlook:
    steps = [
        (65, "bud", -150, "盛花（50%）", "full bloom, 50 %"),
        (81, "fruit", 20, "开始转色", "colouring begins"),
        (83, "maturity", 75, "达到采收品质", "ripe by taste"),
        (83, "fruit", 80, "可采，着色未完全", "ripe for picking, colour incomplete"),
    ]
    timeline = pd.DataFrame(
        [(code, organ, f"e{code}", day(n - 4), day(n), day(n + 5), n < 0, zh, en) for code, organ, n, zh, en in steps],
        columns=["code", "organ", "event", "p10", "p50", "p90", "past", "zh", "en"],
    )
    fans = pd.DataFrame(
        [
            (day(n), name, at + n * 0.9 * rate, at + n * rate, at + n * 1.1 * rate)
            for n in range(31)
            for name, at, rate in (("diameter", 55, 0.3), ("expansion", 0.3, 0.0), ("tss", 8, 0.05), ("ta", 1.4, -0.01))
        ],
        columns=["time", "variable", "p10", "p50", "p90"],
    )
    return PlotOutlook(
        plot=PLOTS[0],
        issued=ISSUED,
        bud_bbch=0,
        fruit_bbch=79,
        cultivar_zh="脐橙",
        cultivar_en="navel orange",
        timeline=timeline,
        fans=fans,
        hanging=fans.iloc[0:0],
        delay={"p10": 9.0, "p50": 12.0, "p90": 16.0, "elevation": 13.0, "sun": 1.5, "cold": -2.5},
        slope={
            "elevation": 520.0,
            "slope": 24.0,
            "aspect": 315.0,
            "sky_view": 0.93,
            "winter_light": 0.71,
            "summer_light": 0.98,
            "valley_floor": 200.0,
            "height_above_valley": 320.0,
        },
        bloom_models={"day_count": day(-152), "heat_sum": day(-148)},
        sources=[Finding("info", "station A, 6 km, 90 m lower", "甲站，6 公里，低 90 米")],
        limits=[Finding("info", "no water stress yet", "尚未考虑缺水")],
        evidence="none",
        assumed=("spacing",),
    )


def regional() -> Regional:
    """The region and one township that may be told; five are hidden, and some plots do not ripen this season."""
    spreads = {
        "bloom": (day(-152), day(-150), day(-147)),
        "ripe": (day(60), day(75), None),
        "diameter": (60.4, 65.7, 70.5),
        "tss": (8.2, 9.3, 10.3),
        "delay": (6.0, 17.5, 34.6),
    }
    flat = {f"{name}_{p}": value for name, one in spreads.items() for p, value in zip(LEVELS, one, strict=True)}
    rows = [
        {"township": name, "growers": n, "plots": 6 * n, "area_mu": 63.0 * n, "area_ha": 4.2 * n, "complete": share}
        for name, n, share in (("青岩县（合成）", 14, 0.98), ("=青岩镇", 6, 1.0))
    ]
    return Regional(ISSUED, pd.DataFrame([{**row, **flat} for row in rows]), hidden=5, plots=84, with_outlook=82)
