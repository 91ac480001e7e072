"""Fit to observations: what was seen on this plot, what it changed, and how well unseen plots are foreseen."""

import streamlit as st

from app import session
from app.components import cards, fit_bloom, fit_charts, fit_story, pickers, plot_story

t = session.t
st.title(t("fit.title"))

if session.may("observation.read"):
    chosen = pickers.plot(session.plots())
    fit = session.plot_fit(chosen)
    if fit is not None:
        fit_story.badges(fit)
        if fit.held_out:
            st.caption(t("fit.held_out"))
        cards.answer(fit_story.answers(fit))
        st.caption(t("fit.same_data"))
    fit_bloom.show(chosen, fit)
    if fit is not None:
        st.header(t("fit.charts"))
        st.caption(t("fit.charts_mean"))
        columns = st.columns(2)
        for number, variable in enumerate(plot_story.variables(fit.points.assign(p50=fit.points["value"]))):
            with columns[number % 2]:
                st.markdown(f"**{t(f'variable.{variable}')}**")
                chart = fit_charts.fans(fit.fans, fit.points, variable)
                st.altair_chart(chart, width="stretch", alt=t(f"variable.{variable}"))
        if len(fit.blooms):
            st.markdown(f"**{t('fit.bloom')}**")
            st.caption(t("fit.bloom_mean"))
            st.altair_chart(fit_charts.blooms(fit.blooms), width="stretch", alt=t("fit.bloom"))
        st.header(t("fit.moved"))
        st.caption(t("fit.moved_mean"))
        st.dataframe(fit_story.moved(fit.moved), hide_index=True, width="stretch")

st.header(t("fit.check"))
day, scores = session.fit_check()
fit_bloom.check(day, scores)
