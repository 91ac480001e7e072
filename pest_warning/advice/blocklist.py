"""Actives that no advice may name: old guides still recommend several of them."""

import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from agro import parameters
from agro.errors import ParameterError
from pest_warning.organism import Words

FILE = Path(__file__).with_name("blocklist.toml")
GAP = re.compile(r"[\s\-_·・.，,、]+")
LATIN = re.compile(r"[a-z]")


@dataclass(frozen=True)
class Blocked:
    """One active, under all the names that texts give it."""

    zh: tuple[str, ...]
    en: tuple[str, ...]
    source: str
    evidence: str
    dated: str
    other_words: tuple[str, ...] = ()

    @property
    def name(self) -> Words:
        """The first name in each language."""
        return Words(self.zh[0], self.en[0])


@cache
def blocklist() -> tuple[Blocked, ...]:
    """Return the blocked actives.

    Raises
    ------
    ParameterError
        When an entry has no name in a language, no source or no date.
    """
    return tuple(_entry(one) for one in parameters.document(FILE)["blocked"])


def blocked(text: str) -> str | None:
    """Return the first blocked active that `text` names, as "Chinese (English)"; None when it names none.

    Width, case, spaces and hyphens do not hide a name. A text that warns against an active is blocked too: a filter
    cannot tell it from one that recommends it.
    """
    folded = unicodedata.normalize("NFKC", text).casefold()
    closed = GAP.sub("", folded)
    for one in blocklist():
        plain = closed
        for word in one.other_words:
            plain = plain.replace(word, "")
        if any(_folded(name) in plain for name in one.zh) or any(_says(folded, name) for name in one.en):
            return f"{one.zh[0]} ({one.en[0]})"
    return None


def _says(folded, name):
    """Return whether an English name stands in the text as words of its own."""
    words = GAP.sub(r"[\\s\\-_]*", _spaced(name))
    return re.search(rf"(?<![a-z]){words}(?![a-z])", folded) is not None


def _spaced(name):
    return re.sub(r"[\s\-_]+", " ", unicodedata.normalize("NFKC", name).casefold())


def _folded(name):
    return GAP.sub("", unicodedata.normalize("NFKC", name).casefold())


def _entry(entry: dict) -> Blocked:
    wanted = {"zh", "en", "source", "evidence", "dated"}
    full = wanted <= set(entry) <= wanted | {"except"} and all(entry.values())
    if not full or entry["evidence"] not in parameters.EVIDENCE:
        raise ParameterError(
            f"blocklist.toml needs {', '.join(sorted(wanted))} and nothing else; got {entry!r}",
            zh=f"blocklist.toml 条目不完整：{entry!r}",
        )
    return Blocked(
        tuple(entry["zh"]),
        tuple(entry["en"]),
        entry["source"],
        entry["evidence"],
        entry["dated"],
        tuple(entry.get("except", ())),
    )
