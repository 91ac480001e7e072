"""The season curve of a plot: what was seen, the smooth line, what was to be expected, weather and work below it."""

from typing import Any

import altair as alt
import pandas as pd
import streamlit as st

from agro import bbch
from app import session, words
from app.components import charts, legend
from app.services.imagery.curves import Curve

SISTERS, RAIN, WARM = "#6a4c93", "#4a86b8", "#b5481b"
LOOKS: dict[str, dict[str, Any]] = {"dashed": {"strokeDash": [5, 4], "strokeWidth": 2}, "pale": {"opacity": 0.4}}
STAGES = {"60": "#e9a3c9", "65": "#c51b7d", "69": "#8e6c8a", "79": "#7fbc41", "81": "#f1a340", "ripe": "#d7301f"}
GLYPHS = {"square": "■", "triangle-down": "▼", "diamond": "◆", "cross": "✚"}
SHAPES = {"harvest": "square", "spray": "triangle-down", "fertilize": "diamond"}
LEFT = 52  # px of every axis, so that days stand above days
TEN = "10D"


def show(found: Curve) -> None:
    """Show the curve over weather, stages and work, all on one axis of days."""
    t = session.t
    days = span(found)
    st.html(key(found))
    st.altair_chart(values(found, days), width="stretch", alt=t("curve.alt", index=found.label, name=found.plot.name))
    if len(found.stages) or len(found.events):
        st.altair_chart(marks(found, days), width="stretch", alt=t("curve.marks_alt"))
        st.html(stages_key(found))
        st.caption(t("curve.stages_mean"))
    if len(found.weather):
        st.altair_chart(rain(found, days), width="stretch", alt=t("curve.rain"))
        st.altair_chart(warmth(found, days), width="stretch", alt=t("curve.warmth"))
        st.caption(t("curve.weather_means"))
    else:
        st.caption(t("curve.no_weather"))


def span(found: Curve) -> list[str]:
    """Return the first and last day of the axis; as text, as lines over numbers of milliseconds are drawn in a heap."""
    known = pd.concat([table["time"] for table in (found.seen, found.smooth, found.expected) if len(table)])
    return [str(day.date()) for day in (known.min(), known.max() + pd.Timedelta(days=3))]


def key(found: Curve) -> str:
    """Return what lines and points mean, as rows of HTML."""
    t, line = session.t, charts.LINE
    entries = [
        (legend.dot(line), "seen"),
        (legend.ring("#8a8f86"), "not_used"),
        (legend.stroke(line), "smooth"),
        (legend.stroke(line, opacity=0.4), "provisional"),
    ]
    if found.smooth["dashed"].any():
        entries.append((legend.stroke(line, "dashed", 2), "dashed"))
    if len(_expected(found)):
        entries.append((legend.patch(charts.BAND), "expected"))
    if len(found.sisters):
        entries.append((legend.stroke(SISTERS, "dotted"), "sisters"))
    return legend.rows([(mark, t(f"curve.{name}", n=found.n_sisters)) for mark, name in entries])


def values(found: Curve, days: list[str]) -> alt.LayerChart:
    """Return observations, smooth curve, expected band and sisters."""
    seen, expected = found.seen, _expected(found)
    good = seen[seen["usable"]]
    known = [good["value"], found.smooth["value"], found.sisters["value"], expected["low"], expected["high"]]
    numbers = pd.concat([one.astype(float) for one in known]).dropna()
    room = 0.05 * max(float(numbers.max() - numbers.min()), 0.05)
    ends = [float(numbers.min()) - room, float(numbers.max()) + room]

    def up(name: str) -> alt.Y:
        axis = alt.Axis(title=None, tickCount=5, minExtent=LEFT, maxExtent=LEFT, format=".2f")
        return alt.Y(f"{name}:Q", scale=alt.Scale(domain=ends, nice=False, zero=False), axis=axis)

    x, layers = _days(days), []
    if len(expected):
        band = alt.Chart(expected).mark_area(color=charts.BAND, opacity=0.6, clip=True)
        layers.append(band.encode(x=x, y=up("low"), y2="high:Q"))
    if len(found.sisters):
        line = alt.Chart(found.sisters).mark_line(color=SISTERS, strokeWidth=2, strokeDash=[2, 3], clip=True)
        layers.append(line.encode(x=x, y=up("value")))
    for style, rows in _parts(found.smooth).groupby("style"):
        look = LOOKS.get(str(style), {})
        line = alt.Chart(rows).mark_line(**{"color": charts.LINE, "strokeWidth": 3, "clip": True, **look})
        layers.append(line.encode(x=x, y=up("value"), detail="part:N"))
    layers += [_points(seen[~seen["usable"]], x, up("value"), False), _points(good, x, up("value"), True)]
    return charts.styled(alt.layer(*layers), 260)


