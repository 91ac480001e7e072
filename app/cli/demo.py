"""`citrus demo`: the synthetic sample county, made, computed and served."""

import os
from pathlib import Path
from typing import Annotated

import typer

from app.cli.console import Home, Json, bar, outcome, people
from app.cli.running import Host, Members, Port, require_free
from app.services.homes import default_home


def demo(
    serve: Annotated[bool, typer.Option("--serve/--no-serve", help="算完后打开网页 serve the pages afterwards")] = True,
    fresh: Annotated[bool, typer.Option("--fresh", help="重做示例 make the sample county again")] = False,
    members: Members = 50,
    host: Host = "127.0.0.1",
    port: Port = 8501,
    home: Home = None,
    json: Json = False,
) -> None:
    """生成合成示例县，计算并打开网页 · Make the synthetic sample county, run every module, serve the pages."""
    folder = home or _folder()
    with outcome("demo", folder, json) as done, bar("demo") as progress:
        from app.services import demo as sample

        if serve:
            require_free(host, port)  # before the work, not after it
        report = sample.make(folder, members=members, fresh=fresh, progress=progress)
        done.date, done.counts = str(report.date), report.counts
        done.find(report.findings)
        done.outputs["run"] = report.run
        if not serve:
            done.outputs["serve"] = f"citrus serve --home {folder}"
    if serve:
        from app import asgi

        base = f"http://{host}:{port}"
        people.print("\n[bold]合成示例，不是真实数据 · synthetic, not real data[/bold]")
        people.print("一次性登录链接 one-time links:")
        for role, token in sample.links(folder, host).items():
            people.print(f"  {role:<12} {base}/auth/link/{token}")
        people.print("按 Ctrl+C 停止 · Ctrl+C stops\n")
        asgi.serve(folder, host, port)


def _folder() -> Path:
    """Return CITRUS_HOME; without it a folder beside the user's own platform, which is never touched."""
    return default_home() if os.environ.get("CITRUS_HOME") else default_home().with_name("citrus-demo")
