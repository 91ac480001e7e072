"""Modes of action (IRAC, FRAC) as `groups.toml` lists them: names, limits, bloom, warnings."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from agro import parameters
from agro.errors import NotFoundError, ParameterError
from pest_warning.organism import Words

FILE = Path(__file__).with_name("groups.toml")
KINDS = ("contact", "systemic", "copper", "mancozeb", "oil", "sulphur", "bait")
BLOOM = ("never", "dusk", "allowed")


@dataclass(frozen=True)
class Group:
    """One mode of action.

    `family` is the group whose members share resistance; `per_season` bounds all sprays on a plot, `per_organism`
    those against one organism, both None where nothing is known. `sole` marks the group that its kind stands for.
    """

    key: str
    name: Words
    actives: Words
    kind: str
    at_bloom: str
    family: str
    warnings: tuple[str, ...]
    aliases: tuple[str, ...] = ()
    broad: bool = False  # kills predators widely
    rotates: bool = True  # False where resistance is hardly known: several sites, oil, baits, living agents
    never_alone: bool = False
    forbidden: bool = False
    sole: bool = False
    per_season: float | None = None
    per_organism: float | None = None


@dataclass(frozen=True)
class Gap:
    """Two groups that burn leaves when one follows the other within `days`."""

    pair: frozenset[str]
    days: int
    words: Words


@cache
def catalogue() -> tuple[Group, ...]:
    """Return all groups in the order of the file."""
    return tuple(_group(key, entry) for key, entry in parameters.document(FILE)["groups"].items())


@cache
def _by_name() -> dict[str, Group]:
    return {name: one for one in catalogue() for name in (one.key, *one.aliases)}


def group(name: str) -> Group:
    """Return a group by its key ("IRAC 4A") or an alias ("neem").

    Raises
    ------
    NotFoundError
        When no group is called so.
    """
    if name not in _by_name():
        known = ", ".join(one.key for one in catalogue())
        raise NotFoundError(f"no mode of action '{name}'; known: {known}", zh=f"没有作用机理“{name}”；可用：{known}")
    return _by_name()[name]


@cache
def gaps() -> tuple[Gap, ...]:
    """Return the pairs that need days between them."""
    days = parameters.section(FILE, "gap_days")
    entries = parameters.document(FILE)["gaps"]
    return tuple(
        Gap(frozenset(one["pair"]), int(days[key].value), Words(one["zh"], one["en"])) for key, one in entries.items()
    )


@cache
def warnings() -> dict[str, Words]:
    """Return {key: sentence} of what groups are warned of."""
    return {key: Words(one["zh"], one["en"]) for key, one in parameters.document(FILE)["warnings"].items()}


@cache
def season_start() -> tuple[int, int]:
    """Return (month, day) on which sprays begin to be counted anew."""
    month, day = str(parameters.section(FILE, "season")["starts"].value).split("-")
    return int(month), int(day)


def _group(key: str, entry: dict) -> Group:
    limits = parameters.section(FILE, f"groups.{key}.limits") if "limits" in entry else {}
    one = Group(
        key=key,
        name=Words(entry["zh"], entry["en"]),
        actives=Words(*entry["actives"]),
        kind=entry["kind"],
        at_bloom=entry["at_bloom"],
        family=entry.get("family", key),
        warnings=tuple(entry.get("warnings", ())),
        aliases=tuple(entry.get("aliases", ())),
        **{word: entry[word] for word in ("broad", "rotates", "never_alone", "forbidden", "sole") if word in entry},
        per_season=_number(limits.get("per_season")),
        per_organism=_number(limits.get("per_organism")),
    )
    unknown = [word for word in one.warnings if word not in parameters.document(FILE)["warnings"]]
    if one.kind not in KINDS or one.at_bloom not in BLOOM or unknown:
        what = f"groups.toml [{key}]: kind '{one.kind}', at_bloom '{one.at_bloom}', unknown warnings {unknown}"
        raise ParameterError(what, zh=f"groups.toml [{key}] 有未知的词")
    return one


def _number(limit: parameters.Parameter | None) -> float | None:
    return None if limit is None else float(limit.value)
