"""The walking order: the quickest way through the flagged places, for phone and paper, ticked off as field notes."""

import shapely
import streamlit as st

from app import session, words
from app.answers import walking
from app.components import cards, notices, picture_map, walk_stops, weak_areas

t, language = session.t, session.language()
st.title(t("walking.title"))

plots = session.plots()
if not len(plots):
    notices.nothing_yet(t("empty.no_plots"), "views/new_plot.py", t("empty.go_new_plot"))
    st.stop()
farms = dict(zip(plots["farm"], plots["farm_name"], strict=True))
kept = walking.kept()
choices = [None, *(walk.id for walk in kept)]
days = {walk.id: t("walking.of", day=words.day(walk.date, language), n=len(walk.stops)) for walk in kept}
chosen = (
    st.selectbox(t("walking.which"), choices, format_func=lambda one: days.get(one, t("walking.new")), key="walk_which")
    if kept
    else None
)


def mapped(stops: list[dict], line: shapely.Geometry | None, done: dict) -> None:
    """Show the way on the map."""
    seen = plots[plots["id"].isin({stop["plot"] for stop in stops})]
    bounds = shapely.total_bounds([*seen.geometry, *([line] if line is not None else [])])
    picture_map.show(
        tuple(bounds),
        shapes=weak_areas.shapes(seen),
        route=None if line is None else [corner[:2] for corner in line.coords],
        stops=walk_stops.on_map(stops, done),
        key="walk_map",
    )


if chosen is not None:
    walk = next(one for one in kept if one.id == chosen)
    done, stops = walking.done(walk.id), [dict(stop) for stop in walk.stops]
    ticked = sum(stop["key"] in done for stop in stops)
    cards.answer(
        [t("walking.progress", done=ticked, n=len(stops), metres=round(walk.metres), minutes=round(walk.minutes))]
    )
    mapped(stops, walk.geometry, done)
    walk_stops.ticked(walk.id, stops, done)
    for column, (name, (text, media)) in zip(st.columns(3), walking.files(walk.id).items(), strict=True):
        with column:
            kind = name.rpartition(".")[2]
            st.download_button(t(f"walking.take_{kind}"), text, name, media, width="stretch", on_click="ignore")
    st.caption(t("walking.straight"))
    st.stop()

left, right = st.columns(2)
with left:
    farm = next(iter(farms)) if len(farms) == 1 else walk_stops.pick_farm(plots, farms)
with right:
    most = st.slider(t("walking.most"), 1, 15, 8, key="walk_most")
found = walking.places(farm)
if not len(found):
    st.success(t("walking.nothing"), icon=":material/check:")
    st.stop()
plan = walking.proposed(farm, most, None)
stops = plan.stops.to_dict("records")
cards.answer(
    [
        t(
            "walking.answer",
            n=len(stops),
            metres=round(plan.metres),
            minutes=round(plan.minutes),
            climb=round(plan.climb),
        ),
        *([t("walking.left_out", n=len(plan.left_out))] if len(plan.left_out) else []),
    ]
)
mapped(stops, plan.line, {})
if session.may("walk.write") and st.button(t("walking.begin"), type="primary", width="stretch", key="walk_begin"):
    begun = walking.begin(farm, most, None)
    if begun is not None:
        st.session_state.pop("walk_which", None)
        st.rerun()
walk_stops.listed(stops)
st.caption(t("walking.straight"))
