"""`citrus init`, `citrus run`, `citrus serve`."""

from __future__ import annotations

import socket
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from agro.errors import AgroError, ConflictError
from app.cli import opening
from app.cli.console import Home, Json, Outcome, bar, outcome, say

if TYPE_CHECKING:
    from app.services.platform import Platform

Day = Annotated[
    datetime | None,
    typer.Option("--date", formats=["%Y-%m-%d"], help="哪一天，默认最后有观测的一天 the last observed day by default"),
]
Members = Annotated[
    int, typer.Option(help="天气情形的数目，越多越稳也越慢 ensemble members: steadier and slower", min=2, max=500)
]
Host = Annotated[str, typer.Option(help="监听地址 address to listen on")]
Port = Annotated[int, typer.Option(help="端口 port", min=1, max=65535)]


def init(
    name: Annotated[str, typer.Option(help="县或流域的名称 name of the county or valley")] = "我的柑橘园",
    crs: Annotated[
        str | None,
        typer.Option(help="投影坐标系，默认由第一份数据定 projected CRS; by default the UTM zone of the data"),
    ] = None,
    timezone: Annotated[str | None, typer.Option(help="时区 time zone [Asia/Shanghai]", show_default=False)] = None,
    home: Home = None,
    json: Json = False,
) -> None:
    """新建一个空平台 · Make an empty platform."""
    with outcome("init", home, json) as done:
        from app.services import regions

        platform = opening.opened(home)
        region = regions.create(opening.operator(), platform, name=name, crs=crs, timezone=timezone)
        done.outputs["region"] = {"name": name, "crs": region.crs if region else None}
        say(
            "  下一步：citrus import dem 文件，再 import plots、import weather", "  next: import dem, plots and weather"
        )


def run(
    date: Day = None,
    members: Members = 50,
    home: Home = None,
    json: Json = False,
) -> None:
    """计算一天的预报，重算只替换同一天 · Compute the outlook of one day; again replaces the same rows."""
    with outcome("run", home, json) as done, bar("run") as progress:
        from app.services import daily_run

        platform = opening.existing(home)
        report = daily_run.run(
            opening.operator(), platform, on=date.date() if date else None, members=members, progress=progress
        )
        done.date, done.counts = str(report.date), report.counts
        done.outputs = {"run": report.run, "seconds": report.seconds}
        done.find(report.findings)
        _score_again(platform, done)


def _score_again(platform: Platform, done: Outcome) -> None:
    """Score the pest warnings where somebody counted since; a run that is finished stays so when this fails."""
    from app.services.pests import skill

    if not skill.stale(platform):
        return
    say("  有新的病虫调查：重新评定预警的准确度", "  new counts of pests: how good the warnings were is scored again")
    try:
        done.counts["scores"] = len(skill.refresh(opening.operator(), platform))
    except AgroError as error:
        done.warnings.append(f"{error.message('zh')} / {error.message('en')}")


def fit(date: Day = None, home: Home = None, json: Json = False) -> None:
    """用观测校准各地块，并用留出的地块检验 · Fit plots to their observations, and check it on plots kept back."""
    with outcome("fit", home, json) as done, bar("fit") as progress:
        from app.services import fit_county

        platform = opening.existing(home)
        report = fit_county.run(opening.operator(), platform, on=date.date() if date else None, progress=progress)
        done.date, done.counts = str(report.date), report.counts
        done.outputs = {"seconds": report.seconds, "scores": json_rows(report.scores)}


def json_rows(table: Any) -> list[dict[str, Any]]:
    """Return the rows of a table as JSON takes them: what is not known is null."""
    return [
        {name: None if value != value else value for name, value in row.items()} for row in table.to_dict("records")
    ]


def serve(host: Host = "127.0.0.1", port: Port = 8501, home: Home = None, json: Json = False) -> None:
    """打开网页与接口 · Serve the pages and the machine interface on one port until Ctrl+C."""
    with outcome("serve", home, json) as done:
        platform = opening.existing(home)
        require_free(host, port)
        done.outputs["url"] = f"http://{host}:{port}"
        say(f"  {done.outputs['url']}  （按 Ctrl+C 停止 Ctrl+C stops）")
    from app import asgi

    asgi.serve(platform.home, host, port)


def require_free(host: str, port: int) -> None:
    """Return when the address can be listened on.

    Raises
    ------
    ConflictError
        When another program listens there already, or the address is not this machine's.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        raise ConflictError(
            f"cannot listen on {host}:{port} ({error.strerror}); another program may use it: give another --port",
            zh=f"无法在 {host}:{port} 打开网页（{error.strerror}）；端口可能已被占用，请用 --port 换一个",
        ) from error
