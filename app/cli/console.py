"""How a command speaks: words and a bar for people, one JSON object for machines, and the exit code."""

import json
import logging
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from agro.errors import AgroError
from agro.farm import Finding
from app.services.platform import default_home

people = Console(stderr=True, highlight=False)

Home = Annotated[
    Path | None, typer.Option("--home", help="平台文件夹 folder of the platform [CITRUS_HOME]", show_default=False)
]
Json = Annotated[bool, typer.Option("--json", help="输出一个 JSON 对象 print one JSON object on stdout")]


@dataclass
class Outcome:
    """What a command did; with --json it is printed as it stands."""

    command: str
    home: str
    date: str | None = None
    status: str = "done"
    counts: dict[str, Any] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)
    outputs: dict[str, Any] = field(default_factory=dict)

    def find(self, findings: list[Finding]) -> None:
        """Take over what a service found; informing lines go to people only."""
        for finding in findings:
            where = f" ({finding.where})" if finding.where else ""
            if finding.level == "info":
                people.print(f"  {finding.zh}\n  [dim]{finding.en}{where}[/dim]")
            else:
                self.warnings.append(f"{finding.zh} / {finding.en}{where}")


@contextmanager
def outcome(command: str, home: Path | None, as_json: bool) -> Iterator[Outcome]:
    """Give the command an `Outcome` to fill; print it and leave with its exit code."""
    logging.basicConfig(level=logging.INFO, stream=sys.stderr, format="%(message)s")
    logging.getLogger("alembic").setLevel(logging.WARNING)
    done = Outcome(command, str((home or default_home()).expanduser().resolve()))
    code = 0
    try:
        yield done
    except AgroError as error:
        done.status, code = "refused", 2
        done.outputs["error"] = {"zh": error.message("zh"), "en": error.message("en")}
        people.print(f"[bold red]✗[/bold red] {error.message('zh')}\n  {error.message('en')}", markup=True)
    except (typer.Exit, KeyboardInterrupt):
        raise
    except Exception as error:
        done.status, code = "failed", 1
        done.outputs["error"] = {"zh": f"程序出错：{error}", "en": f"{type(error).__name__}: {error}"}
        people.print(
            f"[bold red]✗[/bold red] 程序出错，这不是您的问题 · our fault, not yours: {type(error).__name__}: {error}",
            markup=True,
        )
        people.print(traceback.format_exc(), markup=False)
    finally:
        if as_json and sys.exc_info()[0] is None:
            print(json.dumps(vars(done), ensure_ascii=False, default=str))  # the one thing on stdout
    if not as_json and code == 0:
        for warning in done.warnings:
            people.print(f"[yellow]![/yellow] {warning}")
        counts = ", ".join(f"{key} {value}" for key, value in done.counts.items())
        people.print(f"[green]✓[/green] {command}{': ' + counts if counts else ''}")
    if code:
        raise typer.Exit(code)


@contextmanager
def bar(title: str) -> Iterator[Any]:
    """Give a function (done, total, note) that moves a progress bar."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=people, transient=True) as progress:
        task = progress.add_task(title, total=None)
        yield lambda done, total, note="": progress.update(task, completed=done, total=total, description=note or title)
