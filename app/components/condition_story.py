"""How the plots stand, in sentences: what was found, how sure it is, what could not be seen; sums for officials."""

from html import escape
from typing import Any

import geopandas as gpd
import pandas as pd
import streamlit as st

from agro.units import mu
from app import session, words
from app.answers import condition, images
from app.components import weak_areas
from app.services.imagery import words as say

CARDS = 5  # shown before the rest is folded into a table


def answers(plots: gpd.GeoDataFrame, areas: gpd.GeoDataFrame, newest: pd.Series) -> list[str]:
    """Return the sentences that stand first."""
    t, language = session.t, session.language()
    if len(areas):
        lying = areas.dissolve("plot").to_crs(areas.estimate_utm_crs())  # a plot may be weak in two ways
        area = words.number(mu(lying.area.sum()))
        lines = [t("condition.found", n=len(areas), plots=areas["plot"].nunique(), mu=area, name=areas["name"].iloc[0])]
    else:
        lines = [t("condition.none")]
    age = int(newest["age"])
    lines.append(t("condition.newest", day=words.day(newest["time"], language), days=age))
    if age > condition.old_after():
        lines[-1] += t("condition.stale", days=condition.old_after())
    tiny, border = condition.sizes(plots)
    if tiny:
        lines.append(t("condition.tiny", n=tiny))
    if border:
        lines.append(t("condition.border", n=border))
    return lines


def standing() -> str:
    """Return on which day the plots were judged, and how many could not be compared with their own past."""
    t, state = session.t, images.state()
    if state is None:
        return t("condition.not_judged")
    day = words.day(state["date"], session.language(), year=True)
    lines = [t("condition.judged", day=day, n=state["plots"])]
    if state.get("short_history"):
        lines.append(t("condition.short", n=state["short_history"]))
    if state.get("no_observation"):
        lines.append(t("condition.unseen", n=state["no_observation"]))
    return " ".join(lines)


def legend() -> None:
    """Show what the colours and lines of weak areas mean."""
    t, language = session.t, session.language()
    rows = "".join(
        f'<li><span class="citrus-swatch" style="background:{colour}"></span>'
        f"{escape(say.known('severity')[str(level)][language])}</li>"
        for level, colour in weak_areas.COLOURS.items()
    )
    dashed = '<span class="citrus-swatch" style="border:2px dashed #6c776f"></span>'
    rows += f"<li>{dashed}{escape(say.known('kind')['within_persistent'][language])}</li>"
    st.html(f'<div class="citrus-legend"><strong>{escape(t("condition.severity"))}</strong><ul>{rows}</ul></div>')


def cards(areas: gpd.GeoDataFrame, picked: str | None) -> None:
    """Show the weak areas as cards, the picked one first, then the most severe; many as a table below."""
    t, language = session.t, session.language()
    rows = areas.assign(_first=areas["id"] != picked).sort_values("_first", kind="stable").to_dict("records")
    for row in rows[:CARDS]:
        weak_areas.card(condition.told(row))
    if len(rows) > CARDS:
        kinds = say.known("kind")
        rest = pd.DataFrame(
            {
                t("condition.plot"): [row["name"] for row in rows[CARDS:]],
                t("condition.what"): [kinds[row["kind"]][language] for row in rows[CARDS:]],
                t("condition.since"): [words.day(row["since"], language, year=True) for row in rows[CARDS:]],
                t("condition.mu"): [round(row["area_mu"], 1) for row in rows[CARDS:]],
            }
        )
        st.markdown(t("condition.rest", n=len(rest)))
        st.dataframe(rest, hide_index=True, width="stretch")
    st.caption(measured(images.false_alarms()))


def measured(rate: dict[str, Any]) -> str:
    """Return the platform's own rate of false alarms with its interval, or that it is not known yet."""
    if not rate["visits"]:
        return session.t("condition.unmeasured")
    low, share, high = (f"{100 * rate[name]:.0f}" for name in ("low", "rate", "high"))
    return session.t("condition.measured", n=rate["visits"], nothing=rate["nothing"], share=share, low=low, high=high)


def sums() -> None:
    """Show how much stands weak in the region and in each township that may be told."""
    t, found = session.t, condition.sums()
    if found.whole is None and not len(found.table):
        st.info(t("condition.sums_none"), icon=":material/visibility_off:")
        return
    rows = [] if found.whole is None else [{**found.whole, "township": t("condition.region")}]
    rows += found.table.to_dict("records")
    names = ("township", "growers", "plots", "weak_plots", "area", "weak_area")
    head = "".join(f'<th scope="col">{escape(t(f"condition.sum_{name}"))}</th>' for name in names)
    body = "".join(_sum(row, whole=k == 0 and found.whole is not None) for k, row in enumerate(rows))
    st.html(
        f'<div class="citrus-table" tabindex="0" role="region" aria-label="{escape(t("condition.sums"))}">'
        f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )
    if found.hidden:
        st.markdown(t("condition.sums_hidden", n=found.hidden))
    st.caption(t("condition.sums_mean"))


def _sum(row: dict[str, Any], *, whole: bool) -> str:
    t = session.t
    area, weak = (t("region.area_said", mu=words.number(mu(row[name]))) for name in ("area", "weak_area"))
    share = f"{100 * row['weak_area'] / row['area']:.1f} %" if row["area"] else ""
    cells = [str(int(row[name])) for name in ("growers", "plots", "weak_plots")]
    said = "".join(f"<td>{escape(cell)}</td>" for cell in (*cells, area))
    said += f"<td>{escape(weak)}<small>{escape(share)}</small></td>"
    return f'<tr{" class=whole" if whole else ""}><th scope="row">{escape(str(row["township"]))}</th>{said}</tr>'
