"""Sprays and other treatments in: what was done, with what, against what."""

from pathlib import Path

import pandas as pd

from agro.farm import Finding, Preview, Treatment, Viewer
from agro.protection.treatments import TreatmentRow, checked, read
from agro.store.ids import uuid7
from app.services import protection
from app.services.imports.named import Plots, Understood
from app.services.imports.report import Report
from app.services.platform import Platform, region_or_none

ACTION = "protection.write"
COLUMNS = (
    "row", "farm_name", "name", "date", "kind", "product", "groups", "targets", "dose", "equipment", "share",
    "evidence", "note",
)  # fmt: skip


def preview(viewer: Viewer, home: Platform, path: Path, *, skip_bad: bool = False) -> Preview:
    """Return the treatments of the file as a table, and each row that is refused with its reason."""
    found = _understood(viewer, home, path)
    told, findings, plots = home.store.weigh_treatments(found.made), list(found.findings), found.plots
    if told.same:
        findings.append(Finding("info", f"{told.same} are noted already", f"{told.same} 条已经有了"))
    data = [
        (
            row.line, plots.farms[one.plot], plots.names[one.plot], one.date, one.kind, one.product,
            "、".join(one.groups), "、".join(one.targets), one.dose, one.equipment, one.share, one.evidence, one.note,
        )
        for one, row in zip(found.made, found.rows, strict=True)
    ]  # fmt: skip
    return Preview("sprays", path.name, pd.DataFrame(data, columns=list(COLUMNS)), findings)


def commit(viewer: Viewer, home: Platform, path: Path, *, skip_bad: bool = False) -> Report:
    """Store the treatments: all of them, or with `skip_bad` those that can be used.

    Raises
    ------
    InputError
        When rows are refused and `skip_bad` does not leave them out, or none can be used.
    """
    found = _understood(viewer, home, path)
    findings, skipped = found.require_usable(skip_bad)
    told = home.store.add_treatments(found.made, by=viewer)
    return Report("sprays", {"added": len(told.new), "same": told.same, "skipped": skipped}, findings)


def _understood(viewer: Viewer, home: Platform, path: Path) -> Understood[TreatmentRow, Treatment]:
    table, region, today = read(path), region_or_none(home), protection.today(home)

    def make(row: TreatmentRow, plot: str) -> tuple[Treatment, list[Finding]]:
        targets = tuple(dict.fromkeys(protection.organism_key(one) for one in row.targets))
        one = Treatment(
            uuid7(), plot, row.date, row.kind, row.product, row.groups, targets, row.dose, row.equipment, row.share,
            viewer.account, row.evidence, path.name, row.note, bool(region and region.synthetic),
        )  # fmt: skip
        return one, checked(one, today)

    found = Understood(table.rows, table.findings, Plots(viewer, home, ACTION), make)
    found.findings += protection.confusions(dict.fromkeys(name for row in found.rows for name in row.targets))
    if found.made:
        days, some = sorted(one.date for one in found.made), len({one.plot for one in found.made})
        found.findings.append(
            Finding(
                "info",
                f"{len(found.made)} treatments of {some} plots, {days[0]} to {days[-1]}",
                f"{some} 个地块的 {len(found.made)} 条防治记录，{days[0]} 至 {days[-1]}",
            )
        )
    return found
