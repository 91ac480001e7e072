"""Charts of a fit: readings with their errors on the bands before and after, and both lines of a bloom."""

import altair as alt
import pandas as pd

from app import session, words
from app.components.charts import INK, LINE, QUIET, TODAY, day_axis, styled

GREY = "#8a8f8b"
NEW_FRUIT = 0.6  # of the value two days before: less is another crop
COLOURS = {"prior": GREY, "fitted": LINE, "seen": TODAY}
RUNS = {"alone": GREY, "restarted": TODAY}


def fans(table: pd.DataFrame, points: pd.DataFrame, variable: str, height: int = 240) -> alt.LayerChart:
    """Return the two bands of one variable with its readings on them; one year's readings and the days between."""
    t = session.t
    points = points[points["variable"] == variable].copy()
    rows = table[table["variable"] == variable].copy()
    for one in (points, rows):
        one["time"] = pd.to_datetime(one["time"])
    rows = rows[rows["time"] >= points["time"].min() - pd.Timedelta(days=45)]
    rows["part"] = _parts(rows)
    rows["said"] = [t(f"fit.{which}") for which in rows["which"]]
    x = alt.X("time:T", scale=alt.Scale(type="utc"), axis=day_axis(month_only=True))
    y = alt.Y("p10:Q", axis=alt.Axis(title=None, tickCount=5), scale=alt.Scale(zero=False))
    base = alt.Chart(rows).encode(x=x, detail="part:N", color=_colour(("prior", "fitted")))
    tips = [
        alt.Tooltip("said:N", title=t("fit.charts")),
        alt.Tooltip("time:T", title=t("words.day"), format="%Y-%m-%d"),
        *[alt.Tooltip(f"{p}:Q", title=t(f"words.{p}"), format=".2f") for p in ("p10", "p50", "p90")],
    ]
    layers = []
    for which, opacity in (("prior", 0.22), ("fitted", 0.3)):
        own = base.transform_filter(alt.datum.which == which)
        layers.append(own.mark_area(opacity=opacity).encode(y=y, y2="p90:Q", tooltip=tips))
        layers.append(own.mark_line(strokeWidth=2.5).encode(y="p50:Q", tooltip=tips))
    read = alt.Chart(points).encode(x=x)
    layers.append(read.mark_rule(color=INK, strokeWidth=1.5).encode(y="low:Q", y2="high:Q"))
    layers.append(
        read.mark_circle(color=INK, size=60, opacity=1).encode(
            y="value:Q",
            tooltip=[
                alt.Tooltip("time:T", title=t("words.day"), format="%Y-%m-%d"),
                alt.Tooltip("value:Q", title=t("fit.seen")),
            ],
        )
    )
    return styled(alt.layer(*layers), height)


def blooms(table: pd.DataFrame) -> alt.LayerChart:
    """Return each year's full bloom three times: before, after and seen; days of the year are laid over one another."""
    t, language = session.t, session.language()
    rows = table.copy()
    for level in ("p10", "p50", "p90"):
        rows[level] = pd.to_datetime(rows[level])
        rows[f"{level}_said"] = [words.day(day, language, year=True) for day in rows[level]]
    rows["at"] = [(day - pd.Timestamp(day.year, 1, 1)).days for day in rows["p50"]]
    for level in ("p10", "p50", "p90"):  # years differ, days are compared: all are drawn on one calendar
        gap = [pd.Timestamp(2001, 1, 1) - pd.Timestamp(int(year), 1, 1) for year in rows["year"]]
        rows[level] = [day + by if words.known(day) else day for day, by in zip(rows[level], gap, strict=True)]
    rows["name"] = [f"{year} {t(f'fit.{which}')}" for year, which in zip(rows["year"], rows["which"], strict=True)]
    row = alt.Y("name:N", sort=list(dict.fromkeys(rows["name"])), axis=alt.Axis(title=None, labelLimit=150))
    x = {"scale": alt.Scale(type="utc", zero=False, padding=12), "axis": day_axis()}
    tips = [
        alt.Tooltip("name:N", title=t("fit.bloom")),
        *[alt.Tooltip(f"{p}_said:N", title=t(f"words.{p}")) for p in ("p10", "p50", "p90")],
    ]
    base = alt.Chart(rows).encode(y=row, color=_colour(("prior", "fitted", "seen"), legend=False), tooltip=tips)
    bars = base.mark_bar(height=10, cornerRadius=5, opacity=0.4).encode(x=alt.X("p10:T", **x), x2="p90:T")
    dots = base.mark_circle(size=110, opacity=1).encode(x=alt.X("p50:T", **x))
    return styled(alt.layer(bars, dots), 30 * len(set(rows["name"])) + 40)


def lines(table: pd.DataFrame, height: int = 220) -> alt.LayerChart:
    """Return the middle diameter of the model alone, and restarted on the day that somebody saw."""
    t = session.t
    rows = table.assign(time=pd.to_datetime(table["time"]), said=[t(f"fit.{which}") for which in table["which"]])
    scale = alt.Scale(domain=[t(f"fit.{which}") for which in RUNS], range=list(RUNS.values()))
    colour = alt.Color("said:N", title=None, scale=scale, legend=alt.Legend(orient="top", labelFontSize=13))
    tips = [
        alt.Tooltip("said:N", title=t("fit.lines")),
        alt.Tooltip("time:T", title=t("words.day"), format="%Y-%m-%d"),
        alt.Tooltip("p50:Q", title=t("words.p50"), format=".1f"),
    ]
    base = alt.Chart(rows).encode(
        x=alt.X("time:T", scale=alt.Scale(type="utc"), axis=day_axis(month_only=True)),
        y=alt.Y("p50:Q", axis=alt.Axis(title=None, tickCount=5), scale=alt.Scale(zero=False)),
        color=colour,
        tooltip=tips,
    )
    alone, restarted = (base.transform_filter(alt.datum.which == which) for which in RUNS)
    return styled(
        alt.layer(alone.mark_line(strokeWidth=4, opacity=0.8), restarted.mark_line(strokeWidth=2, strokeDash=[6, 3])),
        height,
    )


def _colour(which: tuple[str, ...], legend: bool = True) -> alt.Color:
    scale = alt.Scale(domain=list(which), range=[COLOURS[one] for one in which])
    names = " : ".join(f"datum.value == '{one}' ? '{session.t(f'fit.{one}')}'" for one in which) + " : ''"
    shown = alt.Legend(orient="top", labelExpr=names, labelFontSize=13, labelColor=QUIET) if legend else None
    return alt.Color("which:N", title=None, scale=scale, legend=shown)


def _parts(rows: pd.DataFrame) -> list[int]:
    """Return a number for each stretch of one crop, so that no line is drawn from the fruit of one year to the next."""
    out, part, last = [], 0, None
    for which, time, middle in zip(rows["which"], rows["time"], rows["p50"], strict=True):
        if last is not None and (which != last[0] or (time - last[1]).days > 10 or middle < NEW_FRUIT * last[2]):
            part += 1
        out.append(part)
        last = (which, time, middle)
    return out
