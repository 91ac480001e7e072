"""What can be done about each organism of a plot, as ladders: report, wait and look again, mild before strong."""

from html import escape
from typing import Any

import streamlit as st

from app import session, words
from app.answers import pest_advice
from app.components import cards
from app.components.spray_hours import STYLE

TONE_OF = {4: "act", 3: "watch"}


def show(plot_id: str) -> None:
    """Show the ladders of one plot, the most pressing organism first."""
    t, language = session.t, session.language()
    told = pest_advice.ladders(plot_id)
    cards.answer([_first(told)])
    if told.diary != "some":
        st.info(t(f"ladder.diary_{told.diary}"), icon=":material/edit_note:")
    if told.unnamed:
        st.warning(t("ladder.unnamed", n=told.unnamed))
    if not told.ladders:
        return
    st.html(f"<style>{STYLE}</style>")
    for number, one in enumerate(told.ladders):
        st.html(card(one, told.diary, number == 0))
    stage = "–" if words.number(told.stage, 0) == "–" else f"BBCH {told.stage:.0f}"
    harvest = words.day(told.harvest, language) if told.harvest else t("words.unknown")
    st.caption(t("ladder.known", stage=stage, harvest=harvest))
    st.caption(t("ladder.how"))


def card(one: Any, diary: str, expanded: bool) -> str:
    """Return one organism's ladder as HTML; all but the most pressing are folded."""
    t = session.t
    tone = TONE_OF.get(one.level, "info")
    marks = [t(f"ladder.level_{one.level}")]
    marks += [t("ladder.law")] if one.quarantine else []
    marks += [] if one.calibrated else [t("evidence.none")]
    marks += [t("ladder.demoted")] if one.demoted else []
    rungs = "".join(_rung(option, diary) for option in one.ladder.options)
    more = [t("ladder.generation", days=round(one.generation))]
    more += [t("ladder.withheld", n=len(one.ladder.withheld))] if one.ladder.withheld else []
    steps = t("ladder.steps", n=len(one.ladder.options))
    return (
        f'<article class="citrus-say citrus-ladder" style="--tone:{cards.TONES[tone]}">'
        f'<span class="tone">{cards.MARKS[tone]} {escape(" · ".join(marks))}</span>'
        f"<h2>{escape(pest_advice.said(one.name))}</h2><div>{escape(pest_advice.said(one.meaning))}</div>"
        f"<details{' open' if expanded else ''}><summary>{escape(steps)}</summary>"
        f"<ol>{rungs}</ol><small>{escape(' '.join(more))}</small></details></article>"
    )


def _first(told: Any) -> str:
    t, day = session.t, words.day(told.issued, session.language())
    pressing = [one for one in told.ladders if one.level in TONE_OF]
    if not pressing:
        return t("ladder.quiet", day=day)
    first = pressing[0]
    do = pest_advice.said(first.ladder.options[0].words)
    return t("ladder.first", organism=pest_advice.said(first.name), do=do.rstrip("。."), n=len(pressing) - 1)


def _rung(option: Any, diary: str) -> str:
    t = session.t
    state = option.state.replace(" ", "_")
    pill = "" if state == "open" else f' <span class="pill {state}">{escape(t(f"ladder.state_{state}"))}</span>'
    checks = "".join(f"<div><small>{escape(pest_advice.said(one.words))}</small></div>" for one in option.checks)
    groups = ""
    if option.groups:
        rows = "".join(_group(one, diary) for one in option.groups)
        groups = (
            f"<details><summary>{escape(t('ladder.groups', n=len(option.groups)))}</summary><ul>{rows}</ul></details>"
        )
    source = t("advice.evidence", kind=t(f"advice.evidence_{option.evidence}"))
    off = ' class="off"' if state in ("not_now", "never") else ""
    return (
        f"<li{off}><em>{escape(t(f'ladder.kind_{option.kind}'))}</em>"
        f'<span title="{escape(source)}: {escape(option.source)}">{escape(pest_advice.said(option.words))}</span>'
        f"{pill}{checks}{groups}</li>"
    )


def _group(one: Any, diary: str) -> str:
    t = session.t
    state = one.state.replace(" ", "_")
    said = []
    for check in one.checks:
        unsure = check.name == "rotation" and check.state == "passed" and diary != "some"
        said.append(t("ladder.rotation_unknown") if unsure else pest_advice.said(check.words))
    said += [pest_advice.said(warning) for warning in one.warnings]
    lines = "".join(f"<li>{escape(text)}</li>" for text in said)
    return (
        f"<li><b>{escape(pest_advice.said(one.group.name))}</b>（{escape(one.group.key)}）"
        f'<span class="pill {state}">{escape(t(f"ladder.state_{state}"))}</span><ul>{lines}</ul></li>'
    )
