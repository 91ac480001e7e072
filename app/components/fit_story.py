"""What a fit says in words and tables."""

from html import escape
from typing import Any

import pandas as pd
import streamlit as st

from agro import bbch
from app import session, words

UNITS = {"tss": "°Brix", "ta": "g/100 mL", "diameter": "mm"}
DIGITS = {"ta": 2, "soil_moisture": 3}
FIRST = ("diameter", "tss", "ta")


def badges(fit: Any) -> None:
    """Show how far the model may be trusted and that invented readings are invented."""
    t, language = session.t, session.language()
    marks = [words.evidence(fit.evidence, language)] + ([t("fit.synthetic")] if fit.synthetic else [])
    parts = [f'<span class="citrus-mark">{escape(mark)}</span>' for mark in marks]
    parts.append(f"<span>{escape(t('plot.issued', day=words.today_in(fit.issued, language)))}</span>")
    st.html(f'<div class="citrus-head">{"".join(parts)}</div>')


def answers(fit: Any) -> list[str]:
    """Return what the readings changed, bloom and the newest reading first."""
    lines = [_bloom(fit)]
    if fit.reading is not None:
        lines.append(_today(fit.reading))
    for row in fit.misfit[fit.misfit["kind"].isin(FIRST)].to_dict("records"):
        numbers = {name: words.number(row[name], DIGITS.get(row["kind"], 1)) for name in ("before", "after")}
        lines.append(session.t("fit.closer", kind=_kind(row["kind"]), n=row["n"], unit=unit(row["kind"]), **numbers))
    return lines


def moved(table: pd.DataFrame) -> pd.DataFrame:
    """Return what the fit moved, in words."""
    t = session.t
    digits = [_digits(value) for value in table["prior_p50"]]
    said = {
        which: [
            words.spread(row, which, session.language(), digits=n)
            for row, n in zip(table.to_dict("records"), digits, strict=True)
        ]
        for which in ("prior", "fitted")
    }
    fixed = t("fit.is_fixed")
    return pd.DataFrame(
        {
            t("fit.parameter"): [t(f"parameter.{name.replace('.', '_')}") for name in table["parameter"]],
            t("fit.prior"): said["prior"],
            t("fit.fitted"): [
                fixed if held else text for text, held in zip(said["fitted"], table["fixed"], strict=True)
            ],
            t("fit.unit"): ["–" if one == "1" else one for one in table["unit"]],
            t("fit.narrower"): [f"{max(round(100 * share), 0)} %" for share in table["narrower"]],
            t("fit.source"): [
                f"{source} ({evidence})" for source, evidence in zip(table["source"], table["evidence"], strict=True)
            ],
        }
    )


def events(table: pd.DataFrame) -> pd.DataFrame:
    """Return the stages of both lines."""
    t, language = session.t, session.language()
    rows = table.to_dict("records")
    return pd.DataFrame(
        {
            t("fit.event"): [f"{bbch.name(int(row['event']), language)}" for row in rows],
            **{
                t(f"fit.{which}"): [words.day_spread(row, which, language) for row in rows]
                for which in ("alone", "restarted")
            },
        }
    )


def check(day: Any, table: pd.DataFrame) -> pd.DataFrame:
    """Return the county's check by kind: how often the 80 % range held, errors, and skill."""
    t = session.t
    rows = table.to_dict("records")
    return pd.DataFrame(
        {
            t("fit.kind"): [_kind(row["kind"]) for row in rows],
            t("fit.n"): [f"{row['n']:.0f} ({row['plots']:.0f})" for row in rows],
            t("fit.covered"): [_covered(row) for row in rows],
            t("fit.rmse"): [
                f"{words.number(row['rmse'], DIGITS.get(row['kind'], 1))} {unit(row['kind'])}" for row in rows
            ],
            **{
                t(f"fit.{name}"): [_skill(row[name], row[f"n_{name.removeprefix('against_')}"]) for row in rows]
                for name in ("against_climatology", "against_persistence")
            },
        }
    )


def unit(kind: str) -> str:
    """Return the unit of a kind as the pages write it."""
    known = UNITS.get(kind) or session.observation_units().get(kind, "")
    return session.t(f"unit.{known}") if known in ("d", "mm", "°Brix", "g/100 mL") else known


def _bloom(fit: Any) -> str:
    t, language = session.t, session.language()
    alone = words.day_spread(fit.biofix.iloc[0].to_dict(), "alone", language)
    if fit.seen is None:
        return t("fit.bloom_unseen", year=fit.issued.year, alone=alone)
    return t("fit.bloom_alone", year=fit.issued.year, alone=alone, seen=words.day(fit.seen, language))


def _today(reading: dict[str, Any]) -> str:
    language, kind = session.language(), reading["kind"]
    said = {
        name: _range(reading[name], DIGITS.get(kind, 1)) for name in ("before", "after", "later_before", "later_after")
    }
    return session.t(
        "fit.today", day=words.day(reading["date"], language), kind=_kind(kind), unit=unit(kind),
        value=words.number(reading["value"], DIGITS.get(kind, 1)), later=words.day(reading["later"], language), **said,
    )  # fmt: skip


def _range(spread: tuple[float, ...], digits: int) -> str:
    row = dict(zip(("x_p10", "x_p50", "x_p90"), spread, strict=True))
    return words.spread(row, "x", session.language(), digits=digits)


def _covered(row: dict[str, Any]) -> str:
    if not words.known(row["share"]):
        return "–"
    low, high = (words.number(100 * row[name], 0) for name in ("low", "high"))
    return session.t(
        "fit.covered_said", n=f"{row['n']:.0f}", inside=f"{row['share'] * row['n']:.0f}", low=low, high=high
    )


def _skill(share: Any, n: Any) -> str:
    if not words.known(share):
        return "–"
    return session.t("fit.skill_said", percent=words.number(100 * share, 0), n=f"{n:.0f}")


def _kind(kind: str) -> str:
    return session.observation_kinds().get(kind, kind)


def _digits(value: float) -> int:
    return 4 if abs(value) < 0.1 else 2 if abs(value) < 10 else 1