def marks(found: Curve, days: list[str]) -> alt.LayerChart:
    """Return stages by the growth model and what was written down, as marks."""
    t, language = session.t, session.language()
    rows = [
        (day, t("curve.stages"), stage(code), STAGES.get(code, charts.QUIET), "circle", language)
        for day, code in zip(found.stages["time"], found.stages["code"], strict=True)
    ]
    rows += [
        (row["time"], t("curve.events"), row[language], charts.INK, SHAPES.get(row["kind"], "cross"), language)
        for row in found.events.to_dict("records")
    ]
    table = pd.DataFrame(rows, columns=["time", "row", "said", "colour", "shape", "language"])
    table = table[pd.to_datetime(table["time"]).between(*map(pd.Timestamp, days))]
    axis = alt.Axis(title=None, minExtent=LEFT, maxExtent=LEFT, grid=False)
    row = alt.Y("row:N", sort=[t("curve.stages"), t("curve.events")], axis=axis)
    points = alt.Chart(table).mark_point(filled=True, size=95, opacity=1, stroke="white", strokeWidth=0.6)
    tips = [_tip(), alt.Tooltip("said:N", title=t("curve.what"))]
    made = points.encode(
        x=_days(days, labels=False), y=row, color=alt.Color("colour:N", scale=None),
        shape=alt.Shape("shape:N", scale=None), tooltip=tips,
    )  # fmt: skip
    return charts.styled(alt.layer(made), 66)


def stages_key(found: Curve) -> str:
    """Return what the marks of stages and work mean, as HTML."""
    language = session.language()
    there = set(found.stages["code"])
    names = {stage(code): legend.dot(colour) for code, colour in STAGES.items() if code in there}
    names |= {
        row[language]: legend.glyph(GLYPHS[SHAPES.get(row["kind"], "cross")])
        for row in found.events.drop_duplicates("kind").to_dict("records")
    }
    return legend.rows([(mark, name) for name, mark in names.items()])


def stage(code: str) -> str:
    """Return what a stage is called."""
    return bbch.name(int(code), session.language()) if code.isdigit() else session.t("curve.ripe")


def rain(found: Curve, days: list[str]) -> alt.LayerChart:
    """Return rain in sums of ten days."""
    table = found.weather.set_index("time").resample(TEN)["rain"].sum(min_count=1).reset_index()
    table = table.assign(end=table["time"] + pd.Timedelta(days=9))
    y = alt.Y("rain:Q", axis=_small(session.t("curve.rain_unit")), scale=alt.Scale(nice=False))
    tips = [_tip(), alt.Tooltip("rain:Q", title=session.t("curve.rain"), format=".0f")]
    bars = alt.Chart(table).mark_bar(color=RAIN, opacity=0.8, clip=True)
    return charts.styled(
        alt.layer(bars.encode(x=_days(days, labels=False), x2="end:T", y=y, y2=alt.datum(0), tooltip=tips)), 80
    )


def warmth(found: Curve, days: list[str]) -> alt.LayerChart:
    """Return the mean temperature of ten days."""
    table = found.weather.set_index("time").resample(TEN)["tmean"].mean().reset_index()
    y = alt.Y("tmean:Q", axis=_small(session.t("curve.warmth_unit")), scale=alt.Scale(zero=False))
    tips = [_tip(), alt.Tooltip("tmean:Q", title=session.t("curve.warmth"), format=".1f")]
    line = alt.Chart(table).mark_line(color=WARM, strokeWidth=2, clip=True)
    return charts.styled(alt.layer(line.encode(x=_days(days), y=y, tooltip=tips)), 90)


