"""Suspected trees step by step, and the three measures against huanglongbing as a list of what is next."""

from html import escape
from typing import Any

import geopandas as gpd
import pandas as pd
import streamlit as st

from app import session, words
from app.answers import records
from app.components import draw_map
from app.components.cards import TONES

STATES = {"overdue": "act", "open": "watch", "later": "info", "done": "good"}
SHOWN = 20


def answers(trees: pd.DataFrame) -> list[str]:
    """Return what stands first: how many trees the viewer knows of are unfinished, and what comes next."""
    t = session.t
    if not len(trees):
        return [t("cases.none")]
    open_ = trees[~trees["state"].isin(["refuted", "replanted"])]
    lines = [t("cases.open", n=len(open_), all=len(trees))]
    hidden = int(trees["embargo"].sum())
    if hidden:
        lines.append(t("cases.embargoed", n=hidden))
    return lines


def plan(plan: Any) -> None:
    """Show the steps of one plot: what is due, what comes, what is recorded; a missing record is no missing deed."""
    t, language = session.t, session.language()
    st.warning(getattr(plan.legal, language), icon=":material/gavel:")
    for measure in (1, 2, 3):
        steps = [one for one in plan.steps if one.measure == measure]
        st.subheader(t(f"cases.measure_{measure}"))
        if not steps:
            st.caption(t(f"cases.measure_{measure}_none"))
        pressing = [one for one in steps if one.state in ("overdue", "open", "later")]
        if pressing:
            st.html("".join(_step(one) for one in pressing))
        done = [one for one in steps if one.state == "done"]
        if done:
            with st.expander(t("cases.done", n=len(done))):
                st.html("".join(_step(one) for one in done))
    if plan.issued:
        st.caption(t("cases.flush_means", day=words.day(plan.issued, language)))
    else:
        st.caption(t("cases.no_flush"))


def plants(plot: str, told: pd.DataFrame) -> None:
    """Show where the young trees of a plot come from, and note another delivery."""
    t, language, proofs = session.t, session.language(), records.evidences()
    for row in told.itertuples():
        st.markdown(f"- {words.day(row.date, language, year=True)} {row.product} · {proofs[row.evidence]}")
    with st.form(f"cases_plants_{plot}", clear_on_submit=True):
        origin = st.text_input(t("cases.origin"), key=f"cases_origin_{plot}", placeholder=t("cases.origin_hint"))
        left, right = st.columns(2)
        today = session.today()
        day = left.date_input(t("diary.day"), today, max_value=today, key=f"cases_plants_day_{plot}")
        proof = right.selectbox(
            t("cases.certificate"), ["photo", "invoice", "said"], key=f"cases_proof_{plot}",
            format_func=lambda one: t(f"cases.certificate_{one}"),
        )  # fmt: skip
        pressed = st.form_submit_button(t("diary.save"), width="stretch") and origin.strip()
        if pressed and records.note_plants(plot=plot, date=day, origin=origin.strip(), evidence=proof) is not None:
            st.rerun()


def suspect(plots: gpd.GeoDataFrame, chosen: str) -> None:
    """Show the report of a suspected tree; its place may be tapped, or where one stands."""
    t = session.t
    names, known, today = (
        dict(zip(plots["id"], words.unique_names(plots), strict=True)),
        records.suspects(),
        session.today(),
    )
    ids = list(names)
    turn = st.session_state.setdefault("cases_turn", 0)
    left, right = st.columns(2)
    plot = left.selectbox(
        t("pick.plot"),
        ids,
        ids.index(chosen) if chosen in ids else 0,
        key=f"cases_plot_{chosen}",
        format_func=names.get,
    )
    organism = right.selectbox(t("cases.organism"), list(known), key="cases_organism", format_func=known.get)
    tree = left.text_input(t("cases.tree"), key=f"cases_tree_{turn}", placeholder=t("cases.tree_hint"))
    day = right.date_input(t("cases.seen"), today, max_value=today, key=f"cases_day_{turn}")
    note = st.text_input(t("cases.looks"), key=f"cases_note_{turn}", placeholder=t("cases.looks_hint"))
    pin = None
    if st.toggle(t("cases.place"), key=f"cases_place_{turn}"):
        pin = draw_map.show(
            plots[plots["id"] == plot], session.boundaries("township"), has_orthophoto=session.has_orthophoto()
        ).pin
        st.caption(t("cases.place_means"))
    if st.button(t("cases.report"), type="primary", width="stretch", key="cases_report"):
        place = {"longitude": pin[0], "latitude": pin[1]} if pin else {}
        _noted(
            records.suspect(plot=plot, organism=organism, tree=tree, date=day, note=note, **place), t("cases.reported")
        )


