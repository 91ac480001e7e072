"""Charts of one plot: stages with their spread, 30-day fans, why it runs behind the valley."""

from collections.abc import Sequence
from datetime import date

import altair as alt
import pandas as pd

from app import session, words

INK, QUIET, BAND, LINE, LATE, EARLY, TODAY = "#22302a", "#6c776f", "#a9cdb8", "#2c6e49", "#b35806", "#2166ac", "#c2571a"
SHOWN = (7, 31, 55, 60, 65, 69, 71, 73, 74, 79, 81, 83, 85, 89)
"""Stages that a grower speaks of; the table below the chart has them all."""


def day_axis(title: str = "", *, month_only: bool = False) -> alt.Axis:
    """Return an axis of days in the visitor's language; days have no clock and no time zone, hence UTC."""
    said = {
        ("zh", False): "utcFormat(datum.value, '%-m') + '月' + utcFormat(datum.value, '%-d') + '日'",
        ("zh", True): "utcFormat(datum.value, '%-m') + '月'",
        ("en", False): "utcFormat(datum.value, '%-d %b')",
        ("en", True): "utcFormat(datum.value, '%b')",
    }[session.language(), month_only]
    return alt.Axis(title=title or None, labelExpr=said, labelOverlap="greedy", grid=True, tickCount=6, labelFlush=True)


def styled(chart: alt.Chart | alt.LayerChart, height: int) -> alt.Chart | alt.LayerChart:
    """Return the chart in the house's quiet dress."""
    return (
        chart.properties(height=height, background="transparent")
        .configure_view(stroke=None)
        .configure_axis(
            labelFontSize=13,
            titleFontSize=13,
            labelColor=INK,
            titleColor=QUIET,
            gridColor="#e6e2d4",
            domain=False,
            ticks=False,
        )
    )


def timeline(table: pd.DataFrame, issued: date) -> alt.LayerChart:
    """Return the stages, P10 to P90 as a bar and P50 as a dot; past ones are pale, the day of issue is a line."""
    t, language = session.t, session.language()
    rows = table[table["code"].isin(SHOWN) | (table["organ"] == "maturity")].copy()
    rows["name"] = rows[language]
    rows["state"] = rows["past"].map({True: t("plot.past"), False: t("plot.ahead")})
    rows, time = spans(rows, day_axis(month_only=True), [issued])
    order = list(dict.fromkeys(rows.sort_values(["p50", "p10"])["name"]))
    colour = alt.Color(
        "state:N",
        title=None,
        legend=alt.Legend(orient="top", labelFontSize=13),
        scale=alt.Scale(domain=[t("plot.past"), t("plot.ahead")], range=["#b9bfb5", LINE]),
    )
    row = alt.Y("name:N", sort=order, axis=alt.Axis(title=None, labelLimit=150))
    base, tips = alt.Chart(rows).encode(y=row), tooltips(t("plot.stage"))
    bars = (
        base.transform_filter("datum.ends")
        .mark_bar(height=12, cornerRadius=6, opacity=0.45)
        .encode(x=alt.X("p10:T", **time), x2="end:T", color=colour, tooltip=tips)
    )
    dots = (
        base.transform_filter("isValid(datum.p50)")
        .mark_circle(size=110, opacity=1)
        .encode(x=alt.X("p50:T", **time), color=colour, tooltip=tips)
    )
    today = alt.Chart(pd.DataFrame({"day": [pd.Timestamp(issued)], "said": [t("plot.issue_day")]}))
    rule = today.mark_rule(color=TODAY, strokeWidth=2, strokeDash=[5, 3]).encode(x=alt.X("day:T", **time))
    label = today.mark_text(color=TODAY, align="left", dx=5, dy=0, baseline="top", fontSize=13).encode(
        x=alt.X("day:T", **time), y=alt.value(0), text="said:N"
    )
    return styled(alt.layer(bars, *fading(base, time, tips), dots, rule, label), max(160, 30 * len(order) + 20))


def spans(rows: pd.DataFrame, axis: alt.Axis, also: Sequence[date] = ()) -> tuple[pd.DataFrame, dict]:
    """Return `rows` ready for bars from P10 to their `end`, and the common axis.

    Where a tenth of the members never come to a date, `ends` is false and the bar runs to the end of the axis.
    """
    levels = ("p10", "p50", "p90")
    never, language = session.t("words.not_this_season"), session.language()
    rows = rows.assign(**{level: pd.to_datetime(rows[level]) for level in levels})
    rows = rows.assign(
        **{
            f"{p}_said": [words.today_in(day, language) if words.known(day) else never for day in rows[p]]
            for p in levels
        }
    )
    known = pd.concat([rows[level] for level in levels] + [pd.Series(pd.to_datetime(list(also)))]).dropna()
    first, last = known.min(), known.max()
    room = (last - first) * 0.04 + pd.Timedelta(days=2)
    last = last + room * (3 if rows["p90"].isna().any() else 1)
    rows = rows.assign(ends=rows["p90"].notna(), end=rows["p90"].fillna(last))
    domain = [int(day.timestamp() * 1000) for day in (first - room, last)]
    return rows[rows["p10"].notna()], {"scale": alt.Scale(type="utc", domain=domain, nice=False), "axis": axis}


def tooltips(title: str) -> list[alt.Tooltip]:
    """Return what is said of a bar of `spans` under the pointer."""
    said = [alt.Tooltip(f"{p}_said:N", title=session.t(f"words.{p}")) for p in ("p10", "p50", "p90")]
    return [alt.Tooltip("name:N", title=title), *said]


