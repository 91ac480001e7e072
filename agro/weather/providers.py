"""Weather over the network: Open-Meteo and NASA POWER, read by the same readers as their files.

What goes out is the centre of a grid cell, never the place of a plot.
"""

import logging
from datetime import date
from typing import Any

import httpx
import tenacity

from agro.errors import AgroError
from agro.weather import forecasts, reading
from agro.weather.reading import WeatherFile

log = logging.getLogger(__name__)

ARCHIVE_URL = "https://archive-api.open-meteo.com"
FORECAST_URL = "https://ensemble-api.open-meteo.com"
POWER_URL = "https://power.larc.nasa.gov"
TRIES = 4
TIMEOUT = httpx.Timeout(30.0, connect=10.0)  # s
LONGEST_WAIT = 30.0  # s, between two tries
LARGEST = 64 * 1024 * 1024  # bytes of one answer
OPEN_METEO_CELL = (0.1, 0.1)  # degrees, the finest of its global reanalyses (ERA5-Land)
ENSEMBLE_CELL = (0.25, 0.25)  # degrees
POWER_CELL = (0.5, 0.625)  # degrees, MERRA-2
ARCHIVE_HOURLY = (
    "temperature_2m", "relative_humidity_2m", "dew_point_2m", "precipitation", "wind_speed_10m", "wind_gusts_10m",
    "shortwave_radiation", "direct_normal_irradiance", "diffuse_radiation", "surface_pressure",
)  # fmt: skip
FORECAST_HOURLY = (
    "temperature_2m", "relative_humidity_2m", "precipitation", "wind_speed_10m", "shortwave_radiation",
    "surface_pressure",
)  # fmt: skip
POWER_DAILY = ("T2M", "T2M_MIN", "T2M_MAX", "T2MDEW", "RH2M", "WS2M", "PRECTOTCORR", "ALLSKY_SFC_SW_DWN", "PS")


class ServiceError(AgroError):
    """A weather service did not answer, or answered with something that cannot be used."""


class Passing(Exception):
    """A fault that may be over at the next try; `wait` is how long the service asked to wait [s]."""

    def __init__(self, reason: str, wait: float = 0.0):
        super().__init__(reason)
        self.wait = wait


class Service:
    """One host: asks with a time-out, tries again after passing faults, gives up with a sentence.

    Parameters
    ----------
    client : httpx.Client, optional
        For proxies or certificates of one's own; its time-out counts.
    tries : int
        How often one question is asked at most.
    first_wait : float
        Before the second try; it doubles, up to `LONGEST_WAIT`. [s]
    """

    def __init__(self, client: httpx.Client | None = None, *, tries: int = TRIES, first_wait: float = 1.0):
        self.client = client or httpx.Client(timeout=TIMEOUT, headers={"User-Agent": "citrus-dss"})
        self.tries = tries
        self.first_wait = first_wait

    def asked(self, url: str, parameters: dict[str, Any]) -> str:
        """Return the text of a complete JSON answer.

        Raises
        ------
        ServiceError
            When all tries failed, or the service refuses the question.
        """
        backoff = tenacity.wait_exponential(multiplier=self.first_wait, max=LONGEST_WAIT)
        retrying = tenacity.Retrying(
            stop=tenacity.stop_after_attempt(self.tries),
            retry=tenacity.retry_if_exception_type(Passing),
            wait=lambda state: min(LONGEST_WAIT, max(backoff(state), _asked_wait(state))),
            before_sleep=lambda state: log.info("%s: try %d: %s", url, state.attempt_number, _fault(state)),
            reraise=True,
        )
        try:
            return retrying(self._once, url, parameters)
        except Passing as fault:
            raise ServiceError(
                f"the weather service {httpx.URL(url).host} did not answer after {self.tries} tries: {fault}",
                zh=f"气象服务 {httpx.URL(url).host} 在 {self.tries} 次尝试后仍未正常应答：{fault}",
            ) from fault

    def _once(self, url: str, parameters: dict[str, Any]) -> str:
        try:
            with self.client.stream("GET", url, params=parameters) as answer:
                body = b""
                for part in answer.iter_bytes():
                    body += part
                    if len(body) > LARGEST:
                        raise ServiceError(
                            f"{answer.url.host}: the answer is too large", zh=f"{answer.url.host}：应答过大"
                        )
        except httpx.TimeoutException as error:
            raise Passing("no answer in time") from error
        except httpx.TransportError as error:
            raise Passing(f"the connection failed: {error}") from error
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise ServiceError(f"{url}: {error}", zh=f"{url}：{error}") from error
        if answer.status_code == 429 or answer.status_code >= 500:
            raise Passing(f"status {answer.status_code}", _seconds(answer.headers.get("Retry-After", "")))
        content = body.decode("utf-8", "replace")
        if answer.status_code != 200:
            raise ServiceError(
                f"the weather service {answer.url.host} refused: status {answer.status_code}: {content[:300]}",
                zh=f"气象服务 {answer.url.host} 拒绝了请求：状态 {answer.status_code}：{content[:300]}",
            )
        if not content.rstrip().endswith(("}", "]")):
            raise Passing("the answer was cut off")
        return content


