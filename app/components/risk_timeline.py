"""The days of one organism at one plot: observed behind the "now" line, a band of cases ahead of it."""

from typing import Any

import altair as alt
import pandas as pd
import streamlit as st

from app import session
from app.components import charts
from app.services.pests import words as say
from app.services.pests.courses import PlotCourses
from pest_warning.organism import Organism

PAST, USUAL, BOUND = "#5b5f8a", "#8a8f86", "#b02a1a"
DAY = pd.Timedelta(days=1)
HEIGHT = 280
NEAR = (-150, 300)
"""Days from today within which dates are drawn."""
MARKS = {"spray": ("triangle-down", "#2166ac"), "count": ("circle", "#22302a")}


def show(found: PlotCourses, one: Organism, horizon: int) -> None:
    """Show the days of one organism; the page says so where there are none."""
    t = session.t
    if one.engine == "timing":
        events = found.events[found.events["organism"] == one.key]
        off = (pd.to_datetime(events["p50"]) - pd.Timestamp(found.issued)).dt.days
        events = events[off.between(*NEAR)]
        if not len(events):
            st.info(t("risk.no_days"))
            return
        st.altair_chart(dates(found, events), width="stretch", alt=t("risk.timeline"))
        st.caption(t("words.bar_means"))
        return
    days = found.days[found.days["organism"] == one.key]
    if not len(days) or days[["past", "p50"]].isna().all().all():
        st.info(t("risk.no_days"))
        return
    if not days[["past", "p90", "usual"]].fillna(0.0).to_numpy().any():
        st.info(t("risk.flat_days"))
        return
    st.caption(f"**{unit(one)}**")
    st.altair_chart(chart(found, one, days, horizon), width="stretch", alt=t("risk.timeline"))
    said = [t("risk.timeline_means")]
    if one.engine == "infection" and horizon > say.bounds("dated")[0]:
        said.append(t("risk.by_week"))
    if days["threshold"].notna().any():
        said.append(t("risk.threshold_means"))
    st.caption(" ".join(said))


def unit(one: Organism) -> str:
    """Return what the vertical axis counts."""
    return session.t(f"risk.unit_{say.family(one)}")


def chart(found: PlotCourses, one: Organism, days: pd.DataFrame, horizon: int) -> alt.LayerChart:
    """Return past, band, middle, usual and threshold with the line of today and what was done and counted."""
    t = session.t
    scale = 100.0 if say.family(one) == "feeder" else 1.0
    last = pd.Timestamp(found.issued) + horizon * DAY
    rows = days.assign(time=pd.to_datetime(days["time"]))
    rows = rows[rows["time"] <= last].reset_index(drop=True)
    numbers = ["past", "p10", "p50", "p90", "usual", "threshold"]
    rows = rows.assign(**{name: rows[name] * scale for name in numbers})
    x = alt.X("time:T", scale=alt.Scale(type="utc", nice=False), axis=charts.day_axis())
    top = max(rows[["past", "p90", "usual"]].max().max(), 0.1 if one.engine == "infection" else 0.0)
    y = alt.Scale(domain=[0.0, float(top) * 1.05], nice=False)
    axis = alt.Axis(title=None, tickCount=4)
    tips = [alt.Tooltip("time:T", title=t("words.day"), format="%Y-%m-%d")]
    base = alt.Chart(rows).encode(x=x)

    def value(name: str) -> alt.Y:
        return alt.Y(f"{name}:Q", scale=y, axis=axis)

    def tip(*names: str) -> list[alt.Tooltip]:
        return tips + [alt.Tooltip(f"{name}:Q", title=t(f"risk.{name}"), format=".2f") for name in names]

    ahead = base.transform_filter("isValid(datum.p50)")
    layers: list[Any] = [
        base.mark_line(color=USUAL, strokeWidth=1.2).encode(y=value("usual"), tooltip=tip("usual")),
        ahead.mark_area(color=charts.BAND, opacity=0.7, clip=True).encode(
            y=value("p10"), y2="p90:Q", tooltip=tip("p10", "p50", "p90", "usual")
        ),
        base.transform_filter("isValid(datum.past)").mark_line(color=PAST, strokeWidth=2.5).encode(
            y=value("past"), tooltip=tip("past", "usual")
        ),
        ahead.mark_line(color=charts.LINE, strokeWidth=2.5).encode(y=value("p50"), tooltip=tip("p10", "p50", "p90")),
    ]  # fmt: skip
    if rows["threshold"].notna().any():
        bound = base.mark_line(color=BOUND, strokeWidth=1.5, strokeDash=[6, 4], interpolate="step-after", clip=True)
        layers.append(bound.encode(y=value("threshold"), tooltip=tip("threshold")))
    layers += now(found, x)
    layers += marks(found, one, x)
    return charts.styled(alt.layer(*layers), HEIGHT)


