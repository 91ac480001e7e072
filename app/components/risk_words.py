"""Pest outlooks of a plot in words: the answer first, then why, how sure, and what would change it."""

from html import escape
from typing import Any

import pandas as pd
import streamlit as st

from app import session, words
from app.components.risk_map import COLOURS
from app.services.pests import words as say
from app.services.pests.changes import Change
from app.services.pests.courses import PlotCourses
from app.services.pests.outlooks import PlotPests
from pest_warning.organism import HORIZONS, Organism, load

SPREADS = ("weather", "parameters", "state")
ORDER = (4, 3, 2, 1, 0)


def name(one: Organism) -> str:
    """Return what an organism is called."""
    return say.name(one, session.language())


def pick_organism(choices: list[Organism], first: str | None = None) -> Organism:
    """Return the chosen organism."""
    named = {one.key: one for one in choices}
    shown = {key: name(one) for key, one in named.items()}
    index = list(named).index(first) if first in named else 0
    label = session.t("risk.organism")
    return named[st.selectbox(label, list(named), index, key="pest_organism", format_func=lambda key: shown[key])]


def pick_horizon(choices: tuple[int, ...] = HORIZONS) -> int:
    """Return the chosen number of days ahead."""
    shown = {days: session.t("risk.days", n=days) for days in choices}
    found = st.segmented_control(
        session.t("risk.horizon"), list(choices), default=choices[0], key="pest_horizon", required=True,
        format_func=lambda days: shown[days],
    )  # fmt: skip
    return int(found or choices[0])


def hushed(shown: list[Organism]) -> bool:
    """Return whether some organism is kept from the visitor's map."""
    return not {"minax", "dorsalis"} <= {one.key for one in shown}


def of_place(row: dict[str, Any], one: Organism) -> str:
    """Return one plot's state on the map: its level, when, and what to do."""
    language = session.language()
    said = f"**{row['name']}** · {words.area(row['area'], language)}"
    code = int(row["level"])
    lines = [said]
    if code < 2:
        lines.append(say.explanation(one, code, language))
    else:
        lines.append(f"**{say.level(code, language)}** · {say.explanation(one, code, language)}")
        lines += [say.when(row, one, language), say.action(one, code, language)]
    if "recorded" in row and words.known(row["recorded"]) and not row["recorded"]:
        lines.append(session.t("risk.unwritten"))
    return "\n\n".join(lines)


def answers(found: PlotPests, course: PlotCourses | None = None) -> list[str]:
    """Return what stands first: the next danger with its date and what to do, and what else is pressing.

    The day of an infection is known with the plot's days only, and so is what was written down since the run.
    """
    t, language = session.t, session.language()
    row = found.next
    key = str(row["organism"]) if row else ""
    lines = [say.danger(row, language, course.soonest.get(key) if course else None)]
    first = found.table["horizon"] == min(HORIZONS)
    also = found.table[first & (found.table["level"] >= 3) & (found.table["organism"] != key)]["organism"]
    if len(also):
        lines.append(t("risk.also", names=t("words.and").join(name(load(other)) for other in also)))
    if not written(found, course):
        lines.append(t("risk.unwritten"))
    return lines


def written(found: PlotPests, course: PlotCourses | None) -> bool:
    """Return whether anything was written down for the plot this season, up to now."""
    return bool(found.table["recorded"].any()) or (course is not None and len(course.marks) > 0)


def by_level(found: PlotPests, horizon: int) -> None:
    """Show all organisms of a plot by their level at one horizon, the highest first."""
    language = session.language()
    rows = found.table[found.table["horizon"] == horizon]
    lines = []
    for code in ORDER:
        names = [name(load(key)) for key in rows[rows["level"] == code]["organism"]]
        if names:
            mark = f'<span class="citrus-swatch" style="background:{COLOURS[code]}"></span>'
            said = escape(session.t("words.and").join(names))
            lines.append(f"<li>{mark}<span><b>{escape(say.level(code, language))}</b> {said}</span></li>")
    st.html(f'<div class="citrus-legend citrus-levels"><ul>{"".join(lines)}</ul></div>{STYLE}')


def now(row: dict[str, Any], one: Organism) -> None:
    """Show the level of one organism large, what it means, and what to do now."""
    t, language = session.t, session.language()
    code = int(row["level"])
    head = f"{name(one)} · {say.level(code, language)}"
    act = say.action(one, code, language)
    facts = ("；" if language == "zh" else "; ").join(say.index(row, one, language))
    todo = f"<p><b>{escape(t('risk.do_now'))}</b> {escape(act)}</p>" if act else ""
    st.html(
        f'<article class="citrus-say" style="--tone:{COLOURS[code]}"><h2>{escape(head)}</h2>'
        f"<p>{escape(say.explanation(one, code, language))}</p>{todo}"
        f"<small>{escape(facts)}</small></article>"
    )


def drivers(row: dict[str, Any], one: Organism) -> None:
    """Show what makes the index differ from the usual one."""
    st.markdown("\n".join(f"- {line}" for line in say.drivers(row, one, session.language())))


