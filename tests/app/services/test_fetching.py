"""Weather from a server that speaks as the online services document it."""

import json
import threading
from contextlib import contextmanager
from datetime import date, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest

from agro.errors import InputError, MissingDataError, NotAllowedError
from agro.farm import Role, Viewer
from agro.store import OPERATOR
from app.services import fetching
from app.services.platform import open_platform
from tests.app import small

FIRST, LAST = date(2024, 7, 1), date(2024, 7, 3)


def days(question, first="start_date", last="end_date"):
    start, end = (date.fromisoformat(question[key][0]) for key in (first, last))
    return [start + timedelta(days=n) for n in range((end - start).days + 1)]


def hourly(question, members=("",), days_asked=None):
    """Answer as Open-Meteo does: the hours of the local days that were asked for."""
    asked = days_asked or days(question)
    time = [f"{day}T{hour:02d}:00" for day in asked for hour in range(24)]
    hours = {"time": time, "precipitation": [0.1] * len(time)}
    for place, member in enumerate(members):
        hours[f"temperature_2m{member}"] = [20.0 + place + (index % 24) / 4 for index in range(len(time))]
    return {
        "latitude": float(question["latitude"][0]), "longitude": float(question["longitude"][0]), "elevation": 311.0,
        "utc_offset_seconds": 28800, "timezone": "Asia/Shanghai", "hourly": hours,
        "hourly_units": {"time": "iso8601", "temperature_2m": "°C", "precipitation": "mm"},
    }  # fmt: skip


def answered(path, question):
    if path == "/v1/archive":
        return hourly(question)
    if path == "/v1/ensemble":
        coming = [date(2024, 4, 1) + timedelta(days=n) for n in range(int(question["forecast_days"][0]))]
        return hourly(question, ("", "_member01", "_member02"), coming)
    first, last = (
        date.fromisoformat(f"{text[:4]}-{text[4:6]}-{text[6:]}") for text in (question["start"][0], question["end"][0])
    )
    stamps = [f"{first + timedelta(days=n):%Y%m%d}" for n in range((last - first).days + 1)]
    return {
        "geometry": {"coordinates": [float(question["longitude"][0]), float(question["latitude"][0]), 612.3]},
        "properties": {"parameter": {"T2M_MIN": dict.fromkeys(stamps, 21.0), "T2M_MAX": dict.fromkeys(stamps, -999.0)}},
        "header": {"fill_value": -999.0, "time_standard": "LST"}, "parameters": {"T2M_MIN": {"units": "C"}},
    }  # fmt: skip


@contextmanager
def server():
    questions = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            parts = urlsplit(self.path)
            questions.append((parts.path, parse_qs(parts.query), self.path))
            data = json.dumps(answered(*questions[-1][:2])).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_):
            pass

    host = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=host.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{host.server_port}", questions
    finally:
        host.shutdown()
        host.server_close()


@pytest.fixture
def home(small_home):
    platform = open_platform(small_home)
    yield platform
    platform.store.close()


@pytest.fixture
def asked(monkeypatch):
    """Make both services a server on this machine, and give the questions that it got."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with server() as (url, questions):
        monkeypatch.setenv("CITRUS_OPEN_METEO_URL", url)
        monkeypatch.setenv("CITRUS_NASA_POWER_URL", url)
        yield questions


@pytest.mark.parametrize(
    ("provider", "resolution", "rows", "elevation"),
    [("open-meteo", "hourly", 72, 311.0), ("nasa-power", "daily", 3, 612.3)],
)
def test_a_history_becomes_a_station_of_its_grid_cell(home, asked, provider, resolution, rows, elevation):
    report = fetching.history(OPERATOR, home, provider, FIRST, LAST)
    assert report.counts == {"stations": 1, "added": rows, "filled": 0, "same": 0, "conflicting": 0}
    station = next(station for station in home.store.stations() if station.name.startswith(provider))
    assert station.elevation == elevation
    assert home.store.weather(station.id, resolution).sizes["time"] == rows
    again = fetching.history(OPERATOR, home, provider, FIRST, LAST)
    assert again.counts["same"] == rows
    assert len(home.store.stations()) == 2


def test_only_a_grid_cell_is_told_never_the_place_of_a_plot(home, asked):
    longitude, latitude = fetching.centre(home)
    for provider in fetching.PROVIDERS:
        fetching.history(OPERATOR, home, provider, FIRST, LAST)
    fetching.forecast(OPERATOR, home)
    assert len(asked) == 3
    for _, question, whole in asked:
        assert abs(float(question["latitude"][0]) - latitude) > 1e-3
        assert f"{latitude:.3f}" not in whole
        assert f"{longitude:.3f}" not in whole


def test_a_missing_value_of_the_service_stays_missing(home, asked):
    fetching.history(OPERATOR, home, "nasa-power", FIRST, LAST)
    station = next(station for station in home.store.stations() if station.name.startswith("nasa-power"))
    stored = home.store.weather(station.id, "daily")
    assert stored["tmax"].isnull().all()
    assert (stored["tmax_flag"] == 9).all()


def test_a_forecast_goes_to_the_nearest_station_with_its_members(home, asked):
    report = fetching.forecast(OPERATOR, home)
    assert (report.counts["members"], report.counts["days"]) == (3, 15)
    (station,) = home.store.stations()
    assert home.store.forecast_weather(station.id, date(2024, 4, 1)).sizes["member"] == 3


def test_the_hours_are_those_of_the_regions_days(home, asked):
    fetching.history(OPERATOR, home, "open-meteo", FIRST, LAST)
    assert asked[0][1]["timezone"] == ["Asia/Shanghai"]


def test_an_unknown_service_is_refused(home):
    with pytest.raises(InputError, match="unknown provider 'weather-god'; known: open-meteo, nasa-power"):
        fetching.history(OPERATOR, home, "weather-god", FIRST, LAST)


def test_without_plots_there_is_no_place_to_ask_for(tmp_path, asked):
    with pytest.raises(MissingDataError, match="citrus import plots"):
        fetching.forecast(OPERATOR, open_platform(tmp_path / "empty"))
    assert asked == []


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.ADMIN, Role.AGRONOMIST, Role.STATION}))
def test_who_may_not_fetch_asks_nobody(home, asked, role):
    viewer = Viewer("a", "某人", role)
    with pytest.raises(NotAllowedError):
        fetching.forecast(viewer, home)
    with pytest.raises(NotAllowedError):
        fetching.history(viewer, home, "open-meteo", FIRST, LAST)
    assert asked == []


def test_the_answer_without_a_height_is_refused_and_nothing_is_stored(home, small_home, asked, monkeypatch):
    before = small.standing(small_home)
    monkeypatch.setitem(
        globals(), "hourly", lambda question: {"hourly": {"time": ["2024-07-01T00:00"], "temperature_2m": [1.0]}}
    )
    with pytest.raises(InputError, match="does not say the latitude, longitude, elevation"):
        fetching.history(OPERATOR, home, "open-meteo", FIRST, LAST)
    assert small.standing(small_home) == before
