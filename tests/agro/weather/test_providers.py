import json
import threading
import time
from contextlib import contextmanager
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agro.errors import AgroError, InputError
from agro.weather.providers import NasaPower, OpenMeteo, ServiceError, cell_centre

HOURS = [f"2024-07-0{day}T{hour:02d}:00" for day in (1, 2) for hour in range(24)]
ARCHIVE = {
    "latitude": 30.7, "longitude": 108.4, "elevation": 311.0, "utc_offset_seconds": 28800, "timezone": "Asia/Shanghai",
    "hourly_units": {"time": "iso8601", "temperature_2m": "°C", "precipitation": "mm"},
    "hourly": {"time": HOURS, "temperature_2m": [25.0] * 48, "precipitation": [0.1] * 48},
}  # fmt: skip
ENSEMBLE = ARCHIVE | {
    "hourly": {"time": HOURS, "temperature_2m": [25.0] * 48, "temperature_2m_member01": [26.0] * 48},
}
POWER = {
    "type": "Feature", "geometry": {"type": "Point", "coordinates": [108.125, 30.5, 612.3]},
    "properties": {"parameter": {"T2M": {"20240701": 27.1, "20240702": -999.0}}},
    "header": {"fill_value": -999.0, "time_standard": "LST"}, "parameters": {"T2M": {"units": "C"}},
}  # fmt: skip


@contextmanager
def server(*answers):
    """Yield (url, questions) of a local server that gives one answer after the other, the last for ever."""
    questions, left = [], list(answers)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            questions.append(urlsplit(self.path))
            status, headers, body = left.pop(0) if len(left) > 1 else left[0]
            if status == "hang":
                time.sleep(0.6)
                return
            data = body if isinstance(body, bytes) else json.dumps(body).encode()
            self.send_response(status)
            headers = {"Content-Length": str(len(data))} | headers
            for key, value in headers.items():
                self.send_header(key, value)
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


def quick():
    return {"client": httpx.Client(timeout=0.2, trust_env=False), "first_wait": 0.01}


def archive(url):
    return OpenMeteo(url, **quick()).archive(30.7512, 108.3687, date(2024, 7, 1), date(2024, 7, 2))


def test_the_archive_is_asked_for_the_cell_and_read_like_a_file():
    with server((200, {}, ARCHIVE)) as (url, questions):
        file = archive(url)
    asked = parse_qs(questions[0].query)
    assert questions[0].path == "/v1/archive"
    assert (asked["latitude"], asked["longitude"]) == (["30.8"], ["108.4"])
    assert (asked["start_date"], asked["end_date"], asked["timezone"]) == (
        ["2024-07-01"],
        ["2024-07-02"],
        ["Asia/Shanghai"],
    )
    assert "30.7512" not in questions[0].query
    assert "temperature_2m" in asked["hourly"][0]
    assert (file.resolution, file.dataset.sizes["time"], file.latitude) == ("hourly", 48, 30.7)


def test_the_forecast_has_members():
    with server((200, {}, ENSEMBLE)) as (url, questions):
        weather = OpenMeteo(url, **quick()).forecast(30.7512, 108.3687, issued="2024-07-01").dataset
    assert questions[0].path == "/v1/ensemble"
    assert parse_qs(questions[0].query)["latitude"] == ["30.75"]
    assert weather.tmax.values.tolist() == [[25, 25], [26, 26]]


def test_power_is_asked_for_days_of_solar_time():
    with server((200, {}, POWER)) as (url, questions):
        file = NasaPower(url, **quick()).daily(30.7512, 108.3687, date(2024, 7, 1), date(2024, 7, 2))
    asked = parse_qs(questions[0].query)
    assert questions[0].path == "/api/temporal/daily/point"
    assert (asked["latitude"], asked["longitude"], asked["start"]) == (["31.0"], ["108.125"], ["20240701"])
    assert file.dataset.tmean_flag.values.tolist() == [2, 9]


CUT = json.dumps(ARCHIVE).encode()[:300]
PASSING = {
    "too many questions": (429, {"Retry-After": "0"}, {}),
    "a fault inside": (500, {}, {}),
    "no answer in time": ("hang", {}, {}),
    "cut off inside the JSON": (200, {}, CUT),
    "cut off by the line": (200, {"Content-Length": "9999"}, CUT),
}


@pytest.mark.parametrize("fault", PASSING.values(), ids=PASSING.keys())
def test_a_passing_fault_is_tried_again(fault):
    with server(fault, fault, (200, {}, ARCHIVE)) as (url, questions):
        assert archive(url).dataset.sizes["time"] == 48
    assert len(questions) == 3


@pytest.mark.parametrize("fault", PASSING.values(), ids=PASSING.keys())
def test_a_lasting_fault_ends_after_four_tries_with_a_sentence(fault):
    with server(fault) as (url, questions), pytest.raises(ServiceError, match="did not answer after 4 tries") as raised:
        archive(url)
    assert len(questions) == 4
    assert "4 次尝试" in raised.value.zh


def test_a_refused_question_is_not_asked_again():
    refusal = (400, {}, {"error": True, "reason": "Parameter out of range"})
    with server(refusal) as (url, questions), pytest.raises(ServiceError, match="Parameter out of range"):
        archive(url)
    assert len(questions) == 1


def test_an_answer_of_another_kind_is_an_input_error():
    with server((200, {}, {"hello": "world"})) as (url, _), pytest.raises(InputError, match="no known variable"):
        archive(url)


def test_nobody_there_is_told():
    with pytest.raises(AgroError, match="the connection failed"):
        archive("http://127.0.0.1:9")


@given(st.floats(-90, 90), st.floats(-180, 180))
def test_the_cell_says_nothing_of_the_plot_but_its_cell(latitude, longitude):
    size = (0.5, 0.625)
    centre = cell_centre(latitude, longitude, size)
    assert cell_centre(*centre, size) == centre
    assert abs(centre[0] - latitude) <= 0.2501
    assert abs(centre[1] - longitude) <= 0.3126


def test_a_place_off_the_earth_is_a_wrong_call():
    with pytest.raises(ValueError, match="no place"):
        cell_centre(95, 0, (0.1, 0.1))
