"""What was counted of an organism: ways of looking, what is possible, and the tables it comes in."""

import math
from dataclasses import dataclass
from datetime import date
from functools import cache, partial
from pathlib import Path

from agro.errors import InputError
from agro.farm import Count, Finding
from agro.observations.kinds import EVIDENCE
from agro.observations.reading import EVIDENCE as EVIDENCE_WORDS
from agro.observations.reading import day
from agro.protection import reading
from agro.protection.reading import Table
from agro.protection.words import LONGEST, Choice, choices, chosen, not_ahead, require

NEEDED = ("plot", "date", "organism")
LONGEST_HUNG = 400.0  # days that a trap may hang between two visits


@dataclass(frozen=True)
class Method(Choice):
    """A way of looking; `possible` and `usual` are (low, high) of the units looked at, `each` the most on one."""

    possible: tuple[int, int] = (1, 1)
    usual: tuple[int, int] = (1, 1)
    each: int = 1
    days: bool = False  # it hangs for some days


@dataclass(frozen=True)
class CountRow:
    """One count as the file has it; its plot and organism are still names."""

    line: int
    plot: str
    farm: str
    organism: str
    date: date
    method: str
    n: int
    infested: int | None = None
    total: int | None = None
    days: float | None = None
    treated: bool | None = None
    stage: str = ""
    evidence: str = "measured"
    note: str = ""


@cache
def methods() -> dict[str, Method]:
    """Return {key: way of looking}."""
    return choices("counts", Method)


def checked(count: Count, today: date) -> list[Finding]:
    """Return what is odd about a count that may be true.

    Raises
    ------
    InputError
        For an unknown method or evidence, numbers that cannot be, a date in the future.
    """
    about = require(methods(), count.method, "method", "方法")
    if count.evidence not in EVIDENCE:
        raise InputError(
            f"evidence '{count.evidence}'; measured or said is needed",
            zh=f"依据“{count.evidence}”；需要 measured（实测）或 said（口述）",
        )
    not_ahead(count.date, today)
    (low, high), n, infested, total = about.possible, count.n, count.infested, count.total
    if not low <= n <= high:
        raise InputError(
            f"{n} {about.en} looked at; {low} to {high} is needed", zh=f"“{about.zh}”调查数为 {n}；应在 {low} 至 {high}"
        )
    if infested is None and total is None:
        raise InputError(
            "neither the infested units nor the total is told; one is needed",
            zh="没有写发生数，也没有写总数；至少写一个",
        )
    if infested is not None and not 0 <= infested <= n:
        raise InputError(
            f"{infested} infested of {n} looked at; 0 to {n} is needed", zh=f"发生数 {infested} 大于调查数 {n} 或小于 0"
        )
    if total is not None and not 0 <= total <= n * about.each:
        raise InputError(
            f"{total} in all on {n} {about.en}; 0 to {n * about.each} is needed",
            zh=f"总数为 {total}（“{about.zh}”调查数 {n}）；应在 0 至 {n * about.each}",
        )
    if infested is not None and total is not None and not (infested <= total and (infested > 0) == (total > 0)):
        raise InputError(
            f"{infested} infested with {total} in all; every infested unit has at least one",
            zh=f"发生数 {infested} 与总数 {total} 不符；每个发生单位至少有 1",
        )
    _check_days(about, count.days)
    findings = []
    if not about.usual[0] <= n <= about.usual[1]:
        findings.append(
            Finding(
                "warning",
                f"{n} {about.en} looked at is odd; usual is {about.usual[0]} to {about.usual[1]}",
                f"“{about.zh}”调查数 {n} 少见；一般为 {about.usual[0]} 至 {about.usual[1]}",
            )
        )
    if count.method == "trap" and count.days is None:
        findings.append(Finding("warning", "no days told: no catch a week", "没有写天数：无法折算每周诱虫数"))
    return findings


def read(path: Path, method: str | None = None) -> Table[CountRow]:
    """Return the counts in a CSV, one row each; `method` is that of rows that name none, of trap forms "trap".

    Raises
    ------
    InputError
        When the file is no table, or lacks the columns; a bad row is a finding "refused" and is left out.
    """
    table, traps = reading.opened(path), reading.headings("traps")
    forms = reading.headings("every", "counts", "traps")
    if method is None and any(reading.has(table, words) for words in traps.values()):
        method = "trap"
    # a catch without a number of traps is that of one
    more = ("method", "n") if method is None else ("total",) if method == "trap" else ("n",)
    return reading.read(table, forms, (*NEEDED, *more), partial(_row, method))


def _row(method: str | None, line: int, cells: dict[str, str]) -> CountRow:
    if not cells["organism"]:
        raise InputError("no organism is named", zh="没有写病虫")
    if not cells["method"] and method is None:
        raise InputError("no method is named", zh="没有写方法")
    key = chosen(methods(), cells["method"], "method", "方法").key if cells["method"] else str(method)
    n = reading.whole(cells["n"], "the number looked at", "调查数")
    if n is None and key != "trap":
        raise InputError("the number looked at is not told", zh="没有写调查数")
    told = EVIDENCE_WORDS.get(cells["evidence"].lower())
    if told is None:
        raise InputError(
            f"evidence '{cells['evidence'][:LONGEST]}'; measured or said is needed",
            zh=f"依据“{cells['evidence'][:LONGEST]}”；请写 实测 或 口述",
        )
    untreated = reading.yes(cells["control"], "untreated", "是否对照")
    treated = reading.yes(cells["treated"], "treated", "是否施药")
    return CountRow(
        line, cells["plot"], cells["farm"], cells["organism"], day(cells["date"]), key, 1 if n is None else n,
        reading.whole(cells["infested"], "the number infested", "发生数"),
        reading.whole(cells["total"], "the total", "总数"), reading.number(cells["days"], "days", "天数"),
        False if untreated else treated, cells["stage"], told, cells["note"],
    )  # fmt: skip


def _check_days(about: Method, days: float | None) -> None:
    if days is None:
        return
    if not about.days:
        raise InputError(f"{about.en} have no days; got {days:g}", zh=f"“{about.zh}”不填天数；现为 {days:g}")
    if not (math.isfinite(days) and 0 < days <= LONGEST_HUNG):
        raise InputError(
            f"it hung for {days:g} days; above 0 and up to {LONGEST_HUNG:g} is needed",
            zh=f"天数为 {days:g}；应大于 0、不超过 {LONGEST_HUNG:g}",
        )
