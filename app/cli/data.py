"""`citrus import`, `citrus export`, `citrus fetch`: files in, files out, weather from the services."""

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any

import typer

from agro.store.rights import OPERATOR
from app.cli.console import Home, Json, Outcome, outcome, people
from app.services.platform import default_home, existing_platform

importing = typer.Typer(no_args_is_help=True, help="导入 · bring files in")
exporting = typer.Typer(no_args_is_help=True, help="导出 · write files out")
fetching = typer.Typer(no_args_is_help=True, help="从网上服务取气象 · weather from online services")

File = Annotated[Path, typer.Argument(help="文件 file")]
Crs = Annotated[str | None, typer.Option(help="文件缺坐标系时给出 CRS of a file that names none, e.g. EPSG:4490")]
Preview = Annotated[bool, typer.Option("--preview", help="只预览，不写入 show what was understood, store nothing")]
Out = Annotated[Path, typer.Option("--out", help="输出文件 file to write")]
Day = Annotated[datetime | None, typer.Option("--date", formats=["%Y-%m-%d"], help="预报日期 issue date")]


def _bring(done: Outcome, home: Path | None, kind: str, path: Path, preview: bool, **answers: Any) -> None:
    from app.services import imports

    platform = existing_platform(home or default_home())
    given = {key: value for key, value in answers.items() if value is not None}
    if preview:
        shown = imports.preview(OPERATOR, platform, kind, path, **given)
        done.find(shown.findings)
        done.counts["rows"] = len(shown.table) if shown.table is not None else 0
        done.outputs["questions"] = shown.questions
        done.status = "preview"
        if shown.table is not None and not done.outputs["questions"]:
            people.print(shown.table.drop(columns="geometry", errors="ignore").head(12).to_string())
        return
    report = imports.commit(OPERATOR, platform, kind, path, **given)
    done.counts = report.counts
    done.find(report.findings)


@importing.command("plots")
def plots(
    file: File,
    crs: Crs = None,
    shift_gcj02: Annotated[
        bool | None, typer.Option("--gcj02/--no-gcj02", help="坐标来自国内地图软件（火星坐标），移回 WGS84")
    ] = None,
    preview: Preview = False,
    home: Home = None,
    json: Json = False,
) -> None:
    """地块：GeoPackage、Shapefile 压缩包、GeoJSON、KML/KMZ、CSV · Plots."""
    with outcome("import plots", home, json) as done:
        _bring(done, home, "plots", file, preview, crs=crs, shift_gcj02=shift_gcj02)


@importing.command("dem")
def dem(file: File, crs: Crs = None, preview: Preview = False, home: Home = None, json: Json = False) -> None:
    """高程 GeoTIFF · An elevation model."""
    with outcome("import dem", home, json) as done:
        _bring(done, home, "dem", file, preview, crs=crs)


@importing.command("weather")
def weather(
    file: File,
    station: Annotated[str | None, typer.Option(help="站名 name of the station")] = None,
    latitude: Annotated[float | None, typer.Option(min=-90, max=90)] = None,
    longitude: Annotated[float | None, typer.Option(min=-180, max=180)] = None,
    elevation: Annotated[float | None, typer.Option(help="m")] = None,
    rain: Annotated[Path | None, typer.Option(help="另存的降雨文件 rain in a file of its own")] = None,
    preview: Preview = False,
    home: Home = None,
    json: Json = False,
) -> None:
    """气象：EPW、NASA POWER、Open-Meteo、CSV 模板 · Station weather, hourly or daily."""
    with outcome("import weather", home, json) as done:
        place = {"station": station, "latitude": latitude, "longitude": longitude, "elevation": elevation, "rain": rain}
        _bring(done, home, "weather", file, preview, **place)


@importing.command("forecast")
def forecast(
    file: File,
    station: Annotated[
        str | None, typer.Option(help="站名 name of the station it is for; the nearest by default")
    ] = None,
    preview: Preview = False,
    home: Home = None,
    json: Json = False,
) -> None:
    """天气预报：Open-Meteo JSON，可含多个成员 · A forecast with its members."""
    with outcome("import forecast", home, json) as done:
        _bring(done, home, "forecast", file, preview, station=station)


