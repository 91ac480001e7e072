"""Tables of observations as people write them: one row a value, or one column a kind; each bad row is named."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from agro.errors import InputError
from agro.farm import Finding
from agro.observations.kinds import Kind, kinds
from agro.weather.readers.text import MISSING_WORDS, Columns, columns, decoded

HEADINGS = {
    "plot": ("地块", "地块名", "地块名称", "小区", "plot", "plot name", "block"),
    "farm": ("果园", "果园名", "农场", "farm", "orchard"),
    "date": ("日期", "观测日期", "调查日期", "测定日期", "date", "day"),
    "kind": ("项目", "观测项目", "指标", "类型", "种类", "kind", "observation", "item"),
    "value": ("数值", "值", "观测值", "测定值", "结果", "value", "result"),
    "unit": ("单位", "unit", "units"),
    "n": ("数量", "果数", "样本数", "样本量", "个数", "n", "number", "count", "sample size"),
    "spread": ("标准差", "sd", "spread", "standard deviation"),
    "evidence": ("依据", "evidence"),
    "note": ("备注", "说明", "note", "notes", "remark"),
}
EVIDENCE = {
    "": "measured", "measured": "measured", "seen": "measured", "实测": "measured", "观测": "measured",
    "said": "said", "reported": "said", "口述": "said", "回忆": "said", "听说": "said",
}  # fmt: skip
DATE = re.compile(
    r"(\d{4})(?:[-/.年](\d{1,2})[-/.月](\d{1,2})日?|(\d{2})(\d{2}))(?:[T ]\d{1,2}:\d{2}(?::\d{2})?)?", re.ASCII
)
NUMBER = re.compile(r"([+-]?(?:\d+\.?\d*|\.\d+))\s*(.*)", re.ASCII)
COUNT = re.compile(r"(\d{1,7})(?:\.0*)?\s*(?:个|颗|果|株|棵|片|fruits?|trees?)?", re.ASCII)
FIRST_YEAR = 1950
LONGEST = 40  # letters of a cell that a message repeats


@dataclass(frozen=True)
class Row:
    """One observation as the file has it; its plot is still a name."""

    line: int
    plot: str
    farm: str
    kind: str
    date: date
    value: float | None
    n: int | None = None
    spread: float | None = None
    evidence: str = "measured"
    note: str = ""


class Refused(Exception):
    """What is wrong with one cell, in English and Chinese."""

    def __init__(self, en: str, zh: str):
        super().__init__(en)
        self.en, self.zh = en, zh


@dataclass
class Table:
    """The rows that were understood, and what was refused or left out."""

    rows: list[Row]
    findings: list[Finding] = field(default_factory=list)
    read: int = 0  # rows of the file


def read(path: Path) -> Table:
    """Return the observations in a CSV: UTF-8 or GBK, comma, semicolon or tab, long or wide.

    Raises
    ------
    InputError
        When the file is no table, or lacks the columns; a bad row is a finding "refused" and is left out.
    """
    table = columns(decoded(path.read_bytes(), path.name), path.name)
    named = _named(table)
    if "plot" not in named:
        raise _lacking(table, "plot", "地块")
    wide, unclear = ({}, []) if "kind" in named else _wide(table, set(named.values()))
    if sum(kind.valued for kind, _ in wide.values()) > 1:
        named.pop("spread", None)  # nobody knows whose it is
    if "kind" not in named and not wide and unclear:
        raise InputError(f"{table.name}: {unclear[0].en}", zh=f"{table.name}：{unclear[0].zh}")
    if "kind" not in named and not wide:
        raise _lacking(
            table, "kind and value, or one of a kind such as diameter", "项目和数值，或某个项目（如 果径mm）"
        )
    if "date" not in named and ("kind" in named or any(not kind.dates for kind, _ in wide.values())):
        raise _lacking(table, "date", "日期")
    result = Table([], unclear + _left_out(table, named, wide, unclear), len(table.lines))
    blank = 0
    for at, line in enumerate(table.lines):
        cells = {name: _cell(table.texts[column][at]) for name, column in named.items()}
        try:
            rows = list(_spread_out(table, at, line, cells, wide)) if wide else [_long(line, cells)]
        except Refused as refused:
            result.findings.append(refusal(line, refused.en, refused.zh))
            continue
        blank += not rows
        result.rows += rows
    if blank:
        result.findings.append(Finding("info", f"{blank} rows hold no value", f"{blank} 行没有数值"))
    return result


def refusal(line: int, en: str, zh: str) -> Finding:
    """Return the finding that row `line`, as a spreadsheet counts, is refused."""
    return Finding("refused", f"row {line}: {en}", f"第 {line} 行：{zh}", f"row {line}")


def day(text: str) -> date:
    """Return the date that people wrote as 2024-04-12, 2024/4/12, 20240412 or 2024年4月12日."""
    found = DATE.fullmatch(text)
    try:
        year, month, dom, month2, dom2 = found.groups() if found else ("0",) * 5
        result = date(int(year), int(month or month2), int(dom or dom2))
    except ValueError:
        result = None
    if result is None:
        raise Refused(
            f"'{text[:LONGEST]}' is no date; write 2024-04-12",
            f"“{text[:LONGEST]}”不是日期；请写成 2024-04-12",
        )
    if result.year < FIRST_YEAR:
        raise Refused(
            f"the year {result.year}; {FIRST_YEAR} or later is needed", f"年份 {result.year}；应不早于 {FIRST_YEAR} 年"
        )
    return result


def kind_of(text: str) -> tuple[Kind, float] | None:
    """Return the kind that a heading or cell names, and what its numbers are multiplied by; None for other words.

    Raises
    ------
    Refused
        When the kind is known and its unit is not, or it needs one.
    """
    written = _folded(text)
    best: tuple[int, Kind] | None = None
    for kind in kinds().values():
        for heading, factor in kind.headings.items():
            if written == _folded(heading):
                return kind, factor
        if written in [_folded(word) for word in kind.unclear]:
            wanted = next(iter(kind.headings))
            raise Refused(
                f"'{text}' names no unit; write for example {wanted}", f"“{text}”没有写单位；请写如“{wanted}”"
            )
        for word in (kind.key, kind.zh, kind.en, *kind.words):
            folded = _folded(word)
            if written.startswith(folded) and (best is None or len(folded) > best[0]):
                best = len(folded), kind
    if best is None:
        return None
    length, kind = best
    rest = written[length:]
    alike = written[length - 1].isascii() and rest[:1].isascii() and rest[:1].isalpha()  # "total" is no "ta"
    if rest and not _unit(kind, rest) and (kind.dates or alike):
        return None
    return kind, _factor(kind, rest, text)


def _long(line: int, cells: dict[str, str]) -> Row:
    if not cells["kind"]:
        raise Refused("no kind is named", "没有写项目")
    found = kind_of(cells["kind"])
    if found is None:
        known = "、".join(one.zh for one in kinds().values())
        raise Refused(
            f"unknown kind '{cells['kind'][:LONGEST]}'; known: {', '.join(kinds())}",
            f"不认识的项目“{cells['kind'][:LONGEST]}”；可用：{known}",
        )
    kind, factor = found
    if cells.get("unit"):
        factor = _factor(kind, _folded(cells["unit"]), cells["unit"])
    value = cells.get("value", "")
    if kind.dates and not kind.amount:
        if value and cells["date"] and day(value) != day(cells["date"]):
            raise Refused(
                f"{kind.en} is on {cells['date']} or on {value}; one date is needed",
                f"“{kind.zh}”有两个日期 {cells['date']} 和 {value}；只能写一个",
            )
        return _row(line, cells, kind, value or cells["date"], "", factor)
    if not value and not kind.amount:
        raise Refused(f"{kind.en} has no value", f"“{kind.zh}”没有数值")
    return _row(line, cells, kind, cells["date"], value, factor)


def _spread_out(
    table: Columns, at: int, line: int, cells: dict[str, str], wide: dict[str, tuple[Kind, float]]
) -> Iterator[Row]:
    """Give the observations of one row of a wide table."""
    fruits = any(kind.counted == "fruit" for kind, _ in wide.values())
    for column, (kind, factor) in wide.items():
        written = _cell(table.texts[column][at])
        if not written:
            continue
        number_is_mine = kind.counted == "fruit" or (kind.counted is not None and not fruits)
        told = cells if number_is_mine else cells | {"n": ""}
        dated = kind.dates and not (kind.amount and not DATE.fullmatch(written))
        try:
            yield _row(line, told, kind, *((written, "") if dated else (told.get("date", ""), written)), factor)
        except Refused as refused:
            raise Refused(f"column '{column}': {refused.en}", f"“{column}”列：{refused.zh}") from refused


def _row(line: int, cells: dict[str, str], kind: Kind, when: str, value: str, factor: float) -> Row:
    if not cells["plot"]:
        raise Refused("no plot is named", "没有写地块")
    if not when:
        raise Refused("no date", "没有写日期")
    evidence = EVIDENCE.get(cells.get("evidence", "").lower())
    if evidence is None:
        raise Refused(
            f"evidence '{cells['evidence'][:LONGEST]}'; measured or said is needed",
            f"依据“{cells['evidence'][:LONGEST]}”；请写 实测 或 口述",
        )
    return Row(
        line, cells["plot"], cells.get("farm", ""), kind.key, day(when),
        _number(kind, value, factor) if value else None, _count(cells.get("n", "")),
        _number(kind, cells["spread"], factor) if cells.get("spread") else None, evidence, cells.get("note", ""),
    )  # fmt: skip


def _number(kind: Kind, text: str, factor: float) -> float:
    found = NUMBER.fullmatch(text)
    if found is None:
        raise Refused(
            f"{kind.en} is '{text[:LONGEST]}'; a number is needed", f"“{kind.zh}”为“{text[:LONGEST]}”；需要数字"
        )
    if found[2]:
        factor = _factor(kind, _folded(found[2]), text)
    return round(float(found[1]) * factor, 9)


def _count(text: str) -> int | None:
    if not text:
        return None
    found = COUNT.fullmatch(text)
    if found is None or not int(found[1]):
        raise Refused(
            f"the number measured is '{text[:LONGEST]}'; a whole number from 1 is needed",
            f"数量为“{text[:LONGEST]}”；需要不小于 1 的整数",
        )
    return int(found[1])


def _unit(kind: Kind, rest: str) -> bool:
    return rest == _folded(kind.unit) or rest in map(_folded, kind.also)


def _factor(kind: Kind, rest: str, text: str) -> float:
    """Return what turns the folded unit `rest` into that of the kind."""
    if not rest or rest == _folded(kind.unit):
        return 1.0
    for unit, factor in kind.also.items():
        if rest == _folded(unit):
            return factor
    known = ", ".join([kind.unit, *kind.also])
    raise Refused(
        f"'{text[:LONGEST]}': the unit of {kind.en} is not known; known: {known}",
        f"“{text[:LONGEST]}”：不认识“{kind.zh}”的单位；可用：{known}",
    )


def _named(table: Columns) -> dict[str, str]:
    """Return {what: column} of the columns that are no kind."""
    known = {_folded(word): name for name, words in HEADINGS.items() for word in words}
    found: dict[str, str] = {}
    for column in table.texts:
        name = known.get(_folded(column))
        if name and found.setdefault(name, column) != column:
            raise InputError(
                f"{table.name}: the columns '{found[name]}' and '{column}' say the same; one is needed",
                zh=f"{table.name}：“{found[name]}”和“{column}”两列含义相同；只能有一列",
            )
    return found


def _wide(table: Columns, taken: set[str]) -> tuple[dict[str, tuple[Kind, float]], list[Finding]]:
    """Return {column: (kind, factor)} of the columns that are a kind, and what is unclear about others."""
    found: dict[str, tuple[Kind, float]] = {}
    unclear = []
    for column in (name for name in table.texts if name and name not in taken):
        try:
            told = kind_of(column)
        except Refused as refused:
            unclear.append(
                Finding("refused", f"column '{column}': {refused.en}", f"“{column}”列：{refused.zh}", column)
            )
            continue
        if told is None:
            continue
        if twin := next((other for other, (kind, _) in found.items() if kind is told[0]), None):
            raise InputError(
                f"{table.name}: the columns '{twin}' and '{column}' are both {told[0].en}; one is needed",
                zh=f"{table.name}：“{twin}”和“{column}”两列都是{told[0].zh}；只能有一列",
            )
        found[column] = told
    return found, unclear


def _left_out(
    table: Columns, named: dict[str, str], wide: dict[str, tuple[Kind, float]], unclear: list[Finding]
) -> list[Finding]:
    known = {*named.values(), *wide, *(found.where for found in unclear)}
    rest = [column[:LONGEST] for column in table.texts if column and column not in known]
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


def _cell(text: str) -> str:
    written = unicodedata.normalize("NFKC", text).strip()
    return "" if written.lower() in MISSING_WORDS else written


def _folded(text: str) -> str:
    """Return `text` without case, width, spaces and brackets."""
    return re.sub(r"[\s_\-()\[\]【】{}:,、·]", "", unicodedata.normalize("NFKC", text).lower())
