"""The order of picking in words, as a table, as a chart of windows, and as a file for a spreadsheet."""

from html import escape
from typing import Any

import altair as alt
import pandas as pd
import streamlit as st

from agro import units
from app import session, words
from app.components import charts

COLOURS = {"closed": "#b5481b", "open": "#2c6e49", "later": "#7aa98c", "unripe": "#b9bfb5"}
NAMED = 4  # plots named in a sentence


def answers(told: Any, names: dict[str, str]) -> list[str]:
    """Return what stands first: what is late, what can be picked, what comes next, and where the mountain is later."""
    t, language, order = session.t, session.language(), told.order
    lines = []
    for status in ("closed", "open"):
        some = order[order["status"] == status]
        if len(some):
            lines.append(t(f"harvest.says_{status}", names=_names(some, names), n=len(some)))
    coming = order[order["status"] == "later"]
    if len(coming):
        first = coming.iloc[0]
        day = words.day(first["opens"], language)
        lines.append(t("harvest.says_next", name=names[coming.index[0]], cultivar=_cultivar(first), day=day))
    if not lines:
        lines.append(t("harvest.says_unripe"))
    if (gap := _by_height(told.parts["band"])) is not None:
        lines.append(gap)
    if told.looked_at < told.plots:
        lines.append(t("advice.not_all", n=told.looked_at, all=told.plots))
    return lines


def _names(rows: pd.DataFrame, names: dict[str, str]) -> str:
    t = session.t
    said = t("words.and").join(names[plot] for plot in rows.index[:NAMED])
    return said if len(rows) <= NAMED else t("harvest.and_more", names=said, n=len(rows) - NAMED)


def _cultivar(row: Any) -> str:
    return session.cultivars().get(str(row["cultivar"]), session.t("words.unknown"))


def _by_height(parts: pd.DataFrame) -> str | None:
    """Return how far the highest part of the most common cultivar is behind its lowest one."""
    known = parts.dropna(subset=["band", "opens"])
    if known.empty:
        return None
    most = known.groupby("cultivar")["plots"].sum().idxmax()
    rows = known[known["cultivar"] == most].sort_values("band")
    days = (rows["opens"].iloc[-1] - rows["opens"].iloc[0]).days
    if len(rows) < 2 or not days:
        return None
    return session.t(
        "harvest.says_higher" if days > 0 else "harvest.says_lower",
        cultivar=_cultivar({"cultivar": most}),
        low=part_name("band", rows["band"].iloc[0]),
        high=part_name("band", rows["band"].iloc[-1]),
        days=abs(days),
    )


def part_name(by: str, part: Any) -> str:
    """Return what a part of a farm is called."""
    t = session.t
    if not words.known(part) or part == "unknown":
        return t("words.unknown")
    if by == "band":
        return t("harvest.band", low=int(part), high=int(part) + 100)
    return t(f"aspect.{part}") if by == "side" else str(part)


def window(row: Any) -> str:
    """Return the window in words; a plot whose fruit ripens only after the window has no span of days."""
    t, language = session.t, session.language()
    opens, closes = (words.day(row[name], language) for name in ("opens", "closes"))
    if not words.known(row["opens"]):
        return t("harvest.few_ripen", n=int(row["ripe_cases"]), all=int(row["members"]))
    if not words.known(row["closes"]):
        return t("harvest.opens", day=opens)
    if row["closes"] < row["opens"]:
        return t("harvest.too_late", opens=opens, closes=closes)
    return t("words.between", low=opens, high=closes)


def table(order: pd.DataFrame, names: dict[str, str]) -> None:
    """Show the ranked plots; wide tables scroll in their own frame."""
    t, language = session.t, session.language()
    head = ("rank", "plot", "status", "window", "ripe", "fades")
    rows = []
    for plot, row in order.iterrows():
        height = t("fact.metres", n=words.number(row["elevation"], 0))
        below = f"{_cultivar(row)} · {height} · {words.area(row['area'], language)}"
        state = t(f"harvest.status_{row['status']}")
        fades = words.day(row["fades_p50"], language) if words.known(row["fades_p50"]) else t("harvest.not_flat")
        rows.append(
            f"<tr><td>{row['rank']}</td>"
            f'<th scope="row">{escape(names[str(plot)])}<small>{escape(below)}</small></th>'
            f'<td><b style="color:{COLOURS[row["status"]]}">{escape(state)}</b></td>'
            f"<td>{escape(window(row))}</td>"
            f"<td>{escape(words.day_spread(row, 'ripe', language))}"
            f"<small>{escape(t('harvest.cases', n=int(row['ripe_cases']), all=int(row['members'])))}</small></td>"
            f"<td>{escape(fades)}</td></tr>"
        )
    _html_table(t("harvest.order"), [t(f"harvest.{name}") for name in head], rows)


