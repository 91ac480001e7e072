"""`citrus import` and `citrus export`: files in, files out."""

from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from app.cli import opening
from app.cli.console import Home, Json, Outcome, outcome, people

importing = typer.Typer(no_args_is_help=True, help="导入文件 · Bring files in")
exporting = typer.Typer(no_args_is_help=True, help="导出文件 · Write files out")

File = Annotated[Path, typer.Argument(help="文件 file")]
Crs = Annotated[str | None, typer.Option(help="文件没有坐标系时给出 CRS of a file that names none, e.g. EPSG:4490")]
Preview = Annotated[bool, typer.Option("--preview", help="只看不存 show what was understood, store nothing")]
Out = Annotated[Path, typer.Option("--out", help="写到这个文件 file to write")]
Day = Annotated[
    datetime | None,
    typer.Option("--date", formats=["%Y-%m-%d"], help="哪天的预报，默认最新 day of issue, the newest by default"),
]
SkipBad = Annotated[
    bool, typer.Option("--skip-bad", help="跳过有问题的行，其余照常导入 leave bad rows out and store the rest")
]
SHOWN = 12  # rows of a preview


def _bring(done: Outcome, home: Path | None, kind: str, path: Path, preview: bool, **answers: Any) -> None:
    from app.services import imports

    platform = opening.existing(home)
    given = {key: value for key, value in answers.items() if value is not None}
    if not preview:
        report = imports.commit(opening.operator(), platform, kind, path, **given)
        done.counts = report.counts
        done.find(report.findings)
        return
    shown = imports.preview(opening.operator(), platform, kind, path, **given)
    done.status = "preview"
    done.find(shown.findings)
    done.outputs["questions"] = shown.questions
    if shown.table is not None:
        done.counts["rows"] = len(shown.table)
        table = shown.table.drop(columns="geometry", errors="ignore")
        people.print(table.head(SHOWN).to_string(max_colwidth=24), markup=False)


@importing.command("plots")
def plots(
    file: File,
    crs: Crs = None,
    shift_gcj02: Annotated[
        bool | None,
        typer.Option(
            "--gcj02/--no-gcj02",
            help="边界取自国内地图软件（火星坐标）时移回原位 move outlines of Chinese map apps (GCJ-02) back",
        ),
    ] = None,
    farm: Annotated[str | None, typer.Option(help="没写果园名的地块归哪个果园 farm of rows that name none")] = None,
    preview: Preview = False,
    home: Home = None,
    json: Json = False,
) -> None:
    """地块：GeoPackage、Shapefile 压缩包、GeoJSON、KML/KMZ、CSV · Plots, drawn or as points with their mu."""
    with outcome("import plots", home, json) as done:
        _bring(done, home, "plots", file, preview, crs=crs, shift_gcj02=shift_gcj02, farm=farm)


@importing.command("dem")
def dem(file: File, crs: Crs = None, preview: Preview = False, home: Home = None, json: Json = False) -> None:
    """高程 GeoTIFF · An elevation model; a new one replaces the old."""
    with outcome("import dem", home, json) as done:
        _bring(done, home, "dem", file, preview, crs=crs)


@importing.command("orthophoto")
def orthophoto(file: File, crs: Crs = None, preview: Preview = False, home: Home = None, json: Json = False) -> None:
    """自己的正射影像 GeoTIFF，铺在地图上 · An orthophoto of your own, to lie on the maps."""
    with outcome("import orthophoto", home, json) as done:
        _bring(done, home, "orthophoto", file, preview, crs=crs)


@importing.command("weather")
def weather(
    file: File,
    station: Annotated[str | None, typer.Option(help="站名 name of the station")] = None,
    latitude: Annotated[float | None, typer.Option(min=-90, max=90, help="纬度，度 degrees north")] = None,
    longitude: Annotated[float | None, typer.Option(min=-180, max=180, help="经度，度 degrees east")] = None,
    elevation: Annotated[float | None, typer.Option(help="海拔，米 metres above sea level")] = None,
    rain: Annotated[Path | None, typer.Option(help="另存的降雨文件 rain in a file of its own")] = None,
    preview: Preview = False,
    home: Home = None,
    json: Json = False,
) -> None:
    """气象站资料：EPW、NASA POWER、Open-Meteo、CSV 模板 · Station weather, hourly or daily."""
    with outcome("import weather", home, json) as done:
        place = {"station": station, "latitude": latitude, "longitude": longitude, "elevation": elevation, "rain": rain}
        _bring(done, home, "weather", file, preview, **place)


@importing.command("forecast")
def forecast(
    file: File,
    station: Annotated[
        str | None, typer.Option(help="用于哪个气象站，默认最近的 station it is for, the nearest by default")
    ] = None,
    preview: Preview = False,
    home: Home = None,
    json: Json = False,
) -> None:
    """天气预报：Open-Meteo JSON，可含多个成员 · A weather forecast with its members."""
    with outcome("import forecast", home, json) as done:
        _bring(done, home, "forecast", file, preview, station=station)


@importing.command("boundaries")
def boundaries(
    file: File,
    level: Annotated[
        str, typer.Option(help="级别：county 县、township 乡镇、village 村 county, township or village")
    ] = "township",
    crs: Crs = None,
    preview: Preview = False,
    home: Home = None,
    json: Json = False,
) -> None:
    """县、乡镇、村界线 · County, township or village outlines."""
    with outcome("import boundaries", home, json) as done:
        _bring(done, home, "boundaries", file, preview, crs=crs, level=level)


