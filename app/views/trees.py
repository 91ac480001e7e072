"""Tree by tree: what the newest drone flight over a plot found, gaps and weak trees, and one tree over its flights."""

import pandas as pd
import streamlit as st

from app import session, words
from app.answers import condition, images, pictures
from app.answers.pictures import Asked
from app.components import cards, notices, pickers, picture_downloads, picture_map, tree_story
from app.components.picture_downloads import Offer

t, language = session.t, session.language()
st.title(t("trees.title"))

lines = images.flown()
if not len(lines):
    notices.nothing_yet(t("trees.none"), "views/data.py", t("empty.go_data"))
    st.stop()
plots = session.plots()
shown = lines[~lines["warnings"].fillna("").str.contains("no_picture")]  # a rim of a plot is no flight over it
lines = shown if len(shown) else lines
newest_first = lines.sort_values("time", ascending=False)
if session.selected() not in set(lines["plot"]):
    session.select(str(newest_first["plot"].iloc[0]))
left, right = st.columns(2)
with left:
    plot = pickers.plot(plots[plots["id"].isin(lines["plot"])])
mine = newest_first[newest_first["plot"] == plot]
days = {row["flight"]: words.day(row["day"], language, year=True) for row in mine.to_dict("records")}
with right:
    flight = st.selectbox(t("trees.flight"), list(days), format_func=days.get, key=f"trees_flight_{plot}")
found = condition.flight(plot, flight) or st.stop()
cards.answer(tree_story.answers(found))
tree_story.quality(found)

asked = Asked(found.scene.id, "true_colour", box=found.box)
picture = pictures.drawn(asked)
ids = sorted(int(number) for number in found.trees["tree"]) if len(found.trees) else []
chosen_tree = st.session_state.get(f"trees_tree_{plot}")
picked = picture_map.show(
    found.plot.geometry.bounds, None, None if picture is None else pictures.overlay(asked, picture, days[flight]),
    shapes=tree_story.shapes(found), chosen=f"tree:{chosen_tree}", key="trees_map",
)  # fmt: skip
tree_story.legend(found)
if picked and picked != st.session_state.get("trees_picked"):
    st.session_state.trees_picked = picked
    number = int(picked.removeprefix("tree:"))
    if number in ids:
        st.session_state[f"trees_tree_{plot}"] = number
        st.rerun()

if ids:
    st.header(t("trees.table"))
    decimals = st.column_config.NumberColumn(format="%.1f")
    tenths = {t(f"trees.{name}"): decimals for name in ("size", "z_colour", "z_size", "height")}
    st.dataframe(tree_story.table(found), hide_index=True, width="stretch", height=320, column_config=tenths)
    st.caption(t("trees.table_means"))
    st.header(t("trees.one"))
    order = list(dict.fromkeys(pd.Series(tree_story.table(found)[t("trees.number")]).astype(int)))
    order = [one for one in order if one in set(ids)]
    if chosen_tree not in order:
        st.session_state[f"trees_tree_{plot}"] = order[0]
    number = st.selectbox(t("trees.which"), order, format_func=lambda n: t("trees.no", n=n), key=f"trees_tree_{plot}")
    tree_story.one(condition.tree(plot, int(number)), int(number))
st.caption(t("trees.mind"))
notices.next_step("views/walk.py", t("condition.go_walk"))

offers = {
    "mosaic": picture_downloads.layer(asked, t("picture_downloads.mosaic", name=found.plot.name, day=days[flight]))
}
if ids:
    offers["trees"] = Offer(
        t("picture_downloads.trees", name=found.plot.name), ("csv",),
        lambda path, kind: condition.trees_file(path, plot),
    )  # fmt: skip
picture_downloads.show({**offers, "outlines": picture_downloads.outlines()}, "trees_files")