def parts(told: pd.DataFrame, by: str) -> None:
    """Show which part of the farm ripens when."""
    t, language = session.t, session.language()
    head = ("cultivar", f"by_{by}", "middle", "span", "behind", "plots", "area")
    rows = []
    for row in told.to_dict("records"):
        opens = words.day(row["opens"], language) if words.known(row["opens"]) else t("words.half_not")
        span = "–"
        if words.known(row["opens_first"]):
            first, last = (words.day(row[f"opens_{end}"], language) for end in ("first", "last"))
            span = first if first == last else t("words.between", low=first, high=last)
        behind = t("harvest.days", n=int(row["days_after_first"])) if words.known(row["days_after_first"]) else "–"
        cells = (part_name(by, row[by]), opens, span, behind, str(row["plots"]), words.area(row["area"], language))
        said = "".join(f"<td>{escape(cell)}</td>" for cell in cells)
        rows.append(f'<tr><th scope="row">{escape(_cultivar(row))}</th>{said}</tr>')
    _html_table(t("harvest.parts"), [t(f"harvest.{name}") for name in head], rows)


def _html_table(label: str, head: list[str], rows: list[str]) -> None:
    titles = "".join(f'<th scope="col">{escape(title)}</th>' for title in head)
    st.html(
        f'<div class="citrus-table" tabindex="0" role="region" aria-label="{escape(label)}">'
        f"<table><thead><tr>{titles}</tr></thead><tbody>{''.join(rows)}</tbody></table></div>"
    )


def chart(order: pd.DataFrame, names: dict[str, str], issued: Any) -> alt.LayerChart:
    """Return the windows as bars, in the order of picking, with the day of issue as a line."""
    t = session.t
    rows = order[order["opens"].notna()].copy()
    rows["name"] = [names[plot] for plot in rows.index]
    rows["said"] = [window(row) for _, row in rows.iterrows()]
    rows["state"] = [t(f"harvest.status_{status}") for status in rows["status"]]
    rows["end"] = rows["closes"].where(rows["closes"] > rows["opens"], rows["opens"] + pd.Timedelta(days=2))
    columns = ["name", "said", "state", "opens", "end"]
    base = alt.Chart(rows.reset_index()[columns])
    time = {"scale": alt.Scale(type="utc"), "axis": charts.day_axis(month_only=True)}
    used = [status for status in COLOURS if (rows["status"] == status).any()]
    colour = alt.Color(
        "state:N",
        title=None,
        legend=alt.Legend(orient="top", labelFontSize=13),
        scale=alt.Scale(
            domain=[t(f"harvest.status_{status}") for status in used], range=[COLOURS[status] for status in used]
        ),
    )
    bars = base.mark_bar(height=13, cornerRadius=6, opacity=0.8).encode(
        y=alt.Y("name:N", sort=list(rows["name"]), axis=alt.Axis(title=None, labelLimit=140)),
        x=alt.X("opens:T", title=None, **time),
        x2="end:T",
        color=colour,
        tooltip=[alt.Tooltip("name:N", title=t("pick.plot")), alt.Tooltip("said:N", title=t("harvest.window"))],
    )
    today = alt.Chart(pd.DataFrame({"day": [pd.Timestamp(issued)]}))
    rule = today.mark_rule(color=charts.TODAY, strokeWidth=2, strokeDash=[5, 3]).encode(x=alt.X("day:T", **time))
    return charts.styled(alt.layer(bars, rule), max(120, 26 * len(rows) + 60))


def csv(told: Any, names: dict[str, str], *, synthetic: bool) -> bytes:
    """Return the order with readable headings, a byte order mark for spreadsheets, and its marks in every row."""
    t, order = session.t, told.order
    dates = {"opens": "opens_day", "closes": "closes_day", "ripe_p10": None, "ripe_p50": None, "ripe_p90": None}
    named = {
        t("harvest.rank"): order["rank"],
        t("harvest.plot"): [_harmless(names[plot]) for plot in order.index],
        t("attribute.farm"): [_harmless(name) for name in order["farm_name"]],
        t("harvest.cultivar"): [_cultivar(row) for _, row in order.iterrows()],
        t("harvest.area_mu"): units.mu(order["area"]).round(1),
        t("fact.elevation"): order["elevation"].round(0),
        t("harvest.status"): [t(f"harvest.status_{status}") for status in order["status"]],
    }
    for column, key in dates.items():
        title = t(f"harvest.{key}") if key else f"{t('harvest.ripe')} {column[-3:].upper()}"
        named[title] = order[column].dt.date
    named[t("harvest.fades")] = order["fades_p50"].dt.date
    named[t("harvest.ripe_cases")] = order["ripe_cases"]
    named[t("harvest.members")] = order["members"]
    named[t("region.issued")] = told.issued
    named[t("region.synthetic")] = t("header.demo") if synthetic else ""
    return pd.DataFrame(named).to_csv(index=False).encode("utf-8-sig")


def _harmless(name: Any) -> str:
    """Return a name that no spreadsheet takes for a formula."""
    return f"'{name}" if str(name).startswith(("=", "+", "-", "@")) else str(name)
