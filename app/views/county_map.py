"""The map: plots in the colours of one layer; a click or the list selects."""

import streamlit as st

from app import session, words
from app.components import cards, colours, legend, notices, pickers, plot_map

t, language = session.t, session.language()
st.title(t("map.title"))

status = session.status()
left, right = st.columns(2)
with left:
    layer = pickers.layer(session.layers())
with right:
    on = pickers.issued(session.dates())
county = session.county(on)
if not len(county):
    notices.nothing_yet(t("empty.no_plots"), "views/new_plot.py", t("empty.go_new_plot"))
    st.stop()
if not status.has_dem:
    notices.nothing_yet(t("empty.no_dem"), "views/data.py", t("empty.go_data"))
if layer.column not in county or county[layer.column].isna().all():
    notices.nothing_yet(t("empty.no_layer"), "views/runs.py", t("empty.go_runs"))

title = pickers.layer_name(layer)
shown = colours.coloured(county, layer, language, t, session.cultivars())
wide, narrow = st.columns([3, 1])
with narrow:
    chosen = pickers.plot(county)
    row = county.set_index("id").loc[chosen].to_dict()
    cards.answer(
        [
            t("map.value", title=title, said=shown.texts[list(county["id"]).index(chosen)]),
            t("map.area", area=words.area(row["area"], language)),
            t("map.stage", stage=words.stage(row, language)),
        ]
    )
    st.page_link("views/plot.py", label=t("map.open_plot", name=row["name"]), icon=":material/park:")
    legend.show(title, shown)
with wide:
    plot_map.show(county, shown, session.boundaries("township"), chosen)
    st.caption(t("map.how_many" if len(county) > plot_map.MANY else "map.how"))
    st.caption(t("words.uncalibrated"))
