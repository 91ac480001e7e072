"""Observations in: rows that are understood, plots that are known, and nothing lost where people disagree."""

from pathlib import Path

import pandas as pd

from agro.farm import Finding, Observation, Preview, Viewer
from agro.observations import checked, kinds, read
from agro.observations.reading import Row
from agro.store.ids import uuid7
from app.services import observations
from app.services.imports.named import Plots, Understood
from app.services.imports.report import Report
from app.services.platform import Platform, region_or_none

ACTION = "observation.write"
COLUMNS = ("row", "farm_name", "name", "kind", "date", "value", "unit", "n", "spread", "evidence", "note")


def preview(viewer: Viewer, home: Platform, path: Path, *, skip_bad: bool = False) -> Preview:
    """Return the observations of the file as a table, and each row that is refused with its reason."""
    found = _understood(viewer, home, path)
    findings, plots = list(found.findings), found.plots
    weighed = home.store.weigh_observations(found.made)
    findings += [observations.contradiction(group, plots.names[group[0].plot]) for group in weighed.conflicts]
    if weighed.same:
        findings.append(Finding("info", f"{weighed.same} are noted already", f"{weighed.same} 条已经有了"))
    data = [
        (
            row.line, plots.farms[one.plot], plots.names[one.plot], one.kind, one.date, one.value,
            kinds()[one.kind].unit, one.n, one.spread, one.evidence, one.note,
        )
        for one, row in zip(found.made, found.rows, strict=True)
    ]  # fmt: skip
    return Preview("observations", path.name, pd.DataFrame(data, columns=list(COLUMNS)), findings)


def commit(viewer: Viewer, home: Platform, path: Path, *, skip_bad: bool = False) -> Report:
    """Store the observations: all of them, or with `skip_bad` those that can be used.

    Raises
    ------
    InputError
        When rows are refused and `skip_bad` does not leave them out, or none can be used.
    """
    found = _understood(viewer, home, path)
    findings, skipped = found.require_usable(skip_bad)
    weighed = home.store.add_observations(found.made, by=viewer)
    findings += [observations.contradiction(group, found.plots.names[group[0].plot]) for group in weighed.conflicts]
    counts = {"added": len(weighed.new), "same": weighed.same, "conflicts": len(weighed.conflicts)}
    return Report("observations", counts | {"skipped": skipped}, findings)


def _understood(viewer: Viewer, home: Platform, path: Path) -> Understood[Row, Observation]:
    """Return the observations that can be stored, what was found, and the row that each stands in."""
    table, region, today = read(path), region_or_none(home), observations.today(home)

    def make(row: Row, plot: str) -> tuple[Observation, list[Finding]]:
        one = Observation(
            uuid7(), plot, row.kind, row.date, row.value, row.n, row.spread, viewer.account, row.evidence, path.name,
            row.note, bool(region and region.synthetic),
        )  # fmt: skip
        return one, checked(one, today)

    found = Understood(table.rows, table.findings, Plots(viewer, home, ACTION), make)
    if found.made:
        days, some = sorted(one.date for one in found.made), len({one.plot for one in found.made})
        found.findings.append(
            Finding(
                "info",
                f"{len(found.made)} observations of {some} plots, {days[0]} to {days[-1]}",
                f"{some} 个地块的 {len(found.made)} 条观测，{days[0]} 至 {days[-1]}",
            )
        )
    return found