class OpenMeteo:
    """The archive and the ensemble forecast of Open-Meteo, or of a server of one's own that speaks the same.

    Parameters
    ----------
    base_url : str, optional
        One host for both; by default the two public ones.
    """

    def __init__(self, base_url: str | None = None, client: httpx.Client | None = None, **options: Any):
        self.archive_url = f"{(base_url or ARCHIVE_URL).rstrip('/')}/v1/archive"
        self.forecast_url = f"{(base_url or FORECAST_URL).rstrip('/')}/v1/ensemble"
        self.service = Service(client, **options)

    def archive(
        self, latitude: float, longitude: float, start: date, end: date, timezone: str = "Asia/Shanghai"
    ) -> WeatherFile:
        """Return hourly weather of the cell around a place, from `start` to `end` inclusive, local days."""
        parameters = {
            **_cell(latitude, longitude, OPEN_METEO_CELL),
            "start_date": start.isoformat(),
            "end_date": end.isoformat(),
            "hourly": ",".join(ARCHIVE_HOURLY),
            "timezone": timezone,
            "wind_speed_unit": "ms",
        }
        return _only(
            reading.parsed(self.service.asked(self.archive_url, parameters), "Open-Meteo", format="open_meteo")
        )

    def forecast(
        self,
        latitude: float,
        longitude: float,
        *,
        days: int = 15,
        model: str = "ecmwf_ifs025",
        timezone: str = "Asia/Shanghai",
        issued: str | None = None,
    ) -> WeatherFile:
        """Return the daily forecast (member, time) of the cell around a place; `issued` as in `forecast_file`."""
        parameters = {
            **_cell(latitude, longitude, ENSEMBLE_CELL),
            "forecast_days": days,
            "models": model,
            "hourly": ",".join(FORECAST_HOURLY),
            "timezone": timezone,
            "wind_speed_unit": "ms",
        }
        return forecasts.forecast(self.service.asked(self.forecast_url, parameters), "Open-Meteo", issued=issued)


class NasaPower:
    """The daily point service of NASA POWER."""

    def __init__(self, base_url: str = POWER_URL, client: httpx.Client | None = None, **options: Any):
        self.url = f"{base_url.rstrip('/')}/api/temporal/daily/point"
        self.service = Service(client, **options)

    def daily(self, latitude: float, longitude: float, start: date, end: date) -> WeatherFile:
        """Return daily weather of the cell around a place, `start` to `end` inclusive, days of local solar time."""
        parameters = {
            **_cell(latitude, longitude, POWER_CELL),
            "start": f"{start:%Y%m%d}",
            "end": f"{end:%Y%m%d}",
            "parameters": ",".join(POWER_DAILY),
            "community": "AG",
            "format": "JSON",
            "time-standard": "LST",
        }
        return _only(reading.parsed(self.service.asked(self.url, parameters), "NASA POWER", format="nasa_power"))


def cell_centre(latitude: float, longitude: float, size: tuple[float, float]) -> tuple[float, float]:
    """Return the centre of the grid cell [degrees] in which a place lies; the grids have a point at 0, 0."""
    if not (abs(latitude) <= 90 and abs(longitude) <= 180):
        raise ValueError(f"latitude {latitude} and longitude {longitude} are no place")
    return round(round(latitude / size[0]) * size[0], 4), round(round(longitude / size[1]) * size[1], 4)


def _cell(latitude: float, longitude: float, size: tuple[float, float]) -> dict[str, float]:
    centre = cell_centre(latitude, longitude, size)
    return {"latitude": centre[0], "longitude": centre[1]}


def _only(files: list[WeatherFile]) -> WeatherFile:
    return reading.one(files, None, {}, files[0].format)


def _seconds(text: str) -> float:
    """Return what `Retry-After` asks for [s]; a date counts as nothing, the exponential wait stands."""
    return float(text) if text.isascii() and text.isdigit() else 0.0


def _fault(state: tenacity.RetryCallState) -> BaseException | None:
    return state.outcome.exception() if state.outcome else None


def _asked_wait(state: tenacity.RetryCallState) -> float:
    fault = _fault(state)
    return fault.wait if isinstance(fault, Passing) else 0.0
