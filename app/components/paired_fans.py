"""Fans with and without some deeds, in one picture."""

import altair as alt
import pandas as pd

from app import session
from app.components import charts
from app.services.what_if import WhatIf

WITHOUT, DONE = "#8d8f86", charts.LINE


def variables(found: WhatIf) -> list[str]:
    """Return the variables of which there is something to see, in their order."""
    return list(dict.fromkeys(found.fans["variable"]))


def chart(found: WhatIf, variable: str) -> alt.LayerChart:
    """Return one variable with and without the deeds: bands from P10 to P90 and middle lines."""
    t = session.t
    names = {False: t("what_if.without"), True: t("what_if.done")}
    rows = found.fans[found.fans["variable"] == variable]
    factor = 1000 / 15 if variable == "yield" else 1.0  # t/ha in kg per mu
    rows = rows.assign(case=rows["done"].map(names), **{p: rows[p] * factor for p in ("p10", "p50", "p90")})
    x = alt.X("time:T", scale=alt.Scale(type="utc"), axis=charts.day_axis(month_only=True))
    order = list(names.values())
    colour = alt.Color(
        "case:N",
        title=None,
        scale=alt.Scale(domain=order, range=[WITHOUT, DONE]),
        legend=alt.Legend(orient="top", labelFontSize=13, symbolType="square", symbolOpacity=1, symbolStrokeWidth=0),
    )
    tips = [
        alt.Tooltip("time:T", title=t("words.day"), format="%Y-%m-%d"),
        alt.Tooltip("case:N", title=t("what_if.case")),
        *(alt.Tooltip(f"{p}:Q", title=t(f"words.{p}"), format=".2f") for p in ("p10", "p50", "p90")),
    ]
    base = alt.Chart(rows).encode(x=x, color=colour, tooltip=tips)
    axis, scale = alt.Axis(title=None, tickCount=4), alt.Scale(zero=False)
    band = base.mark_area(opacity=0.28).encode(y=alt.Y("p10:Q", axis=axis, scale=scale), y2="p90:Q")
    line = base.mark_line(strokeWidth=2.5).encode(
        y=alt.Y("p50:Q", axis=axis),
        strokeDash=alt.StrokeDash("case:N", scale=alt.Scale(domain=order, range=[[5, 3], [1, 0]]), legend=None),
    )
    now = alt.Chart(pd.DataFrame({"day": [pd.Timestamp(found.issued)]}))
    inside = rows["time"].min() <= pd.Timestamp(found.issued) <= rows["time"].max()
    rule = [now.mark_rule(color=charts.EARLY, strokeWidth=2).encode(x=alt.X("day:T"))] if inside else []
    return charts.styled(alt.layer(band, line, *rule), 210)
