"""`citrus import scene|mosaic`, `remove scene`, `fetch scenes`, `export images`, `walk`: pictures from above."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from app.cli import opening
from app.cli.console import Home, Json, Outcome, bar, outcome, people, say
from app.cli.data import Out, Preview, exporting, importing
from app.cli.online import fetching

DAYS = ["%Y-%m-%d"]
removing = typer.Typer(no_args_is_help=True, help="删除 · Remove")
Picture = Annotated[
    Path, typer.Argument(help="SAFE 文件夹或压缩包、波段文件夹、GeoTIFF、STAC 条目 folder, zip, GeoTIFF or STAC item")
]
Taken = Annotated[
    datetime | None,
    typer.Option(
        "--time", formats=["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"], help="拍摄时间 UTC，文件没写时给出 when taken, UTC"
    ),
]


@importing.command("scene")
def scene(
    path: Picture,
    sensor: Annotated[str | None, typer.Option(help="传感器，默认自动识别 sensor where the files do not tell")] = None,
    time: Taken = None,
    offset: Annotated[float | None, typer.Option(help="哨兵二号加数 number to add, against the files")] = None,
    relative: Annotated[bool, typer.Option("--relative", help="没有定标的数值 numbers are no reflectance")] = False,
    preview: Preview = False,
    home: Home = None,
    json: Json = False,
) -> None:
    """卫星影像：哨兵二号、陆地卫星及四波段影像；同一景重复导入不变 · A satellite scene; twice is once."""
    told = {"sensor": sensor, "time": _utc(time), "offset": offset, "relative": relative or None}
    _bring("scene", path, preview, home, json, told)


@removing.command("scene")
def remove(
    scene: Annotated[str, typer.Argument(help="影像编号或产品名 id of the scene, or name of its product")],
    home: Home = None,
    json: Json = False,
) -> None:
    """删除一景影像和它对地块的记录；原文件可以再导入 · Forget a scene and what it said of plots."""
    with outcome("remove scene", home, json) as done:
        from app.services.imagery import scenes as catalogue

        gone = catalogue.remove(opening.operator(), opening.existing(home), scene)
        done.date, done.outputs = f"{gone.time:%Y-%m-%d}", {"scene": gone.id, "product": gone.product}


@importing.command("mosaic")
def mosaic(
    path: Annotated[Path, typer.Argument(help="正射影像 GeoTIFF（2–10 厘米）drone orthomosaic")],
    time: Taken = None,
    preview: Preview = False,
    home: Home = None,
    json: Json = False,
) -> None:
    """无人机正射影像：数树、找缺株、看单株长势 · A drone's mosaic: trees counted, gaps, each tree's vigour."""
    _bring("mosaic", path, preview, home, json, {"time": _utc(time)})


@fetching.command("scenes")
def scenes(
    stac: Annotated[str, typer.Option("--stac", help="STAC 目录或接口地址 address of a STAC catalogue or API")],
    start: Annotated[datetime, typer.Option("--from", formats=DAYS, help="从哪一天 first day")],
    end: Annotated[datetime, typer.Option("--to", formats=DAYS, help="到哪一天 last day")],
    collection: Annotated[str | None, typer.Option(help="集合 collection")] = None,
    cloud: Annotated[float, typer.Option(min=0, max=100, help="最多多少云 % most cloud")] = 80.0,
    most: Annotated[int, typer.Option(min=1, max=500, help="最多多少景 most scenes")] = 60,
    home: Home = None,
    json: Json = False,
) -> None:
    """从在线目录取影像：只读地块周围（会发送本区域外框） · Scenes of a catalogue, read around the plots only."""
    with outcome("fetch scenes", home, json) as done, bar("fetch") as progress:
        from app.services.imagery import online

        report = online.fetch(
            opening.operator(), opening.existing(home), stac, start.date(), end.date(), collection=collection,
            cloud=cloud, most=most, progress=progress,
        )  # fmt: skip
        done.counts = report.counts
        done.find(report.findings)


@exporting.command("images")
def images(
    out: Out,
    what: Annotated[
        str,
        typer.Option(
            help="index 指数、change 变化、true_colour 真彩色、quality 质量、areas 弱区、zones 分区、crowns 树冠、"
            "gaps 缺株、plots 地块、series 曲线、all 全部轮廓 all outlines"
        ),
    ] = "areas",
    scene: Annotated[str | None, typer.Option(help="影像编号，默认最新 id of the scene, the newest by default")] = None,
    earlier: Annotated[str | None, typer.Option(help="变化从哪一景算起 scene that a change is counted from")] = None,
    index: Annotated[str, typer.Option(help="指数 index")] = "ndvi",
    plot: Annotated[str | None, typer.Option(help="某个地块 one plot")] = None,
    relative: Annotated[bool, typer.Option("--relative", help="相对刻度 colours over what is shown")] = False,
    walk: Annotated[str | None, typer.Option(help="一并写出的巡园路线 a walk to write with it")] = None,
    home: Home = None,
    json: Json = False,
) -> None:
    """影像、弱区和曲线：tif、png、kmz、gpkg、geojson、kml、csv，按文件名 · Pictures and what they say, by suffix."""
    with outcome("export images", home, json) as done:
        from app.services.imagery import exports, tables
        from app.services.imagery import scenes as catalogue

        platform, who = opening.existing(home), opening.operator()
        kind = out.suffix.lstrip(".").lower()
        if what == "series":
            made = tables.series(who, platform, out, plot or "", index)
        elif what == "areas":
            made = tables.weak(who, platform, out, kind)
        elif what == "all":
            made = tables.everything(who, platform, out, kind, walk)
        elif what in tables.OUTLINES:
            made = tables.outlines(who, platform, out, kind, what)
        else:
            chosen = scene or catalogue.newest(who, platform).id
            made = exports.layer(
                who, platform, out, kind, chosen, what, index=index, relative=relative, plot=plot, earlier=earlier
            )
        done.outputs["file"] = str(made)


def monitor(
    date: Annotated[
        datetime | None, typer.Option("--date", formats=DAYS, help="哪一天，默认今天 day, today by default")
    ] = None,
    home: Home = None,
    json: Json = False,
) -> None:
    """用已有影像监测长势（`citrus run` 也会做） · Judge the plots by the pictures there are; `citrus run` does too."""
    with outcome("monitor", home, json) as done, bar("monitor") as progress:
        from app.services.imagery import monitor as monitoring
        from app.services.imagery import standing

        day, platform, who = date.date() if date else None, opening.existing(home), opening.operator()
        seen = monitoring.run(who, platform, day, progress=progress)
        done.date, done.counts = str(seen.on), dict(seen.counts)
        done.find([*seen.findings, *standing.without_history(who, platform)])


def walk(
    out: Annotated[Path | None, typer.Option("--out", help="写到 .gpx、.kml 或 .html（可打印） file to write")] = None,
    farm: Annotated[str | None, typer.Option(help="某个果园 one farm")] = None,
    most: Annotated[int, typer.Option(min=1, max=15, help="最多几处 stops at most")] = 12,
    minutes: Annotated[float | None, typer.Option(min=10, help="最多多少分钟 minutes at most")] = None,
    home: Home = None,
    json: Json = False,
) -> None:
    """按最省路的顺序走访弱区 · The quickest walk through the weak places."""
    with outcome("walk", home, json) as done:
        from app.services.files import require_format, written
        from app.services.imagery import walk_sheet, walks

        writers = {"gpx": walks.gpx, "kml": walks.kml, "html": walk_sheet.html}
        kind = "gpx" if out is None else out.suffix.lstrip(".").lower()
        require_format(kind, tuple(writers))  # before a walk is kept
        platform, who = opening.existing(home), opening.operator()
        made = walks.begin(who, platform, walks.farm_named(who, platform, farm), most=most, minutes=minutes)
        done.counts = {"stops": len(made.stops), "metres": round(made.metres), "minutes": round(made.minutes)}
        done.outputs = {"walk": made.id, "stops": [dict(stop) for stop in made.stops]}
        for stop in made.stops:
            people.print(f"  {stop['order']:>2} {stop['farm_name']} {stop['plot_name']} {stop['zh']}", markup=False)
        if out is not None:
            text = writers[kind](who, platform, made.id)
            done.outputs["file"] = str(written(out, lambda beside: beside.write_text(text, encoding="utf-8")))


def _bring(kind: str, path: Path, preview: bool, home: Path | None, json: bool, answers: dict[str, Any]) -> None:
    with outcome(f"import {kind}", home, json) as done, bar(kind) as progress:
        from app.services import imports

        platform, who = opening.existing(home), opening.operator()
        given = {key: value for key, value in answers.items() if value is not None}
        if preview:
            _shown(done, imports.preview(who, platform, kind, path))
            return
        report = imports.commit(who, platform, kind, path, progress=progress, **given)
        done.counts = report.counts
        done.find(report.findings)


def _shown(done: Outcome, shown: Any) -> None:
    done.status = "preview"
    done.find(shown.findings)
    done.outputs["questions"] = shown.questions
    if shown.questions:
        say(f"  还需要给出：{'、'.join(shown.questions)}", f"  still to be told: {', '.join(shown.questions)}")


def _utc(moment: datetime | None) -> datetime | None:
    return None if moment is None else moment.replace(tzinfo=UTC)