def trees(told: pd.DataFrame) -> None:
    """Show the trees the viewer knows of, each with its steps and what he may tell next."""
    t = session.t
    shown = SHOWN if not st.session_state.get("cases_all") else len(told)
    for row in told.head(shown).itertuples():
        st.html(_tree(row))
        if row.next:
            _next(row)
    if len(told) > shown:
        st.button(t("cases.more", n=len(told) - shown), key="cases_all", width="stretch")


def receipt() -> None:
    """Show what came of the deed before this run of the page."""
    if message := st.session_state.pop("cases_message", None):
        st.success(message)
    for warning in st.session_state.pop("cases_findings", []):
        st.warning(warning)


def _next(row: Any) -> None:
    t, names = session.t, records.state_names()
    with st.popover(t("cases.next", steps=t("words.or").join(names[one] for one in row.next)), width="stretch"):
        state = st.radio(t("cases.step"), list(row.next), key=f"cases_step_{row.id}_{row.state}", format_func=names.get)
        today = session.today()
        day = st.date_input(t("diary.day"), today, max_value=today, key=f"cases_step_day_{row.id}_{row.state}")
        more = {}
        if state == "replanted":
            more["seedlings"] = st.text_input(t("cases.origin"), key=f"cases_seedlings_{row.id}")
        note = st.text_input(t("diary.note"), key=f"cases_step_note_{row.id}_{row.state}")
        if state == "released":
            st.warning(t("cases.release_means"))
        if st.button(t("diary.save"), type="primary", key=f"cases_step_save_{row.id}", width="stretch"):
            done = records.step(row.id, state, date=day, note=note, **more)
            _noted(None if done is None else (done, []), t("cases.stepped", state=names[state]))


def _noted(done: Any, message: str) -> None:
    if done is None:
        return
    st.session_state.cases_message = message
    st.session_state.cases_findings = [words.finding(found, session.language()) for found in done[1]]
    st.session_state.cases_turn = st.session_state.get("cases_turn", 0) + 1
    st.rerun()


def _tree(row: Any) -> str:
    t, language, names = session.t, session.language(), records.state_names()
    steps = "".join(
        f"<li>{escape(words.day(one.date, language, year=True))} {escape(names.get(one.state, one.state))}"
        f"{escape('：' + one.note if one.note and language == 'zh' else ': ' + one.note if one.note else '')}</li>"
        for one in reversed(row.steps)
    )
    mark = f' <span class="citrus-mark draft">{escape(t("cases.embargo"))}</span>' if row.embargo else ""
    seedlings = f"<small>{escape(t('cases.from', origin=row.seedlings))}</small>" if row.seedlings else ""
    tone = TONES["act" if row.state == "confirmed" else "watch" if row.state in ("suspected", "sampled") else "good"]
    return (
        f'<article class="citrus-say citrus-advice" style="--tone:{tone}">'
        f'<span class="tone">{escape(names.get(row.state, row.state))}</span>{mark}'
        f"<h2>{escape(f'{row.farm_name} · {row.name} {row.tree}'.strip())}</h2>"
        f"<small>{escape(records.organisms().get(row.organism, row.organism))}</small>"
        f'<ul style="font-size:1rem">{steps}</ul>{seedlings}</article>'
    )


def _step(one: Any) -> str:
    t, language = session.t, session.language()
    if one.state == "done":
        when = t("cases.was_done", day=words.day(one.done, language))
    elif one.state == "overdue":
        when = t("cases.overdue", day=words.day(one.due, language))
    else:
        when = t("cases.due", first=words.day(one.starts, language), last=words.day(one.due, language))
    return (
        f'<div class="citrus-line" style="--tone:{TONES[STATES[one.state]]};margin:.35rem 0">'
        f"<b>{escape(when)}</b> {escape(getattr(one.words, language))}</div>"
    )
