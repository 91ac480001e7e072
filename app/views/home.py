"""Today: the answers in sentences, the charts below."""

import streamlit as st

from app import session
from app.components import advice_cards, cards, charts, notices, read_aloud, spray_line

STEP = 12  # cards at a time: the first page of ten thousand plots is as quick as that of twelve

t = session.t
st.title(t("home.title"))

said = session.sentences()
if not said:
    empty = session.status().plots == 0
    if empty:
        notices.nothing_yet(t("empty.no_plots"), "views/new_plot.py", t("empty.go_new_plot"))
    else:
        notices.nothing_yet(t("empty.no_run"), "views/runs.py", t("empty.go_runs"))
    st.stop()

shown = said[: st.session_state.setdefault("home_shown", STEP)]
read_aloud.button([one.text for one in shown])
columns = st.columns(2 if len(shown) > 1 else 1)
free = {}
for number, one in enumerate(shown):
    with columns[number % len(columns)]:
        free[one.plot_id] = cards.sentence(one, number)
if rest := len(said) - len(shown):
    more = t("home.more", n=min(rest, STEP), all=len(said))
    if st.button(more, key="home_more", width="stretch", icon=":material/expand_more:"):
        st.session_state.home_shown += STEP
        st.rerun()

county = session.county()
mine = county[county["id"].isin([one.plot_id for one in shown])]
if "ripe_p10" in mine and mine["ripe_p10"].notna().any():
    st.header(t("home.ripening"))
    st.altair_chart(charts.ripening(mine), width="stretch", alt=t("home.ripening"))
    st.caption(t("words.bar_means") + (t("words.fading") if charts.open_ended(mine, "ripe_") else ""))
st.caption(t("home.source"))

# last, as it is computed on the first visit after a run: the page stands already
places = tuple(plot for plot in free if plot)
lines = {plot: [advice_cards.line(advised.said)] for plot, advised in session.advice_of(places).items()}
for plot, line in spray_line.lines(places).items():
    lines.setdefault(plot, []).append(line)
for plot, said in lines.items():
    if html := "".join(line for line in said if line is not None):
        free[plot].html(html)
