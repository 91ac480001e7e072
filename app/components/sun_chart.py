"""The sun of a plot by the hour: when it shines, when the mountain keeps it away."""

from typing import Any

import altair as alt
import pandas as pd

from app import session, words
from app.components.charts import INK, styled

SUN, SHADE = "#e8b230", "#8d8678"
ORDER = ("today", "winter", "summer")


def show(story: Any) -> alt.LayerChart:
    """Return one bar a day: yellow where the sun reaches the slope, grey where terrain keeps it away."""
    t, language = session.t, session.language()
    hours = story.hours.set_index("key")
    names = {key: t(f"slope.day_{key}", day=words.day(hours.loc[key, "day"], language)) for key in ORDER}
    rows = story.spells.assign(
        name=story.spells["key"].map(names),
        state=story.spells["lit"].map({True: t("slope.lit"), False: t("slope.shade")}),
        start_said=story.spells["start"].map(_clock),
        end_said=story.spells["end"].map(_clock),
    )
    domain = [float(rows["start"].min()) // 1, float(rows["end"].max()) + 4.0]
    axis = alt.Axis(title=None, labelExpr="datum.value + ':00'", values=list(range(4, 22, 2)), labelOverlap=True)
    x = alt.X("start:Q", scale=alt.Scale(domain=domain, nice=False), axis=axis)
    y = alt.Y("name:N", sort=[names[key] for key in ORDER], axis=alt.Axis(title=None, labelLimit=150))
    colour = alt.Color(
        "state:N", title=None, legend=alt.Legend(orient="top", labelFontSize=13),
        scale=alt.Scale(domain=[t("slope.lit"), t("slope.shade")], range=[SUN, SHADE]),
    )  # fmt: skip
    tips = [
        alt.Tooltip("state:N", title=t("slope.what")),
        alt.Tooltip("start_said:N", title=t("slope.from")),
        alt.Tooltip("end_said:N", title=t("slope.to")),
    ]
    bars = alt.Chart(rows).mark_bar(height=24).encode(x=x, x2="end:Q", y=y, color=colour, tooltip=tips)
    ends = pd.DataFrame(
        {
            "name": [names[key] for key in ORDER],
            "at": [float(rows.loc[rows["key"] == key, "end"].max()) for key in ORDER],
            "said": [t("slope.hours", n=words.number(hours.loc[key, "lit"])) for key in ORDER],
        }
    )
    labels = alt.Chart(ends).mark_text(align="left", dx=6, fontSize=13, color=INK).encode(x="at:Q", y=y, text="said:N")
    return styled(alt.layer(bars, labels), 190)


def _clock(hour: float) -> str:
    """Return an hour of the clock as people write it.

    >>> _clock(7.5)
    '7:30'
    """
    minutes = round(hour * 60)
    return f"{minutes // 60}:{minutes % 60:02d}"