def changes(found: list[Change], one: Organism) -> None:
    """Show what would change the index: then and now, side by side."""
    t, language = session.t, session.language()
    if not found:
        st.caption(t("risk.no_change" if one.engine == "timing" else "risk.no_change_now"))
        return
    rows = []
    for change in found:
        values = dict(change.values)
        if "group" in values:
            known = say.patterns()["group"].get(values["group"])
            values["group"] = known[language] if known else values["group"]
        rows.append({
            t("risk.if"): say.said(f"change.{change.key}", language, **values),
            t("risk.then"): _short(change.before, one), t("risk.after"): _short(change.after, one),
        })  # fmt: skip
    table(pd.DataFrame(rows))


def _short(row: dict[str, Any], one: Organism) -> str:
    language = session.language()
    kind = say.family(one)
    about = say.patterns()["index"][kind]
    if kind == "timing":
        index = say.day(row.get("date_p50"), language, row["issued"])
    else:
        index = say.number(row["index"] * about.get("scale", 1.0), max(about["digits"], 1))
    return f"{index}（{say.level(row['level'], language)}）" if language == "zh" else (
        f"{index} ({say.level(row['level'], language)})")  # fmt: skip


def spreads(row: dict[str, Any], one: Organism) -> None:
    """Show the three sources of doubt side by side; they are never added up."""
    t, language = session.t, session.language()
    kind = say.family(one)
    about = say.patterns()["index"][kind]
    scale, digits = about.get("scale", 1.0), max(about["digits"], 1)
    rows = []
    for source in SPREADS:
        low, high = (row[f"{source}_{end}"] for end in ("low", "high"))
        known = words.known(low) and words.known(high)
        span = t("words.between", low=say.number(low * scale, digits), high=say.number(high * scale, digits))
        rows.append({t("risk.source"): say.said(f"spread.{source}", language), t("risk.span"): span if known else "–"})
    table(pd.DataFrame(rows))
    st.caption(t("risk.spread_means_dates" if kind == "timing" else "risk.spread_means"))


def standing(found: PlotPests, course: PlotCourses, row: dict[str, Any], one: Organism) -> None:
    """Show what the number rests on: calibration, evidence, weather, past skill, records."""
    t, language = session.t, session.language()
    verdict = found.verdicts.get((one.key, int(row["horizon"])))
    weakest, own_hours = t(f"advice.evidence_{row['evidence']}"), course.own_hours
    scouted = days_since(course, row, one)
    lines = [
        f"{t('risk.calibration')}：{words.evidence(row['calibration'], language)} · {t('risk.weakest')}：{weakest}",
        f"{t('risk.skill')}：{verdict[language] if verdict else say.said('verdict.unknown', language)}",
        f"{t('risk.weather')}：{station(found)}" + (t("risk.own_hours", n=own_hours) if own_hours else ""),
        f"{t('risk.scouted')}：{t('risk.never') if scouted is None else t('risk.days_ago', n=scouted)}",
        f"{t('risk.diary')}：{t('risk.diary_yes' if written(found, course) else 'risk.diary_no')}",
        f"{t('risk.weak')}：{getattr(one.weak, language)}",
    ]
    if language == "en":
        lines = [line.replace("：", ": ") for line in lines]
    st.markdown("\n".join(f"- {line}" for line in lines))


def days_since(course: PlotCourses, row: dict[str, Any], one: Organism) -> int | None:
    """Return how many days before the run somebody looked for the organism; None where nobody did."""
    looked = course.marks[(course.marks["kind"] == "count") & (course.marks["organism"] == one.key)]["time"]
    since = [(pd.Timestamp(course.issued) - pd.Timestamp(day)).days for day in looked]
    if words.known(row["scouted"]):
        since.append(int(row["scouted"]))
    return min(since, default=None)


def station(found: PlotPests) -> str:
    """Return the nearest weather station, how far it is and how much higher or lower."""
    t = session.t
    near = found.station
    if near is None:
        return t("words.unknown")
    far = words.number(near["distance"], 1)
    if near["rise"] is None:
        return t("risk.station", name=near["name"], km=far)
    key = "risk.station_higher" if near["rise"] >= 0 else "risk.station_lower"
    return t(key, name=near["name"], km=far, m=words.number(abs(near["rise"]), 0))


def table(frame: pd.DataFrame) -> None:
    """Show a small table whose cells may break, for phones."""
    head = "".join(f'<th scope="col">{escape(str(column))}</th>' for column in frame)
    body = "".join(
        "<tr>" + "".join(f"<td>{escape(str(cell))}</td>" for cell in row) + "</tr>" for row in frame.to_numpy()
    )
    inside = f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody>"
    st.html(f'<div class="citrus-table citrus-wrap"><table>{inside}</table></div>{STYLE}')


STYLE = """<style>
.citrus-levels li { align-items: flex-start } .citrus-levels .citrus-swatch { margin-top: .25rem }
.citrus-levels ul { display: block !important }
.citrus-wrap td, .citrus-wrap th { white-space: normal !important }
</style>"""