@importing.command("observations")
def observations(
    file: File,
    skip_bad: SkipBad = False,
    preview: Preview = False,
    home: Home = None,
    json: Json = False,
) -> None:
    """观测记录 CSV：盛花日期、果径、糖度、酸度、产量等 · What was seen and measured at the plots."""
    with outcome("import observations", home, json) as done:
        _bring(done, home, "observations", file, preview, skip_bad=skip_bad)


@importing.command("sprays")
def sprays(
    file: File, skip_bad: SkipBad = False, preview: Preview = False, home: Home = None, json: Json = False
) -> None:
    """施药及其他防治措施 CSV：日期、药剂、作用机理、防治对象等 · Sprays and other treatments of the plots."""
    with outcome("import sprays", home, json) as done:
        _bring(done, home, "sprays", file, preview, skip_bad=skip_bad)


@importing.command("counts")
def counts(
    file: File, skip_bad: SkipBad = False, preview: Preview = False, home: Home = None, json: Json = False
) -> None:
    """病虫调查 CSV：调查数、发生数、总数 · Counts of pests and diseases at the plots."""
    with outcome("import counts", home, json) as done:
        _bring(done, home, "counts", file, preview, skip_bad=skip_bad)


@importing.command("traps")
def traps(
    file: File, skip_bad: SkipBad = False, preview: Preview = False, home: Home = None, json: Json = False
) -> None:
    """诱集记录 CSV：诱集器数、诱虫数、天数 · Catches of traps at the plots."""
    with outcome("import traps", home, json) as done:
        _bring(done, home, "traps", file, preview, skip_bad=skip_bad)


@importing.command("samples")
def samples(
    file: File, skip_bad: SkipBad = False, preview: Preview = False, home: Home = None, json: Json = False
) -> None:
    """疑似病株 CSV：疑似、取样、结果、挖除、补种，解除保密前少数人可见 · Suspected trees, step by step."""
    with outcome("import samples", home, json) as done:
        _bring(done, home, "samples", file, preview, skip_bad=skip_bad)


@importing.command("template")
def template(
    out: Out,
    kind: Annotated[
        str,
        typer.Option(
            help="weather 气象、observations 观测记录、sprays 防治记录、counts 病虫调查、traps 诱集、samples 疑似病株"
        ),
    ] = "weather",
    resolution: Annotated[str, typer.Option(help="daily 逐日 或 or hourly 逐小时")] = "daily",
    home: Home = None,
    json: Json = False,
) -> None:
    """写出 CSV 模板，用表格软件填好再导入 · Write a table to fill in and import."""
    with outcome("import template", home, json) as done:
        from app.services import imports
        from app.services.files import written

        text = imports.template(kind, resolution)
        done.outputs["file"] = str(written(out, lambda beside: beside.write_text(text, encoding="utf-8-sig")))


@exporting.command("plots")
def export_plots(
    out: Out,
    format: Annotated[str, typer.Option(help="gpkg, geojson, kml, csv, shp.zip")] = "gpkg",
    home: Home = None,
    json: Json = False,
) -> None:
    """导出地块 · The plots with what is known of them."""
    with outcome("export plots", home, json) as done:
        from app.services import exports

        done.outputs["file"] = str(exports.plots(opening.operator(), opening.existing(home), out, format))


@exporting.command("outlook")
def export_outlook(
    out: Out,
    of: Annotated[Literal["growth", "pests"], typer.Option("--of", help="growth 生长 或 or pests 病虫")] = "growth",
    format: Annotated[
        str | None,
        typer.Option(
            help="csv（Excel 可直接打开 opens in Excel）, json, gpkg, geojson, kml, shp.zip；默认看文件名后缀 "
            "by the file's ending unless given；病虫的 json 是 IPM Decisions 格式 of pests: the form of IPM Decisions"
        ),
    ] = None,
    date: Day = None,
    home: Home = None,
    json: Json = False,
) -> None:
    """导出一天的预报，每个数都带范围 · The outlook of one day, every number with its spread."""
    with outcome("export outlook", home, json) as done:
        from app.services import exports

        platform = opening.existing(home)
        write, known = {
            "growth": (exports.outlook, exports.OUTLOOK_FORMATS),
            "pests": (exports.pests, exports.PEST_FORMATS),
        }[of]
        form = format or next((one for one in known if out.name.endswith(f".{one}")), "csv")
        on = date.date() if date else None
        done.outputs["file"] = str(write(opening.operator(), platform, out, form, on=on))
        done.date = str(on) if on else None


@exporting.command("map")
def export_map(
    out: Out,
    layer: Annotated[
        str, typer.Option(help="图层 layer: delay, stage, bloom, diameter, tss, ta, ratio, ripe, cultivar, elevation…")
    ] = "delay",
    format: Annotated[str, typer.Option(help="png 图片 picture, gpkg, geojson, kml, csv, shp.zip")] = "png",
    date: Day = None,
    home: Home = None,
    json: Json = False,
) -> None:
    """导出一张带图例的地图 · A map of one layer with its legend."""
    with outcome("export map", home, json) as done:
        from app.services import exports

        platform = opening.existing(home)
        on = date.date() if date else None
        done.outputs["file"] = str(exports.map(opening.operator(), platform, out, format, layer, on=on))
        done.date = str(on) if on else None
