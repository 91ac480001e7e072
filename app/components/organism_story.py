"""One organism in words, tables and a sheet for the field."""

from html import escape
from typing import Any

import pandas as pd
import streamlit as st

from app import session, words
from app.answers import pest_advice
from app.components import cards
from app.components.spray_hours import STYLE

BLANK = 20  # lines on the sheet


def answers(page: Any) -> list[str]:
    """Return what stands first: who it is, and what is law."""
    t, one = session.t, page.organism
    lines = [t("organism.who", name=pest_advice.said(one.name), latin=one.latin, kind=t(f"organism.{one.kind}"))]
    if page.law is not None:
        lines.append(page.law["report"][session.language()])
    return lines


def names(page: Any) -> None:
    """Show what it is called, and which names are another's."""
    t, one = session.t, page.organism
    st.markdown(t("organism.called", words=t("words.and").join(one.words)))
    for pitfall in one.confused:
        st.warning(f"**{pitfall.word}**：{pest_advice.said(pitfall)}", icon=":material/compare_arrows:")


def control(page: Any) -> None:
    """Show the measures in the order in which they are to be thought of, modes of action in words."""
    t, language = session.t, session.language()
    rows, law = [], page.law
    for rung in page.rungs:
        one = rung.control
        if law is not None and one.type != "report":  # what is to be contained comes after the report, before the rest
            rows.append(_contain(law["eradicate"][language]))
            law = None
        from_level = "" if one.when == "low" else f" <small>{escape(t(f'organism.from_{one.when}'))}</small>"
        groups = t("words.and").join(f"{pest_advice.said(name)}（{key}）" for key, name in rung.groups)
        named = f"<div><small>{escape(t('organism.groups', groups=groups))}</small></div>" if groups else ""
        source = f"{t(f'advice.evidence_{one.evidence}')}: {one.source}"
        rows.append(
            f'<li><em>{escape(t(f"ladder.kind_{one.type}"))}</em><span title="{escape(source)}">'
            f"{escape(pest_advice.said(one))}</span>{from_level}{named}</li>"
        )
    st.html(
        f"<style>{STYLE}</style><article class='citrus-say citrus-ladder' style='--tone:{cards.TONES['info']}'>"
        f"<ol>{''.join(rows)}</ol></article>"
    )


def _contain(said: str) -> str:
    return f"<li><em>{escape(session.t('ladder.kind_eradicate'))}</em>{escape(said)}</li>"


def model(page: Any) -> None:
    """Show which model computes it, what it says at each horizon, and every number with its source on demand."""
    t, one = session.t, page.organism
    st.markdown(t("organism.engine", engine=t(f"organism.engine_{one.engine}")))
    products = [
        f"- {t('organism.horizon', days=horizon)}{t(f'organism.product_{product}')}"
        for horizon, product in one.products.items()
    ]
    st.markdown("\n".join(products))
    weak = page.numbers["evidence"].isin(["recalled", "judgement"])
    st.caption(t("organism.evidence", n=len(weak), weak=int(weak.sum())))
    with st.expander(t("organism.numbers", n=len(page.numbers))):
        table = page.numbers.assign(
            evidence=[t(f"advice.evidence_{kind}") for kind in page.numbers["evidence"]]
        ).rename(columns={name: t(f"organism.column_{name}") for name in page.numbers})
        st.dataframe(table, hide_index=True, width="stretch")


def skill(page: Any) -> None:
    """Show how good warnings were here so far, horizon by horizon; honest where nothing was scored."""
    t, lines = session.t, []
    for one in page.skill:
        said = t("organism.unscored") if one.said is None else pest_advice.said(one.said)
        tail = t("organism.calibrated", pairs=one.pairs, years=len(one.years)) if one.calibrated else ""
        lines.append(f"- {t('organism.horizon', days=one.horizon)}{said}{tail}")
    st.markdown("\n".join(lines))
    if not any(one.calibrated for one in page.skill):
        st.caption(t("words.uncalibrated"))


def standing(key: str) -> None:
    """Show where it stands now, as far as the visitor may know."""
    t, language = session.t, session.language()
    found, why = pest_advice.where(key)
    if found is None:
        st.caption(why or t("organism.nowhere"))
        return
    if found.draft:
        st.html(f'<div class="citrus-head"><span class="citrus-mark draft">{escape(t("inbox.draft"))}</span></div>')
    if found.kind == "sums":
        _sums(found)
        return
    rows = found.table.reset_index()
    if found.kind == "own":
        rows = rows.drop(columns="township")
    table = rows.rename(
        columns=lambda name: t("organism.township") if name == "township" else t(f"ladder.level_{name}")
    )
    st.dataframe(table, hide_index=True, width="stretch")
    st.caption(t("organism.plots_by_level", day=words.day(found.issued, language)))


