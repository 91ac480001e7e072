"""How good the warnings were, in sentences and tables: every score with its n and its interval."""

from datetime import datetime
from html import escape
from typing import Any

import pandas as pd
import streamlit as st

from app import session, words
from app.components import notices
from app.components.skill_charts import CELLS

REAL = "real"
WEATHER = ("issued", "forecast", "years", "perfect")
PRICES = {"spray": 60.0, "loss": 300.0}
"""Where the inputs begin [yuan per mu]: cost over loss 0.2, as `skill.toml` takes where nobody gave prices."""


def pick(told: Any, names: dict[str, str]) -> tuple[str, int] | None:
    """Return the chosen organism and lead, those with most pairs first; None where nothing may be told."""
    t, whole = session.t, _whole(told)
    if not len(whole):
        return None
    keys = list(whole.groupby("organism")["n"].sum().sort_values(ascending=False, kind="stable").index)
    left, right = st.columns(2)
    with left:
        key = st.selectbox(t("skill.organism"), keys, key="skill_organism", format_func=lambda one: names.get(one, one))
    leads = sorted(int(one) for one in whole.loc[whole["organism"] == key, "horizon"])
    with right:
        lead = st.radio(
            t("skill.lead"), leads, key=f"skill_lead_{key}", horizontal=True,
            format_func=lambda days: t("skill.days", days=days),
        )  # fmt: skip
    return str(key), int(lead)


def row(told: Any, chosen: tuple[str, int]) -> dict[str, Any]:
    """Return the scores of an organism and lead over all districts."""
    whole = _whole(told)
    return whole[(whole["organism"] == chosen[0]) & (whole["horizon"] == chosen[1])].iloc[0].to_dict()


def badges(told: Any, chosen: tuple[str, int]) -> None:
    """Show what must not be missed: invented data, and that nothing of it was said on its day."""
    t, one = session.t, row(told, chosen)
    mine = told.scores[(told.scores["organism"] == chosen[0]) & (told.scores["horizon"] == chosen[1])]
    marks = [t("skill.synthetic")] if one["n_synthetic"] else []
    marks += [] if (mine["weather"] == "issued").any() else [t("skill.only_replays")]
    if marks:
        said = "".join(f'<span class="citrus-mark">{escape(mark)}</span>' for mark in marks)
        st.html(f'<div class="citrus-head">{said}</div>')


def answers(told: Any, chosen: tuple[str, int], names: dict[str, str]) -> list[str]:
    """Return what stands first: hits, misses, false alarms, and whether the usual frequency is beaten."""
    t, one = session.t, row(told, chosen)
    counts = {name: int(one[name]) for name in ("hits", "misses", "false_alarms", "n")}
    better = t(f"skill.better_{one['state']}")
    first = t("skill.first", name=names.get(chosen[0], chosen[0]), days=chosen[1], better=better, **counts)
    lines = [first[:1].upper() + first[1:]]
    lines.append(t("skill.came", n=counts["n"], events=int(one["n_events"]), years=int(one["n_blocks"])))
    if one["n_synthetic"]:
        lines.append(t("skill.synthetic_share", k=int(one["n_synthetic"]), n=counts["n"]))
    return lines


def verdict(told: Any, chosen: tuple[str, int]) -> None:
    """Show the verdict in words, and what it does to the level that is shown this season."""
    t, one = session.t, row(told, chosen)
    state = one["state"]
    st.markdown(f"**{t(f'skill.state_{state}')}** · {one[session.language()]}")
    force = told.verdicts.get(f"{chosen[0]}:{chosen[1]}")
    if force is None:
        st.caption(t("skill.force_none"))
        return
    usual = words.number(100 * force["usual_now"], 0)
    level = t(f"skill.level_{force['usual_level']}")
    st.caption(t(f"skill.force_{force['state']}", since=force["since"], usual=usual, level=level))


def by_weather(told: Any, chosen: tuple[str, int]) -> pd.DataFrame:
    """Return what was issued, replays and perfect weather side by side."""
    t = session.t
    mine = told.scores[
        (told.scores["organism"] == chosen[0]) & (told.scores["horizon"] == chosen[1]) & (told.scores["district"] == "")
    ].set_index("weather")
    rows = [mine.loc[name].to_dict() | {"weather": name} for name in WEATHER if name in mine.index]
    said = {
        t("skill.by"): [t(f"skill.by_{one['weather']}") for one in rows],
        t("skill.measures"): [t(f"skill.measures_{'model' if _perfect(one) else 'forecast'}") for one in rows],
        **{t(f"skill.{name}"): [_cell(one, name) for one in rows] for name in ("pod", "far", "hss", "auc", "brier")},
        t("skill.bss_climatology"): [_cell(one, "bss_climatology") for one in rows],
    }
    return pd.DataFrame(said)


