"""A file that cannot be used: one clear message in two languages, exit code 2, and nothing stored."""

import json
import re

import numpy as np
import pytest

from tests.app import small

HTML = b"<!DOCTYPE html><html><body><h1>404 Not Found</h1></body></html>"
NAMES = {
    "plots": "a.geojson",
    "boundaries": "a.geojson",
    "dem": "a.tif",
    "weather": "a.csv",
    "forecast": "a.json",
    "observations": "a.csv",
    "sprays": "a.csv",
    "counts": "a.csv",
    "traps": "a.csv",
    "samples": "a.csv",
}
PLOT = {"name": "新地", "farm": "丙果园", "at": (109.3370, 30.9060)}
HEAD = "# latitude: 30.9\n# longitude: 109.33\n# elevation: 210\n"
DAYS = ["2024-04-01", "2024-04-02", "2024-04-03"]
CHINESE = re.compile("[\u4e00-\u9fff]")


def forecast(path, days=DAYS, place=(30.9, 109.33), **values):
    low, high = [10.0, 11.0, 12.0], [20.0, 21.0, 22.0]
    daily = {"time": days, "temperature_2m_min": low, "temperature_2m_max": high, "temperature_2m_max_member01": high}
    document = {"utc_offset_seconds": 28800, "daily": daily | values}
    if place:
        document |= {"latitude": place[0], "longitude": place[1], "elevation": 210.0}
    path.write_text(json.dumps(document), encoding="utf-8")
    return path


def forecasted(*given, **more):
    return lambda folder: forecast(folder / "a.json", *given, **more)


def geojson(*plots, crs=None):
    return lambda folder: small.write_plots(folder / "a.geojson", *plots, crs=crs)


def text(name, content):
    def write(folder):
        path = folder / name
        path.write_text(content, encoding="utf-8")
        return path

    return write


