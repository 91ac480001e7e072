"""Tables of plant protection as people write them: one row a record, each bad row is named."""

import re
import tomllib
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Generic, TypeVar

from agro.errors import InputError
from agro.farm import Finding
from agro.observations.reading import Refused, refusal
from agro.protection.words import HERE, LONGEST, folded, folded_all
from agro.weather.readers.text import MISSING_WORDS, Columns, columns, decoded

WHOLE = re.compile(r"(\d{1,9})(?:\.0*)?\s*(?:个|只|头|片|叶|果|梢|株|树|枝|张|粒|处|天|日)?", re.ASCII)
NUMBER = re.compile(r"[+-]?(?:\d{1,9}\.?\d*|\.\d+)", re.ASCII)
SHARE = re.compile(r"(\d{1,3}\.?\d*|\.\d+)\s*(%)?", re.ASCII)
WHOLE_PLOT = ("全部", "全园", "整块", "全", "all", "whole")
YES = ("是", "对", "有", "y", "yes", "true", "1", "√", "✓")
NO = ("否", "不是", "无", "没有", "n", "no", "false", "0", "×")

Row = TypeVar("Row")


@dataclass
class Table(Generic[Row]):
    """The rows that were understood, and what was refused or left out."""

    rows: list[Row]
    findings: list[Finding] = field(default_factory=list)
    read: int = 0  # rows of the file


def headings(*forms: str) -> dict[str, tuple[str, ...]]:
    """Return {what: what columns call it} of the forms in `headings.toml`."""
    document = tomllib.loads((HERE / "headings.toml").read_text(encoding="utf-8"))
    known: dict[str, tuple[str, ...]] = {}
    for form in forms:
        for what, words in document[form].items():
            known[what] = (*known.get(what, ()), *words)
    return known


def opened(path: Path) -> Columns:
    """Return the columns of a CSV: UTF-8 or GBK, comma, semicolon or tab."""
    return columns(decoded(path.read_bytes(), path.name), path.name)


def read(
    table: Columns,
    known: Mapping[str, Iterable[str]],
    needed: Iterable[str],
    row: Callable[[int, dict[str, str]], Row],
) -> Table[Row]:
    """Return the rows that `row` makes of {what: cell}; a bad one is a finding "refused" and is left out.

    Raises
    ------
    InputError
        When a column of `needed` is missing, or two columns say the same.
    """
    named = _named(table, known)
    for what in needed:
        if what not in named:
            raise _lacking(table, what, next(iter(known[what])))
    result: Table[Row] = Table([], _left_out(table, named), len(table.lines))
    for at, line in enumerate(table.lines):
        cells = dict.fromkeys(known, "") | {what: cell(table.texts[column][at]) for what, column in named.items()}
        try:
            if not cells["plot"]:
                raise Refused("no plot is named", "没有写地块")
            if not cells["date"]:
                raise Refused("no date", "没有写日期")
            result.rows.append(row(line, cells))
        except Refused as refused:
            result.findings.append(refusal(line, refused.en, refused.zh))
        except InputError as error:
            result.findings.append(refusal(line, str(error), error.zh))
    return result


def has(table: Columns, words: Iterable[str]) -> bool:
    """Return whether a column is called one of `words`."""
    return bool(folded_all(words) & folded_all(table.texts))


def cell(text: str) -> str:
    """Return the text of a cell, of one width; codes of no value are empty."""
    written = unicodedata.normalize("NFKC", text).strip()
    return "" if written.lower() in MISSING_WORDS else written


def whole(text: str, en: str, zh: str) -> int | None:
    """Return the whole number in a cell; None for an empty one."""
    if not text:
        return None
    found = WHOLE.fullmatch(text)
    if found is None:
        raise InputError(
            f"{en} is '{text[:LONGEST]}'; a whole number from 0 is needed",
            zh=f"“{zh}”为“{text[:LONGEST]}”；需要不小于 0 的整数",
        )
    return int(found[1])


def number(text: str, en: str, zh: str) -> float | None:
    """Return the number in a cell; None for an empty one."""
    if not text:
        return None
    written = text.rstrip("天日°").strip()
    if NUMBER.fullmatch(written) is None:
        raise InputError(f"{en} is '{text[:LONGEST]}'; a number is needed", zh=f"“{zh}”为“{text[:LONGEST]}”；需要数字")
    return float(written)


def share(text: str) -> float:
    """Return the part of a plot [1] that a cell tells as 0.5, 50 % or "all"; 1 for an empty one."""
    if not text or folded(text) in folded_all(WHOLE_PLOT):
        return 1.0
    found = SHARE.fullmatch(text)
    value = float(found[1]) / (100 if found[2] else 1) if found else 0.0
    if not 0 < value <= 1:
        raise InputError(
            f"the part of the plot is '{text[:LONGEST]}'; above 0 and up to 1 is needed, such as 0.5 or 50%",
            zh=f"面积比例为“{text[:LONGEST]}”；应大于 0、不超过 1，例如 0.5 或 50%",
        )
    return value


def yes(text: str, en: str, zh: str) -> bool | None:
    """Return what a cell says of yes and no; None for an empty one."""
    if not text:
        return None
    if folded(text) in YES:
        return True
    if folded(text) in NO:
        return False
    raise InputError(
        f"{en} is '{text[:LONGEST]}'; yes or no is needed", zh=f"“{zh}”为“{text[:LONGEST]}”；请写 是 或 否"
    )


def _named(table: Columns, known: Mapping[str, Iterable[str]]) -> dict[str, str]:
    """Return {what: column}."""
    words = {folded(word): what for what, called in known.items() for word in called}
    found: dict[str, str] = {}
    for column in table.texts:
        what = words.get(folded(column))
        if what and found.setdefault(what, column) != column:
            raise InputError(
                f"{table.name}: the columns '{found[what]}' and '{column}' say the same; one is needed",
                zh=f"{table.name}：“{found[what]}”和“{column}”两列含义相同；只能有一列",
            )
    return found


def _left_out(table: Columns, named: Mapping[str, str]) -> list[Finding]:
    rest = [column[:LONGEST] for column in table.texts if column and column not in named.values()]
    if not rest:
        return []
    return [
        Finding(
            "warning", f"columns not understood, left out: {', '.join(rest)}", f"不认识的列，未导入：{'、'.join(rest)}"
        )
    ]


def _lacking(table: Columns, en: str, zh: str) -> InputError:
    got = ", ".join(column[:LONGEST] for column in list(table.texts)[:12])
    return InputError(
        f"{table.name} has the columns {got}; needed is a column {en}",
        zh=f"{table.name} 现有列为 {got}；还需要“{zh}”列",
    )