def fading(base: alt.Chart, time: dict, tips: list[alt.Tooltip]) -> list[alt.Chart]:
    """Return the bars without an end, paler to the right, an arrow where the axis ends."""
    stops = [alt.GradientStop(color=LINE, offset=0), alt.GradientStop(color="rgba(44,110,73,0.12)", offset=1)]
    pale = alt.Gradient(gradient="linear", stops=stops, x1=0, x2=1, y1=0, y2=0)
    endless = base.transform_filter("!datum.ends")
    bars = endless.mark_bar(height=12, cornerRadiusTopLeft=6, cornerRadiusBottomLeft=6, opacity=0.5, color=pale)
    arrows = endless.mark_point(shape="triangle-right", size=90, filled=True, color=LINE, opacity=0.75, xOffset=-5)
    return [
        bars.encode(x=alt.X("p10:T", **time), x2="end:T", tooltip=tips),
        arrows.encode(x=alt.X("end:T", **time), tooltip=tips),
    ]


def open_ended(table: pd.DataFrame, prefix: str = "") -> bool:
    """Return whether some date of `table` has a P10 but no P90."""
    return bool((table[f"{prefix}p10"].notna() & table[f"{prefix}p90"].isna()).any())


def fan(fans: pd.DataFrame, variable: str, height: int = 190) -> alt.LayerChart:
    """Return 30 days of one variable: the band from P10 to P90 and the middle line."""
    t = session.t
    rows = fans[fans["variable"] == variable].copy()
    rows["time"] = pd.to_datetime(rows["time"])
    x = alt.X("time:T", scale=alt.Scale(type="utc"), axis=day_axis())
    axis = alt.Axis(title=None, tickCount=4)
    tips = [
        alt.Tooltip("time:T", title=t("words.day"), format="%Y-%m-%d"),
        *[alt.Tooltip(f"{p}:Q", title=t(f"words.{p}"), format=".2f") for p in ("p10", "p50", "p90")],
    ]
    base = alt.Chart(rows)
    band = base.mark_area(color=BAND, opacity=0.75).encode(
        x=x, y=alt.Y("p10:Q", axis=axis, scale=alt.Scale(zero=False)), y2="p90:Q", tooltip=tips
    )
    line = base.mark_line(color=LINE, strokeWidth=3).encode(x=x, y=alt.Y("p50:Q", axis=axis), tooltip=tips)
    return styled(alt.layer(band, line), height)


def reasons(delay: dict[str, float]) -> alt.LayerChart:
    """Return how many days elevation, sun and cold air add to or take from the valley's date."""
    t = session.t
    parts = ("elevation", "sun", "cold")
    rows = pd.DataFrame(
        {"reason": [t(f"slope.{name}") for name in parts], "days": [float(delay[name]) for name in parts]}
    )
    rows["said"] = [t("slope.signed", days="+" * (round(days, 1) > 0) + words.number(days)) for days in rows["days"]]
    reach = max(rows["days"].abs().max() * 1.45, 1.0)
    base = alt.Chart(rows).encode(y=alt.Y("reason:N", sort=None, axis=alt.Axis(title=None, labelLimit=150)))
    x = alt.X("days:Q", scale=alt.Scale(domain=[-reach, reach]), axis=alt.Axis(title=t("slope.axis"), tickCount=5))
    bars = base.mark_bar(height=22, cornerRadius=4).encode(
        x=x, color=alt.condition("datum.days >= 0", alt.value(LATE), alt.value(EARLY))
    )
    later = (
        base.transform_filter("datum.days >= 0")
        .mark_text(align="left", dx=6, fontSize=14, color=INK)
        .encode(x=x, text="said:N")
    )
    sooner = (
        base.transform_filter("datum.days < 0")
        .mark_text(align="right", dx=-6, fontSize=14, color=INK)
        .encode(x=x, text="said:N")
    )
    zero = alt.Chart(pd.DataFrame({"x": [0]})).mark_rule(color=QUIET).encode(x="x:Q")
    return styled(alt.layer(bars, zero, later, sooner), 190)


def ripening(county: pd.DataFrame) -> alt.LayerChart:
    """Return when each plot ripens, the first on top, P10 to P90 as a bar."""
    rows = county.dropna(subset=["ripe_p10"]).sort_values(["ripe_p50", "ripe_p10"])
    rows = rows.assign(name=words.unique_names(rows))[["name", "ripe_p10", "ripe_p50", "ripe_p90"]]
    rows, time = spans(rows.rename(columns=lambda name: name.removeprefix("ripe_")), day_axis())
    base = alt.Chart(rows).encode(y=alt.Y("name:N", sort=list(rows["name"]), axis=alt.Axis(title=None, labelLimit=130)))
    tips = tooltips(session.t("pick.plot"))
    bars = base.transform_filter("datum.ends").mark_bar(height=12, cornerRadius=6, color=LINE, opacity=0.4)
    dots = base.transform_filter("isValid(datum.p50)").mark_circle(size=110, color=LINE, opacity=1)
    layers = [
        bars.encode(x=alt.X("p10:T", **time), x2="end:T", tooltip=tips),
        *fading(base, time, tips),
        dots.encode(x=alt.X("p50:T", **time), tooltip=tips),
    ]
    return styled(alt.layer(*layers), max(120, 28 * len(rows) + 40))
