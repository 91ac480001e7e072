"""Tables for people: headings in their language, areas in mu, no column that only programs read."""

import pandas as pd

from agro import variables
from app import session, words

COUNTS = (
    "added",
    "changed",
    "farms",
    "outside_dem",
    "rows",
    "columns",
    "stations",
    "outlines",
    "plots_placed",
    "members",
    "days",
    "merged",
    "conflicts",
    "skipped",
)
FLAGS = ("good", "not_evaluated", "suspect", "fail", "missing")


def plots(table: pd.DataFrame, cultivars: dict[str, str]) -> pd.DataFrame:
    """Return the plots with readable headings."""
    t, language = session.t, session.language()
    named = {
        t("pick.plot"): table["name"],
        t("attribute.farm"): table["farm"],
        t("attribute.area"): [words.area(area, language) for area in table["area"]],
        t("attribute.cultivar"): [cultivars.get(str(key), t("words.unknown")) for key in table["cultivar"]],
        t("attribute.planted"): ["–" if not words.known(year) else str(int(year)) for year in table["planted"]],
    }
    return pd.DataFrame({name: list(values) for name, values in named.items()})


def observations(table: pd.DataFrame, kinds: dict[str, str]) -> pd.DataFrame:
    """Return observations as they were understood, with readable headings and values beside their units."""
    t, language = session.t, session.language()
    said = zip(table["value"], table["unit"], strict=True)
    named = {
        t("pick.plot"): table["name"],
        t("attribute.farm"): table["farm_name"],
        t("observation.kind"): [kinds.get(str(key), str(key)) for key in table["kind"]],
        t("observation.date"): [words.day(day, language, year=True) for day in table["date"]],
        t("observation.value"): [f"{value:.4g} {unit}" if words.known(value) else "–" for value, unit in said],
        t("observation.n"): ["–" if not words.known(n) else str(int(n)) for n in table["n"]],
        t("observation.note"): table["note"],
    }
    return pd.DataFrame({name: list(values) for name, values in named.items()})


def renamed(table: pd.DataFrame) -> pd.DataFrame:
    """Return any other preview: known names in words, geometry left out."""
    t, language = session.t, session.language()
    table = table.drop(columns=[name for name in ("geometry",) if name in table]).reset_index()
    table = table.drop(columns=[name for name in ("index",) if name in table])
    known = _variables(language)
    known |= {flag: t(f"flag.{flag}") for flag in FLAGS} | {
        name: t(f"column.{name}") for name in ("name", "time", "variable", "total")
    }
    if "variable" in table:
        table["variable"] = [known.get(name, name) for name in table["variable"]]
    return table.rename(columns=known)


def quality(table: pd.DataFrame) -> pd.DataFrame:
    """Return counts of flags with the variable's name and the share of good values first."""
    t, language = session.t, session.language()
    frame = table.reset_index() if "variable" not in table else table
    total = frame[list(FLAGS)].sum(axis=1).clip(lower=1)
    known = _variables(language)
    shown = pd.DataFrame({t("column.variable"): [known.get(name, name) for name in frame["variable"]]})
    shown[t("flag.good_share")] = [f"{100 * good / n:.1f} %" for good, n in zip(frame["good"], total, strict=True)]
    for flag in FLAGS:
        shown[t(f"flag.{flag}")] = frame[flag].to_numpy()
    return shown


def stations(table: pd.DataFrame) -> pd.DataFrame:
    """Return the stations and what they hold."""
    t, language = session.t, session.language()
    return pd.DataFrame(
        {
            t("column.name"): table["name"],
            t("column.resolution"): [t(f"resolution.{one}") for one in table["resolution"]],
            t("column.first"): [words.today_in(day, language) for day in table["first"]],
            t("column.last"): [words.today_in(day, language) for day in table["last"]],
            t("column.elevation"): [t("fact.metres", n=words.number(value, 0)) for value in table["elevation"]],
            t("column.rows"): table["rows"],
        }
    )


def _variables(language: str) -> dict[str, str]:
    return {name: getattr(entry, language) for name, entry in variables.table().items()}
