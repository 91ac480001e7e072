"""Levels on a map: one colour and one word for each, never a number alone."""

from html import escape
from typing import Any

import geopandas as gpd
import streamlit as st

from app import session, words
from app.components.colours import Coloured
from app.services.pests import words as pest_words

COLOURS = {0: "#e4e0d4", 1: "#77736a", 2: "#7fb8a4", 3: "#e6a532", 4: "#b02a1a"}
"""Of the levels: pale for what means nothing, grey for what cannot be computed; told apart by colour-blind eyes."""
HIGHEST_FIRST = (4, 3, 2, 0, 1)


def coloured(county: gpd.GeoDataFrame) -> Coloured:
    """Return the colours and words of the plots' levels, and what all five levels mean."""
    language = session.language()
    said = {code: pest_words.level(code, language) for code in COLOURS}
    levels = county["level"].tolist()
    low, high = (county[name].tolist() for name in ("percentile_low", "percentile_high"))
    banded = session.t("risk.level_band", level="{level}", low="{low:.0f}", high="{high:.0f}")
    texts = [
        banded.format(level=said[code], low=a, high=b) if code >= 2 and a == a and b == b else said[code]
        for code, a, b in zip(levels, low, high, strict=True)
    ]  # a level without a band of percentiles: NaN is not itself
    legend = [(COLOURS[code], pest_words.said(f"meaning.{code}", language)) for code in HIGHEST_FIRST]
    return Coloured([COLOURS[code] for code in levels], texts, legend)


def counted(county: gpd.GeoDataFrame, name: str, horizon: int) -> str:
    """Return in one sentence how many plots stand at which level."""
    number = county["level"].value_counts()
    at = {key: int(number.get(code, 0)) for key, code in (("high", 4), ("medium", 3), ("unknown", 1))}
    said = session.t("risk.counted", organism=name, days=horizon, all=len(county), **at)
    return said + (session.t("risk.counted_unknown", n=at["unknown"]) if at["unknown"] else "")


def townships(told: Any) -> None:
    """Show sums by township; what would point at somebody is a dash."""
    t = session.t
    if not len(told.table):
        st.info(t("region.none"), icon=":material/visibility_off:")
        return
    heads = ("township", "growers", "plots", "area", "warned", "calm", "complete")
    head = "".join(f'<th scope="col">{escape(t(f"risk.{name}"))}</th>' for name in heads)
    body = "".join(_township(row, whole=not place) for place, row in enumerate(told.table.to_dict("records")))
    st.html(
        f'<div class="citrus-table" tabindex="0" role="region" aria-label="{escape(t("risk.townships"))}">'
        f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )
    if told.hidden:
        st.markdown(t("region.hidden", n=told.hidden))
    st.caption(t("risk.township_means"))


def _township(row: dict[str, Any], *, whole: bool) -> str:
    t = session.t
    cells = [str(row["growers"]), str(row["plots"]), t("region.area_said", mu=words.number(row["area_mu"], 0))]
    for name in ("warned_mu", "calm_mu"):
        if not words.known(row[name]):
            cells.append("–")
            continue
        share = f"{100 * row[name] / row['area_mu']:.0f} %"
        share = f"（{share}）" if session.language() == "zh" else f" ({share})"
        cells.append(t("region.area_said", mu=words.number(row[name], 0)) + share)
    cells.append(f"{100 * row['complete']:.0f} %")
    said = "".join(f"<td>{escape(cell)}</td>" for cell in cells)
    return f'<tr{" class=whole" if whole else ""}><th scope="row">{escape(str(row["township"]))}</th>{said}</tr>'
