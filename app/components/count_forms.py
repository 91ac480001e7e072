"""Scouting: how to look, counters, and what a count says at once against the threshold."""

from datetime import date, timedelta
from html import escape
from typing import Any

import pandas as pd
import streamlit as st

from agro.errors import AgroError
from app import session, words
from app.answers import records
from app.components.cards import TONES

TONE_OF = {"above": "act", "below": "good", "unsure": "watch", "none": "info"}
SINCE = timedelta(days=400)


def organism(protocols: dict[str, Any]) -> Any:
    """Return the protocol of the chosen organism."""
    language = session.language()
    key = st.selectbox(
        session.t("scouting.organism"), list(protocols), key="scouting_organism",
        format_func=lambda one: getattr(protocols[one].name, language),
    )  # fmt: skip
    return protocols[key]


def protocol(one: Any) -> None:
    """Show how this organism is looked at, and from when it matters."""
    t, language = session.t, session.language()
    if one.confidential:
        st.warning(t("scouting.confidential"), icon=":material/lock:")
    bound = (
        t("scouting.one_find")
        if one.confidential
        else t(f"scouting.bound_{one.measure}", value=_bare(one.measure, one.threshold), unit=_unit(one.method))
    )
    lines = [getattr(one.scouting, language), getattr(one.thresholds, language)]
    st.html(
        f'<article class="citrus-say citrus-advice" style="--tone:{TONES["info"]}">'
        f'<span class="tone">{escape(t("scouting.how"))}</span>'
        f"<h2>{escape(t('scouting.look', n=one.n, unit=_unit(one.method)))}</h2>"
        + "".join(f"<p>{escape(line)}</p>" for line in lines)
        + f"<small>{escape(bound)}</small>"
        f"<details><summary>{escape(t('scouting.look_alikes'))}</summary>"
        f"<p>{escape(getattr(one.look_alikes, language))}</p></details>"
        f"<details><summary>{escape(t('advice.evidence', kind=t(f'advice.evidence_{one.evidence}')))}</summary>"
        f'<small lang="en">{escape(one.source)}</small></details></article>'
    )


def form(plot: str, one: Any) -> None:
    """Show the counters; what the numbers say stands beside them before anything is noted."""
    t, tag = session.t, f"{one.key}_{st.session_state.setdefault('scouting_turn', 0)}"
    _receipt()
    names = records.method_names()
    usual = list(names).index(one.method)
    left, right = st.columns(2)
    method = left.selectbox(
        t("scouting.method"), list(names), usual, key=f"scouting_method_{tag}", format_func=names.get
    )
    today = session.today()
    day = right.date_input(t("diary.day"), today, max_value=today, key=f"scouting_day_{tag}")
    hangs = records.hangs(method)
    with st.expander(t("scouting.tally")):
        _tally(tag, hangs)
    n, infested, total, days = _numbers(one, method, tag, hangs)
    strip = st.checkbox(t("scouting.strip"), key=f"scouting_strip_{tag}", help=t("scouting.strip_help"))
    with st.expander(t("scouting.more")):
        said = st.checkbox(t("scouting.said"), key=f"scouting_said_{tag}")
        stage = st.text_input(t("scouting.stage"), key=f"scouting_stage_{tag}")
        note = st.text_input(t("scouting.trap_note") if hangs else t("diary.note"), key=f"scouting_note_{tag}")
    ready = n > 0 and (infested is not None or total is not None)
    if ready:
        _says(plot, one, method, n, infested, total, days, day, strip)
    else:
        st.caption(t("scouting.still_needed"))
    if st.button(t("diary.save"), type="primary", width="stretch", key="scouting_save", disabled=not ready):
        _noted(
            records.note_count(
                plot=plot, organism=one.key, date=day, method=method, n=n, infested=infested, total=total, days=days,
                treated=False if strip else None, stage=stage, evidence="said" if said else "measured", note=note,
            )
        )  # fmt: skip


