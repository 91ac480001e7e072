"""Counts of pests and diseases in, trap catches among them; nothing is lost where people disagree."""

from functools import partial
from pathlib import Path
from types import SimpleNamespace

import pandas as pd

from agro.farm import Count, Finding, Preview, Viewer
from agro.protection.counts import CountRow, checked, read
from agro.store.ids import uuid7
from app.services import protection
from app.services.imports.named import Plots, Understood
from app.services.imports.report import Report
from app.services.platform import Platform, region_or_none

ACTION = "protection.write"
COLUMNS = (
    "row", "farm_name", "name", "organism", "date", "method", "n", "infested", "total", "days", "treated", "stage",
    "evidence", "note",
)  # fmt: skip


def preview(
    viewer: Viewer, home: Platform, path: Path, *, skip_bad: bool = False, method: str | None = None
) -> Preview:
    """Return the counts of the file as a table, and each row that is refused with its reason.

    `method` is that of rows that name none.
    """
    found = _understood(viewer, home, path, method)
    told, findings, plots = home.store.weigh_counts(found.made), list(found.findings), found.plots
    conflicts = protection.known_conflicts(viewer, told.conflicts)
    findings += [protection.contradiction(group, plots.names[group[0].plot]) for group in conflicts]
    if told.same:
        findings.append(Finding("info", f"{told.same} are noted already", f"{told.same} 条已经有了"))
    data = [
        (
            row.line, plots.farms[one.plot], plots.names[one.plot], one.organism, one.date, one.method, one.n,
            one.infested, one.total, one.days, one.treated, one.stage, one.evidence, one.note,
        )
        for one, row in zip(found.made, found.rows, strict=True)
    ]  # fmt: skip
    frame = pd.DataFrame(data, columns=list(COLUMNS)).astype({"infested": "Int64", "total": "Int64"})
    return Preview("counts", path.name, frame, findings)


def commit(viewer: Viewer, home: Platform, path: Path, *, skip_bad: bool = False, method: str | None = None) -> Report:
    """Store the counts: all of them, or with `skip_bad` those that can be used.

    Raises
    ------
    InputError
        When rows are refused and `skip_bad` does not leave them out, or none can be used.
    """
    found = _understood(viewer, home, path, method)
    findings, skipped = found.require_usable(skip_bad)
    told = home.store.add_counts(found.made, by=viewer)
    conflicts = protection.known_conflicts(viewer, told.conflicts)
    findings += [protection.contradiction(group, found.plots.names[group[0].plot]) for group in conflicts]
    counts = {"added": len(told.new), "same": told.same, "conflicts": len(conflicts), "skipped": skipped}
    return Report("counts", counts, findings)


def _understood(viewer: Viewer, home: Platform, path: Path, method: str | None) -> Understood[CountRow, Count]:
    table, region, today = read(path, method), region_or_none(home), protection.today(home)

    def make(row: CountRow, plot: str) -> tuple[Count, list[Finding]]:
        one = Count(
            uuid7(), plot, protection.organism_key(row.organism), row.date, row.method, row.n, row.infested, row.total,
            row.days, row.treated, row.stage, viewer.account, row.evidence, path.name, row.note,
            bool(region and region.synthetic),
        )  # fmt: skip
        return one, checked(one, today)

    found = Understood(table.rows, table.findings, Plots(viewer, home, ACTION), make)
    found.findings += protection.confusions(dict.fromkeys(row.organism for row in found.rows))
    if found.made:
        days, some = sorted(one.date for one in found.made), len({one.plot for one in found.made})
        found.findings.append(
            Finding(
                "info",
                f"{len(found.made)} counts of {some} plots, {days[0]} to {days[-1]}",
                f"{some} 个地块的 {len(found.made)} 条调查记录，{days[0]} 至 {days[-1]}",
            )
        )
    return found


traps = SimpleNamespace(preview=partial(preview, method="trap"), commit=partial(commit, method="trap"))
"""Counts of a table whose rows are catches of traps."""
