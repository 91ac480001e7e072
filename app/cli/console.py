"""How a command speaks: words and a bar for people, one JSON object for machines, and the exit code."""

import json
import logging
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from agro.errors import AgroError
from agro.farm import Finding
from app.services.homes import default_home

people = Console(stderr=True, highlight=False, soft_wrap=True)
CHATTY = ("alembic", "pyogrio", "rasterio", "fiona", "httpx", "matplotlib")

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
            where = f" ({finding.where})" if finding.where and finding.where not in finding.en else ""
            if finding.level == "info":
                say(f"  {finding.zh}", f"  {finding.en}{where}")
            else:
                self.warnings.append(f"{finding.zh} / {finding.en}{where}")

    def end(self, status: str, zh: str, en: str) -> None:
        """Note why the command did not do what was asked, and tell people."""
        self.status = status
        self.outputs["error"] = {"zh": zh, "en": en}
        people.print("✗ ", style="bold red", end="")
        say(zh, f"  {en}")


def say(zh: str, en: str = "") -> None:
    """Tell people something; names in square brackets are names, no markup."""
    people.print(zh, markup=False)
    if en:
        people.print(en, markup=False, style="dim")


@contextmanager
def outcome(command: str, home: Path | None, as_json: bool) -> Iterator[Outcome]:
    """Give the command an `Outcome` to fill; print it and leave with its exit code."""
    logging.basicConfig(level=logging.INFO, stream=sys.stderr, format="%(message)s")
    for name in CHATTY:
        logging.getLogger(name).setLevel(logging.WARNING)
    done = Outcome(command, str((home or default_home()).expanduser().resolve()))
    code = 0
    try:
        yield done
    except AgroError as error:
        code = 2
        done.end("refused", error.message("zh"), error.message("en"))
    except (typer.Exit, KeyboardInterrupt):
        raise
    except Exception as error:
        code = 1
        told = f"{type(error).__name__}: {error}"
        done.end("failed", f"程序出错，这不是您的问题：{told}", f"our fault, not yours: {told}")
        people.print(traceback.format_exc(), markup=False)
    for warning in done.warnings:
        people.print("! ", style="yellow", end="")
        say(warning)
    if as_json:
        write(done)
    elif not code:
        counts = ", ".join(f"{key} {value}" for key, value in done.counts.items())
        people.print("✓ ", style="green", end="")
        say(f"{command}{': ' + counts if counts else ''}")
    if code:
        raise typer.Exit(code)


def misused(error: Any) -> None:
    """Answer a call with wrong words or options: click's `UsageError`."""
    path = error.ctx.command_path if error.ctx else ""
    done = Outcome(path.partition(" ")[2], str(default_home().expanduser().resolve()))
    said = error.format_message().rstrip(".")
    done.end("refused", f"命令写法不对：{said}；加 --help 查看用法", f"wrong call: {said}; --help shows how")
    write(done)


def write(done: Outcome) -> None:
    """Print the one thing that goes to stdout."""
    print(json.dumps(vars(done), ensure_ascii=False, default=_plain), flush=True)


def _plain(value: Any) -> Any:
    """Return a numpy number as a number, anything else as text."""
    return value.item() if hasattr(value, "item") else str(value)


@contextmanager
def bar(title: str) -> Iterator[Callable[..., None]]:
    """Give a function (done, total, note) that moves a progress bar; nothing is drawn off a terminal."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=people, transient=True, disable=not people.is_terminal) as progress:
        task = progress.add_task(title, total=None)

        def move(done: int, total: int, note: str = "") -> None:
            progress.update(task, completed=done, total=total, description=note or title)

        yield move
