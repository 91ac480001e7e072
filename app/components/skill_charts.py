"""How good the warnings were, to look at: what was said against what came, what a probability was worth, the gauge."""

from html import escape
from typing import Any

import altair as alt
import pandas as pd
import streamlit as st

from app import session, words
from app.components.charts import INK, LINE, QUIET, styled

CELLS = ("hits", "misses", "false_alarms", "correct_negatives")
MARKS = {"hits": "✓", "misses": "✗", "false_alarms": "✗", "correct_negatives": "✓"}


def outcomes(row: dict[str, Any]) -> None:
    """Show hits, misses, false alarms and quiet times in plain words, and what was left out."""
    t = session.t
    lines = "".join(
        f'<tr><th scope="row">{MARKS[cell]} {escape(t(f"skill.{cell}"))}'
        f"<small>{escape(t(f'skill.{cell}_mean'))}</small></th><td>{int(row[cell])}</td></tr>"
        for cell in CELLS
    )
    st.html(f'<div class="citrus-table"><table><tbody>{lines}</tbody></table></div>')
    st.caption(
        t("skill.left_out", censored=int(row["n_censored"]), unknown=int(row["n_unknown_treatment"]), n=int(row["n"]))
    )


def reliability(told: Any, chosen: tuple[str, int]) -> None:
    """Show how often the event came where a probability was said, with bars; or that there was none yet."""
    t = session.t
    table = told.reliability
    if len(table):
        mine = (table["organism"] == chosen[0]) & (table["horizon"] == chosen[1]) & (table["weather"] == "real")
        table = table[mine & (table["n"] > 0)]
    if not len(table):
        st.info(t("skill.no_probability"), icon=":material/hourglass_empty:")
        return
    st.caption(t("skill.reliability_mean"))
    st.altair_chart(diagram(table), width="stretch", alt=t("skill.reliability"))


def diagram(table: pd.DataFrame, height: int = 300) -> alt.LayerChart:
    """Return the reliability diagram: dots as large as there are cases, bars over years, and the line of the just."""
    t = session.t
    rows = 100 * table[["said", "seen", "low", "high"]]
    rows["n"] = table["n"]
    scale = alt.Scale(domain=[0, 100])
    x = alt.X("said:Q", scale=scale, axis=alt.Axis(title=t("skill.said"), tickCount=5))
    y_axis = alt.Axis(title=t("skill.seen"), tickCount=5)
    tips = [
        alt.Tooltip(f"{name}:Q", title=t(f"skill.{name}"), format=form)
        for name, form in (("said", ".0f"), ("seen", ".0f"), ("low", ".0f"), ("high", ".0f"), ("n", "d"))
    ]
    ideal = alt.Chart(pd.DataFrame({"at": [0, 100]})).mark_line(color=QUIET, strokeDash=[5, 4]).encode(
        x=alt.X("at:Q", scale=scale), y=alt.Y("at:Q", scale=scale)
    )  # fmt: skip
    base = alt.Chart(rows).encode(x=x)
    bars = base.mark_rule(color=INK, strokeWidth=2).encode(y=alt.Y("low:Q", scale=scale, axis=y_axis), y2="high:Q")
    dots = base.mark_circle(color=LINE, opacity=0.9).encode(
        y=alt.Y("seen:Q", scale=scale, axis=y_axis),
        size=alt.Size("n:Q", scale=alt.Scale(range=[60, 600]), legend=None),
        tooltip=tips,
    )
    return styled(alt.layer(ideal, bars, dots), height)


def money(table: pd.DataFrame | None) -> None:
    """Show what following the warnings is worth, against three ways of doing without; simulated unless it is not."""
    t = session.t
    if table is None or not len(table):
        st.info(t("skill.no_money"), icon=":material/hourglass_empty:")
        return
    if (table["kind"] == "simulated").any():
        st.html(f'<div class="citrus-head"><span class="citrus-mark">{escape(t("skill.simulated"))}</span></div>')
    head = "".join(f'<th scope="col">{escape(t(f"skill.{name}"))}</th>' for name in ("against", "per_mu", "per_ha"))
    lines = "".join(
        f'<tr><th scope="row">{escape(t("skill." + row["against"]))}</th>'
        + "".join(f"<td>{_money(row, unit)}</td>" for unit in ("yuan_per_mu", "yuan_per_ha"))
        + "</tr>"
        for row in table.to_dict("records")
    )
    st.html(f'<div class="citrus-table"><table><thead><tr>{head}</tr></thead><tbody>{lines}</tbody></table></div>')
    first = table.iloc[0]
    st.caption(t("skill.money_mean", n=int(first["n"])) + ("" if first["enough"] else t("skill.money_few")))


def gauge(found: Any, language: str) -> None:
    """Show how far real trials are from the client's bar; empty as long as there are none."""
    t = session.t
    st.progress(min(found.trials / found.needed, 1.0), text=t("skill.trials", n=found.trials, needed=found.needed))
    st.markdown(t("skill.bar", hits=found.min_hits, needed=found.needed))
    st.caption(found.sentence(language))
    st.caption(t("skill.trial_mean"))


def _money(row: dict[str, Any], unit: str) -> str:
    value, low, high = (words.number(row[f"{unit}{end}"], 0) for end in ("", "_low", "_high"))
    spread = session.t("skill.no_interval") if "–" in (low, high) else session.t("skill.interval", low=low, high=high)
    return f"{escape(value)}<small>{escape(spread)}</small>"
