"""Which advice holds today, in how many cases, since when and until when."""

import warnings
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from math import ceil
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from agro.errors import InputError, NotFoundError
from growth_model.advice.conditions import Clause, Condition, Window, bound, crop_value, groups
from growth_model.advice.rules import KINDS, LANGUAGES, URGENCIES, Rule, Shown, on_tree_limits, rules

LOOKBACK = 60  # days over which the start of an advice is sought
LOOKAHEAD = 90  # days over which its end is sought
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
COMPARE: dict[str, Callable] = {
    "at_least": np.greater_equal,
    "above": np.greater,
    "at_most": np.less_equal,
    "below": np.less,
}


@dataclass(frozen=True)
class Advice:
    """One piece of advice for one plot on one day; what, why and lead are {"zh": sentence, "en": sentence}.

    `until` is None where the forecast does not reach the end; `deadline` is the local time by which a message leaves;
    `needs_label` asks the page to link to the current national label (`rules.label`).
    """

    key: str
    kind: str
    stage: str
    organ: str
    urgency: str
    what: Mapping[str, str]
    why: Mapping[str, str]
    lead: Mapping[str, str]
    cases: int
    members: int
    since: date
    until: date | None
    source: str
    evidence: str
    deadline: str | None = None
    needs_label: bool = False

    def chance(self, language: str) -> str:
        """Return in how many of the cases it holds: a count, as uncalibrated shares are no probabilities."""
        return cases_in_words(self.cases, self.members)[language]


def advise(state: xr.Dataset, group: str, today: date, *, among: Iterable[Rule] | None = None) -> list[Advice]:
    """Return the advice that holds for one plot today, the most urgent first.

    Parameters
    ----------
    state : xarray.Dataset, dims (member, time)
        One plot, daily, by the names of `fields.toml`; what is missing counts as unknown. Days after `today` are the
        forecast, days before it serve to say since when an advice holds.
    group : str
        Key of the cultivar group.
    today : date
        Last day that is known.
    among : iterable of Rule, optional
        By default those that ship.

    Raises
    ------
    InputError
        When the state has no members, holes in its days, or does not reach today.
    NotFoundError
        For a cultivar group that is not there.
    """
    if group not in groups():
        raise NotFoundError(
            f"no cultivar group '{group}'; known: {', '.join(groups())}",
            zh=f"没有品种组“{group}”；可用：{'、'.join(groups())}",
        )
    days = _Days(state, group, today)
    chosen = rules() if among is None else among
    held = [found for rule in chosen if group in rule.groups and (found := _advice(rule, days)) is not None]
    return sorted(held, key=lambda a: (KINDS.index(a.kind), URGENCIES.index(a.urgency), -a.cases, a.key))


def cases_in_words(cases: int, members: int) -> dict[str, str]:
    """Return a count of cases in both languages.

    >>> cases_in_words(34, 50)
    {'zh': '50 种情形中有 34 种', 'en': 'in 34 of 50 cases'}
    """
    if members == 1:
        return {"zh": "按一种情形计算", "en": "from a single case"}
    return {"zh": f"{members} 种情形中有 {cases} 种", "en": f"in {cases} of {members} cases"}


