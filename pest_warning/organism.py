"""Organisms as files: who they are, which engine computes them, and what is said of them in two languages.

Each engine reads its own numbers from the same file (`agro.parameters.load`), so that a new organism is a TOML file.
"""

import tomllib
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from typing import Any

from agro import parameters
from agro.errors import NotFoundError, ParameterError

FOLDER = Path(__file__).with_name("organisms")
KINDS = ("disease", "arthropod")
ENGINES = ("infection", "population", "timing")
CONTROLS = ("report", "scout", "cultural", "biological", "chemical")
METHODS = ("leaf", "fruit", "shoot", "tree", "lens", "cut_fruit", "trap", "tape", "twig")
MEASURES = ("mean", "share", "catch")
PRODUCTS = ("events", "timing", "level", "trend", "window", "season", "arrival", "generations", "calendar", "nothing")
HORIZONS = (15, 30, 90)
WORDS = ("zh", "en")
LEVELS = (2, 3, 4)


@dataclass(frozen=True)
class Words:
    """One sentence in two languages."""

    zh: str
    en: str


@dataclass(frozen=True)
class Confusion:
    """A name that people mix up with this organism's, and whose it is."""

    word: str
    organism: str  # key, or "" where it has no file
    zh: str
    en: str


@dataclass(frozen=True)
class Control:
    """One thing that can be done, from the mildest level at which it is offered."""

    type: str
    zh: str
    en: str
    source: str
    evidence: str
    when: str = "low"
    groups: tuple[str, ...] = ()
    stage: tuple[int, int] | None = None  # BBCH
    months: tuple[int, int] | None = None


@dataclass(frozen=True)
class Level:
    """What a warning level means and what to do now."""

    code: int
    zh: str
    en: str
    action_zh: str
    action_en: str


@dataclass(frozen=True)
class Check:
    """How the organism is looked at in the field, and which finding counts as an outbreak.

    `measure` says what is compared with the threshold: the mean number on a unit, the infested share of the units,
    or the catch of a trap in a week.
    """

    method: str
    n: int
    measure: str
    threshold: float
    source: str
    evidence: str


@dataclass(frozen=True)
class Organism:
    """What one file says; numbers of its engine are read by the engine."""

    key: str
    path: Path
    name: Words
    latin: str
    words: tuple[str, ...]
    confused: tuple[Confusion, ...]
    eppo: str
    eppo_evidence: str
    kind: str
    engine: str
    readiness: int
    quarantine: bool
    products: dict[int, str]  # horizon -> what can honestly be said
    model: dict[str, str]  # choices of the engine, by word
    biology: Words
    look_alikes: Words
    scouting: Words
    thresholds: Words
    weak: Words
    check: Check
    levels: dict[int, Level]
    controls: tuple[Control, ...]

    def parameters(self, section: str, cls: type) -> Any:
        """Return a section of the file as an instance of `cls`; see `agro.parameters.load`."""
        return parameters.load(self.path, section, cls)

    def has(self, section: str) -> bool:
        """Return whether the file has this section."""
        table: Any = parameters.document(self.path)
        for part in section.split("."):
            table = table.get(part) if isinstance(table, dict) else None
        return table is not None


@cache
def keys() -> tuple[str, ...]:
    """Return the keys of all organisms: those that were to be built first come first."""
    found = {path.stem: tomllib.loads(path.read_text(encoding="utf-8")) for path in FOLDER.glob("*.toml")}
    return tuple(sorted(found, key=lambda key: (found[key].get("about", {}).get("readiness", 9), key)))


@cache
def load(key: str) -> Organism:
    """Return an organism by its key.

    Raises
    ------
    NotFoundError
        When there is no such file.
    ParameterError
        When the file lacks something or has something unknown.
    """
    path = FOLDER / f"{key}.toml"
    if not path.exists():
        known = ", ".join(sorted(one.stem for one in FOLDER.glob("*.toml")))
        raise NotFoundError(f"no organism '{key}'; known: {known}", zh=f"没有病虫“{key}”；可用：{known}")
    return read(path)


def catalogue() -> tuple[Organism, ...]:
    """Return all organisms."""
    return tuple(load(key) for key in keys())


def read(path: Path) -> Organism:
    """Return the organism of a file anywhere."""
    table = parameters.document(path)
    need = _Need(path)
    need.keys("", table, {"name", "about", "page", "check", "level", "control", "eppo"}, extra=True)
    name = need.keys("name", table["name"], {"zh", "en", "latin", "words"})
    about = need.keys("about", table["about"], {"kind", "engine", "readiness", "quarantine", "products"})
    page = need.keys("page", table["page"], {"biology", "look_alikes", "scouting", "thresholds", "weak"})
    eppo = need.keys("eppo", table["eppo"], {"code", "evidence", "source"})
    need.one_of("about.kind", about["kind"], KINDS)
    need.one_of("about.engine", about["engine"], ENGINES)
    need.one_of("eppo.evidence", eppo["evidence"], parameters.EVIDENCE)
    products = {horizon: about["products"].get(f"d{horizon}") for horizon in HORIZONS}
    for horizon, product in products.items():
        need.one_of(f"about.products.d{horizon}", product, PRODUCTS)
    levels = {one.code: one for one in (_plain(need, "level", Level, entry) for entry in table["level"])}
    if set(levels) != set(LEVELS):
        raise need.error("level", f"needs the codes 2, 3 and 4; got {sorted(levels)}")
    return Organism(
        key=path.stem,
        path=path,
        name=Words(name["zh"], name["en"]),
        latin=name["latin"],
        words=tuple(name["words"]),
        confused=tuple(_plain(need, "confused", Confusion, entry) for entry in table.get("confused", [])),
        eppo=eppo["code"],
        eppo_evidence=eppo["evidence"],
        kind=about["kind"],
        engine=about["engine"],
        readiness=int(about["readiness"]),
        quarantine=bool(about["quarantine"]),
        products=products,
        model=dict(table.get("model", {})),
        **{key: need.words(f"page.{key}", page[key]) for key in ("biology", "look_alikes", "scouting", "thresholds")},
        weak=need.words("page.weak", page["weak"]),
        check=_check(need, table["check"]),
        levels=levels,
        controls=tuple(_control(need, entry) for entry in table["control"]),
    )


