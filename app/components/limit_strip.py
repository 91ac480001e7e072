"""What held growth back, as a strip: a row for each factor, a cell for each day, dark where it let through little."""

from typing import Any

import altair as alt
import pandas as pd

from app import session
from app.components import charts
from app.services.limiting import FACTORS, Limiting, words

SCALE = ("#a63603", "#d9692b", "#f1b06c", "#f6e3c0", "#eef1e4")  # 0 to 1; brown to pale, safe for colour-blind eyes
REST = "#cfdbe6"
DAY = pd.Timedelta(days=1)
ROW, LEGEND = 28, 110  # px
DIGITS = {"water_stress": ".2f", "root_depletion": ".0f", "source_sink": ".2f"}


def chart(found: Limiting) -> alt.LayerChart:
    """Return the strip with a line at the day of issue; a winter's rest is blue, not an alarm."""
    t, language = session.t, session.language()
    short = words()["short"]
    order = [short[name][language] for name in FACTORS]
    rows = found.strip.assign(
        name=[short[name][language] for name in found.strip["factor"]],
        end=found.strip["time"] + DAY,
        percent=100 * found.strip["p50"],
        low=100 * found.strip["p10"],
        high=100 * found.strip["p90"],
        rests=(found.strip["factor"] == "cold") & found.strip["rest"].astype(bool),
    ).dropna(subset="percent")
    time = _time(rows)
    tips = [
        alt.Tooltip("time:T", title=t("words.day"), format="%Y-%m-%d"),
        alt.Tooltip("name:N", title=t("why.factor")),
        *(
            alt.Tooltip(f"{key}:Q", title=t(f"words.{level}"), format=".0f")
            for key, level in (("low", "p10"), ("percent", "p50"), ("high", "p90"))
        ),
    ]
    colour = alt.Color(
        "percent:Q",
        scale=alt.Scale(domain=[0, 25, 50, 75, 100], range=list(SCALE)),
        legend=alt.Legend(
            title=t("why.legend"), orient="top", direction="horizontal", gradientLength=190, labelFontSize=12,
            titleFontSize=13, titleLimit=300,
        ),
    )  # fmt: skip
    row = alt.Y("name:N", sort=order, scale=alt.Scale(paddingInner=0.12), axis=alt.Axis(title=None, labelLimit=90))
    base = alt.Chart(rows).encode(x=alt.X("time:T", **time), x2="end:T", y=row, tooltip=tips)
    cells = base.transform_filter("!datum.rests").mark_rect().encode(color=colour)
    rest = base.transform_filter("datum.rests").mark_rect(color=REST)
    band = alt.RelativeBandSize(band=0.2)
    worst = base.transform_filter("datum.worst && !datum.rests").mark_rect(color=charts.INK, height=band).encode(y=row)
    return charts.styled(alt.layer(cells, rest, worst, *_now(found, time)), ROW * len(order) + LEGEND)


def _time(rows: pd.DataFrame) -> dict[str, Any]:
    """Return the axis of days, without a gap at its ends."""
    domain = [int(day.timestamp() * 1000) for day in (rows["time"].min(), rows["time"].max() + DAY)]
    return {"scale": alt.Scale(type="utc", domain=domain, nice=False), "axis": charts.day_axis(month_only=True)}


def _now(found: Limiting, time: dict[str, Any]) -> list[alt.Chart]:
    """Return the line between what was and what may come, and its name."""
    now = alt.Chart(pd.DataFrame({"day": [pd.Timestamp(found.issued) + DAY], "said": [session.t("why.now")]}))
    rule = now.mark_rule(color=charts.EARLY, strokeWidth=2.5).encode(x=alt.X("day:T", **time))
    label = now.mark_text(color=charts.EARLY, align="left", dx=4, baseline="bottom", fontSize=13, fontWeight=600)
    return [rule, label.encode(x=alt.X("day:T", **time), y=alt.value(-2), text="said:N")]


def curve(found: Limiting, variable: str) -> alt.LayerChart:
    """Return one curve behind the strip: band and middle line, with the day of issue."""
    t = session.t
    rows = found.curves[found.curves["variable"] == variable]
    time = _time(rows)
    shape = DIGITS.get(variable, ".2f")
    tips = [
        alt.Tooltip("time:T", title=t("words.day"), format="%Y-%m-%d"),
        *(alt.Tooltip(f"{p}:Q", title=t(f"words.{p}"), format=shape) for p in ("p10", "p50", "p90")),
    ]
    y = alt.Scale(zero=False, reverse=variable == "root_depletion")
    base = alt.Chart(rows).encode(x=alt.X("time:T", **time), tooltip=tips)
    band = base.mark_area(color=charts.BAND, opacity=0.75).encode(
        y=alt.Y("p10:Q", scale=y, axis=alt.Axis(title=None, tickCount=4)), y2="p90:Q"
    )
    line = base.mark_line(color=charts.LINE, strokeWidth=2.5).encode(y=alt.Y("p50:Q", scale=y))
    now = alt.Chart(pd.DataFrame({"day": [pd.Timestamp(found.issued) + DAY]}))
    rule = now.mark_rule(color=charts.EARLY, strokeWidth=2).encode(x=alt.X("day:T", **time))
    return charts.styled(alt.layer(band, line, rule), 150)
