"""What people can try on a plot: kinds, amounts and their bounds, as data."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from agro.errors import InputError
from agro.units import MU_PER_HECTARE

TABLE = Path(__file__).with_name("what_if.toml")
LONGEST = 400  # d that a deed may last
ELEMENT = {"nitrogen": 1.0, "phosphorus": 0.4364, "potassium": 0.8301}
"""Of an element in what a bag declares: N, P2O5, K2O; by the atomic masses."""


@dataclass(frozen=True)
class Deed:
    """One thing that people do: `kind` and `amounts` as in `what_if.toml`, on `first` or from `first` to `last`."""

    kind: str
    first: date
    last: date | None = None
    amounts: Mapping[str, float] = field(default_factory=dict)

    def amount(self, name: str) -> float:
        """Return an amount as given, else the default."""
        return float(self.amounts.get(name, table()["deed"][self.kind]["amount"][name]["value"]))

    @property
    def days(self) -> list[date]:
        """All days of the deed."""
        last = self.last or self.first
        return [self.first + timedelta(days=n) for n in range((last - self.first).days + 1)]


@cache
def table() -> dict[str, Any]:
    """Return the tables of `what_if.toml`: deed, effect, sizes, say."""
    return tomllib.loads(TABLE.read_text(encoding="utf-8"))


def checked(deeds: Sequence[Deed], first: date, last: date) -> None:
    """Return when the deeds can be computed between `first` and `last`.

    Raises
    ------
    InputError
        For a deed or an amount that is not known, an amount out of bounds, or days that do not fit.
    """
    if not deeds:
        raise InputError("choose at least one thing to try", zh="请至少选一项要试的农事")
    for deed in deeds:
        info = table()["deed"].get(deed.kind)
        if info is None:
            known = "、".join(table()["deed"])
            raise InputError(f"no deed '{deed.kind}'; known: {known}", zh=f"没有“{deed.kind}”这项农事；可选：{known}")
        _check_days(deed, info, first, last)
        _check_amounts(deed, info)


def _check_days(deed: Deed, info: Mapping[str, Any], first: date, last: date) -> None:
    until = deed.last or deed.first
    if until < deed.first:
        raise InputError(
            f"{info['en']}: the last day {until} comes before the first, {deed.first}",
            zh=f"{info['zh']}：结束日期 {until} 早于开始日期 {deed.first}",
        )
    if deed.first < first or deed.first > last:
        raise InputError(
            f"{info['en']}: {deed.first} lies outside {first} to {last}, the days that can be computed",
            zh=f"{info['zh']}：{deed.first} 不在可计算的 {first} 至 {last} 之内",
        )
    if (until - deed.first).days > LONGEST:
        raise InputError(
            f"{info['en']}: from {deed.first} to {until} is more than {LONGEST} days",
            zh=f"{info['zh']}：{deed.first} 至 {until} 超过 {LONGEST} 天",
        )


def _check_amounts(deed: Deed, info: Mapping[str, Any]) -> None:
    for name in deed.amounts:
        if name not in info["amount"]:
            raise InputError(
                f"{info['en']}: no amount '{name}'; known: {', '.join(info['amount'])}",
                zh=f"{info['zh']}：没有“{name}”这个数量；可填：{'、'.join(info['amount'])}",
            )
    for name, bound in info["amount"].items():
        amount = deed.amount(name)
        if not bound["least"] <= amount <= bound["most"]:  # NaN is refused too
            raise InputError(
                f"{info['en']}: {bound['en']} must lie in {bound['least']:g} to {bound['most']:g}, got {amount:g}",
                zh=f"{info['zh']}：{bound['zh']}应在 {bound['least']:g} 至 {bound['most']:g} 之间，现为 {amount:g}",
            )


def works_of(deed: Deed) -> list[tuple[date, dict[str, float]]]:
    """Return a deed as the engine's dated works; irrigation, which waits for dry soil, has none yet."""
    if deed.kind == "irrigate":
        return []
    if deed.kind == "fertilise":
        return [(deed.first, {name: MU_PER_HECTARE * share * deed.amount(name) for name, share in ELEMENT.items()})]
    name = {"thin": "thinning", "shade": "shade", "prune": "pruning"}[deed.kind]
    return [(day, {name: deed.amount("share") / 100}) for day in deed.days]