def table(told: Any, names: dict[str, str], units: dict[str, str]) -> pd.DataFrame:
    """Return all scores by organism, lead and district, each as value, interval and n."""
    t = session.t
    rows = told.scores[told.scores["weather"] == REAL].to_dict("records")
    scores = ("accuracy", "pod", "far", "csi", "hss", "brier")
    return pd.DataFrame({
        t("skill.organism"): [names.get(one["organism"], one["organism"]) for one in rows],
        t("skill.lead"): [t("skill.days", days=int(one["horizon"])) for one in rows],
        t("skill.district"): [one["district"] or t("skill.everywhere") for one in rows],
        t("skill.verdict"): [t(f"skill.state_{one['state']}") for one in rows],
        t("skill.n"): [t("skill.n_said", n=int(one["n"]), events=int(one["n_events"])) for one in rows],
        **{t(f"skill.{name}"): [_cell(one, name) for one in rows] for name in scores},
        t("skill.parts"): [_parts(one) for one in rows],
        t("skill.auc"): [_cell(one, "auc") for one in rows],
        t("skill.crps"): [_with_unit(one, units) for one in rows],
        t("skill.bss_climatology"): [_cell(one, "bss_climatology") for one in rows],
        t("skill.bss_persistence"): [_cell(one, "bss_persistence") for one in rows],
    })  # fmt: skip


def prices() -> tuple[float, float]:
    """Return the user's own prices: a round of spraying, and an outbreak that nobody treats. [yuan per mu]"""
    given = []
    for column, (name, begin) in zip(st.columns(2), PRICES.items(), strict=True):
        label = session.t(f"skill.price_{name}")
        given.append(column.number_input(label, 1.0, 100_000.0, begin, step=10.0, key=f"skill_{name}"))
    return float(given[0]), float(given[1])


def when(moment: datetime | None, may_score: bool) -> None:
    """Show when the scores were made, and how to make them again."""
    if moment is not None:
        st.caption(session.t("skill.scored", day=words.today_in(moment.date(), session.language())))
    if may_score:
        st.caption(session.t("skill.how_to_score"))


def nothing(told: Any, may_score: bool) -> None:
    """Show why there is no score: none was made, or too few growers stand behind those there are."""
    t = session.t
    if told.hidden:
        st.info(t("skill.hidden"), icon=":material/visibility_off:")
        return
    notices.nothing_yet(t("skill.nothing"), "views/scouting.py", t("skill.go_scouting"))
    if may_score:
        st.caption(t("skill.how_to_score"))


def unscored(told: Any, names: dict[str, str], looks: dict[str, str]) -> None:
    """Show what is not scored at all, and why; what would be counted stands beside it."""
    t = session.t
    for why in ("no_counts", "no_pairs", "secret"):
        keys = list(told.unscored.loc[told.unscored["why"] == why, "organism"]) if len(told.unscored) else []
        said = [names[key] + ("" if why == "secret" else t("skill.look", how=looks[key])) for key in keys]
        if said:
            st.markdown(f"**{t(f'skill.why_{why}')}**\n\n{t('words.and').join(said)}")
    st.caption(t("skill.never_scored"))
    if told.hidden and len(told.scores):
        st.caption(t("skill.some_hidden", n=told.hidden))


def _whole(told: Any) -> pd.DataFrame:
    table = told.scores
    if not len(table):
        return table
    return table[(table["weather"] == REAL) & (table["district"] == "") & (table["n"] > 0)]


def _perfect(one: dict[str, Any]) -> bool:
    return one["weather"] == "perfect"


def _behind(one: dict[str, Any], score: str) -> int:
    """Return how many cases stand behind a score."""
    hits, misses, alarms = (int(one[cell]) for cell in CELLS[:3])
    n = {
        "pod": hits + misses, "far": hits + alarms, "csi": hits + misses + alarms, "brier": one["n_p"],
        "bss_climatology": one["n_skill"], "bss_persistence": one["n_persistence"], "crps": one["n_density"],
    }  # fmt: skip
    return int(n.get(score, one["n"]))


def _cell(one: dict[str, Any], score: str) -> str:
    """Return a score as text: its value, its interval and its n."""
    t, (value, low, high) = session.t, (one[f"{score}{end}"] for end in ("", "_low", "_high"))
    if not words.known(value):
        return "–"
    spread = t("skill.no_interval")
    if words.known(low) and words.known(high):
        spread = t("skill.interval", low=words.number(low, 2), high=words.number(high, 2))
    return t("skill.cell", value=words.number(value, 2), spread=spread, n=_behind(one, score))


def _parts(one: dict[str, Any]) -> str:
    parts = ("reliability", "resolution", "uncertainty", "remainder")
    if not words.known(one["reliability"]):
        return "–"
    return session.t("skill.parts_said", **{name: words.number(one[name], 3) for name in parts})


def _with_unit(one: dict[str, Any], units: dict[str, str]) -> str:
    said = _cell(one, "crps")
    unit = units[one["organism"]]
    return said if said == "–" else f"{said} · {session.t(f'skill.unit_{unit}')}"