def cut_dem(folder):
    whole = small.write_dem(folder / "whole.tif").read_bytes()
    (folder / "a.tif").write_bytes(whole[: len(whole) // 3])
    return folder / "a.tif"


def bare_dem(folder):
    import rasterio

    with rasterio.open(
        folder / "a.tif", "w", driver="GTiff", width=9, height=9, count=1, dtype="float32",
        transform=rasterio.transform.from_origin(0, 9, 1, 1),
    ) as file:  # fmt: skip
        file.write(np.ones((1, 9, 9), "float32"))
    return folder / "a.tif"


def offset_plots(folder):
    from agro.vectors import gcj02

    east, north = gcj02.from_wgs84(109.3425, 30.9060)
    return small.write_plots(folder / "a.geojson", {"name": "描的地", "at": (float(east), float(north))})


FLAT = {"type": "Polygon", "coordinates": [[[109.33, 30.9], [109.331, 30.901], [109.332, 30.902], [109.33, 30.9]]]}
TWICE = ({"name": "新地", "at": (109.337, 30.906)}, {"name": "新地", "at": (109.339, 30.906)})
ELSEWHERE = {"name": "河边地", "farm": "甲果园", "at": (109.3400, 30.9050)}
GRID = {
    "type": "Polygon",
    "coordinates": [[[500000, 3420000], [500100, 3420000], [500100, 3420100], [500000, 3420000]]],
}

BAD = {  # kind, how the file is made, what the message names
    "plots, wrong columns": ("plots", text("a.csv", "甲,乙\n1,2\n"), "has the columns 甲, 乙; needed are longitude"),
    "plots, text for a number": ("plots", text("a.csv", "name,lon,lat,mu\nA,东边,30.9,3\n"), "row 2: longitude '东边'"),
    "plots, a year in words": ("plots", geojson(PLOT | {"planted": "很早"}), "row 1.*很早"),
    "plots, planted in 2100": ("plots", geojson(PLOT | {"planted": 2100}), "row 1.*2100"),
    "plots, planted in 1900": ("plots", geojson(PLOT | {"planted": 1900}), "row 1.*1900"),
    "plots, no area": ("plots", geojson({"name": "线", "geometry": FLAT}), "row 1: the polygon encloses less than 1"),
    "plots, one name twice": ("plots", geojson(*TWICE), "rows 1 and 2 both are plot '新地'"),
    "plots, stored elsewhere": ("plots", geojson(ELSEWHERE), r"plot '河边地' is stored \d+ m away"),
    "plots, no CRS": ("plots", geojson({"name": "网格", "geometry": GRID}), "CRS is not known.*--crs"),
    "plots, a CRS that is none": ("plots", geojson(PLOT, crs="EPSG:999999"), "name an EPSG code"),
    "plots, GCJ-02": ("plots", offset_plots, "GCJ-02.*--gcj02 or --no-gcj02"),
    "plots, an unknown kind of file": ("plots", text("a.dwg", "AC1027"), "'.dwg' is not read"),
    "boundaries, no names": ("boundaries", geojson({"code": "1", "at": (109.3, 30.9)}), "no column with names"),
    "boundaries, no area": ("boundaries", geojson({"name": "线", "geometry": FLAT}), "encloses less than"),
    "boundaries, no CRS": ("boundaries", geojson({"name": "甲镇", "geometry": GRID}), "CRS"),
    "dem, a header larger than its file": ("dem", cut_dem, "header promises 60 x 60 cells|cannot be opened"),
    "dem, nowhere": ("dem", bare_dem, "CRS"),
    "weather, wrong columns": ("weather", text("a.csv", "date,spam\n2024-04-01,3\n"), "no column of daily weather"),
    "weather, text for a number": (
        "weather",
        text("a.csv", "date,tmin\n2024-04-01,冷\n"),
        "line 2, column 'tmin': '冷'",
    ),
    "weather, 1900": ("weather", text("a.csv", "date,tmin\n1900-04-01,3\n"), "line 2: the year 1900"),
    "weather, 2100": ("weather", text("a.csv", "date,tmin\n2100-04-01,3\n"), "line 2: the year 2100"),
    "weather, a day twice": (
        "weather",
        text("a.csv", f"{HEAD}date,tmin\n2024-04-01,3\n2024-04-01,4\n"),
        "2024-04-01 stands twice",
    ),
    "weather, against the store": (
        "weather",
        lambda folder: small.write_weather(folder / "a.csv", "2024-03-25", "2024-04-02", seed=7),
        r"谷底站 daily: \d+ values contradict \(stored / new\): 2024-03-2",
    ),
    "weather, no place": (
        "weather",
        lambda folder: small.write_weather(
            folder / "a.csv", "2024-01-01", "2024-01-05", station="山上", latitude=None, elevation=None
        ),
        "山上: the file does not say the station's latitude, elevation; give --latitude --elevation",
    ),
    "weather, a station far away": (
        "weather",
        lambda folder: small.write_weather(folder / "a.csv", "2024-04-01", "2024-04-05", latitude=29.9),
        "station '谷底站' is stored 11[01] km away",
    ),
    "forecast, wrong columns": (
        "forecast",
        text("a.json", '{"daily": {"time": ["2024-04-01"], "spam": [1]}}'),
        "no known variable in 'daily' or 'hourly'",
    ),
    "forecast, text for a number": (
        "forecast",
        forecasted(temperature_2m_min=["冷", 1, 2]),
        "冷|number",
    ),
    "forecast, 1900": ("forecast", forecasted(["1900-04-01", "1900-04-02", "1900-04-03"]), "1900"),
    "forecast, 2100": ("forecast", forecasted(["2100-04-01", "2100-04-02", "2100-04-03"]), "2100"),
    "forecast, a day twice": (
        "forecast",
        forecasted(["2024-04-01", "2024-04-01", "2024-04-02"]),
        "2024-04-01|not even",
    ),
    "observations, wrong columns": ("observations", text("a.csv", "甲,乙\n1,2\n"), "has the columns 甲, 乙; needed"),
    "observations, text for a number": (
        "observations",
        text("a.csv", "地块,日期,果径\n河边地,2024-07-20,不大\n"),
        "row 2: column '果径': fruit diameter is '不大'",
    ),
    "observations, an unknown plot": (
        "observations",
        text("a.csv", "plot,date,kind,value\n河里地,2024-07-20,tss,10\n"),
        "row 2: no plot '河里地'; near names: 河边地",
    ),
    "observations, 2100": (
        "observations",
        text("a.csv", "plot,date,kind,value\n河边地,2100-07-20,tss,10\n"),
        "row 2: the date 2100-07-20 is in the future",
    ),
    "observations, percent for a share": (
        "observations",
        text("a.csv", "plot,date,kind,value\n河边地,2024-07-20,soil_moisture,25\n"),
        "row 2: soil moisture is 25; 0.01 to 0.75 m3 m-3",
    ),
    "observations, two sizes of one fruit": (
        "observations",
        text("a.csv", "地块,日期,果径,横径\n河边地,2024-07-20,45,46\n"),
        "are both fruit diameter",
    ),
    "sprays, wrong columns": ("sprays", text("a.csv", "甲,乙\n1,2\n"), "has the columns 甲, 乙; needed"),
    "sprays, a bare number for a group": (
        "sprays",
        text("a.csv", "地块,日期,药剂,作用机理\n河边地,2024-05-06,甲,6\n"),
        "row 2: '6' is no mode of action",
    ),
    "sprays, an unknown target": (
        "sprays",
        text("a.csv", "地块,日期,药剂,防治对象\n河边地,2024-05-06,甲,外星虫\n"),
        "row 2: unknown organism '外星虫'; known",
    ),
    "counts, no number looked at": (
        "counts",
        text("a.csv", "地块,日期,病虫,方法,发生数\n河边地,2024-06-20,黑点病,查果,12\n"),
        "needed is a column n",
    ),
    "counts, more infested than seen": (
        "counts",
        text("a.csv", "plot,date,pest,method,n,infested\n河边地,2024-06-20,melanose,fruit,100,112\n"),
        "row 2: 112 infested of 100 looked at",
    ),
    "traps, 2100": (
        "traps",
        text("a.csv", "地块,日期,病虫,诱集器数,诱虫数\n河边地,2100-06-20,黑点病,1,0\n"),
        "row 2: the date 2100-06-20 is in the future",
    ),
    "samples, removed before it was suspected": (
        "samples",
        text("a.csv", "地块,日期,株号,状态\n河边地,2024-10-08,T1,已挖除\n"),
        "row 2: no suspected tree 'T1' that you can see",
    ),
    "forecast, nowhere": ("forecast", forecasted(place=None), "which place.*谷底站"),
}  # fmt: skip


@pytest.fixture
def refused(citrus, small_home):
    """Give a function that imports a file, finds it refused, and returns the English message."""

    def look(kind, path, match, *more):
        before = small.standing(small_home)
        for words in ([], ["--preview"]):
            said = citrus("import", kind, path, *more, *words, "--home", small_home, "--json")
            if words and said.code == 0:
                continue  # a preview may show what only the store refuses
            assert said.code == 2, said
            assert said.json["status"] == "refused"
            assert re.search(match, said.error["en"]), said.error
            assert path.name in said.error["en"]
            assert path.name in said.error["zh"]
            assert CHINESE.search(said.error["zh"])
            assert said.error["zh"] in said.err
            assert "Traceback" not in said.err
        assert small.standing(small_home) == before

    return look


@pytest.mark.parametrize(("kind", "make", "match"), BAD.values(), ids=BAD.keys())
def test_a_bad_file_is_refused_and_nothing_changes(refused, tmp_path, kind, make, match):
    refused(kind, make(tmp_path), match)


@pytest.mark.parametrize("kind", NAMES)
@pytest.mark.parametrize(
    ("content", "match"),
    [(b"", "the file is empty"), (HTML, "."), (b"\x00\xff\x17" * 99, "."), (None, "no such file")],
    ids=["empty", "a web page", "noise", "missing"],
)
def test_what_is_no_data_at_all_is_refused(refused, tmp_path, kind, content, match):
    path = tmp_path / NAMES[kind]
    if content is not None:
        path.write_bytes(content)
    refused(kind, path, match)


@pytest.mark.parametrize("kind", NAMES)
def test_a_folder_is_no_file(refused, tmp_path, kind):
    path = tmp_path / NAMES[kind]
    path.mkdir()
    refused(kind, path, "is a folder")


def test_another_forecast_of_the_same_morning_is_refused(citrus, small_home, refused, tmp_path):
    path = forecast(tmp_path / "a.json")
    first = citrus("import", "forecast", path, "--home", small_home, "--json")
    assert (first.code, first.json["counts"]) == (0, {"members": 2, "days": 3, "added": 1, "same": 0})
    again = citrus("import", "forecast", path, "--home", small_home, "--json")
    assert (again.code, again.json["counts"]["same"]) == (0, 1)
    refused("forecast", forecast(path, temperature_2m_min=[1, 2, 3]), "another forecast of '谷底站'")


def test_a_level_that_is_none_is_refused(citrus, small_home, small_files):
    said = citrus("import", "boundaries", small_files.boundaries, "--level", "省", "--home", small_home, "--json")
    assert (said.code, "county, township, village" in said.error["en"]) == (2, True)


def test_one_bad_station_of_several_keeps_all_out(citrus, small_home, refused, tmp_path):
    rows = "".join(f"2024-04-0{day},{name},{lat},109.33,{height},{day}\n" for name, lat, height in
                   (("新站", 30.91, 300), ("无处站", "", "")) for day in (1, 2, 3))  # fmt: skip
    path = tmp_path / "two.csv"
    path.write_text("date,station,latitude,longitude,elevation,tmin\n" + rows, encoding="utf-8")
    refused("weather", path, "无处站")
