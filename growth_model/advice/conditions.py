"""What a rule asks of the state: data read from a file and checked, never code."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from agro import parameters
from agro.errors import ParameterError

CROPS = Path(__file__).parent.parent / "crops"
OPERATORS = ("at_least", "above", "at_most", "below")
TAKES = ("min", "max", "mean", "sum", "last", "change")
CONDITION_KEYS = {"field", "over_days", "past_days", "take", "known", "share_of_members", *OPERATORS}
CLAUSES = ("all", "any", "none")
LONGEST = 60  # days a window may reach


class Wrong(ValueError):
    """What is wrong with one entry, in English and Chinese; the loader adds the file, the rule and the key."""

    def __init__(self, en: str, zh: str):
        super().__init__(en)
        self.zh = zh


@dataclass(frozen=True)
class Window:
    """A field on the day itself, or gathered over the days after it (`ahead`) or up to it."""

    field: str
    days: int = 0
    ahead: bool = False
    take: str | None = None


@dataclass(frozen=True)
class Condition:
    """Bounds that a window's value keeps, or whether it is known at all."""

    window: Window
    bounds: tuple[tuple[str, float | Mapping], ...]
    known: bool | None = None
    share: float | None = None


@dataclass(frozen=True)
class Clause:
    """Holds where all of `all`, one of `any` (if there are some) and none of `none` hold."""

    all: tuple["Condition | Clause", ...] = ()
    any: tuple["Condition | Clause", ...] = ()
    none: tuple["Condition | Clause", ...] = ()

    def conditions(self) -> list[Condition]:
        """Return every condition in here, however deep."""
        parts = (*self.all, *self.any, *self.none)
        return [leaf for part in parts for leaf in ([part] if isinstance(part, Condition) else part.conditions())]


@cache
def groups() -> tuple[str, ...]:
    """Return the keys of the cultivar groups."""
    return tuple(sorted(path.stem for path in CROPS.glob("*.toml")))


@cache
def crop_value(name: str, group: str) -> float:
    """Return the value `section.key` of a cultivar group's file.

    >>> crop_value("maturity.ratio_ripe", "satsuma")
    9.0
    """
    section, _, key = name.partition(".")
    try:
        return float(parameters.section(CROPS / f"{group}.toml", section)[key].value)
    except (ParameterError, KeyError, TypeError, ValueError) as error:
        raise Wrong(f"group '{group}' has no number '{name}'", f"“{group}”组没有数值“{name}”") from error


def bound(value: float | Mapping, group: str) -> float:
    """Return a bound as a number: plain, from the group's file, or by group with a default."""
    if not isinstance(value, Mapping):
        return float(value)
    if "crop" in value:
        return crop_value(value["crop"], group)
    return float(value.get(group, value["default"]))


def clause(entry: Mapping, fields: Mapping[str, object]) -> Clause:
    """Return the clause of a table with `all`, `any` or `none`."""
    if not isinstance(entry, Mapping) or not entry or set(entry) - set(CLAUSES):
        raise Wrong(f"needs lists all, any or none; got {entry!r}", f"需要列表 all、any 或 none；得到 {entry!r}")
    if not all(isinstance(entries, list) and entries for entries in entry.values()):
        raise Wrong("all, any and none are lists with entries", "all、any、none 须是非空列表")
    return Clause(**{name: tuple(_part(item, fields) for item in entries) for name, entries in entry.items()})


def _part(entry: Mapping, fields: Mapping[str, object]) -> Condition | Clause:
    if isinstance(entry, Mapping) and set(entry) & set(CLAUSES):
        return clause(entry, fields)
    return condition(entry, fields)


def condition(entry: Mapping, fields: Mapping[str, object]) -> Condition:
    """Return the checked condition of one table."""
    if unknown := sorted(set(entry) - CONDITION_KEYS):
        words = ", ".join(sorted(CONDITION_KEYS))
        raise Wrong(
            f"does not know {', '.join(unknown)}; known: {words}", f"不认识 {'、'.join(unknown)}；可用：{words}"
        )
    bounds = tuple((name, _bound(entry[name])) for name in OPERATORS if name in entry)
    known, share = entry.get("known"), entry.get("share_of_members")
    if (known is None) == (not bounds) or not isinstance(known, bool | None):
        raise Wrong(
            f"{entry.get('field')} needs either bounds ({', '.join(OPERATORS)}) or known = true or false",
            f"{entry.get('field')} 需要界限（{'、'.join(OPERATORS)}）或 known = true/false，二者取一",
        )
    if share is not None and not (_is_number(share) and 0 < share <= 1):
        raise Wrong(
            f"share_of_members lies above 0 and up to 1; got {share!r}",
            f"share_of_members 须大于 0、不超过 1；得到 {share!r}",
        )
    return Condition(window(entry, fields), bounds, known, share)


def window(entry: Mapping, fields: Mapping[str, object]) -> Window:
    """Return the checked window of one table."""
    field, take = str(entry.get("field")), entry.get("take")
    if field not in fields:
        raise Wrong(
            f"unknown field '{field}'; known: {', '.join(fields)}", f"未知字段“{field}”；可用：{', '.join(fields)}"
        )
    spans = [name for name in ("over_days", "past_days") if name in entry]
    if bool(spans) != (take is not None) or len(spans) > 1:
        raise Wrong(
            f"{field} needs take together with one of over_days and past_days",
            f"{field} 的 take 须与 over_days、past_days 之一同用",
        )
    if not spans:
        return Window(field)
    days = entry[spans[0]]
    if not isinstance(days, int) or isinstance(days, bool) or not 1 <= days <= LONGEST:
        raise Wrong(f"{spans[0]} is a whole number from 1 to {LONGEST}", f"{spans[0]} 须是 1 到 {LONGEST} 的整数")
    if take not in TAKES:
        raise Wrong(f"unknown take '{take}'; known: {', '.join(TAKES)}", f"未知 take“{take}”；可用：{', '.join(TAKES)}")
    return Window(field, days, spans[0] == "over_days", take)


def _bound(value: float | Mapping) -> float | Mapping:
    """Return a bound after a look at its form: a number, { crop = "section.key" } or { default = .., GROUP = .. }."""
    if isinstance(value, Mapping) and set(value) == {"crop"}:
        for group in groups():
            crop_value(value["crop"], group)
    elif isinstance(value, Mapping):
        by_group(value)
        if not all(_is_number(number) for number in value.values()):
            raise Wrong(f"bounds by group are numbers; got {value!r}", f"按品种组的界限须是数值；得到 {value!r}")
    elif not _is_number(value):
        raise Wrong(f"a bound is a number, not {value!r}", f"界限须是数值，而不是 {value!r}")
    return value


def by_group(table: Mapping) -> None:
    """Check that a table by cultivar group has a default and names known groups only."""
    if "default" not in table or (unknown := sorted(set(table) - {"default", *groups()})):
        missing = "default" if "default" not in table else ", ".join(unknown)
        raise Wrong(
            f"a table by group needs a default and knows {', '.join(groups())}; look at {missing}",
            f"按品种组的表需要 default，可用的组：{', '.join(groups())}；请检查 {missing}",
        )


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
