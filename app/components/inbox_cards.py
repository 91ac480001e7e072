"""Alerts as cards: what, why, what to do, until when, how sure; and what the reader makes of them."""

from datetime import timedelta
from html import escape
from typing import Any

import streamlit as st

from app import session, words
from app.answers import pest_advice
from app.components import cards, notices

MOST = 6  # names on a card


def answers(box: Any) -> list[str]:
    """Return what stands first: how much there is and what is most pressing."""
    t, language = session.t, session.language()
    if box.issued is None:
        return [t("inbox.no_run")]
    day = words.day(box.issued, language)
    if not box.alerts:
        return [t("inbox.quiet", day=day)]
    return [t("inbox.first", n=len(box.alerts), head=pest_advice.said(box.alerts[0].head), day=day)]


def notes(box: Any) -> None:
    """Say what the cards are not: drafts of others' plots, and what the station hears of first."""
    t = session.t
    if box.draft:
        st.html(f'<div class="citrus-head"><span class="citrus-mark draft">{escape(t("inbox.draft"))}</span></div>')
    if box.held:
        said = t("words.and").join(pest_advice.said(one) for one in box.held)
        st.info(t("inbox.held", organisms=said), icon=":material/shield:")
    if box.issued is None:
        notices.next_step("views/runs.py", t("empty.go_runs"))


def show(alert: Any, number: int) -> None:
    """Show one alert with what can be made of it."""
    t = session.t
    st.html(card(alert))
    with st.container(horizontal=True):
        if st.button(t("inbox.seen"), key=f"inbox_seen_{number}", icon=":material/check:"):
            _marked(alert, "acknowledged")
        with st.popover(t("inbox.later"), icon=":material/snooze:", key=f"inbox_later_{number}"):
            today = session.today()
            until = st.date_input(
                t("inbox.until"), today + timedelta(7), min_value=today + timedelta(1), key=f"inbox_until_{number}"
            )
            if st.button(t("inbox.put_off"), key=f"inbox_put_off_{number}"):
                _marked(alert, "snoozed", until)
        with st.popover(t("inbox.wrong"), icon=":material/flag:", key=f"inbox_wrong_{number}"):
            note = st.text_input(t("inbox.note"), key=f"inbox_note_{number}", placeholder=t("inbox.note_hint"))
            if st.button(t("inbox.send"), key=f"inbox_send_{number}"):
                _marked(alert, "wrong", None, note)
    _open(alert, number)


def card(alert: Any) -> str:
    """Return an alert as HTML."""
    t, language = session.t, session.language()
    tone = "act" if alert.red else "watch"
    more = len(alert.names) - MOST
    names = t("words.and").join(alert.names[:MOST]) + (t("inbox.and_more", n=more) if more > 0 else "")
    marks = [t(f"ladder.level_{alert.level}"), *([t("ladder.law")] if alert.quarantine else [])]
    marks += [] if alert.calibrated else [t("evidence.none")]
    facts = [
        (t("inbox.why"), pest_advice.said(alert.why)),
        (t("inbox.holds"), words.day(alert.until, language)),
    ]
    cells = "".join(f"<div><span>{escape(name)}</span><b>{escape(said)}</b></div>" for name, said in facts)
    return (
        f'<article class="citrus-say citrus-advice" style="--tone:{cards.TONES[tone]}">'
        f'<span class="tone">{cards.MARKS[tone]} {escape(" · ".join(marks))}</span>'
        f"<h2>{escape(pest_advice.said(alert.head))}</h2><small>{escape(names)}</small>"
        f"<p>{escape(pest_advice.said(alert.do))}</p>"
        f'<div class="citrus-facts">{cells}</div>'
        f"<details><summary>{escape(t('inbox.sure'))}</summary><small>{escape(pest_advice.said(alert.sure))}</small>"
        f"</details></article>"
    )


def marked(box: Any) -> None:
    """Show what was marked, folded, with a way back."""
    t, language = session.t, session.language()
    if not box.marked:
        return
    with st.expander(t("inbox.marked", n=len(box.marked))):
        for number, (alert, mark) in enumerate(box.marked):
            state = t(f"inbox.state_{mark.state}")
            until = t("inbox.put_off_until", day=words.day(mark.until, language)) if mark.until else ""
            st.markdown(f"{pest_advice.said(alert.head)} — {state}{until}{f'：{mark.note}' if mark.note else ''}")
            if st.button(t("inbox.again"), key=f"inbox_again_{number}") and pest_advice.restore(alert.keys):
                st.rerun()


def text(box: Any) -> None:
    """Show the alerts as a text that can be copied into a chat group."""
    said = pest_advice.message(box)
    if said:
        with st.expander(session.t("inbox.text")):
            st.code(said, language=None, wrap_lines=True)


def _open(alert: Any, number: int) -> None:
    """Show the way to the page of one of the plots: spraying, or how its trees stand."""
    t, names = session.t, dict(alert.plots)
    chosen = alert.plots[0][0]
    if len(names) > 1:
        chosen = st.selectbox(
            t("inbox.plot"), list(names), key=f"inbox_plot_{number}", format_func=lambda plot: names.get(plot, plot)
        )
    if st.button(t("inbox.open", name=names.get(chosen, "")), key=f"inbox_open_{number}", width="stretch"):
        session.select(chosen)
        st.switch_page("views/condition.py" if alert.organism == "condition" else "views/spray.py")


def _marked(alert: Any, *told: Any) -> None:
    if pest_advice.mark(alert.keys, *told):
        st.rerun()
