"""The command `citrus`: the same services as the pages, for the terminal and for other programs."""

import importlib.metadata
import sys
from typing import Annotated

import typer

from app.cli import console, data, demo, doctor, hindcast, hindcast_season, images, online, people, running

HELP = """柑橘种植决策平台 · The citrus farming decision platform.

第一次用：citrus demo 看示例。自己的果园：先 init，再 import，再 run，再 serve。
New here: citrus demo. For your own orchards: init, import, run, serve.

退出码 exit codes: 0 完成 done, 1 程序出错 our fault, 2 您可以改正 yours to mend.
"""
cli = typer.Typer(name="citrus", add_completion=False)
cli.command("demo")(demo.demo)
cli.command("init")(running.init)
cli.add_typer(data.importing, name="import")
cli.command("run")(running.run)
cli.command("fit")(running.fit)
cli.command("monitor")(images.monitor)
cli.command("walk")(images.walk)
cli.command("serve")(running.serve)
cli.add_typer(data.exporting, name="export")
cli.add_typer(images.removing, name="remove")
cli.add_typer(online.fetching, name="fetch")
cli.add_typer(hindcast.hindcasting, name="hindcast")
hindcast.hindcasting.command("season")(hindcast_season.season)
cli.add_typer(people.people, name="user")
cli.command("doctor")(doctor.doctor)

UsageError: type[Exception] = typer.BadParameter.__bases__[0]
"""What a call with wrong options raises, wherever this release of typer keeps it."""


def _version(asked: bool) -> None:
    if asked:
        print(f"citrus {importlib.metadata.version('citrus-dss')}")
        raise typer.Exit


@cli.callback(invoke_without_command=True, help=HELP)
def citrus(
    context: typer.Context,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="版本 print the version")
    ] = False,
) -> None:
    """Show the help when no command is given."""
    if context.invoked_subcommand is None:
        print(context.get_help())


def main() -> None:
    """Run the command line; with --json a wrong call is answered in JSON too."""
    if "--json" not in sys.argv:
        cli(prog_name="citrus")
    try:
        sys.exit(cli(prog_name="citrus", standalone_mode=False) or 0)
    except UsageError as error:
        console.misused(error)
        sys.exit(2)
