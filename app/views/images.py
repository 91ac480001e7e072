"""Pictures: two dates of satellite or drone side by side or one over the other, in fixed or stretched colours."""

import pandas as pd
import streamlit as st

from app import session, words
from app.answers import pictures
from app.answers.pictures import Asked
from app.components import cards, notices, picture_downloads, picture_legend, picture_map, weak_areas
from app.services.imagery import choice

t, language = session.t, session.language()
st.title(t("pictures.title"))

kinds = [kind for kind in ("satellite", "drone") if len(pictures.listed(kind))]
if not kinds:
    notices.nothing_yet(t("pictures.none"), "views/data.py", t("empty.go_data"))
    st.stop()
kind = kinds[0] if len(kinds) == 1 else st.segmented_control(
    t("pictures.kind"), kinds, default=kinds[0], key="pictures_kind", format_func=lambda one: t(f"pictures.{one}")
) or kinds[0]  # fmt: skip
listed = pictures.listed(kind)
scenes, newest = listed.set_index("id"), choice.newest(listed)


def named(scene: str) -> str:
    """Return a scene as its date, its sensor and how much of the viewer's plots it shows."""
    row = scenes.loc[scene]
    seen = "" if pd.isna(row["seen"]) else " · " + t("pictures.seen", share=f"{100 * row['seen']:.0f}")
    return f"{words.day(row['time'], language, year=True)} · {row[f'sensor_{language}']}{seen}"


cards.answer([t("pictures.answer", day=words.day(newest["time"], language), days=int(newest["age"]), n=len(scenes))])
notices.findings(pictures.without_history(), lambda found: words.finding(found, language))
one, other = st.columns(2)
with one:
    days = list(scenes.index)
    later = st.selectbox(t("pictures.right"), days, days.index(newest["id"]), named, "pictures_right")
with other:
    before = [None, *scenes.index[scenes["time"] < scenes.loc[later, "time"]]]
    start = before.index(choice.before(listed, later))
    earlier = st.selectbox(
        t("pictures.left"), before, start, lambda one: named(one) if one else t("pictures.alone"), "pictures_left"
    )
offered = pictures.indices(later)
choices = ["true_colour", *offered, *(["change", "quality"] if kind == "satellite" else [])]
layer = st.selectbox(
    t("pictures.layer"), choices, min(1, len(choices) - 1), lambda key: offered.get(key) or t(f"pictures.{key}"),
    "pictures_layer",
)  # fmt: skip
place = st.container()  # the map stands above the finer choices, which a phone would otherwise scroll past
one, other = st.columns(2)
with one:
    relative = t("pictures.relative") == st.radio(
        t("pictures.scale"), [t("pictures.absolute"), t("pictures.relative")], key="pictures_scale", horizontal=True,
        disabled=layer in ("true_colour", "quality"),
    )  # fmt: skip
with other:
    fade = t("pictures.fade") == st.radio(
        t("pictures.compare"), [t("pictures.swipe"), t("pictures.fade")], key="pictures_mode", horizontal=True,
        disabled=earlier is None or layer == "change",
    )  # fmt: skip

drawn_as = layer if layer in ("true_colour", "quality", "change") else "index"
index = layer if drawn_as == "index" else next(iter(offered), "ndvi")
if layer == "change" and earlier is None:
    st.info(t("pictures.needs_two"))
    st.stop()
shown = []
for scene in (earlier, later) if layer != "change" else (later,):
    if scene is not None:
        asked = Asked(scene, drawn_as, index, relative, None, earlier if layer == "change" else None)
        if (picture := pictures.drawn(asked)) is not None:
            shown.append((picture, pictures.overlay(asked, picture, named(scene))))
plots = session.plots()
bounds = shown[-1][0].bounds if shown else tuple(plots.total_bounds)
focus = tuple(plots.total_bounds) if len(plots) and len(plots) < 20 and kind == "satellite" else bounds
with place:
    picked = picture_map.show(
        focus,
        shown[0][1] if len(shown) > 1 else None,
        shown[-1][1] if shown else None,
        mode="fade" if fade else "swipe",
        shapes=weak_areas.shapes(plots),
        chosen=session.selected(),
        key=f"pictures_{kind}",
    )
if picked and picked.startswith("plot:"):
    session.select(picked.removeprefix("plot:"))
with place:
    for column, (picture, _) in zip(st.columns(max(len(shown), 1)), shown, strict=False):
        with column:
            picture_legend.show(picture.legend)
st.caption(t("pictures.hidden"))
if shown:
    name = t("picture_downloads.layer", name=shown[-1][0].legend.title[language])
    picture_downloads.show(
        {"layer": picture_downloads.layer(asked, name), "outlines": picture_downloads.outlines()}, "pictures_files"
    )
