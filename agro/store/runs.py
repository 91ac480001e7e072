"""Runs and what they said: one finished run a day, its outlook for every plot and the files behind it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import xarray as xr
from sqlalchemy import Select, delete, insert, select, update

from agro.errors import NotFoundError
from agro.farm import Viewer
from agro.store import packing, schema
from agro.store.columns import OUTLOOK_COLUMNS, OUTLOOK_DATES, OUTLOOK_INTEGERS, OUTLOOK_NUMBERS, OUTLOOK_TEXTS
from agro.store.disclosure import anonymised
from agro.store.ids import uuid7
from agro.store.plots import within
from agro.store.rights import Scope
from agro.store.settings import Settings

PESTS, REPLAY = "pests", "replay"
"""Kinds of series: the pest outlook of a run, and one computed for a past day."""
FEW = 2_000  # plots that a query of the file names one by one
PLOT_NUMBERS = ("area", "elevation", "slope", "aspect", "height_above_valley")
PLOT_COLUMNS = ("name", "farm", "farm_name", "township", "cultivar", *PLOT_NUMBERS)
"""What `outlook_summary` tells of the plot before what it tells of its fruit."""


@dataclass(frozen=True)
class Run:
    """One computing of one day; state is running, finished or failed."""

    id: str
    date: date
    state: str
    started: datetime
    finished: datetime | None
    code_version: str
    members: int
    counts: dict[str, Any]
    warnings: list[Any]


class OutlookFiles(NamedTuple):
    """The Parquet files of one run: site level, and how plots are weighted from sites."""

    sites: Path
    weights: Path
    date: date


class Runs(Settings):
    """A second run of one date takes the place of the first when it finishes, not before."""

    def start_run(self, on: date, *, code_version: str = "", members: int = 0, by: Viewer | None = None) -> str:
        """Return the id of a new run of the day `on`."""
        identity = uuid7()
        with self.writing() as connection:
            given = {"code_version": code_version, "members": members, "counts": {}, "warnings": []}
            connection.execute(
                insert(schema.run).values(id=identity, date=on, state="running", started=self.clock(), **given)
            )
            self.record(by, "run.start", on.isoformat())
        return identity

    def save_outlook(
        self,
        run_id: str,
        issued: date,
        sites: xr.Dataset | pd.DataFrame | pa.Table,
        weights: pd.DataFrame | pa.Table,
        summary: pd.DataFrame,
        *,
        by: Viewer | None = None,
    ) -> int:
        """Return how many plots `summary` tells of.

        Parameters
        ----------
        run_id : str
            From `start_run`; what it said before is replaced.
        issued : date
            Day of the run, part of the files' names.
        sites : Dataset, DataFrame or Table
            What was computed at the sites, kept whole.
        weights : DataFrame or Table
            plot, site, weight.
        summary : DataFrame
            Columns of `OUTLOOK_COLUMNS`; missing ones are unknown, other ones are a wrong call.
        """
        if unknown := sorted(set(map(str, summary.columns)) - set(OUTLOOK_COLUMNS)):
            raise ValueError(f"an outlook has no {', '.join(unknown)}; it has {', '.join(OUTLOOK_COLUMNS)}")
        rows = _rows(run_id, summary)
        table, stem = schema.series, f"outlook-{issued.isoformat()}"
        with (
            self.drafted("forecasts", f"{stem}-sites", ".parquet", partial(packing.write, content=sites)) as keep_sites,
            self.drafted(
                "forecasts", f"{stem}-weights", ".parquet", partial(packing.write, content=weights)
            ) as keep_weights,
            self.writing() as connection,
        ):
            self._existing(connection, run_id)
            connection.execute(delete(schema.outlook).where(schema.outlook.c.run == run_id))
            connection.execute(delete(table).where(table.c.run == run_id))
            about = {"source": "run", "synthetic": self._synthetic(connection)}
            for kind, content, keep in (("sites", sites, keep_sites), ("weights", weights, keep_weights)):
                told = {"id": uuid7(), "kind": kind, "run": run_id, "rows": _length(content)}
                connection.execute(insert(table).values(**told, **about, **keep()))
            if rows:
                connection.execute(insert(schema.outlook), rows)
            self.record(by, "outlook.save", issued.isoformat(), {"plots": len(rows)})
        return len(rows)

    def save_pests(self, run_id: str, issued: date, table: pd.DataFrame, *, by: Viewer | None = None) -> int:
        """Return how many rows of the pest outlook were kept with a run; what it said before is replaced.

        Parameters
        ----------
        table : DataFrame
            One row a plot, organism and horizon; `plot` are ids.
        """
        kept, stem = table.sort_values(["plot", "organism", "horizon"]), f"pests-{issued.isoformat()}"
        write = partial(packing.write, content=kept)
        series = schema.series
        with self.drafted("forecasts", stem, ".parquet", write) as keep, self.writing() as connection:
            self._existing(connection, run_id)
            connection.execute(delete(series).where(series.c.run == run_id, series.c.kind == PESTS))
            told = {"id": uuid7(), "kind": PESTS, "run": run_id, "rows": len(kept), "source": "run"}
            connection.execute(insert(series).values(**told, synthetic=self._synthetic(connection), **keep()))
            self.record(by, "pests.save", issued.isoformat(), {"rows": len(kept)})
        return len(kept)

    def pests(
        self,
        scope: Scope,
        on: date | None = None,
        plots: Sequence[str] | None = None,
        organism: str | None = None,
        horizon: int | None = None,
    ) -> pd.DataFrame | None:
        """Return the pest outlook of the newest run (not after `on`) that has one, of plots within `scope`.

        Returns
        -------
        DataFrame or None
            With the column `issued`; None before the first. Plots of an anonymous scope have no names.
        """
        table, run = schema.series, schema.run
        query = select(table.c.path, run.c.date).join(run, run.c.id == table.c.run)
        query = query.where(table.c.kind == PESTS, run.c.state == "finished").order_by(run.c.date.desc())
        query = query if on is None else query.where(run.c.date <= on)
        allowed = select(schema.plot.c.id).where(within(scope))
        with self.reading() as connection:
            found = connection.execute(query.limit(1)).first()
            seen = set(connection.scalars(allowed)) if found is not None else set()
        if found is None:
            return None
        asked = seen if plots is None else seen & set(plots)
        filters: list[tuple[str, str, Any]] = [("plot", "in", asked)] if len(asked) <= FEW else []
        filters += [("organism", "==", organism)] if organism is not None else []
        filters += [("horizon", "==", horizon)] if horizon is not None else []
        frame = pq.read_table(self.home / found.path, filters=filters or None).to_pandas()
        frame = frame[frame["plot"].isin(asked)].assign(issued=pd.Timestamp(found.date)).reset_index(drop=True)
        return anonymised(frame, self.salt()) if scope.anonymous else frame

    def save_replay(self, issued: date, weather: str, table: pd.DataFrame, *, by: Viewer | None = None) -> int:
        """Return how many rows of a pest outlook computed for a past day were kept; an earlier one is replaced.

        `weather` says what it knew of the days ahead: "forecast", "years" (earlier years only) or "perfect".
        """
        series, day = schema.series, issued.isoformat()
        write = partial(packing.write, content=table)
        with (
            self.drafted("forecasts", f"replay-{weather}-{day}", ".parquet", write) as keep,
            self.writing() as connection,
        ):
            connection.execute(
                delete(series).where(series.c.kind == REPLAY, series.c.start == day, series.c.end == weather)
            )
            told = {"id": uuid7(), "kind": REPLAY, "start": day, "end": weather, "rows": len(table), "source": "replay"}
            connection.execute(insert(series).values(**told, synthetic=self._synthetic(connection), **keep()))
            self.record(by, "pests.replay", day, {"rows": len(table)})
        return len(table)

    def pest_forecasts(self, scope: Scope) -> pd.DataFrame:
        """Return all pest outlooks that are kept, issued ones and replays, of plots within `scope`.

        Returns
        -------
        DataFrame
            Columns as they were saved, and `issued` (datetime64) and `weather`: "issued" for what was said on its day,
            else what a replay knew of the days ahead.
        """
        table, run = schema.series, schema.run
        issued = select(table.c.path, run.c.date).join(run, run.c.id == table.c.run)
        issued = issued.where(table.c.kind == PESTS, run.c.state == "finished")
        replays = select(table.c.path, table.c.start, table.c.end).where(table.c.kind == REPLAY)
        with self.reading() as connection:
            files = [(row.path, row.date, "issued") for row in connection.execute(issued)]
            files += [(row.path, date.fromisoformat(row.start), row.end) for row in connection.execute(replays)]
            seen = set(connection.scalars(select(schema.plot.c.id).where(within(scope))))
        parts = []
        for path, day, weather in sorted(files, key=lambda one: (one[1], one[2])):
            frame = pq.read_table(self.home / path).to_pandas()
            parts.append(frame[frame["plot"].isin(seen)].assign(issued=pd.Timestamp(day), weather=weather))
        return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()

    def pest_dates(self) -> list[date]:
        """Return the days of which a pest outlook is kept, newest first."""
        table, run = schema.series, schema.run
        query = select(run.c.date).join(table, run.c.id == table.c.run).where(table.c.kind == PESTS)
        with self.reading() as connection:
            return list(connection.scalars(query.where(run.c.state == "finished").order_by(run.c.date.desc())))

    def finish_run(
        self,
        run_id: str,
        *,
        state: str = "finished",
        counts: Mapping[str, Any] | None = None,
        warnings: Sequence[Any] = (),
        by: Viewer | None = None,
    ) -> None:
        """End a run; a finished one takes the place of all others of its date, a failed one of none."""
        if state not in ("finished", "failed"):
            raise ValueError(f"a run ends 'finished' or 'failed'; got '{state}'")
        table = schema.run
        with self.writing() as connection:
            day = self._existing(connection, run_id).date
            if state == "finished":
                connection.execute(delete(table).where(table.c.date == day, table.c.id != run_id))
            ended = {"state": state, "finished": self.clock(), "counts": dict(counts or {}), "warnings": list(warnings)}
            connection.execute(update(table).where(table.c.id == run_id).values(ended))
            self.record(by, f"run.{state}", day.isoformat(), counts)

    def latest_run(self, on: date | None = None) -> Run | None:
        """Return the finished run of the newest day (not after `on`); None before the first."""
        with self.reading() as connection:
            found = connection.execute(_latest(on)).first()
        return None if found is None else Run(**found._mapping)

    def runs(self, n: int = 30) -> list[Run]:
        """Return the newest `n` runs, whatever became of them."""
        with self.reading() as connection:
            return [
                Run(**row._mapping)
                for row in connection.execute(select(schema.run).order_by(schema.run.c.id.desc()).limit(n))
            ]

    def outlook_summary(self, scope: Scope, on: date | None = None) -> pd.DataFrame:
        """Return the outlook of the newest run (not after `on`) for the plots within `scope`, by farm and name.

        Returns
        -------
        DataFrame
            `date` of the run, `plot` (id), `PLOT_COLUMNS`, then the other `OUTLOOK_COLUMNS`; dates are datetime64.
        """
        plot, farm, told = schema.plot, schema.farm, schema.outlook
        run = _latest(on).subquery()
        about = [farm.c.name.label("farm_name") if name == "farm_name" else plot.c[name] for name in PLOT_COLUMNS]
        said = [told.c[name] for name in OUTLOOK_COLUMNS[1:]]
        query = select(run.c.date, plot.c.id.label("plot"), *about, *said).select_from(told)
        query = (
            query.join(run, run.c.id == told.c.run)
            .join(plot, plot.c.id == told.c.plot)
            .join(farm, farm.c.id == plot.c.farm)
        )
        query = query.where(within(scope)).order_by(farm.c.name, plot.c.name, plot.c.id)
        with self.reading() as connection:
            result = connection.execute(query)
            frame = pd.DataFrame(result.fetchall(), columns=list(result.keys()))
        for name in ("date", *OUTLOOK_DATES):
            frame[name] = pd.to_datetime(frame[name])
        for name in OUTLOOK_INTEGERS:
            frame[name] = frame[name].astype("Int64")
        for name in (*OUTLOOK_NUMBERS, *PLOT_NUMBERS):
            frame[name] = frame[name].astype("float64")
        return anonymised(frame, self.salt()) if scope.anonymous else frame

    def outlook_files(self, on: date | None = None) -> OutlookFiles | None:
        """Return the files of the newest run (not after `on`); None when there is none."""
        table, run = schema.series, _latest(on).subquery()
        query = select(table.c.kind, table.c.path, run.c.date).join(run, run.c.id == table.c.run)
        with self.reading() as connection:
            found = {row.kind: row for row in connection.execute(query)}
        if not {"sites", "weights"} <= set(found):
            return None
        return OutlookFiles(self.home / found["sites"].path, self.home / found["weights"].path, found["sites"].date)

    def outlook_sites(self, on: date | None = None, sites: Sequence[Any] | None = None) -> xr.Dataset | None:
        """Return the site level of the newest run (not after `on`), all or some `sites`; it was saved as a Dataset."""
        files = self.outlook_files(on)
        return None if files is None else packing.read(files.sites, None if sites is None else {"site": sites})

    def outlook_weights(self, on: date | None = None, plots: Sequence[str] | None = None) -> pd.DataFrame | None:
        """Return plot, site, weight of the newest run (not after `on`), of all or some `plots`."""
        files = self.outlook_files(on)
        picked = None if plots is None else [("plot", "in", list(plots))]
        return None if files is None else pq.read_table(files.weights, filters=picked).to_pandas()

    def _existing(self, connection: Any, run_id: str) -> Any:
        found = connection.execute(select(schema.run).where(schema.run.c.id == run_id)).first()
        if found is None:
            raise NotFoundError(
                f"no run '{run_id}'; a later run of its date may have replaced it",
                zh=f"没有运行“{run_id}”；可能已被同日的新运行取代",
            )
        return found

    def _synthetic(self, connection: Any) -> bool:
        return bool(connection.scalar(select(schema.region.c.synthetic)))


def _latest(on: date | None) -> Select:
    table = schema.run
    query = select(table).where(table.c.state == "finished").order_by(table.c.date.desc(), table.c.id.desc()).limit(1)
    return query if on is None else query.where(table.c.date <= on)


def _length(content: Any) -> int:
    if isinstance(content, xr.Dataset):
        return int(pd.Series(dict(content.sizes)).prod())
    return content.num_rows if isinstance(content, pa.Table) else len(content)


def _rows(run_id: str, summary: pd.DataFrame) -> list[dict[str, Any]]:
    columns: dict[str, list[Any]] = {"run": [run_id] * len(summary)}
    for name in OUTLOOK_COLUMNS:
        column = summary[name] if name in summary else pd.Series([None] * len(summary), dtype=object)
        if name in OUTLOOK_DATES:
            days = pd.to_datetime(column)
            columns[name] = [None if missing else day.date() for day, missing in zip(days, days.isna(), strict=True)]
        else:
            kind: Any = int if name in OUTLOOK_INTEGERS else str if name in (*OUTLOOK_TEXTS, "plot") else float
            columns[name] = [None if pd.isna(value) else kind(value) for value in column]
    return [dict(zip(columns, values, strict=True)) for values in zip(*columns.values(), strict=True)]