def now(found: PlotCourses, x: alt.X) -> list[alt.Chart]:
    """Return the line between what was observed and what may come, named on both sides."""
    t = session.t
    day = pd.Timestamp(found.issued) + DAY
    rows = pd.DataFrame({"time": [day], "said": [t("risk.now")]})
    line = alt.Chart(rows).mark_rule(color=charts.TODAY, strokeWidth=2).encode(x=x)
    name = alt.Chart(rows).mark_text(
        color=charts.TODAY, align="right", dx=-5, baseline="top", fontSize=13, fontWeight=600
    )
    return [line, name.encode(x=x, y=alt.value(2), text="said:N")]


def marks(found: PlotCourses, one: Organism, x: alt.X) -> list[alt.Chart]:
    """Return what was sprayed against the organism and counted of it, as marks on the axis."""
    some = found.marks[found.marks["organism"].isin(["", one.key])]
    out = []
    for kind, (shape, colour) in MARKS.items():
        rows = some[some["kind"] == kind]
        rows = rows.assign(time=pd.to_datetime(rows["time"]), kind=session.t(f"risk.mark_{kind}"))
        if not len(rows):
            continue
        tips = [
            alt.Tooltip("time:T", title=session.t("words.day"), format="%Y-%m-%d"),
            alt.Tooltip("said:N", title=session.t(f"risk.mark_{kind}")),
        ]
        points = alt.Chart(rows).mark_point(
            shape=shape, color=colour, filled=True, size=130, opacity=1, stroke="white", yOffset=-7
        )
        out.append(points.encode(x=x, y=alt.value("height"), tooltip=tips))
    return out


def dates(found: PlotCourses, events: pd.DataFrame) -> alt.LayerChart:
    """Return the events of an organism that is foreseen by dates, each with its spread, and the line of today."""
    t, language = session.t, session.language()
    year = pd.to_datetime(events["p50"]).dt.year
    rows = events.assign(name=events[language] + " " + year.astype(str))
    twins = rows.groupby("name").cumcount()
    rows["name"] = rows["name"].where(twins == 0, rows["name"] + " #" + (twins + 1).astype(str))
    rows, time = charts.spans(rows, charts.day_axis(month_only=True), [found.issued])
    order = list(rows.sort_values("p50")["name"])
    base = alt.Chart(rows).encode(y=alt.Y("name:N", sort=order, axis=alt.Axis(title=None, labelLimit=170)))
    tips = charts.tooltips(t("risk.event"))
    bars = base.mark_bar(height=12, cornerRadius=6, color=charts.LINE, opacity=0.45)
    dots = base.mark_circle(size=110, color=charts.LINE, opacity=1)
    today = alt.Chart(pd.DataFrame({"time": [pd.Timestamp(found.issued)], "said": [t("risk.now")]}))
    rule = today.mark_rule(color=charts.TODAY, strokeWidth=2).encode(x=alt.X("time:T", **time))
    layers = [
        bars.encode(x=alt.X("p10:T", **time), x2="end:T", tooltip=tips), *charts.fading(base, time, tips),
        dots.encode(x=alt.X("p50:T", **time), tooltip=tips), rule,
    ]  # fmt: skip
    return charts.styled(alt.layer(*layers), max(140, 30 * len(order) + 40))
