"""What an outlook of one plot says in words."""

from html import escape
from typing import Any

import pandas as pd
import streamlit as st

from agro import bbch
from app import session, words
from app.services.outlooks.sentences import LATE

ORDER = ("diameter", "expansion", "tss", "ta", "ratio", "colour")
PICKING = 83  # taste and colour, as on the first page; taste alone stands in the chart


def badges(outlook: Any) -> None:
    """Show how far the models may be trusted, and from which day the numbers are."""
    t, language = session.t, session.language()
    state = words.evidence(outlook.evidence, language)
    issued = t("plot.issued", day=words.today_in(outlook.issued, language))
    marks = [state, t("header.demo")] if outlook.plot.synthetic else [state]
    notes = [issued, t("plot.missing_days", n=outlook.missing_days)] if outlook.missing_days else [issued]
    parts = [f'<span class="citrus-mark">{escape(mark)}</span>' for mark in marks]
    parts += [f"<span>{escape(note)}</span>" for note in notes]
    st.html(f'<div class="citrus-head">{"".join(parts)}</div>')


def answers(outlook: Any) -> list[str]:
    """Return the answers that a grower came for, in the order in which they are asked."""
    t, language = session.t, session.language()
    code = outlook.fruit_bbch if words.known(outlook.fruit_bbch) else outlook.bud_bbch
    lines = [t("answer.now", cultivar=getattr(outlook, f"cultivar_{language}"), stage=bbch.name(int(code), language))]
    stages = outlook.timeline[outlook.timeline["organ"] != "maturity"]
    picking = stages["code"] == PICKING
    if picking.any():
        lines.append(_ripe(stages[picking].iloc[-1]))
    coming = stages[~stages["past"].astype(bool) & ~picking & stages["p50"].notna()].sort_values("p50", kind="stable")
    if len(coming):
        step = coming.iloc[0]
        lines.append(t("answer.next", stage=step[language], said=_when(step)))
    size = _now_and_then(outlook.fans, "diameter")
    if size is not None:
        now, then = size
        lines.append(t("answer.size", now=_n(now["p50"], 0), p10=_n(then["p10"], 0), p90=_n(then["p90"], 0)))
    sugar = _now_and_then(outlook.fans, "tss")
    if sugar is not None:
        now, then = sugar
        lines.append(t("answer.sugar", now=_n(now["p50"]), p10=_n(then["p10"]), p90=_n(then["p90"])))
    if words.known(outlook.delay.get("p50")):
        lines.append(delay_said(outlook.delay))
    return lines


def facts(outlook: Any) -> list[tuple[str, str]]:
    """Return what the plot is, as names and values."""
    t, language = session.t, session.language()
    plot, slope = outlook.plot, outlook.slope
    return [
        (t("fact.area"), words.area(plot.area, language)),
        (t("fact.elevation"), t("fact.metres", n=words.number(slope["elevation"], 0))),
        (
            t("fact.slope"),
            t(
                "fact.slope_said",
                side=words.aspect(slope["aspect"], slope["slope"], language),
                n=words.number(slope["slope"], 0),
            ),
        ),
        (t("fact.above"), t("fact.metres", n=words.number(slope["height_above_valley"], 0))),
    ]


def variables(fans: pd.DataFrame) -> list[str]:
    """Return the variables that have values, in the order of the page."""
    present = set(fans.dropna(subset=["p50"])["variable"])
    return [name for name in ORDER if name in present]


def bloom_models(outlook: Any) -> str:
    """Return how far the two bloom models lie apart, in a sentence."""
    t, language = session.t, session.language()
    first, second = (outlook.bloom_models.get(name) for name in ("day_count", "heat_sum"))
    if not (words.known(first) and words.known(second)):
        return t("plot.one_bloom_model")
    apart = abs((pd.Timestamp(first) - pd.Timestamp(second)).days)
    return t("plot.bloom_models", first=words.day(first, language), second=words.day(second, language), apart=apart)


def stage_table(timeline: pd.DataFrame) -> pd.DataFrame:
    """Return the stages with readable headings."""
    t, language = session.t, session.language()
    never = t("words.not_this_season")
    levels = {
        t(f"words.{p}"): [words.today_in(day, language) if words.known(day) else never for day in timeline[p]]
        for p in ("p10", "p50", "p90")
    }
    return pd.DataFrame({t("plot.stage"): timeline[language], "BBCH": timeline["code"], **levels})


def slope(outlook: Any) -> list[str]:
    """Return the story of the slope: what each trait of the place does to the plot."""
    t, place, delay = session.t, outlook.slope, outlook.delay
    language = session.language()
    lines = [
        t(
            "slope.elevation_story",
            n=_n(place["elevation"], 0),
            above=_n(place["height_above_valley"], 0),
            said=words.effect(delay["elevation"], language),
        )
    ]
    light = {name: _n(100 * place[f"{name}_light"], 0) for name in ("winter", "summer")}
    side = words.aspect(place["aspect"], place["slope"], language)
    lines.append(
        t(
            "slope.sun_story",
            side=side,
            slope=_n(place["slope"], 0),
            sky=_n(100 * place["sky_view"], 0),
            said=words.effect(delay["sun"], language),
            **light,
        )
    )
    lines.append(t("slope.cold_story", said=words.effect(delay["cold"], language)))
    return lines


def _when(step: Any) -> str:
    return words.when(step["p10"], step["p50"], step["p90"], session.language())


def _ripe(step: Any) -> str:
    """Return when the fruit may be picked, as the first page says it."""
    if not words.known(step["p50"]):
        return session.t("answer.mostly_not", said=_when(step))
    return session.t("answer.was_ripe" if step["past"] else "answer.ripe", said=_when(step))


def delay_said(delay: dict[str, float]) -> str:
    """Return how far behind the valley floor, as the first page says it; small differences are none."""
    middle = delay["p50"]
    if abs(middle) < LATE:
        return session.t("answer.level", days=_n(LATE, 0))
    sign = 1 if middle > 0 else -1
    low, high = sorted((sign * delay["p10"], sign * delay["p90"]))
    numbers = {"days": _n(abs(middle), 0), "low": _n(low, 0), "high": _n(high, 0)}
    return session.t("answer.later" if sign > 0 else "answer.earlier", **numbers)


def _now_and_then(fans: pd.DataFrame, variable: str) -> tuple[pd.Series, pd.Series] | None:
    rows = fans[fans["variable"] == variable].dropna(subset=["p50"]).sort_values("time")
    return (rows.iloc[0], rows.iloc[-1]) if len(rows) else None


def _n(value: Any, digits: int = 1) -> str:
    return words.number(value, digits)
