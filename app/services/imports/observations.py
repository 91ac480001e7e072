"""Observations in: rows that are understood, plots that are known, and nothing lost where people disagree."""

import difflib
import unicodedata
from pathlib import Path

import pandas as pd

from agro.errors import InputError
from agro.farm import Finding, Observation, Preview, Viewer
from agro.observations import checked, kinds, read
from agro.observations.reading import Row, refusal
from agro.store import rights
from agro.store.ids import uuid7
from app.services import observations
from app.services.imports.report import Report
from app.services.platform import Platform, region_or_none

SHOWN = 5  # refused rows that an error lists
COLUMNS = ("row", "farm_name", "name", "kind", "date", "value", "unit", "n", "spread", "evidence", "note")


class Plots:
    """The plots that a viewer may note observations for, as people call them."""

    def __init__(self, viewer: Viewer, home: Platform):
        self.table = home.store.plots(rights.scope(viewer, "observation.write"))
        self.home, self.viewer = home, viewer
        self.names = dict(zip(self.table["id"], self.table["name"], strict=True))
        self.farms = dict(zip(self.table["id"], self.table["farm_name"], strict=True))
        self.called: dict[str, list[str]] = {}
        for identity, name in self.names.items():
            for word in (identity, name, f"{self.farms[identity]}/{name}"):
                self.called.setdefault(_folded(word), []).append(identity)

    def of(self, row: Row) -> str | Finding:
        """Return the id of the row's plot, or why there is none."""
        found = self.called.get(_folded(row.plot), [])
        if row.farm:
            found = [identity for identity in found if _folded(row.farm) == _folded(self.farms[identity])]
        if len(found) == 1:
            return found[0]
        asked = f"{row.farm}/{row.plot}" if row.farm else row.plot
        if found:
            told = ", ".join(f"{self.farms[identity]}/{self.names[identity]}" for identity in found[:SHOWN])
            return refusal(
                row.line,
                f"several plots are called '{asked}': {told}; name the farm too",
                f"有多个地块叫“{asked}”：{told}；请同时写明果园",
            )
        if self._seen(row):
            return refusal(
                row.line,
                f"'{self.viewer.name}' may not note observations of plot '{asked}'; its owner can share it",
                f"“{self.viewer.name}”无权为地块“{asked}”录入观测；请果园主授权修改",
            )
        near = difflib.get_close_matches(row.plot, set(self.names.values()), n=3, cutoff=0.4)
        told = ", ".join(near or list(dict.fromkeys(self.names.values()))[:SHOWN]) or "-"
        word, zh = ("near names", "相近名称") if near else ("known", "已有")
        return refusal(row.line, f"no plot '{asked}'; {word}: {told}", f"没有地块“{asked}”；{zh}：{told}")

    def _seen(self, row: Row) -> bool:
        scope = rights.scope(self.viewer, "observation.read")
        if scope.everything and rights.reach(self.viewer.role, "observation.write") == "region":
            return False
        seen = self.home.store.plots(scope)
        return bool(((seen["name"] == row.plot) & ((seen["farm_name"] == row.farm) | (row.farm == ""))).any())


def _folded(name: str) -> str:
    """Return a name as the reader of tables gives it: wide and narrow brackets are one."""
    return unicodedata.normalize("NFKC", name).strip()


def preview(viewer: Viewer, home: Platform, path: Path, *, skip_bad: bool = False) -> Preview:
    """Return the observations of the file as a table, and each row that is refused with its reason."""
    made, findings, rows, plots = _understood(viewer, home, path)
    weighed = home.store.weigh_observations(made)
    findings += [observations.contradiction(group, plots.names[group[0].plot]) for group in weighed.conflicts]
    if weighed.same:
        findings.append(Finding("info", f"{weighed.same} are noted already", f"{weighed.same} 条已经有了"))
    data = [
        (
            row.line, plots.farms[one.plot], plots.names[one.plot], one.kind, one.date, one.value,
            kinds()[one.kind].unit, one.n, one.spread, one.evidence, one.note,
        )
        for one, row in zip(made, rows, strict=True)
    ]  # fmt: skip
    return Preview("observations", path.name, pd.DataFrame(data, columns=list(COLUMNS)), findings)


def commit(viewer: Viewer, home: Platform, path: Path, *, skip_bad: bool = False) -> Report:
    """Store the observations: all of them, or with `skip_bad` those that can be used.

    Raises
    ------
    InputError
        When rows are refused and `skip_bad` does not leave them out, or none can be used.
    """
    made, findings, _, plots = _understood(viewer, home, path)
    bad = [one for one in findings if one.level == "refused"]
    if bad and not (skip_bad and made):
        raise _refused(bad, skip_bad)
    weighed = home.store.add_observations(made, by=viewer)
    findings = [one if one.level != "refused" else Finding("warning", one.en, one.zh, one.where) for one in findings]
    findings += [observations.contradiction(group, plots.names[group[0].plot]) for group in weighed.conflicts]
    counts = {"added": len(weighed.new), "same": weighed.same, "conflicts": len(weighed.conflicts)}
    return Report("observations", counts | {"skipped": len(bad)}, findings)


def _understood(
    viewer: Viewer, home: Platform, path: Path
) -> tuple[list[Observation], list[Finding], list[Row], Plots]:
    """Return the observations that can be stored, what was found, and the row that each stands in."""
    table, plots, region = read(path), Plots(viewer, home), region_or_none(home)
    findings, today, synthetic = list(table.findings), observations.today(home), bool(region and region.synthetic)
    made: list[Observation] = []
    rows: list[Row] = []
    for row in table.rows:
        plot = plots.of(row)
        if isinstance(plot, Finding):
            findings.append(plot)
            continue
        one = Observation(
            uuid7(), plot, row.kind, row.date, row.value, row.n, row.spread, viewer.account, row.evidence, path.name,
            row.note, synthetic,
        )  # fmt: skip
        try:
            odd = checked(one, today)
        except InputError as error:
            findings.append(refusal(row.line, str(error), error.zh))
            continue
        where = f"row {row.line}"
        findings += [Finding(f.level, f"{where}: {f.en}", f"第 {row.line} 行：{f.zh}", where) for f in odd]
        made.append(one)
        rows.append(row)
    days, some = sorted(one.date for one in made), len({one.plot for one in made})
    if made:
        findings.append(
            Finding(
                "info",
                f"{len(made)} observations of {some} plots, {days[0]} to {days[-1]}",
                f"{some} 个地块的 {len(made)} 条观测，{days[0]} 至 {days[-1]}",
            )
        )
    return made, findings, rows, plots


def _refused(bad: list[Finding], skip_bad: bool) -> InputError:
    more = len(bad) - SHOWN
    en = "; ".join(one.en for one in bad[:SHOWN]) + (f"; and {more} more" if more > 0 else "")
    zh = "；".join(one.zh for one in bad[:SHOWN]) + (f"；另有 {more} 处" if more > 0 else "")
    if skip_bad:
        return InputError(f"{en}. No row can be used", zh=f"{zh}。没有一行可用")
    return InputError(
        f"{en}. Nothing was stored; mend this, or leave such rows out (--skip-bad)",
        zh=f"{zh}。未做任何更改；请改正，或跳过有问题的行（--skip-bad）",
    )
