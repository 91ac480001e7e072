"""Weak growth in the inbox: areas that the budget let through, a card a farm, or one for who watches over all."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pandas as pd

from agro.farm import Viewer
from agro.store import rights
from agro.store.alerts import AlertMark
from app.services.imagery import areas, words
from app.services.imagery.settings import whole
from app.services.observations import today
from app.services.pests.alert_card import CONDITION, Alert
from app.services.platform import Platform
from pest_warning import outlook
from pest_warning.organism import Words
from remote_sensing.condition.rules import ALERTS

LEVELS = {2: outlook.MEDIUM, 3: outlook.HIGH}
"""Severity of an area as the level of a card; what is only watched has none."""
Marks = dict[str, AlertMark]
Hidden = Callable[[str, int, Marks], AlertMark | None]
Marked = tuple[Alert, AlertMark | None]


def cards(viewer: Viewer, home: Platform, marks: Marks, hidden: Hidden, *, private: bool) -> list[Marked]:
    """Return the cards of open areas that were told of, each with the mark that hides it or None.

    Parameters
    ----------
    hidden : callable
        The mark that hides a stem and level, by the inbox's own rule.
    private : bool
        Whether the viewer sees own and shared plots only: a card a farm; else one for the region.
    """
    if not rights.allowed(viewer, "condition.read"):
        return []
    scope = rights.scope(viewer, "condition.read")
    if scope.anonymous or scope.sums_only:
        return []
    found = home.store.areas(scope, state="open")
    found = found[found["sent"].notna() & found["severity"].isin(list(LEVELS))]
    if found.empty:
        return []
    rate = areas.measured(viewer, home)
    rows = found.assign(level=found["severity"].map(LEVELS)).to_dict("records")
    return _by_farm(home, rows, rate, marks, hidden) if private else _of_region(home, rows, rate, marks, hidden)


def _by_farm(
    home: Platform, rows: list[dict[str, Any]], rate: dict[str, Any], marks: Marks, hidden: Hidden
) -> list[Marked]:
    made = []
    for row in rows:
        row["mark"] = hidden(f"{row['plot']}|{CONDITION}", row["level"], marks)
    table = pd.DataFrame(rows)
    for (farm, marked), group in table.groupby(["farm", table["mark"].notna()], sort=False):
        some = group.sort_values(["level", "area_m2"], ascending=False).to_dict("records")
        level = max(row["level"] for row in some)
        keys = tuple(dict.fromkeys(f"{row['plot']}|{CONDITION}|{row['level']}" for row in some))
        names = tuple(dict.fromkeys(row["name"] for row in some))
        told = areas.sentences(some[0], rate)
        alert = _alert(home, f"{farm}|{CONDITION}|{level}", keys, level, some, names, told["head"], told)
        made.append((alert, some[0]["mark"] if marked else None))
    return made


def _of_region(
    home: Platform, rows: list[dict[str, Any]], rate: dict[str, Any], marks: Marks, hidden: Hidden
) -> list[Marked]:
    level = max(row["level"] for row in rows)
    plots, farms = {row["plot"] for row in rows}, dict.fromkeys(row["farm_name"] for row in rows)
    largest = {
        one: max(row["area_mu"] for row in rows if row["plot"] == one) for one in plots
    }  # weak in two ways: once
    mu = f"{sum(largest.values()):.0f}"
    head = words.both("head", "region", farms=len(farms), plots=len(plots), mu=mu)
    key = f"region|{CONDITION}|{level}"
    alert = _alert(home, key, (key,), level, rows, tuple(farms), head, areas.sentences(rows[0], rate))
    return [(alert, hidden(f"region|{CONDITION}", level, marks))]


def _alert(
    home: Platform,
    key: str,
    keys: tuple[str, ...],
    level: int,
    rows: list[dict[str, Any]],
    names: tuple[str, ...],
    head: dict[str, str],
    told: dict[str, Any],
) -> Alert:
    more = told["hints"][: whole("monitor", "hints")]
    why = {
        to: ("；" if to == "zh" else "; ").join([told["why"][to], *(hint[to] for hint in more)])
        for to in words.LANGUAGES
    }
    plots = tuple({row["plot"]: row["name"] for row in rows}.items())
    return Alert(
        key=key,
        keys=keys,
        organism=CONDITION,
        quarantine=False,
        level=level,
        red=level == outlook.HIGH,
        calibrated=False,
        plots=plots,
        names=names,
        head=_words(head),
        why=_words(why),
        do=_words(told["do"]),
        until=today(home) + timedelta(days=ALERTS.quiet),
        sure=_words(told["sure"]),
    )


def line() -> Words:
    """Return what a plot's page says of its alert in one sentence."""
    return _words(words.both("head", "line"))


def _words(told: dict[str, str]) -> Words:
    return Words(told["zh"], told["en"])
