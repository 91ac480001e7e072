"""The protection diary: a deed written down in three taps, the season's deeds with what is left of each spray."""

from collections.abc import Sequence
from html import escape
from typing import Any

import geopandas as gpd
import pandas as pd
import streamlit as st

from app import session, words
from app.answers import records
from app.components.cards import TONES

FIRST = 8  # choices shown as buttons; the rest stand in a list
FEW = 12  # plots shown as buttons
TONE_OF = {"much": "good", "half": "watch", "little": "watch", "none": "info", "unknown": "info"}


def form(plots: gpd.GeoDataFrame, chosen: str) -> None:
    """Show what can be tapped: plots, what was done, against what; everything else has a usual value."""
    t = session.t
    _receipt()
    turn = st.session_state.setdefault("diary_turn", 0)  # a new turn empties the taps
    names = dict(zip(plots["id"], words.unique_names(plots), strict=True))
    where = _where(names, chosen)
    _same(where)
    known = records.whats()
    first = list(records.suggested())[:FIRST]
    did = st.pills(
        t("diary.what"),
        first,
        selection_mode="multi",
        key=f"diary_what_{turn}",
        format_func=lambda key: _name(known[key]),
    )
    with st.expander(t("diary.other_what")):
        rest = [key for key in known if key not in first]
        did = [
            *did,
            *st.multiselect(
                t("diary.all_what"), rest, key=f"diary_rest_{turn}", format_func=lambda key: _full(known[key])
            ),
        ]
        product = st.text_input(t("diary.product"), key=f"diary_product_{turn}", placeholder=t("diary.product_hint"))
    against = _against(tuple(did), turn)
    more = _more(turn)
    if st.button(
        t("diary.save"),
        type="primary",
        width="stretch",
        key="diary_save",
        disabled=not (where and (did or product.strip())),
    ):
        _noted(records.write(plots=where, whats=did, targets=against, product=product, **more), names)


def answers(name: str, diary: Any) -> list[str]:
    """Return what stands first: the last deed and what is left of it; without a record, that this proves nothing."""
    t, language = session.t, session.language()
    if not diary.entries:
        return [t("diary.none", name=name, since=words.day(diary.since, language, year=True))]
    first = diary.entries[0]
    lines = [t("diary.newest", name=name, day=words.day(first.treatment["date"], language), what=told(first.treatment))]
    covering = next((one for one in diary.entries if one.left not in (None, "unknown")), None)
    if covering is not None:
        lines.append(
            t(
                "diary.cover",
                day=words.day(covering.treatment["date"], language),
                until=words.day(diary.until, language),
                left=t(f"diary.left_{covering.left}"),
            )
        )
    return lines


def entries(diary: Any) -> None:
    """Show the season's deeds, newest first, and a way to take back one that was a mistake."""
    t, language = session.t, session.language()
    if not diary.entries:
        return
    renew = next((one for one in diary.entries if one.due), None)  # what came before it is overtaken
    st.html("".join(_card(one, one is renew) for one in diary.entries))
    st.caption(t("diary.left_means", day=words.day(diary.until, language)) if diary.until else t("diary.no_weather"))
    ids = {one.treatment["id"]: one.treatment for one in diary.entries}
    if not session.may("protection.write"):
        return
    with st.expander(t("diary.mistake")):
        wrong = st.selectbox(
            t("diary.which"), list(ids), index=None, key="diary_wrong",
            format_func=lambda one: f"{words.day(ids[one]['date'], language)} {told(ids[one])}",
        )  # fmt: skip
        if st.button(t("diary.remove"), key="diary_remove", disabled=wrong is None, width="stretch") and records.remove(
            wrong
        ):
            st.session_state.diary_message = t("diary.removed")
            st.rerun()


def told(one: Any) -> str:
    """Return what was done and against what, in words; `one` is a treatment or its row."""
    t = session.t
    get = one.get if isinstance(one, pd.Series) else lambda name: getattr(one, name)
    known, organisms = records.whats(), records.organisms()
    classes = [_name(known[code]) if code in known else code for code in get("groups")]
    by_product = {one.product: _name(one) for one in known.values() if one.product}
    products = [by_product.get(one, one) for one in get("product").split(records.MIXED) if one]
    parts = [part for part in dict.fromkeys((*products, *classes)) if part]  # a product may be called as its class
    said = t("words.and").join(parts) or records.kinds().get(get("kind"), get("kind"))
    if parts and get("kind") not in ("spray", "bait"):
        said = f"{records.kinds().get(get('kind'), '')} {said}".strip()
    aims = t("words.and").join(organisms.get(key, key) for key in get("targets"))
    return t("diary.against_said", what=said, aims=aims) if aims else said


def _where(names: dict[str, str], chosen: str) -> list[str]:
    t, ids = session.t, sorted(names, key=lambda one: names[one])
    given = [chosen] if chosen in names else []
    if len(ids) <= FEW:
        return st.pills(
            t("diary.where"),
            ids,
            selection_mode="multi",
            default=given,
            key=f"diary_where_{chosen}",
            format_func=names.get,
        )
    return st.multiselect(t("diary.where_many"), ids, given, key=f"diary_where_{chosen}", format_func=names.get)