@importing.command("boundaries")
def boundaries(
    file: File,
    level: Annotated[str, typer.Option(help="county, township or village")] = "township",
    crs: Crs = None,
    preview: Preview = False,
    home: Home = None,
    json: Json = False,
) -> None:
    """县、乡镇、村界线 · County, township or village outlines."""
    with outcome("import boundaries", home, json) as done:
        _bring(done, home, "boundaries", file, preview, crs=crs, level=level)


@importing.command("template")
def template(
    out: Out, resolution: Annotated[str, typer.Option(help="daily or hourly")] = "daily", json: Json = False
) -> None:
    """写出气象 CSV 模板 · Write the weather template."""
    with outcome("import template", None, json) as done:
        from app.services import imports

        out.write_text(imports.weather_template(resolution), encoding="utf-8-sig")
        done.outputs["file"] = str(out)


@exporting.command("plots")
def export_plots(
    out: Out,
    format: Annotated[str, typer.Option(help="gpkg, geojson, kml, csv, shp.zip")] = "gpkg",
    home: Home = None,
    json: Json = False,
) -> None:
    """导出地块 · The plots."""
    with outcome("export plots", home, json) as done:
        from app.services import exports

        done.outputs["file"] = str(exports.plots(OPERATOR, existing_platform(home or default_home()), out, format))


@exporting.command("outlook")
def export_outlook(
    out: Out,
    format: Annotated[str, typer.Option(help="csv, xlsx-free: csv, gpkg, geojson, json")] = "csv",
    date: Day = None,
    home: Home = None,
    json: Json = False,
) -> None:
    """导出一天的预报 · The outlook of one day, every number with its spread."""
    with outcome("export outlook", home, json) as done:
        from app.services import exports

        on = date.date() if date else None
        done.outputs["file"] = str(
            exports.outlook(OPERATOR, existing_platform(home or default_home()), out, format, on=on)
        )


@exporting.command("map")
def export_map(
    out: Out,
    layer: Annotated[str, typer.Option(help="bloom, stage, diameter, tss, ripe, delay, elevation ...")] = "delay",
    format: Annotated[str, typer.Option(help="png, gpkg, geojson, kml")] = "png",
    date: Day = None,
    home: Home = None,
    json: Json = False,
) -> None:
    """导出一张地图 · A map of one layer, with its legend."""
    with outcome("export map", home, json) as done:
        from app.services import exports

        on = date.date() if date else None
        platform = existing_platform(home or default_home())
        done.outputs["file"] = str(exports.map(OPERATOR, platform, out, format, layer, on=on))


@fetching.command("weather")
def fetch_weather(
    provider: Annotated[str, typer.Option(help="open-meteo or nasa-power")] = "open-meteo",
    years: Annotated[int, typer.Option(min=1, max=40, help="年数 years of history")] = 25,
    home: Home = None,
    json: Json = False,
) -> None:
    """取历史日气象（只发送格点中心，不发送地块位置） · Daily history for the region; only a grid cell's centre is sent."""
    with outcome("fetch weather", home, json) as done:
        from app.services import fetching as online

        last = date.today() - timedelta(days=7)
        platform = existing_platform(home or default_home())
        report = online.history(
            OPERATOR, platform, provider, date(last.year - years, last.month, min(last.day, 28)), last
        )
        done.counts = report.counts
        done.find(report.findings)


@fetching.command("forecast")
def fetch_forecast(home: Home = None, json: Json = False) -> None:
    """取未来 15 天预报 · The forecast of the next 15 days."""
    with outcome("fetch forecast", home, json) as done:
        from app.services import fetching as online

        report = online.forecast(OPERATOR, existing_platform(home or default_home()))
        done.counts = report.counts
        done.find(report.findings)
