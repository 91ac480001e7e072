"""The command `citrus`: the same services as the pages, for the terminal and for other programs."""

import typer

from app.cli import data, demo, doctor, people, running

cli = typer.Typer(
    name="citrus",
    no_args_is_help=True,
    add_completion=False,
    help="柑橘种植决策平台 · The citrus farming decision platform. 退出码 exit codes: 0 完成 done, 1 程序出错 our fault, 2 您可以改正 yours to mend.",
)
cli.command("demo")(demo.demo)
cli.command("init")(running.init)
cli.command("run")(running.run)
cli.command("serve")(running.serve)
cli.add_typer(data.importing, name="import")
cli.add_typer(data.exporting, name="export")
cli.add_typer(data.fetching, name="fetch")
cli.add_typer(people.people, name="user")
cli.command("doctor")(doctor.doctor)


def main() -> None:
    """Run the command line."""
    cli()