def _same(where: Sequence[str]) -> None:
    t, language = session.t, session.language()
    before = records.last(tuple(where)) if where else None
    if before is None:
        return
    label = t("diary.same", what=told(before), day=words.day(before.date, language))
    if st.button(label, icon=":material/replay:", key="diary_same", width="stretch"):
        names = dict(zip(session.plots()["id"], session.plots()["name"], strict=True))
        _noted(records.again(like=before.id, plots=list(where), date=session.today()), names)


def _against(did: tuple[str, ...], turn: int) -> list[str]:
    t = session.t
    names, likely = records.targets(did), records.likely(did)[:FIRST]
    taps = st.pills(
        t("diary.against"),
        list(likely),
        selection_mode="multi",
        key=f"diary_against_{turn}_{'_'.join(did)}",
        format_func=names.get,
    )
    with st.expander(t("diary.other_against")):
        rest = [key for key in names if key not in likely]
        return [
            *taps,
            *st.multiselect(t("diary.all_against"), rest, key=f"diary_against_rest_{turn}", format_func=names.get),
        ]


def _more(turn: int) -> dict[str, Any]:
    """Return what has a usual value: today, the whole plot, on what is said."""
    t, tools, proofs = session.t, records.equipments(), records.evidences()
    with st.expander(t("diary.more", day=words.day(session.today(), session.language()))):
        left, right = st.columns(2)
        today = session.today()
        day = left.date_input(t("diary.day"), today, max_value=today, key=f"diary_day_{turn}")
        evidence = right.selectbox(
            t("diary.evidence"),
            list(proofs),
            index=list(proofs).index("said"),
            key=f"diary_evidence_{turn}",
            format_func=proofs.get,
        )
        tool = left.selectbox(
            t("diary.equipment"), ["", *tools], key=f"diary_tool_{turn}", format_func=lambda one: tools.get(one, "–")
        )
        dose = right.text_input(t("diary.dose"), key=f"diary_dose_{turn}", placeholder=t("diary.dose_hint"))
        share = left.slider(t("diary.share"), 10, 100, 100, 10, format="%d%%", key=f"diary_share_{turn}")
        note = right.text_input(t("diary.note"), key=f"diary_note_{turn}")
    return {"date": day, "evidence": evidence, "equipment": tool, "dose": dose, "share": share / 100, "note": note}


def _noted(done: Any, names: dict[str, str]) -> None:
    """Keep the receipt for the next run of the page, which begins a new turn."""
    if done is None:
        return
    noted, findings = done
    already = any(found.level == "info" for found in findings)  # another hand's record is not to be taken back
    st.session_state.diary_noted = None if already else [one.id for one in noted]
    st.session_state.diary_message = session.t(
        "diary.saved",
        what=told(noted[0]),
        where=session.t("words.and").join(dict.fromkeys(names.get(one.plot, "") for one in noted)),
    )
    st.session_state.diary_findings = [words.finding(found, session.language()) for found in findings]
    st.session_state.diary_turn += 1
    st.rerun()


def _receipt() -> None:
    t = session.t
    if message := st.session_state.pop("diary_message", None):
        st.success(message)
        for warning in st.session_state.pop("diary_findings", []):
            st.warning(warning)
    noted = st.session_state.get("diary_noted")
    if noted and st.button(t("diary.undo"), icon=":material/undo:", key="diary_undo", width="stretch"):
        st.session_state.diary_noted = None
        for one in noted:
            records.remove(one)
        st.session_state.diary_message = t("diary.removed")
        st.rerun()


def _card(one: Any, renew: bool) -> str:
    t, language, row = session.t, session.language(), one.treatment
    proofs, tools = records.evidences(), records.equipments()
    small = [
        row["dose"], tools.get(row["equipment"], ""),
        "" if row["share"] >= 1 else t("diary.part", n=round(100 * row["share"])),
        proofs.get(row["evidence"], row["evidence"]), row["note"], t("diary.witness") if row["again"] else "",
    ]  # fmt: skip
    again = _due(one) if renew else ""
    left = f"<p>{escape(t(f'diary.left_{one.left}'))}{escape(again)}</p>" if one.left else ""
    tone = TONES[TONE_OF.get(one.left or "", "info")]
    return (
        f'<article class="citrus-say citrus-advice" style="--tone:{tone};margin-bottom:.6rem">'
        f'<span class="tone">{escape(words.day(row["date"], language))}</span><h2>{escape(told(row))}</h2>{left}'
        f"<small>{escape(' · '.join(part for part in small if part))}</small></article>"
    )


def _due(one: Any) -> str:
    key = "diary.due_past" if one.due.due <= session.today() else "diary.due"
    return session.t(key, day=words.day(one.due.due, session.language()))


def _name(one: Any) -> str:
    return getattr(one, session.language())


def _full(one: Any) -> str:
    hint = getattr(one, f"hint_{session.language()}")
    return session.t("diary.with_actives", name=_name(one), actives=hint) if hint else _name(one)