def _sums(found: Any) -> None:
    t, language = session.t, session.language()
    table = pd.DataFrame({
        t("organism.township"): found.table["township"],
        t("organism.warned_mu"): [words.number(mu, 0) for mu in found.table["warned_mu"]],
        t("organism.calm_mu"): [words.number(mu, 0) for mu in found.table["calm_mu"]],
        t("organism.complete"): [f"{100 * share:.0f} %" for share in found.table["complete"]],
    })  # fmt: skip
    st.dataframe(table, hide_index=True, width="stretch")
    st.caption(t("organism.sums", day=words.day(found.issued, language), hidden=found.hidden))


def sheets(page: Any) -> None:
    """Offer the sheet for the field: to print, and as a table that the import reads."""
    t, one = session.t, page.organism
    asked = pest_advice.sheet(one.key)
    left, right = st.columns(2)
    left.download_button(
        t("organism.print"), printable(one, asked), f"citrus_{one.key}.html", "text/html", key="organism_print",
        width="stretch", on_click="ignore",
    )  # fmt: skip
    right.download_button(
        t("organism.table"), template(one, asked), f"citrus_{one.key}.csv", "text/csv", key="organism_csv",
        width="stretch", on_click="ignore",
    )  # fmt: skip


def printable(one: Any, asked: Any) -> str:
    """Return a page for the printer: how to look, and lines to be filled in tree by tree."""
    t, language = session.t, session.language()
    columns = [t(f"organism.sheet_{name}") for name in ("tree", "looked", "infested", "total", "note")]
    head = "".join(f"<th>{escape(name)}</th>" for name in columns)
    lines = f"<tr>{'<td></td>' * len(columns)}</tr>" * BLANK
    total = f"<tr><th>{escape(t('organism.sheet_sum'))}</th>{'<td></td>' * (len(columns) - 1)}</tr>"
    told = "".join(f"<p>{escape(getattr(part, language))}</p>" for part in (one.scouting, one.thresholds))
    fields = "　　".join(f"{t(f'organism.sheet_{name}')}：________________" for name in ("farm", "plot", "day", "who"))
    name = escape(pest_advice.said(one.name))
    return (
        f'<!doctype html><html lang="{language}"><meta charset="utf-8"><title>{name}</title>'
        "<style>body{font:14px sans-serif;margin:1.2cm;color:#000}table{border-collapse:collapse;width:100%}"
        "th,td{border:1px solid #555;height:.75cm;padding:2px 6px;text-align:left}p{margin:.3em 0}</style>"
        f"<h2>{escape(t('organism.sheet', name=pest_advice.said(one.name)))}</h2><p>{escape(fields)}</p>{told}"
        f"<p>{escape(t('organism.sheet_ask', method=pest_advice.said(asked.method), n=asked.n))}</p>"
        f"<table><tr>{head}</tr>{lines}{total}</table><p>{escape(t('organism.sheet_zero'))}</p></html>"
    )


def template(one: Any, asked: Any) -> bytes:
    """Return a CSV that the import of counts reads, a row for each of the visitor's plots; numbers are left open."""
    plots = session.plots() if session.may("plot.read") else pd.DataFrame(columns=["farm_name", "name"])
    trap = asked.measure == "catch"
    heads = "诱集器数,诱虫数,天数" if trap else "方法,调查数,发生数,总数"
    lines = [f"果园,地块,日期,病虫,{heads},备注"]
    farms = plots["farm_name"] if "farm_name" in plots else [""] * len(plots)
    for farm, name in zip(farms, plots["name"], strict=True):
        numbers = f"{asked.n},," if trap else f"{asked.method.zh},{asked.n},,"
        lines.append(f"{_cell(farm)},{_cell(name)},,{_cell(one.name.zh)},{numbers},")
    return ("\ufeff" + "\n".join(lines) + "\n").encode()


def _cell(text: Any) -> str:
    """Return a cell of a CSV that no spreadsheet takes for a formula."""
    said = str(text)
    said = f"'{said}" if said[:1] in "=+-@" else said
    return f'"{said.replace(chr(34), chr(34) * 2)}"' if any(mark in said for mark in ',"\n') else said
