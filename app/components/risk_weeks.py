"""The coming weeks as a table to print, and what a month and a season can say of each organism."""

from html import escape
from typing import Any

import pandas as pd
import streamlit as st

from app import session, words
from app.components.risk_map import COLOURS
from app.services.pests import statements
from app.services.pests import words as say
from app.services.pests.weeks import Weeks, shares
from pest_warning.organism import load

GROUPS = {"all": None, "township": "township", "cultivar": "cultivar", "plot": "name"}
INK = {0: "#56625a", 1: "#ffffff", 2: "#12241b", 3: "#2b1d00", 4: "#ffffff"}


def pick_group(found: Weeks) -> str | None:
    """Return the column that plots are grouped by; None for all together."""
    t = session.t
    keys = [key for key, column in GROUPS.items() if column is None or found.table[column].nunique() > 1]
    shown = {key: t(f"week.by_{key}") for key in keys}
    key = st.segmented_control(
        t("week.by"), keys, default="all", key="week_by", required=True, format_func=lambda key: shown[key]
    )
    return GROUPS[key or "all"]


def answers(found: Weeks) -> list[str]:
    """Return what the coming week brings, in words."""
    t = session.t
    told = shares(found)
    first = told[(told["week"] == 0) & (told["warned"] > 0)]
    later = told[(told["week"] > 0) & (told["warned"] > 0) & ~told["organism"].isin(first["organism"])]
    lines = [
        t("week.this", names=t("words.and").join(
            t("week.of", name=_name(row.organism), n=row.warned, all=row.plots) for row in first.itertuples()
        )) if len(first) else t("week.calm")
    ]  # fmt: skip
    if len(later):
        told_later = later.sort_values("week").drop_duplicates("organism")
        lines.append(t("week.later", names=t("words.and").join(
            t("week.from", name=_name(row.organism), day=words.day(found.starts[row.week], session.language()))
            for row in told_later.itertuples()
        )))  # fmt: skip
    if found.looked_at < found.plots:
        lines.append(t("week.not_all", n=found.looked_at, all=found.plots))
    return lines


def table(found: Weeks, by: str | None) -> str:
    """Return organisms by weeks as HTML, a cell the highest level and the share of plots at medium or above."""
    t, language = session.t, session.language()
    told = shares(found, by)
    told = told[told.groupby("organism")["level"].transform("max") > 0]
    heads = [t("risk.organism"), *([t("week.group")] if by else [])]
    heads += [words.day(day, language) for day in found.starts]
    head = "".join(f'<th scope="col">{escape(text)}</th>' for text in heads)
    body = []
    names = session.cultivars() if by == "cultivar" else {}
    for (organism, group), rows in told.groupby(["organism", "group"], sort=False):
        cells = "".join(_cell(row) for row in rows.sort_values("week").itertuples())
        place = f"<td>{escape(str(names.get(group, group)) or t('words.unknown'))}</td>" if by else ""
        body.append(f'<tr><th scope="row">{escape(_name(organism))}</th>{place}{cells}</tr>')
    return (
        f'<div class="citrus-table citrus-weeks" tabindex="0" role="region" aria-label="{escape(t("week.title"))}">'
        f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(body)}</tbody></table></div>{STYLE}"
    )


def out_of_season(found: Weeks) -> list[str]:
    """Return the organisms that mean nothing in any of the weeks."""
    most = found.table.groupby("organism")["level"].max()
    return [_name(key) for key in most[most == 0].index]


def _cell(row: Any) -> str:
    language = session.language()
    share = "" if row.plots == 1 or not row.warned else f"<small>{row.warned}/{row.plots}</small>"
    return (
        f'<td style="background:{COLOURS[row.level]};color:{INK[row.level]}">'
        f"{escape(say.level(row.level, language))}{share}</td>"
    )


def beyond(found: Weeks) -> pd.DataFrame:
    """Return what one and three months can say of each organism, in words, where a plot has anything to say.

    Several plots are told as one: the one with the highest level, and within it the highest percentile.
    """
    t, language = session.t, session.language()
    rank = {key: k for k, key in enumerate(shares(found)["organism"].drop_duplicates())}
    rows = found.rows.assign(
        _p=found.rows["percentile"].fillna(-1.0), _rank=found.rows["organism"].map(rank).fillna(99)
    )  # fmt: skip
    rows = rows.sort_values(["_rank", "level", "_p"], ascending=[True, False, False], kind="stable")
    out = []
    for key, some in rows.groupby("organism", sort=False):
        one = load(key)
        told = {}
        for horizon in (statements.MONTH, statements.SEASON):
            mine = some[some["horizon"] == horizon]
            told[horizon] = statements.statement(mine.iloc[0].to_dict(), one, language) if len(mine) else "–"
        silent = (say.said("statement.season_off", language), say.said("statement.nothing", language))
        if not all(text in silent for text in told.values()):
            out.append((say.name(one, language), told[statements.MONTH], told[statements.SEASON]))
    return pd.DataFrame(out, columns=[t("risk.organism"), t("week.month"), t("week.season")])


def page(found: Weeks, by: str | None, title: str, notes: list[str]) -> bytes:
    """Return the table and the statements as one page to print, which needs nothing beside it."""
    told = beyond(found)
    head = "".join(f"<th>{escape(str(name))}</th>" for name in told)
    rows = "".join(
        "<tr>" + "".join(f"<td>{escape(str(cell))}</td>" for cell in row) + "</tr>" for row in told.to_numpy()
    )
    lines = "".join(f"<li>{escape(line)}</li>" for line in answers(found))
    small = "".join(f"<p>{escape(note)}</p>" for note in notes)
    return (
        f'<!doctype html><html lang="{session.language()}"><meta charset="utf-8"><title>{escape(title)}</title>'
        f"<style>{PRINT}</style><h1>{escape(title)}</h1><ul>{lines}</ul>{table(found, by)}"
        f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>{small}</html>"
    ).encode()


def _name(key: str) -> str:
    return say.name(load(key), session.language())


STYLE = """<style>
.citrus-weeks td { text-align: center !important; font-weight: 600 }
.citrus-weeks td small { color: inherit !important } .citrus-weeks thead th { white-space: nowrap }
@media print { [data-testid="stSidebar"], [data-testid="stHeader"], .stButton, .stDownloadButton,
  [data-testid="stSegmentedControl"] { display: none !important }
  .citrus-weeks td { -webkit-print-color-adjust: exact; print-color-adjust: exact } }
</style>"""
PRINT = """@page { size: A4; margin: 14mm } body { font: 11pt/1.5 "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC",
 sans-serif; color: #22302a } table { border-collapse: collapse; width: 100%; margin: 4mm 0 } th, td {
 border: .3mm solid #999; padding: 1.5mm 2mm; text-align: left; vertical-align: top } td small { display: block } * {
 -webkit-print-color-adjust: exact; print-color-adjust: exact }"""