def _small(title: str) -> alt.Axis:
    return alt.Axis(title=title, tickCount=3, minExtent=LEFT - 28, maxExtent=LEFT - 28)


def _expected(found: Curve) -> pd.DataFrame:
    return found.expected[found.expected["low"].notna() & found.expected["high"].notna()]


def _days(days: list[str], labels: bool = True) -> alt.X:
    """Return the common axis: months, and the year where one begins."""
    month = "utcFormat(datum.value, '%-m') + '月'" if session.language() == "zh" else "utcFormat(datum.value, '%b')"
    said = f"utcmonth(datum.value) == 0 ? utcFormat(datum.value, '%Y') : {month}"
    axis = alt.Axis(
        title=None, labelExpr=said, tickCount={"interval": "month", "step": 3}, labelOverlap="greedy", labels=labels,
        grid=True,
    )  # fmt: skip
    return alt.X("time:T", scale=alt.Scale(type="utc", domain=days, nice=False), axis=axis)


def _parts(smooth: pd.DataFrame) -> pd.DataFrame:
    """Return the curve cut where its look changes; each part begins where the one before ended."""
    if not len(smooth):
        return smooth.assign(style="", part=0)
    look = pd.Series("solid", smooth.index).mask(smooth["provisional"], "pale").mask(smooth["dashed"], "dashed")
    part = (look != look.shift()).cumsum()
    table = smooth[["time", "value"]].assign(style=look, part=part)
    begins = table[part != part.shift(fill_value=part.iloc[0])]
    before = table.loc[begins.index - 1, ["time", "value"]].set_index(begins.index).assign(
        style=begins["style"], part=begins["part"]
    )  # fmt: skip
    return pd.concat([table, before]).sort_values(["part", "time"]).reset_index(drop=True)


def _points(rows: pd.DataFrame, x: alt.X, y: alt.Y, filled: bool) -> alt.Chart:
    t = session.t
    tips = [
        _tip(), alt.Tooltip("value:Q", title=t("curve.value"), format=".2f"),
        alt.Tooltip("weight:Q", title=t("curve.weight"), format=".2f"),
        alt.Tooltip("valid_fraction:Q", title=t("curve.share"), format=".0%"),
        alt.Tooltip("sensor:N", title=t("curve.sensor")),
    ]  # fmt: skip
    if not filled:
        points = alt.Chart(rows).mark_point(color="#8a8f86", size=38, filled=False, strokeWidth=1.4, clip=True)
        return points.encode(x=x, y=y, tooltip=tips)
    weight = alt.Opacity("weight:Q", scale=alt.Scale(domain=[0, 1], range=[0.3, 1]), legend=None)
    size = alt.Size("weight:Q", scale=alt.Scale(domain=[0, 1], range=[25, 70]), legend=None)
    points = alt.Chart(rows).mark_circle(color=charts.LINE, stroke="white", strokeWidth=0.6, clip=True)
    return points.encode(x=x, y=y, opacity=weight, size=size, tooltip=tips)


def _tip() -> alt.Tooltip:
    return alt.Tooltip("time:T", title=session.t("words.day"), format="%Y-%m-%d")


def said(found: Curve) -> list[str]:
    """Return in sentences how the plot stands against what was to be expected and against similar plots."""
    t, language = session.t, session.language()
    lines = [one[language] for one in found.view]
    good = found.seen[found.seen["usable"]]
    if len(good):
        last = good.iloc[-1]
        lines.append(
            t("curve.last", day=words.day(last["time"], language), index=found.label, value=f"{last['value']:.2f}")
            + against(found, last)
        )
    if found.n_sisters:
        lines.append(t("curve.alike" if found.alike else "curve.regional", n=found.n_sisters))
    return lines


def against(found: Curve, last: Any) -> str:
    """Return whether the last usable value lies inside the expected band; "" where nothing is expected."""
    expected = _expected(found)
    same = expected[expected["time"] == last["time"]]
    if not len(same):
        return session.t("curve.no_expectation")
    row = same.iloc[0]
    where = "below" if last["value"] < row["low"] else "above" if last["value"] > row["high"] else "within"
    source = session.t(f"curve.from_{row['source']}")
    return session.t(f"curve.{where}", low=f"{row['low']:.2f}", high=f"{row['high']:.2f}", source=source)
