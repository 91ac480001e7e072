"""The trees of one flight: what it found in sentences, points on the map, a table, one tree through its flights."""

from html import escape
from typing import Any

import altair as alt
import geopandas as gpd
import pandas as pd
import streamlit as st

from app import session, words
from app.components import charts, weak_areas
from app.components import legend as marks
from app.services.imagery.flown_trees import FlownTrees
from remote_sensing.trees import vigour

COLOURS = {vigour.VERY_WEAK: "#b02a1a", vigour.WEAK: "#e6a532", vigour.NORMAL: "#2f9e5b", vigour.UNJUDGED: "#b9bfb5"}
"""By class, the weakest first."""
GAP, GONE = "#d61f8f", "#3f6fb5"
UNCOUNTED = ("no_picture", "closed", "no_crowns")
"""Warnings that stand in place of a count, the plainest first."""
WEAK = (vigour.VERY_WEAK, vigour.WEAK)


def answers(found: FlownTrees) -> list[str]:
    """Return the sentences that stand first: how many trees, gaps and weak ones; or that they cannot be counted."""
    t, line, day = session.t, found.line, words.day(found.scene.time, session.language(), year=True)
    if not line["countable"]:
        closed = "closed" in told(line)
        why = next((one for one in UNCOUNTED if one in told(line)), "closed")
        said = t(f"trees.un_{why}", day=day, cover=percent(line["cover"]))
        return [said, t("trees.un_closed_do")] if closed else [said]
    known = words.known(line["n_expected"])
    expected = t("trees.expected", n=round(line["n_expected"])) if known else t("trees.no_expectation")
    lines = [t("trees.found", day=day, n=int(line["n_found"]), expected=expected)]
    lines.append(t("trees.missing", n=int(line["n_missing"])) if line["n_missing"] else t("trees.no_gaps"))
    some = found.trees["class"].value_counts() if len(found.trees) else pd.Series(dtype=int)
    weak, very = sum(int(some.get(one, 0)) for one in WEAK), int(some.get(vigour.VERY_WEAK, 0))
    if len(found.trees) and some.get(vigour.UNJUDGED, 0) == len(found.trees):
        lines.append(t("trees.unjudged"))
    else:
        lines.append(t("trees.weak", n=weak, very=very) if weak else t("trees.none_weak"))
    if found.before is not None and len(found.trees):
        new = int((found.trees["state"] == "new").sum())
        before = words.day(found.before, session.language(), year=True)
        lines.append(t("trees.since", day=before, new=new, lost=len(found.lost)))
    return lines


def told(line: dict[str, Any]) -> list[str]:
    """Return the words of the warnings of a plot's line."""
    return str(line.get("warnings") or "").split()


def quality(found: FlownTrees) -> None:
    """Show how far the count is to be trusted."""
    t, line, language = session.t, found.line, session.language()
    said = [
        t("trees.quality", cover=percent(line["cover"]), unsure=percent(line["unsure"]), grass=percent(line["grass"]),
          shadow=percent(line["shadow"]))
    ]  # fmt: skip
    pixel = (found.scene.about or {}).get("pixel")
    if words.known(pixel):
        said.append(t("trees.pixel", cm=words.number(100 * float(pixel or 0.0))))
    if note := line.get(f"note_{language}"):
        missed = t("trees.pale_missed") if line["countable"] and "green_ground" in told(line) else ""
        st.warning(f"{note}{t('words.stop')}{missed}", icon=":material/visibility:")
    st.caption(" ".join(said))


def percent(share: Any) -> str:
    """Return a share in words; a dash for unknown."""
    return f"{words.number(100 * share, 0)} %" if words.known(share) else "–"


def shapes(found: FlownTrees) -> dict[str, Any]:
    """Return the plot, its trees by class, gaps and lost trees as GeoJSON for `picture_map`."""
    t = session.t
    plot = gpd.GeoDataFrame({"id": [found.plot.id], "name": [found.plot.name]}, geometry=[found.plot.geometry])
    features = weak_areas.shapes(plot)["features"]
    for feature in features:
        del feature["properties"]["pick"]
    for row in found.trees.to_dict("records"):
        weak = row["class"] in WEAK
        said = t("trees.said", number=int(row["tree"]), name=t(f"trees.class_{row['class']}"))
        features.append(
            _point(
                row, fill=COLOURS.get(row["class"], COLOURS[vigour.UNJUDGED]), radius=5.5 if weak else 3.5,
                id=f"tree:{int(row['tree'])}", pick=f"tree:{int(row['tree'])}", said=said,
            )
        )  # fmt: skip
    for row in found.gaps.to_dict("records"):
        features.append(_point(row, line=GAP, radius=6, said=t("trees.gap_said", n=int(row["n_missing"]))))
    for row in found.lost.to_dict("records"):
        features.append(_point(row, line=GONE, radius=5, said=t("trees.lost_said", number=int(row["tree"]))))
    return {"type": "FeatureCollection", "features": features}


