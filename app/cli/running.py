"""`citrus init`, `citrus run`, `citrus serve`."""

from datetime import datetime
from typing import Annotated

import typer

from agro.store.rights import OPERATOR
from app.cli.console import Home, Json, bar, outcome
from app.services.platform import default_home, existing_platform, open_platform

Day = Annotated[
    datetime | None,
    typer.Option("--date", formats=["%Y-%m-%d"], help="默认为最后一个有观测的日子 the last observed day by default"),
]
Host = Annotated[str, typer.Option(help="监听地址 address to listen on")]
Port = Annotated[int, typer.Option(help="端口 port")]


def init(
    name: Annotated[str, typer.Option(help="区域名称 name of the county or valley")] = "我的柑橘园",
    crs: Annotated[
        str | None, typer.Option(help="投影坐标系 projected CRS; by default the UTM zone of the DEM")
    ] = None,
    timezone: Annotated[str, typer.Option(help="时区 time zone")] = "Asia/Shanghai",
    home: Home = None,
    json: Json = False,
) -> None:
    """新建一个空平台 · Make an empty platform."""
    with outcome("init", home, json) as done:
        from app.services import regions

        platform = open_platform(home or default_home())
        region = regions.create(OPERATOR, platform, name=name, crs=crs, timezone=timezone)
        done.outputs["region"] = {"name": name, "crs": region.crs if region else None, "timezone": timezone}


def run(
    date: Day = None,
    members: Annotated[int, typer.Option(help="集合成员数 ensemble members", min=2, max=500)] = 50,
    home: Home = None,
    json: Json = False,
) -> None:
    """计算一天的预报 · Compute the outlook of one day; running it again replaces the same rows."""
    with outcome("run", home, json) as done, bar("run") as progress:
        from app.services import daily_run

        platform = existing_platform(home or default_home())
        report = daily_run.run(OPERATOR, platform, on=date.date() if date else None, members=members, progress=progress)
        done.date, done.counts = str(report.date), report.counts
        done.outputs = {"run": report.run, "seconds": report.seconds}
        done.find(report.findings)


def serve(host: Host = "127.0.0.1", port: Port = 8501, home: Home = None) -> None:
    """打开网页与接口 · Serve the pages and the machine interface on one port."""
    with outcome("serve", home, False):
        from app import asgi

        platform = existing_platform(home or default_home())
        asgi.serve(platform.home, host, port)