def named(text: str) -> str | None:
    """Return the key of the organism that people call `text`; None where no file knows the name."""
    return _names().get(_folded(text))


def confused(text: str) -> tuple[str, str] | None:
    """Return (Chinese, English) of what to mind where a name is commonly used for another organism."""
    for one in catalogue():
        for pitfall in one.confused:
            if _folded(pitfall.word) == _folded(text):
                return pitfall.zh, pitfall.en
    return None


@cache
def _names() -> dict[str, str]:
    """Return {folded name: key}.

    Raises
    ------
    ParameterError
        When two organisms claim one name: samples would be filed wrongly.
    """
    names: dict[str, str] = {}
    for one in catalogue():
        for word in (one.key, one.name.zh, one.name.en, one.latin, one.eppo, *one.words):
            if word and names.setdefault(_folded(word), one.key) != one.key:
                both = f"'{word}' is claimed by {names[_folded(word)]} and {one.key}"
                raise ParameterError(both, zh=f"名称“{word}”同时属于 {names[_folded(word)]} 和 {one.key}")
    return names


def _folded(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).casefold().split()).replace("-", "").replace("_", "")


class _Need:
    """Checks of one file; each refusal names file and section."""

    def __init__(self, path: Path):
        self.path = path

    def error(self, where: str, what: str) -> ParameterError:
        return ParameterError(f"{self.path.name} [{where}]: {what}", zh=f"病虫文件 {self.path.name} [{where}]：{what}")

    def keys(self, where: str, table: Any, wanted: set[str], extra: bool = False) -> dict[str, Any]:
        found = set(table) if isinstance(table, dict) else set()
        if missing := sorted(wanted - found):
            raise self.error(where, f"needs {', '.join(missing)}")
        if not extra and (unknown := sorted(found - wanted)):
            raise self.error(where, f"does not know {', '.join(unknown)}")
        return table

    def one_of(self, where: str, value: Any, known: tuple[str, ...]) -> None:
        if value not in known:
            raise self.error(where, f"got {value!r}; known: {', '.join(known)}")

    def words(self, where: str, entry: Any) -> Words:
        self.keys(where, entry, set(WORDS))
        if not all(str(entry[language]).strip() for language in WORDS):
            raise self.error(where, "is empty in one language")
        return Words(entry["zh"], entry["en"])


def _plain(need: _Need, where: str, cls: type, entry: Any) -> Any:
    return cls(**need.keys(where, entry, {field.name for field in fields(cls)}))


def _check(need: _Need, entry: Any) -> Check:
    found = need.keys("check", entry, {"method", "n", "measure", "threshold"})
    need.one_of("check.method", found["method"], METHODS)
    need.one_of("check.measure", found["measure"], MEASURES)
    bound = need.keys("check.threshold", found["threshold"], {"value", "unit", "source", "evidence"})
    need.one_of("check.threshold", bound["evidence"], parameters.EVIDENCE)
    if not bound["source"].strip():
        raise need.error("check.threshold", "has an empty source")
    method, measure = found["method"], found["measure"]
    return Check(method, int(found["n"]), measure, float(bound["value"]), bound["source"], bound["evidence"])


def _control(need: _Need, entry: Any) -> Control:
    wanted = {"type", "zh", "en", "source", "evidence"}
    need.keys("control", entry, wanted, extra=True)
    if unknown := sorted(set(entry) - wanted - {"when", "groups", "stage", "months"}):
        raise need.error("control", f"does not know {', '.join(unknown)}")
    need.one_of("control.type", entry["type"], CONTROLS)
    need.one_of("control.when", entry.get("when", "low"), ("low", "medium", "high"))
    need.one_of("control.evidence", entry["evidence"], parameters.EVIDENCE)
    return Control(
        **{key: entry[key] for key in wanted},
        when=entry.get("when", "low"),
        groups=tuple(entry.get("groups", ())),
        stage=_pair(entry.get("stage")),
        months=_pair(entry.get("months")),
    )


def _pair(value: Any) -> tuple[int, int] | None:
    return None if value is None else (int(value[0]), int(value[1]))


def of_engine(engine: str) -> Iterator[Organism]:
    """Yield the organisms that one engine computes."""
    return (one for one in catalogue() if one.engine == engine)
