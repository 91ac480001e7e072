"""Suspected trees in: each row a step of a tree, in the order of their days."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd

from agro.errors import InputError
from agro.farm import Finding, Preview, Sample, Step, Viewer
from agro.protection.samples import SampleRow, checked, read, require_next, states
from agro.store import rights
from app.services import protection, samples
from app.services.imports.named import Plots, Understood
from app.services.imports.report import Report
from app.services.platform import Platform

ACTION = "sample.write"
COLUMNS = ("row", "farm_name", "name", "organism", "tree", "date", "state", "becomes", "note")
TOLD = ("id", "plot", "organism", "state", "steps", "seedlings", "tree", "by")  # of a stored tree
ENDED = ("refuted", "replanted")  # after these the place may be suspected anew


class Trees:
    """The trees that a viewer may know of, as they stand while the rows of a file are told."""

    def __init__(self, viewer: Viewer, home: Platform):
        self.viewer, self.home = viewer, home
        self.stored: dict[str, Sample] = {}
        self.latest: dict[tuple[str, str, str], str] = {}
        self.fresh: dict[str, Sample] = {}
        self.more: list[tuple[str, Step, str]] = []
        frame = home.store.samples(rights.scope(viewer, "sample.read"), viewer)
        for row in frame.sort_values(["date", "id"]).to_dict("records"):
            one = _of_row(row)
            self.stored[one.id] = one
            self.latest[(one.plot, one.organism, one.tree)] = one.id

    def tell(self, made: Sample, row: SampleRow) -> str:
        """Return what the row becomes: "new", "step" or "same"; the tree then stands as it says.

        Raises
        ------
        InputError, NotAllowedError
            For a step that is not next, or that the viewer may not tell.
        """
        key = (made.plot, made.organism, made.tree)
        found = self._of(key) if made.tree else self._untold(made)
        step = Step(row.state, row.date, self.viewer.account, row.note)
        if row.state == "suspected":
            return self._suspected(key, found, made, step)
        if found is None:
            raise InputError(
                f"no suspected tree '{made.tree}' that you can see; its first row is a suspicion",
                zh=f"没有您可见的疑似株“{made.tree}”；第一步应为“疑似”",
            )
        if any((one.state, one.date) == (step.state, step.date) for one in found.steps):
            return "same"
        if states()[row.state].laboratory:
            rights.require(self.viewer, "sample.confirm")
        require_next(found.steps, step, row.seedlings)
        after = replace(found, steps=(*found.steps, step), state=row.state, seedlings=row.seedlings or found.seedlings)
        if found.id in self.fresh:
            self.fresh[found.id] = after
        else:
            self.stored[found.id] = after
            self.more.append((found.id, step, row.seedlings))
        return "step"

    def store(self) -> None:
        """Store what was told."""
        scope = rights.scope(self.viewer, "sample.read")
        with self.home.store:
            for sample in self.fresh.values():
                self.home.store.add_sample(sample, by=self.viewer)
            for identity, step, seedlings in self.more:
                self.home.store.add_step(identity, step, scope, self.viewer, seedlings=seedlings)

    def _suspected(self, key: tuple[str, str, str], found: Sample | None, made: Sample, step: Step) -> str:
        if found is not None and found.date == made.date:
            return "same"
        if found is not None and found.state not in ENDED:
            name = states()[found.state]
            raise InputError(
                f"tree '{made.tree}' is {name.en} since {found.steps[-1].date}; it cannot be suspected anew",
                zh=f"“{made.tree}”号株自 {found.steps[-1].date} 起为“{name.zh}”；不能再次标为疑似",
            )
        self.fresh[made.id] = replace(made, steps=(step,))
        self.latest[key] = made.id
        return "new"

    def _of(self, key: tuple[str, str, str]) -> Sample | None:
        identity = self.latest.get(key, "")
        return self.fresh.get(identity) or self.stored.get(identity)

    def _untold(self, made: Sample) -> Sample | None:
        """Return the sample of a tree without a mark that the row repeats."""
        known = ("plot", "organism", "date", "tree", "longitude", "latitude", "by")
        for one in (*self.stored.values(), *self.fresh.values()):
            if all(getattr(one, name) == getattr(made, name) for name in known):
                return one
        return None


def preview(viewer: Viewer, home: Platform, path: Path, *, skip_bad: bool = False) -> Preview:
    """Return the steps of the file as a table, and each row that is refused with its reason."""
    found, _ = _understood(viewer, home, path)
    plots = found.plots
    data = [
        (
            row.line, plots.farms[made.plot], plots.names[made.plot], made.organism, made.tree, row.date, row.state,
            becomes, row.note,
        )
        for (made, becomes), row in zip(found.made, found.rows, strict=True)
    ]  # fmt: skip
    return Preview("samples", path.name, pd.DataFrame(data, columns=list(COLUMNS)), found.findings)


def commit(viewer: Viewer, home: Platform, path: Path, *, skip_bad: bool = False) -> Report:
    """Store the trees and their steps: all rows, or with `skip_bad` those that can be used.

    Raises
    ------
    InputError
        When rows are refused and `skip_bad` does not leave them out, or none can be used.
    """
    found, trees = _understood(viewer, home, path)
    findings, skipped = found.require_usable(skip_bad)
    trees.store()
    told = [becomes for _, becomes in found.made]
    counts = {"added": told.count("new"), "steps": told.count("step"), "same": told.count("same"), "skipped": skipped}
    return Report("samples", counts, findings)


def _of_row(row: dict[str, Any]) -> Sample:
    told = {name: row[name] for name in TOLD} | {"date": row["date"].date()}
    for name in ("longitude", "latitude"):
        told[name] = None if pd.isna(row[name]) else float(row[name])
    return Sample(**told)


def _understood(viewer: Viewer, home: Platform, path: Path) -> tuple[Understood[SampleRow, tuple[Sample, str]], Trees]:
    table, plots, trees, today = read(path), Plots(viewer, home, ACTION), Trees(viewer, home), protection.today(home)
    order = list(states())
    table.rows.sort(key=lambda row: (row.date, order.index(row.state), row.line))

    def make(row: SampleRow, plot: str) -> tuple[tuple[Sample, str], list[Finding]]:
        made = samples.suspicion(
            viewer, home, plot, row.organism, row.date, row.tree, row.longitude, row.latitude, row.note
        )
        checked(made, today)
        becomes = trees.tell(made, row)
        return (made, becomes), samples.beside(home.store.plot(plot, rights.scope(viewer, ACTION)), made)

    found = Understood(table.rows, table.findings, plots, make)
    found.findings += protection.confusions(dict.fromkeys(row.organism for row in found.rows))
    if found.made:
        new = sum(becomes == "new" for _, becomes in found.made)
        steps = sum(becomes == "step" for _, becomes in found.made)
        found.findings.append(
            Finding("info", f"{new} trees are new, {steps} further steps", f"新增 {new} 株，后续步骤 {steps} 条")
        )
    return found, trees