def sentence(said: Any, method: str, *, strip: bool = False) -> str:
    """Return what a count says, in one sentence; the range first, then how it stands to the threshold."""
    t = session.t
    low, middle, high = (_bare(said.measure, value) for value in (said.low, said.middle, said.high))
    found = t(f"scouting.says_{said.measure}", middle=middle, low=low, high=high, unit=_unit(method))
    if said.report:
        return found + t("scouting.verdict_report")
    if said.threshold is None:
        return found + t("scouting.verdict_none")
    bound = _bare(said.measure, said.threshold) + (t(f"scouting.season_{said.season}") if said.season else "")
    return found + (
        t("scouting.verdict_strip", bound=bound) if strip else t(f"scouting.verdict_{said.verdict}", bound=bound)
    )


def answers(name: str, counts: pd.DataFrame | None, protocols: dict[str, Any]) -> list[str]:
    """Return what stands first: the newest count and what it says, and how many contradict each other."""
    t, language = session.t, session.language()
    if counts is None:
        return [t("diary.write_only")]
    if not len(counts):
        return [t("scouting.none", name=name)]
    newest = counts.iloc[0]
    who = records.organisms().get(newest["organism"], newest["organism"])
    day = words.day(newest["date"], language)
    said = newest["says"]
    lines = [
        t(
            "scouting.newest",
            name=name,
            day=day,
            organism=who,
            said=sentence(said, newest["method"], strip=_untreated(newest)) if said else _raw(newest),
        )
    ]
    if n := int(counts["conflict"].sum()):
        lines.append(t("scouting.conflicts", n=n))
    return lines


def table(counts: pd.DataFrame) -> None:
    """Show the counts, newest first, those that contradict each other marked; one can be taken back."""
    t, language = session.t, session.language()
    st.html("".join(_card(row) for _, row in counts.iterrows()))
    if not session.may("protection.write"):
        return
    ids = {row["id"]: row for _, row in counts.iterrows()}
    with st.expander(t("diary.mistake")):
        wrong = st.selectbox(
            t("diary.which"), list(ids), index=None, key="scouting_wrong",
            format_func=lambda one: f"{words.day(ids[one]['date'], language)} {_what(ids[one])} {_raw(ids[one])}",
        )  # fmt: skip
        pressed = st.button(t("diary.remove"), key="scouting_remove", disabled=wrong is None, width="stretch")
        if pressed and records.remove_count(wrong):
            st.session_state.scouting_message = t("diary.removed")
            st.rerun()


def since(today: date) -> date:
    """Return from when counts are shown."""
    return today - SINCE


def _says(plot, one, method, n, infested, total, days, day, strip) -> None:
    t = session.t
    try:
        said = records.says(
            one.key,
            method,
            n,
            infested,
            total,
            days,
            records.season(one.key, plot, day) if one.measure == "mean" else "",
        )
    except AgroError as error:
        st.error(error.message(session.language()))
        return
    if said is None:
        st.caption(t("scouting.cannot"))
        return
    st.html(
        f'<div class="citrus-line" style="--tone:{TONES[TONE_OF[said.verdict]]};font-size:1.1rem;margin:.2rem 0 .6rem">'
        f"<b>{escape(t('scouting.it_says'))}</b> {escape(sentence(said, method, strip=strip))}</div>"
    )
    st.caption(t("scouting.range_means"))
    if said.report:
        st.warning(t("scouting.report"), icon=":material/call:")


def _numbers(one, method, tag, hangs) -> tuple[int, int | None, int | None, float | None]:
    t, unit = session.t, _unit(method)
    first, second, third = st.columns(3)
    key = f"scouting_n_{tag}"
    if key not in st.session_state:
        st.session_state[key] = one.n if method == one.method else 1 if hangs else 50
    n = first.number_input(t("scouting.n", unit=unit), 0, None, step=1, key=key)
    total = third.number_input(t("scouting.total"), 0, None, None, step=1, key=f"scouting_total_{tag}")
    if hangs:
        days = second.number_input(t("scouting.days"), 1.0, 400.0, 7.0, 1.0, format="%g", key=f"scouting_days_{tag}")
        return int(n), None, None if total is None else int(total), float(days)
    infested = second.number_input(
        t("scouting.infested", unit=unit),
        0,
        None,
        st.session_state.get(f"tallied_{tag}"),
        step=1,
        key=f"scouting_infested_{tag}",
    )
    return int(n), None if infested is None else int(infested), None if total is None else int(total), None


