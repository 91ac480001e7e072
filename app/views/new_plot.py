"""A new plot in a minute: drawn on the map, or a pin with its area."""

import streamlit as st

from app import session, words
from app.components import draw_map, notices

t = session.t
st.title(t("new.title"))

farms = session.own_farms()
if not farms:
    st.info(t("empty.no_farm"), icon=":material/hourglass_empty:")
    notices.next_step("views/data.py", t("empty.go_data"))
    st.stop()
plots = session.plots()
if message := st.session_state.pop("plot_added", None):
    st.success(message)
    notices.next_step("views/plot.py", t("new.see"))

st.markdown(t("new.lead"))
drawn = draw_map.show(plots, session.boundaries("township"), has_orthophoto=session.has_orthophoto())
with st.expander(t("new.by_numbers")):
    left, right = st.columns(2)
    longitude = left.number_input(t("import.longitude"), -180.0, 180.0, None, format="%.6f", key="new_longitude")
    latitude = right.number_input(t("import.latitude"), -90.0, 90.0, None, format="%.6f", key="new_latitude")
pin = drawn.pin or ((longitude, latitude) if longitude is not None and latitude is not None else None)
pinned = drawn.ring is None

names, cultivars = {farm.id: farm.name for farm in farms}, session.cultivars()
left, right = st.columns(2)
name = left.text_input(t("new.name"), key="new_name", placeholder=t("new.name_hint"))
farm = right.selectbox(t("attribute.farm"), list(names), format_func=names.get, key="new_farm")
cultivar = left.selectbox(t("attribute.cultivar"), list(cultivars), format_func=cultivars.get, key="new_cultivar")
planted = right.number_input(t("new.planted"), 1950, None, None, key="new_planted")
area_mu = left.number_input(t("new.area_mu"), 0.05, 5000.0, 2.0, 0.5, key="new_area") if pinned else None
if area_mu:
    left.caption(words.area(area_mu * 10_000 / 15, session.language()))

ready = bool(name.strip()) and (drawn.ring is not None or pin is not None)
if not ready:
    st.caption(t("new.still_needed"))
if st.button(t("new.add"), type="primary", width="stretch", disabled=not ready, key="new_add"):
    made = session.add_plot(
        farm=farm,
        name=name,
        cultivar=cultivar,
        geometry=drawn.ring,
        pin=pin if pinned else None,
        area_mu=area_mu,
        planted=int(planted) if planted else None,
    )
    if made is not None:
        session.select(made.id)
        st.session_state.plot_added = t("new.added", name=made.name, area=words.area(made.area, session.language()))
        st.rerun()