def _point(row: dict[str, Any], **properties: Any) -> dict[str, Any]:
    place = [round(float(row["longitude"]), 7), round(float(row["latitude"]), 7)]
    return {"type": "Feature", "geometry": {"type": "Point", "coordinates": place}, "properties": properties}


def legend(found: FlownTrees) -> None:
    """Show what the points mean."""
    t = session.t
    counts = found.trees["class"].value_counts() if len(found.trees) else pd.Series(dtype=int)
    rows = [
        (marks.dot(colour), f"{t(f'trees.class_{name}')} {int(counts.get(name, 0))}")
        for name, colour in COLOURS.items()
        if counts.get(name, 0)
    ]
    if len(found.gaps):
        n = int(found.gaps["n_missing"].sum())
        rows.append((marks.ring(GAP), f"{t('trees.gap')} {n}"))
    if len(found.lost):
        rows.append((marks.ring(GONE), f"{t('trees.lost')} {len(found.lost)}"))
    st.html(marks.rows(rows))


def table(found: FlownTrees) -> pd.DataFrame:
    """Return the trees as a table for people, the weakest first, those that are gone last."""
    t = session.t
    order = {name: k for k, name in enumerate(COLOURS)}
    rows = found.trees.assign(_order=found.trees["class"].map(order)).sort_values(["_order", "z_colour", "tree"])
    state = [t(f"trees.state_{one}") for one in rows["state"]]
    shown = {
        t("trees.number"): rows["tree"].astype(int).tolist(),
        t("trees.class"): [t(f"trees.class_{one}") for one in rows["class"]],
        t("trees.size"): rows["area_m2"].round(1).tolist(),
        t("trees.z_colour"): rows["z_colour"].round(1).tolist(),
        t("trees.z_size"): rows["z_size"].round(1).tolist(),
    }
    if found.before is not None:
        shown[t("trees.state")] = state
    if "height_m" in rows and rows["height_m"].notna().any():
        shown[t("trees.height")] = rows["height_m"].round(1).tolist()
    gone = found.lost["tree"].astype(int).tolist()
    if gone:
        for name, column in shown.items():
            fill: Any = None
            if name == t("trees.state"):
                fill = t("trees.state_lost")
            elif name == t("trees.class"):
                fill = "–"
            column.extend(gone if name == t("trees.number") else [fill] * len(gone))
    return pd.DataFrame(shown)


def one(readings: pd.DataFrame, number: int) -> None:
    """Show one tree through its flights: its class each time, and its place among its own kind on that day."""
    t, language = session.t, session.language()
    last = readings.iloc[-1]
    cards = [(t("trees.class"), t(f"trees.class_{last['class']}")), (t("trees.size"), words.number(last["area_m2"])),
             (t("trees.yellow"), percent(last["yellow"]))]  # fmt: skip
    cells = "".join(f"<div><span>{escape(name)}</span><b>{escape(value)}</b></div>" for name, value in cards)
    st.html(f'<div class="citrus-facts">{cells}</div>')
    days = ", ".join(words.day(day, language, year=True) for day in readings["day"])
    st.caption(t("trees.seen_on", number=number, n=len(readings), days=days))
    if len(readings) > 1:
        st.altair_chart(ranks(readings), width="stretch", alt=t("trees.ranks"))
    st.caption(t("trees.ranks_mean"))


def ranks(readings: pd.DataFrame) -> alt.LayerChart:
    """Return the tree's place among its own kind by flight, with the bound of weakness."""
    t = session.t
    rows = readings.melt("day", ["z_colour", "z_size"], "which", "z").dropna(subset="z")
    rows = rows.assign(which=rows["which"].map(lambda name: t(f"trees.{name}")))
    colour = alt.Color(
        "which:N", title=None, legend=alt.Legend(orient="top", labelFontSize=13),
        scale=alt.Scale(domain=[t("trees.z_colour"), t("trees.z_size")], range=["#2f9e5b", "#6a4c93"]),
    )  # fmt: skip
    x = alt.X("day:T", scale=alt.Scale(type="utc", padding=24), axis=charts.day_axis())
    y = alt.Y("z:Q", axis=alt.Axis(title=None, tickCount=5))
    base = alt.Chart(rows).encode(x=x, y=y, color=colour)
    zero = alt.Chart(pd.DataFrame({"z": [0.0]})).mark_rule(color=charts.QUIET).encode(y="z:Q")
    return charts.styled(alt.layer(zero, base.mark_line(strokeWidth=2), base.mark_circle(size=90, opacity=1)), 220)