def _tally(tag: str, hangs: bool) -> None:
    """Show two large buttons that count unit by unit while one walks."""
    t = session.t
    if hangs:
        st.caption(t("scouting.no_tally"))
        return
    clean, found, anew = st.columns(3)
    clean.button(t("scouting.clean"), key=f"tally_clean_{tag}", width="stretch", on_click=_tap, args=(tag, 0))
    found.button(t("scouting.found"), key=f"tally_found_{tag}", width="stretch", on_click=_tap, args=(tag, 1))
    anew.button(t("scouting.anew"), key=f"tally_anew_{tag}", width="stretch", on_click=_tap, args=(tag, None))
    if f"tapped_{tag}" in st.session_state:
        n, infested = st.session_state[f"tapped_{tag}"]
        st.markdown(t("scouting.tallied", n=n, infested=infested))


def _tap(tag: str, infested: int | None) -> None:
    """Count one unit more; None begins anew. The fields beneath follow."""
    n, found = st.session_state.get(f"tapped_{tag}", (0, 0))
    n, found = (0, 0) if infested is None else (n + 1, found + infested)
    st.session_state[f"tapped_{tag}"] = n, found
    st.session_state[f"scouting_n_{tag}"] = n
    st.session_state[f"scouting_infested_{tag}"] = found if n else None


def _noted(done: Any) -> None:
    if done is None:
        return
    _, findings = done
    st.session_state.scouting_message = session.t("scouting.saved")
    st.session_state.scouting_findings = [words.finding(found, session.language()) for found in findings]
    st.session_state.scouting_turn += 1
    st.rerun()


def _receipt() -> None:
    if message := st.session_state.pop("scouting_message", None):
        st.success(message)
    for warning in st.session_state.pop("scouting_findings", []):
        st.warning(warning)


def _card(row: pd.Series) -> str:
    t, language, said = session.t, session.language(), row["says"]
    marks = [
        t("scouting.conflict") if row["conflict"] else "",
        t("scouting.strip") if _untreated(row) else "",
        t("scouting.said") if row["evidence"] == "said" else "", row["stage"], row["note"],
    ]  # fmt: skip
    tone = "watch" if row["conflict"] else TONE_OF[said.verdict] if said else "info"
    strip = _untreated(row)
    body = f"<p>{escape(sentence(said, row['method'], strip=strip))}</p>" if said else ""
    return (
        f'<article class="citrus-say citrus-advice" style="--tone:{TONES[tone]};margin-bottom:.6rem">'
        f'<span class="tone">{escape(words.day(row["date"], language))}</span>'
        f"<h2>{escape(_what(row))} {escape(_raw(row))}</h2>{body}"
        f"<small>{escape(' · '.join(part for part in marks if part))}</small></article>"
    )


def _what(row: pd.Series) -> str:
    return records.organisms().get(row["organism"], row["organism"])


def _raw(row: pd.Series) -> str:
    """Return the numbers as they were counted."""
    t, unit = session.t, _unit(row["method"])
    if pd.notna(row["days"]):
        return t("scouting.raw_trap", n=int(row["n"]), unit=unit, days=f"{row['days']:g}", total=_or_dash(row["total"]))
    parts = [t("scouting.raw_n", n=int(row["n"]), unit=unit)]
    if pd.notna(row["infested"]):
        parts.append(t("scouting.raw_infested", n=int(row["infested"])))
    if pd.notna(row["total"]):
        parts.append(t("scouting.raw_total", n=int(row["total"])))
    return t("words.and").join(parts)


def _or_dash(value: Any) -> str:
    return "–" if pd.isna(value) else str(int(value))


def _unit(method: str) -> str:
    return session.t(f"scouting.unit_{method}")


def _untreated(row: pd.Series) -> bool:
    return bool(pd.notna(row["treated"]) and not row["treated"])


def _bare(measure: str, value: float) -> str:
    if measure == "share":
        return f"{100 * value:.0f}%" if value >= 0.1 else f"{100 * value:.1f}%"
    return f"{value:.1f}" if value >= 0.1 else f"{value:.2f}"
