"""Weather of stations: observed series that only grow, and forecasts as they were issued."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import xarray as xr
from sqlalchemy import delete, insert, select

from agro.errors import ConflictError, InputError, MissingDataError, NotFoundError
from agro.farm import Viewer
from agro.store import packing, schema
from agro.store.ids import uuid7
from agro.store.merging import merged
from agro.store.places import Places

RESOLUTIONS = ("daily", "hourly")
SPAN = ("station", "name", "resolution", "start", "end", "rows", "source", "synthetic")


class Weather(Places):
    """Series in `series/`, issued forecasts in `forecasts/`."""

    def save_weather(
        self, station_id: str, dataset: xr.Dataset, resolution: str, source: str = "", *, by: Viewer | None = None
    ) -> dict[str, int]:
        """Return how many times were added, filled, the same and conflicting (always 0: those raise).

        Parameters
        ----------
        station_id : str
            A stored station.
        dataset : Dataset, dims (time,)
            Values and their `NAME_flag`s; attrs are kept.
        resolution : str
            "daily" (local days) or "hourly" (UTC).
        source : str
            Where it came from; added to what the series tells.

        Raises
        ------
        ConflictError
            When a value differs from the one stored for its time; nothing was changed.
        """
        if resolution not in RESOLUTIONS:
            raise ValueError(f"no resolution '{resolution}'; there are {', '.join(RESOLUTIONS)}")
        if source:
            dataset = dataset.assign_attrs(source=source)
        where = f"{station_id} {resolution}"
        table = schema.series
        mine = (table.c.kind == "weather", table.c.station == station_id, table.c.resolution == resolution)
        with self.writing() as connection:
            self._locked_station(connection, station_id)
            row = connection.execute(select(table).where(*mine)).first()
            stored = None if row is None else packing.read(self.home / row.path)
            result = merged(stored, dataset, where)
            if stored is None or result.added or result.filled:
                file = self._write("series", f"weather-{station_id}-{resolution}", result.dataset)
                connection.execute(delete(table).where(*mine))
                given = {"kind": "weather", "station": station_id, "resolution": resolution}
                connection.execute(insert(table).values(id=uuid7(), **given, **_about(result.dataset), **file))
            self.record(by, "weather.import", where, result.counts)
        return result.counts

    def weather(
        self,
        station_id: str,
        resolution: str,
        start: date | np.datetime64 | None = None,
        end: date | np.datetime64 | None = None,
    ) -> xr.Dataset:
        """Return the stored series from `start` to `end`, both included (a day means all of it).

        Raises
        ------
        MissingDataError
            When the station has none.
        """
        table = schema.series
        query = select(table.c.path).where(
            table.c.kind == "weather", table.c.station == station_id, table.c.resolution == resolution
        )
        dataset = self._read(query)
        if dataset is None:
            raise MissingDataError(
                f"no {resolution} weather at '{station_id}' yet", zh=f"“{station_id}”尚无{_zh(resolution)}气象数据"
            )
        return dataset.sel(time=slice(_moment(start), _moment(end, last=True)))

    def weather_span(self) -> pd.DataFrame:
        """Return one row a stored series: station, name, resolution, start, end, rows, source, synthetic."""
        table, station = schema.series, schema.station
        query = select(*[station.c.name if name == "name" else table.c[name] for name in SPAN]).join(station)
        query = query.where(table.c.kind == "weather").order_by(station.c.name, table.c.resolution)
        with self.reading() as connection:
            frame = pd.DataFrame(connection.execute(query).fetchall(), columns=list(SPAN))
        return frame.assign(start=pd.to_datetime(frame["start"]), end=pd.to_datetime(frame["end"]))

    def save_forecast_weather(
        self, station_id: str, dataset: xr.Dataset, *, resolution: str = "daily", by: Viewer | None = None
    ) -> dict[str, int]:
        """Return {added, same}: an issued forecast is kept as it was issued.

        Parameters
        ----------
        dataset : Dataset, dims (member, time)
            attrs["issued"] is an ISO time; without a zone it is UTC.

        Raises
        ------
        ConflictError
            When another forecast of this station, issued at the same time, stands.
        """
        issued = _issued(dataset)
        table = schema.weather_forecast
        mine = (table.c.station == station_id, table.c.resolution == resolution, table.c.issued == issued)
        with self.writing() as connection:
            self._locked_station(connection, station_id)
            row = connection.execute(select(table.c.path).where(*mine)).first()
            if row is not None:
                if not packing.read(self.home / row.path).equals(packing.unpacked(packing.packed(dataset))):
                    told = f"{issued:%Y-%m-%d %H:%M}"
                    raise ConflictError(
                        f"another forecast of '{station_id}' issued {told} UTC is stored; nothing was changed",
                        zh=f"“{station_id}”在 {told}（UTC）发布的另一份预报已保存；未做任何更改",
                    )
                return {"added": 0, "same": 1}
            file = self._write("forecasts", f"weather-{station_id}-{resolution}-{issued:%Y%m%dT%H%M}", dataset)
            about = _about(dataset)
            about.pop("rows")
            given = {"station": station_id, "resolution": resolution, "issued": issued, "day": self._day(issued)}
            members = dataset.sizes.get("member", 1)
            connection.execute(insert(table).values(id=uuid7(), members=members, **given, **about, **file))
            self.record(by, "forecast.import", f"{station_id} {issued.isoformat()}", {"members": members})
        return {"added": 1, "same": 0}

    def forecast_weather(
        self, station_id: str, on: date, *, resolution: str = "daily", days: int = 3, until: datetime | None = None
    ) -> xr.Dataset | None:
        """Return the newest forecast issued on the local day `on` or at most `days` before; None without one.

        With `until` only those issued by that moment count.
        """
        table = schema.weather_forecast
        query = select(table.c.path).where(table.c.station == station_id, table.c.resolution == resolution)
        query = query.where(table.c.day <= on, table.c.day >= on - timedelta(days=days)).order_by(table.c.issued.desc())
        query = query if until is None else query.where(table.c.issued <= until)
        return self._read(query.limit(1))

    def _locked_station(self, connection: Any, station_id: str) -> None:
        table = (
            schema.station
        )  # "for update" keeps two imports of one station apart where the database is not one writer's
        if connection.execute(select(table.c.id).where(table.c.id == station_id).with_for_update()).first() is None:
            raise NotFoundError(
                f"no station '{station_id}'; save it before its weather", zh=f"没有气象站“{station_id}”；请先保存气象站"
            )

    def _write(self, folder: str, stem: str, dataset: xr.Dataset) -> dict[str, str]:
        with self.drafted(folder, stem, ".parquet", lambda path: packing.write(path, dataset)) as keep:
            return keep()

    def _read(self, query: Any) -> xr.Dataset | None:
        for last in (False, True):
            with self.reading() as connection:
                path: str | None = connection.scalar(query)
            if path is None:
                return None
            try:
                return packing.read(self.home / path)
            except FileNotFoundError:  # replaced and swept since the row was read: look again
                if last:
                    raise lost(self.home / path) from None
        return None

    def _day(self, moment: datetime) -> date:
        with self.reading() as connection:
            zone = connection.scalar(select(schema.region.c.timezone))
        return moment.astimezone(ZoneInfo(zone or "Asia/Shanghai")).date()


def lost(path: Path) -> MissingDataError:
    """Return the error of a file that a row names and that is gone."""
    return MissingDataError(
        f"{path} is gone; import it again or restore the backup", zh=f"文件 {path} 丢失；请重新导入或恢复备份"
    )


def _about(dataset: xr.Dataset) -> dict[str, Any]:
    times = dataset["time"].values
    return {
        "start": str(np.datetime_as_string(times.min(), unit="s")),
        "end": str(np.datetime_as_string(times.max(), unit="s")),
        "rows": int(times.size),
        "source": str(dataset.attrs.get("source", "")),
        "synthetic": bool(dataset.attrs.get("synthetic", 0)),
    }


def _issued(dataset: xr.Dataset) -> datetime:
    try:
        issued = datetime.fromisoformat(str(dataset.attrs["issued"]))
    except (KeyError, ValueError):
        got = dataset.attrs.get("issued")
        raise InputError(
            f"a forecast needs attrs['issued'] as an ISO time; got {got!r}",
            zh=f"预报需要发布时间（ISO 格式）；现为 {got!r}",
        ) from None
    return issued.replace(tzinfo=UTC) if issued.tzinfo is None else issued.astimezone(UTC)


def _moment(when: Any, last: bool = False) -> np.datetime64 | None:
    if when is None:
        return None
    whole_day = isinstance(when, date) and not isinstance(when, datetime)
    moment = np.datetime64(pd.Timestamp(when).to_datetime64(), "ns")
    return moment + np.timedelta64(86_400 * 10**9 - 1, "ns") if last and whole_day else moment


def _zh(resolution: str) -> str:
    return {"daily": "逐日", "hourly": "逐时"}.get(resolution, resolution)
