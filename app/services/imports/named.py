"""Rows of tables in: plots as people call them, and one refusal for all rows that are wrong."""

import difflib
import unicodedata
from collections.abc import Callable, Sequence
from typing import Generic, Protocol, TypeVar

from agro.errors import AgroError, InputError
from agro.farm import Finding, Viewer
from agro.observations.reading import refusal
from agro.store import rights
from app.services.platform import Platform

SHOWN = 5  # refused rows that an error lists


class Line(Protocol):
    """What every row of a table tells."""

    @property
    def line(self) -> int:
        """Its line in the file."""

    @property
    def plot(self) -> str:
        """What the plot is called."""

    @property
    def farm(self) -> str:
        """What its farm is called, or nothing."""


Row = TypeVar("Row", bound=Line)
Made = TypeVar("Made")


class Plots:
    """The plots for which a viewer may do `action`, as people call them."""

    def __init__(self, viewer: Viewer, home: Platform, action: str):
        self.viewer, self.home, self.action = viewer, home, action
        self.table = home.store.plots(rights.scope(viewer, action))
        self.names = dict(zip(self.table["id"], self.table["name"], strict=True))
        self.farms = dict(zip(self.table["id"], self.table["farm_name"], strict=True))
        self.called: dict[str, list[str]] = {}
        for identity, name in self.names.items():
            for word in (identity, name, f"{self.farms[identity]}/{name}"):
                self.called.setdefault(_folded(word), []).append(identity)

    def of(self, row: Line) -> str:
        """Return the id of the row's plot.

        Raises
        ------
        InputError
            When there is none, several, or one that the viewer may not note for.
        """
        found = self.called.get(_folded(row.plot), [])
        if row.farm:
            found = [identity for identity in found if _folded(row.farm) == _folded(self.farms[identity])]
        if len(found) == 1:
            return found[0]
        asked = f"{row.farm}/{row.plot}" if row.farm else row.plot
        if found:
            told = ", ".join(f"{self.farms[identity]}/{self.names[identity]}" for identity in found[:SHOWN])
            raise InputError(
                f"several plots are called '{asked}': {told}; name the farm too",
                zh=f"有多个地块叫“{asked}”：{told}；请同时写明果园",
            )
        if self._seen(row):
            words = rights.actions()[self.action]
            raise InputError(
                f"'{self.viewer.name}' may not {words['en']} (plot '{asked}'); its owner can share it",
                zh=f"“{self.viewer.name}”无权{words['zh']}（地块“{asked}”）；请果园主授权修改",
            )
        if row.farm and (others := self.called.get(_folded(row.plot), [])):
            told = ", ".join(dict.fromkeys(self.farms[identity] for identity in others[:SHOWN]))
            raise InputError(
                f"farm '{row.farm}' has no plot '{row.plot}'; farms that have one: {told}",
                zh=f"果园“{row.farm}”没有地块“{row.plot}”；有同名地块的果园：{told}",
            )
        near = difflib.get_close_matches(row.plot, set(self.names.values()), n=3, cutoff=0.4)
        told = ", ".join(near or list(dict.fromkeys(self.names.values()))[:SHOWN]) or "-"
        word, zh = ("near names", "相近名称") if near else ("known", "已有")
        raise InputError(f"no plot '{asked}'; {word}: {told}", zh=f"没有地块“{asked}”；{zh}：{told}")

    def _seen(self, row: Line) -> bool:
        scope = rights.scope(self.viewer, "plot.read")
        if scope.everything and rights.reach(self.viewer.role, self.action) == "region":
            return False
        seen = self.home.store.plots(scope)
        return bool(((seen["name"] == row.plot) & ((seen["farm_name"] == row.farm) | (row.farm == ""))).any())


class Understood(Generic[Row, Made]):
    """What can be stored of a table, row by row, and what was found."""

    def __init__(
        self,
        rows: Sequence[Row],
        findings: Sequence[Finding],
        plots: Plots,
        make: Callable[[Row, str], tuple[Made, list[Finding]]],
    ):
        self.made: list[Made] = []
        self.rows: list[Row] = []
        self.plots = plots
        self.findings = list(findings)
        for row in rows:
            try:
                one, odd = make(row, plots.of(row))
            except AgroError as error:
                self.findings.append(refusal(row.line, str(error), error.zh))
                continue
            where = f"row {row.line}"
            self.findings += [Finding(f.level, f"{where}: {f.en}", f"第 {row.line} 行：{f.zh}", where) for f in odd]
            self.made.append(one)
            self.rows.append(row)

    def require_usable(self, skip_bad: bool) -> tuple[list[Finding], int]:
        """Return the findings of an import, refused rows as warnings, and how many rows are left out.

        Raises
        ------
        InputError
            When rows are refused and `skip_bad` does not leave them out, or none can be used.
        """
        bad = [one for one in self.findings if one.level == "refused"]
        if bad and not (skip_bad and self.made):
            raise _refused(bad, skip_bad)
        told = [Finding("warning", one.en, one.zh, one.where) if one in bad else one for one in self.findings]
        return told, len(bad)


def _folded(name: str) -> str:
    """Return a name as the reader of tables gives it: wide and narrow brackets are one."""
    return unicodedata.normalize("NFKC", name).strip()


def _refused(bad: Sequence[Finding], skip_bad: bool) -> InputError:
    more = len(bad) - SHOWN
    en = "; ".join(one.en for one in bad[:SHOWN]) + (f"; and {more} more" if more > 0 else "")
    zh = "；".join(one.zh for one in bad[:SHOWN]) + (f"；另有 {more} 处" if more > 0 else "")
    if skip_bad:
        return InputError(f"{en}. No row can be used", zh=f"{zh}。没有一行可用")
    return InputError(
        f"{en}. Nothing was stored; mend this, or leave such rows out (--skip-bad)",
        zh=f"{zh}。未做任何更改；请改正，或跳过有问题的行（--skip-bad）",
    )
