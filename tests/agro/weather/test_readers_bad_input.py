import contextlib
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agro.errors import InputError
from agro.weather import forecasts, reading
from agro.weather.readers import text

BAD = {
    "empty file": (b"", "empty"),
    "only blanks": (b" \r\n \n", "empty"),
    "no text": (b"\x00\x01\x02\xff" * 50, "not a text file"),
    "a spreadsheet": (b"PK\x03\x04rest", "save it as CSV"),
    "unknown columns": (b"date,spam\n2024-01-01,3\n", "no column of daily weather"),
    "no date": (b"day,tmin\n1,3\n", "no known weather format"),
    "text for a number": (b"date,tmin,tmax\n2024-01-01,3,9\n2024-01-02,cold,9\n", "line 3, column 'tmin': 'cold'"),
    "a number with a grouping": (b"date,tmin\n2024-01-01,1_0\n", "'1_0' is no number"),
    "infinite": (b"date,tmin\n2024-01-01,inf\n", "no number"),
    "1900": (b"date,tmin\n1900-01-01,3\n", "year 1900; years from 1950 to 2049"),
    "2100": (b"date,tmin\n2024-01-01,3\n2100-01-01,3\n", "line 3: the year 2100"),
    "no such day": (b"date,tmin\n2023-02-29,3\n", "'2023-02-29' is no date"),
    "an unclear date": (b"date,tmin\n03/04/2024,3\n", "'03/04/2024' is no date"),
    "conflicting duplicates": (b"date,tmin\n2024-01-01,3\n2024-01-01,4\n", "2024-01-01 stands twice.*tmin 3 and 4"),
    "a short row": (b"date,tmin,tmax\n2024-01-01,3\n", "line 2: 2 fields; the header has 3"),
    "a column twice": (b"date,tmin,tmin\n2024-01-01,3,3\n", "stands twice"),
    "one quantity twice": ("date,tmin,最低气温\n2024-01-01,3,3\n".encode(), "two columns hold tmin"),
    "unknown unit": (b"date,tmin [furlong]\n2024-01-01,3\n", "'furlong'"),
    "no rows": (b"date,tmin\n", "no rows"),
    "half hours": (b"time,temperature\n2024-01-01 10:30,3\n", "no whole hour"),
    "two stations": (b"date,station,tmin\n2024-01-01,A,3\n2024-01-01,B,3\n", "2 stations"),
    "a place off the earth": (b"# latitude: 95\ndate,tmin\n2024-01-01,3\n", "latitude 95"),
    "broken JSON": (b'{"hourly": {"time": ["2024-01-01T00:00"', "the JSON is broken"),
    "JSON of something else": (b'{"a": 1}', "no known weather format"),
    "an unequal column": (b'{"daily": {"time": ["2024-01-01"], "temperature_2m_max": [1, 2]}}', "2 values for 1 times"),
    "an error of the service": (b'{"error": true, "reason": "no data", "daily": 1}', "no data"),
    "POWER without end": (b"-BEGIN HEADER-\nNASA\nYEAR,DOY,T2M\n2020,1,3\n", "-END HEADER- is missing"),
    "POWER day 366": (b"YEAR,DOY,T2M\n2021,366,3\n", "no year and day of year"),
    "EPW header": (b"LOCATION,x\n", "LOCATION needs latitude"),
    "EPW without hours": (b"LOCATION,a,b,c,d,e,30,108,8,200\nDATA PERIODS,1\n", "no hours"),
}


@pytest.mark.parametrize(("content", "message"), BAD.values(), ids=BAD.keys())
def test_a_file_that_cannot_be_used_is_refused_in_both_languages(content, message, tmp_path):
    path = tmp_path / "weather.csv"
    path.write_bytes(content)
    with pytest.raises(InputError, match=message) as refused:
        reading.read_weather(path)
    assert any("\u4e00" <= letter <= "\u9fff" for letter in refused.value.zh)


def test_a_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(InputError, match="cannot be opened"):
        reading.read_weather(tmp_path / "none.csv")
    with pytest.raises(InputError, match="cannot be opened"):
        reading.read_weather(tmp_path)


STARTS = [
    "", "date,tmin,rain\n", "time,temperature\n", "日期,最低气温\n", "YEAR,DOY,T2M\n",
    "-BEGIN HEADER-\n-END HEADER-\nYEAR,MO,DY,T2M\n",
    "LOCATION,a,b,c,d,e,30,108,8,200\nDATA PERIODS,1\n2020,1,1,1,0,",
    '{"hourly": ', '{"properties": {"parameter": ', '{"daily": {"time": ',
    "StationID,DATETIME,TMEAN\n", "# timezone: ", "DATETIME,815\n",
]  # fmt: skip
FIELDS = st.text(alphabet="0123456789-/.:T ,;\t\n\"'#[]{}einfNa最低气温年月日", max_size=60)


@given(start=st.sampled_from(STARTS), rest=FIELDS | st.text(max_size=40))
@settings(max_examples=300)
def test_no_text_makes_a_reader_stumble(start, rest):
    with contextlib.suppress(InputError):
        reading.parsed(start + rest, "weather", timezone="Asia/Shanghai")
    with contextlib.suppress(InputError):
        forecasts.forecast(start + rest, "weather")


ATOMS = ["2024-01-01", "2024-01-01T05:00", "°C", "x"]
NAMES = ["time", "temperature_2m", "temperature_2m_max_member01", "T2M", "20240101", "units"]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.sampled_from(ATOMS),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=3),
    max_leaves=12,
)
KEYS = ["hourly", "daily", "hourly_units", "daily_units", "latitude", "utc_offset_seconds", "elevation"]


@given(document=st.dictionaries(st.sampled_from(KEYS), JSON, min_size=1))
@settings(max_examples=150)
def test_no_json_makes_the_open_meteo_reader_stumble(document):
    content = json.dumps(document)
    for read in (lambda: reading.parsed(content, "answer"), lambda: forecasts.forecast(content, "answer")):
        with contextlib.suppress(InputError):
            read()


@given(parameter=JSON, header=JSON, geometry=JSON)
@settings(max_examples=100)
def test_no_json_makes_the_power_reader_stumble(parameter, header, geometry):
    document = {"properties": {"parameter": parameter}, "header": header, "geometry": geometry, "parameters": header}
    with contextlib.suppress(InputError):
        reading.parsed(json.dumps(document), "answer")


@given(data=st.binary(max_size=200))
def test_no_bytes_make_the_reader_stumble(data):
    with contextlib.suppress(InputError):
        reading.parsed(text.decoded(data, "weather"), "weather")
