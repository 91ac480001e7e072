"""Crop condition: which places stand weak and how sure that is; then one plot through its seasons, and its zones."""

import streamlit as st

from app import session, words
from app.answers import condition, images, pictures
from app.answers.pictures import Asked
from app.components import (
    cards,
    condition_story,
    notices,
    pickers,
    picture_downloads,
    picture_legend,
    picture_map,
    season_curve,
    season_table,
    weak_areas,
    zone_story,
)
from app.components.picture_downloads import Offer

t, language = session.t, session.language()
st.title(t("condition.title"))

if not session.may("scene.read"):  # who sees no plots sees sums
    st.markdown(t("condition.sums_lead"))
    condition_story.sums()
    st.stop()
plots = session.plots()
if not len(plots):
    notices.nothing_yet(t("empty.no_plots"), "views/new_plot.py", t("empty.go_new_plot"))
    st.stop()
if not condition.any_picture():
    notices.nothing_yet(t("condition.never"), "views/data.py", t("empty.go_data"))
    st.stop()
newest = condition.newest()

areas = images.weak()
cards.answer(condition_story.answers(plots, areas, newest))
st.caption(condition_story.standing())
asked = Asked(str(newest["id"]), "index")
picture = pictures.drawn(asked)
name = words.day(newest["time"], language, year=True)
whole = tuple(plots.total_bounds) if len(plots) < 20 or picture is None else picture.bounds
picked = picture_map.show(
    whole, None, None if picture is None else pictures.overlay(asked, picture, name),
    shapes=weak_areas.shapes(plots, areas), chosen=session.selected(), key="condition_map",
)  # fmt: skip
left, right = st.columns(2)
with left:
    condition_story.legend()
with right:
    if picture is not None:
        picture_legend.show(picture.legend)
kind, _, target = (picked or "").partition(":")
chosen_area = target if kind == "area" and target in set(areas["id"]) else None
if picked and picked != st.session_state.get("condition_picked"):
    st.session_state.condition_picked = picked
    session.select(areas.set_index("id").at[target, "plot"] if chosen_area else target)

if len(areas):
    st.header(t("condition.places"))
    condition_story.cards(areas, chosen_area)
    notices.next_step("views/walk.py", t("condition.go_walk"))
    if session.selected() not in set(plots["id"]):
        session.select(str(areas["plot"].iloc[0]))

st.header(t("condition.season"))
left, middle, right = st.columns([2, 2, 1])
with left:
    plot = pickers.plot(plots)
offered = pictures.indices(str(newest["id"]))
with middle:
    index = st.selectbox(t("curve.index"), list(offered), format_func=offered.get, key="curve_index")
with right:
    years = st.selectbox(
        t("curve.years"), [1, 2, 3, 5], 0 if session.narrow() else 1, format_func=lambda n: t("curve.n_years", n=n),
        key="curve_years",
    )  # fmt: skip
with st.spinner(t("curve.working")):
    curve, why = images.curve(plot, index, years)
if curve is None:
    st.info(why, icon=":material/hourglass_empty:")
else:
    cards.answer(season_curve.said(curve))
    season_curve.show(curve)
    st.caption(t("curve.never_causes"))
    with st.expander(t("curve.measures")):
        season_table.show(curve.measures, curve.label)

outline = plots.set_index("id").at[plot, "geometry"]
st.header(t("condition.zones"))
zone_story.show(plot, outline)

offers = {"index": picture_downloads.layer(asked, t("picture_downloads.index", index="NDVI", day=name))}
if len(areas):
    offers["weak"] = Offer(t("picture_downloads.weak"), ("gpkg", "geojson", "kml", "csv"), images.weak_file)
if curve is not None:
    offers["series"] = Offer(
        t("picture_downloads.series", name=curve.plot.name, index=curve.label), ("csv",),
        lambda path, kind: images.series_file(path, plot, index),
    )  # fmt: skip
picture_downloads.show({**offers, "outlines": picture_downloads.outlines()}, "condition_files")
if session.may("condition.sum") and st.toggle(t("condition.sums"), key="condition_sums"):
    condition_story.sums()