class _Days:
    """The state of one plot around today as arrays (member, time), with the windows that were asked for so far."""

    def __init__(self, state: xr.Dataset, group: str, today: date):
        if not {"member", "time"} <= set(state.dims):
            raise InputError("the state needs dims member and time", zh="状态需要 member 和 time 两个维度")
        times = pd.DatetimeIndex(state["time"].values).normalize()
        if today not in (dates := [time.date() for time in times]):
            span = f"{dates[0]} to {dates[-1]}" if dates else "no days"
            raise InputError(f"the state has {span}; {today} is needed", zh=f"状态中没有 {today}（现有：{span}）")
        if len(times) > 1 and (np.diff(times.values) != np.timedelta64(1, "D")).any():
            raise InputError("the days of the state must follow each other", zh="状态的日期必须连续")
        at = dates.index(today)
        first = max(at - 2 * LOOKBACK, 0)  # a window of LOOKBACK days also serves the first day looked at
        self.state = state.isel(time=slice(first, at + LOOKAHEAD + 1))
        self.group, self.today, self.at = group, today, at - first
        self.members, self.length = self.state.sizes["member"], self.state.sizes["time"]
        self.dates = dates[first : at + LOOKAHEAD + 1]
        self.windows: dict[Window, np.ndarray] = {}

    def field(self, name: str) -> np.ndarray:
        """Return a field, shape (member, time); NaN where the state does not bring it."""
        if name in self.state:
            dims = [dim for dim in ("member", "time") if dim in self.state[name].dims]
            values = self.state[name].transpose(*dims).values.astype(float)
            if dims == ["member"]:
                values = values[:, None]
            return np.broadcast_to(values, (self.members, self.length))
        if name == "ratio":
            return self.field("tss") / self.field("ta")
        if name == "picked_ratio":
            return self.field("picked_tss") / self.field("picked_ta")
        if name in ("picked_tss", "picked_ta"):
            kind = name.removeprefix("picked_")
            hanging = self.field(f"hanging_{kind}")
            return np.where(np.isfinite(hanging), hanging, self.field(kind))
        if name == "days_past_on_tree_limit" and self.group in on_tree_limits():
            past = [_days_past(day, on_tree_limits()[self.group]) for day in self.dates]
            return np.broadcast_to(np.array(past, dtype=float), (self.members, self.length))
        return np.full((self.members, self.length), np.nan)

    def values(self, window: Window) -> np.ndarray:
        """Return what a window gathers on every day, shape (member, time)."""
        if window not in self.windows:
            own = self.field(window.field)
            self.windows[window] = own if window.take is None else _gathered(own, window)
        return self.windows[window]

    def holds(self, clause: Clause) -> np.ndarray:
        """Return in which members and on which days a clause holds, shape (member, time)."""
        result = np.ones((self.members, self.length), dtype=bool)
        for part in clause.all:
            result = result & self._part(part)
        if clause.any:
            result = result & np.logical_or.reduce([self._part(part) for part in clause.any])
        for part in clause.none:
            result = result & ~self._part(part)
        return result

    def _part(self, part: Condition | Clause) -> np.ndarray:
        if isinstance(part, Clause):
            return self.holds(part)
        values = self.values(part.window)
        if part.known is not None:
            return np.isfinite(values) == part.known
        result = np.ones_like(values, dtype=bool)
        for name, limit in part.bounds:
            result = result & COMPARE[name](values, bound(limit, self.group))  # NaN keeps no bound
        return result


def _advice(rule: Rule, days: _Days) -> Advice | None:
    holds = days.holds(rule.when)
    enough = holds.sum(axis=0) >= max(ceil(rule.share * days.members - 1e-9), 1)
    if not enough[days.at]:
        return None
    since, until = _since(enough, days), _until(rule, enough, days)
    within = holds[:, days.at]
    cases = int(within.sum())
    words = {language: _words(rule, days, within, since, until, language) for language in LANGUAGES}
    said = {
        name: {language: getattr(rule, name)[language].format_map(words[language]) for language in LANGUAGES}
        for name in ("what", "why", "lead")
    }
    return Advice(
        key=rule.key,
        kind=rule.kind,
        stage=rule.stage,
        organ=rule.organ,
        urgency=rule.urgency,
        cases=cases,
        members=days.members,
        since=since,
        until=until,
        source=rule.source,
        evidence=rule.evidence,
        deadline=rule.deadline,
        needs_label=rule.needs_label,
        **said,
    )


def _since(enough: np.ndarray, days: _Days) -> date:
    """Return the first day of the unbroken run up to today, at most LOOKBACK days ago."""
    first = days.at
    while first > max(days.at - LOOKBACK, 0) and enough[first - 1]:
        first -= 1
    return days.dates[first]


def _until(rule: Rule, enough: np.ndarray, days: _Days) -> date | None:
    """Return the day on which an advice ends; None where that lies past the forecast."""
    if rule.until.days is not None:
        return days.today + timedelta(days=rule.until.days)
    ends = rule.until.when or rule.when
    over = ~enough if rule.until.when is None else days.holds(ends).mean(axis=0) >= 0.5
    ahead = max((leaf.window.days for leaf in ends.conditions() if leaf.window.ahead), default=0)
    judged = days.length - ahead  # a window that sticks out past the forecast is no all-clear
    after = np.flatnonzero(over[days.at + 1 : max(judged, days.at + 1)])
    return days.dates[days.at + 1 + after[0]] if after.size else None


