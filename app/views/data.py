"""Data: bring files in, see how good they are, fill what is missing, take results away."""

import streamlit as st

from app import session
from app.components import downloads, forms, imports, notices, tables

t = session.t
st.title(t("data.title"))
into, weather, missing, out = st.tabs([t("data.import"), t("data.quality"), t("data.missing"), t("data.download")])

with into:
    imports.show()

with weather:
    stations = session.stations()
    if not len(stations):
        st.info(t("empty.no_weather"), icon=":material/hourglass_empty:")
    else:
        st.dataframe(tables.stations(stations), hide_index=True, width="stretch")
        rows = list(stations.index)
        label = lambda i: f"{stations.at[i, 'name']} · {t('resolution.' + stations.at[i, 'resolution'])}"  # noqa: E731
        row = st.selectbox(t("data.station"), rows, format_func=label, key="quality_station")
        flags = session.quality(str(stations.at[row, "id"]), str(stations.at[row, "resolution"]))
        st.dataframe(tables.quality(flags), hide_index=True, width="stretch")
        st.caption(t("data.flags_mean"))

with missing:
    unknown = session.missing_attributes()
    if not len(unknown):
        st.success(t("data.nothing_missing") if len(session.plots()) else t("empty.no_plots"))
    else:
        st.markdown(t("data.missing_lead", plots=unknown["plot"].nunique()))
        names = dict(zip(unknown["plot"], unknown["name"], strict=True))
        chosen = st.selectbox(t("pick.plot"), list(names), format_func=names.get, key="missing_plot")
        forms.attributes(session.plot_of(chosen))

with out:
    if session.status().plots == 0:
        notices.nothing_yet(t("empty.no_plots"), "views/new_plot.py", t("empty.go_new_plot"))
    else:
        downloads.show()
