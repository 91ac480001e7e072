"""Write the sample county to files that can be imported by hand: `python -m sample_data.make FOLDER`."""

import logging
import sys
from pathlib import Path

import pandas as pd

from sample_data import SEED, boundaries, forecast, hourly, names, plots, terrain, weather

log = logging.getLogger(__name__)
README = """{county}

合成示例数据：地形、地块、果农、乡镇、气象站和气象全部由程序按随机种子 {seed} 生成，
不对应任何真实地点、个人或机构，不可用于生产决策。
Synthetic example: terrain, plots, growers, townships, stations and weather were all made by a program from seed {seed}.
They stand for no real place, person or body. Do not base decisions on them.

dem.tif               elevation, 30 m, {crs} / 高程
plots.gpkg            orchard plots / 果园地块
townships.geojson     townships / 乡镇
county.geojson        county / 县界
stations.csv          weather stations / 气象站
weather_*_daily.csv   25 years by day / 25 年逐日气象
weather_*_hourly.csv  3 years by hour, UTC / 3 年逐时气象（世界时）
forecast_*.json       15 days, 20 members, form of Open-Meteo / 15 天集合预报
"""


def make(folder, seed=SEED, *, with_hourly=True):
    """Write the county into `folder` and return {kind: path or list of paths}.

    Kinds: dem, plots, townships, county, stations, daily, hourly, forecast, readme. Every file says that it is
    synthetic.
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    dem = terrain.make_dem(seed)
    county, townships = boundaries.make_boundaries(dem, seed)
    paths = {
        "dem": folder / "dem.tif",
        "plots": folder / "plots.gpkg",
        "townships": folder / "townships.geojson",
        "county": folder / "county.geojson",
        "stations": folder / "stations.csv",
        "readme": folder / "README.txt",
    }
    tags = {"synthetic": "1", "source": dem.attrs["source"]}
    dem.rio.to_raster(paths["dem"], compress="deflate", predictor=3, tags=tags)
    plots.make_plots(dem, seed).to_file(paths["plots"], layer="plots_synthetic", driver="GPKG")
    townships.to_crs("EPSG:4326").to_file(paths["townships"], driver="GeoJSON")
    county.to_crs("EPSG:4326").to_file(paths["county"], driver="GeoJSON")
    stations = weather.make_stations(seed)
    table = pd.DataFrame([vars(station) for station in stations.values()])
    table.assign(synthetic=1).to_csv(paths["stations"], index=False)
    paths["readme"].write_text(README.format(county=names.COUNTY, seed=seed, crs=terrain.CRS), encoding="utf-8")
    paths["daily"] = _written(weather.make_daily(seed), stations, folder, "daily")
    paths["hourly"] = _written(hourly.make_hourly(seed), stations, folder, "hourly") if with_hourly else []
    paths["forecast"] = [folder / f"forecast_{key}.json" for key in stations]
    for path, members in zip(paths["forecast"], forecast.make_forecast(seed).values(), strict=True):
        forecast.write_forecast_json(members, path)
    log.info("wrote %s (synthetic, seed %d) to %s", names.COUNTY, seed, folder)
    return paths


def write_weather_csv(dataset, station, path):
    """Write weather in the plain template form: comment lines that describe the station, then one row a time."""
    table = dataset.to_dataframe()
    hourly_times = len(table) > 1 and table.index[1] - table.index[0] < pd.Timedelta("1D")
    column, form = ("time", "%Y-%m-%dT%H:%MZ") if hourly_times else ("date", "%Y-%m-%d")
    table.insert(0, column, table.index.strftime(form))
    with path.open("w", encoding="utf-8", newline="") as file:
        for key, value in {
            "station": station.name,
            "id": station.id,
            "latitude": station.latitude,
            "longitude": station.longitude,
            "elevation": station.elevation,
            "timezone": "UTC" if hourly_times else "Asia/Shanghai",
            "source": station.source,
            "synthetic": 1,
        }.items():
            file.write(f"# {key}: {value}\n")
        table.to_csv(file, index=False)


def _written(datasets, stations, folder, resolution):
    paths = []
    for key, dataset in datasets.items():
        paths.append(folder / f"weather_{key}_{resolution}.csv")
        write_weather_csv(dataset, stations[key], paths[-1])
    return paths


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python -m sample_data.make FOLDER")
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    make(sys.argv[1])