def _gathered(own: np.ndarray, window: Window) -> np.ndarray:
    """Return min, max, mean, sum, last value or change over the days of a window that are there."""
    steps = range(1, window.days + 1) if window.ahead else range(0, -window.days, -1)
    shifted = np.stack([_moved(own, step) for step in steps])
    count = np.isfinite(shifted).sum(axis=0)
    if window.take == "min":
        return np.fmin.reduce(shifted)
    if window.take == "max":
        return np.fmax.reduce(shifted)
    if window.take in ("sum", "mean"):
        total = np.where(count > 0, np.nansum(shifted, axis=0), np.nan)
        return total if window.take == "sum" else total / np.maximum(count, 1)
    farthest = shifted[0]
    for later in shifted[1:]:
        farthest = np.where(np.isfinite(later), later, farthest)
    if window.take == "last":
        return farthest if window.ahead else shifted[0]
    return farthest - own if window.ahead else own - farthest


def _moved(own: np.ndarray, step: int) -> np.ndarray:
    """Return the values of `step` days later on each day, NaN where there are none."""
    moved = np.full_like(own, np.nan, dtype=float)
    if abs(step) >= own.shape[1]:
        return moved
    if step >= 0:
        moved[:, : own.shape[1] - step] = own[:, step:]
    else:
        moved[:, -step:] = own[:, :step]
    return moved


def _words(rule: Rule, days: _Days, within: np.ndarray, since: date, until: date | None, language: str) -> dict:
    words: dict[str, Any] = {
        "cases": cases_in_words(int(within.sum()), days.members)[language],
        "members": days.members,
        "since": _day(since, language),
        "until": _day(until, language),
    }
    for name, shown in rule.show.items():
        words |= _shown(name, shown, days, within, language)
    return words


def _shown(name: str, shown: Shown, days: _Days, within: np.ndarray, language: str) -> dict[str, str]:
    """Return a named value as words, with its P10 and P90 among the cases in which the rule holds."""
    if shown.by_group is not None:
        text = str(shown.by_group.get(days.group, shown.by_group["default"]))
        return dict.fromkeys((name, f"{name}_low", f"{name}_high"), text)
    if shown.crop is not None:
        values = np.array([crop_value(shown.crop, days.group)])
    elif shown.day_of is not None:
        return dict.fromkeys((name, f"{name}_low", f"{name}_high"), _extreme_day(shown, days, within, language))
    else:
        assert shown.window is not None  # noqa: S101  # the loader gives each of the four kinds one of them
        values = shown.scale * days.values(shown.window)[within, days.at]
    values = values[np.isfinite(values)]
    low, middle, high = np.quantile(values, [0.1, 0.5, 0.9]) if values.size else [np.nan] * 3
    return {
        key: _number(value, shown.digits)
        for key, value in ((f"{name}_low", low), (name, middle), (f"{name}_high", high))
    }


def _extreme_day(shown: Shown, days: _Days, within: np.ndarray, language: str) -> str:
    """Return the day on which the mean of the cases is lowest or highest within the window."""
    window = shown.window
    assert window is not None  # noqa: S101
    span = (
        slice(days.at + 1, days.at + 1 + window.days) if window.ahead else slice(days.at + 1 - window.days, days.at + 1)
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # a day that no case knows
        course = np.nanmean(days.field(window.field)[within, span], axis=0)
    if not np.isfinite(course).any():
        return _day(None, language)
    best = np.nanargmin(course) if shown.day_of == "day_of_min" else np.nanargmax(course)
    return _day(days.dates[span][int(best)], language)


def _days_past(day: date, limit: tuple[int, int]) -> int:
    """Return the days since the nearest date `limit` (month, day), negative before it."""
    return min(((day - date(year, *limit)).days for year in (day.year - 1, day.year, day.year + 1)), key=abs)


def _number(value: float, digits: int) -> str:
    if not np.isfinite(value):
        return "–"
    text = f"{value:.{digits}f}"
    return text.replace("-", "\N{MINUS SIGN}") if float(text) else text.lstrip("-")


def _day(day: date | None, language: str) -> str:
    if day is None:
        return "–"
    return f"{day.month}月{day.day}日" if language == "zh" else f"{day.day} {MONTHS[day.month - 1]}"
