"""The command `citrus` as a person types it, and faster, inside this process."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from typer.testing import CliRunner

from app.cli import cli


@dataclass(frozen=True)
class Answer:
    """What a command left: its exit code, its JSON object and what it said to people."""

    code: int
    report: dict
    said: str


def in_terminal(home: Path, *words: object) -> Answer:
    """Return the answer of `citrus WORDS --home HOME --json` run as a program of its own."""
    command = [Path(sys.executable).with_name("citrus"), *map(str, words), "--home", str(home), "--json"]
    done = subprocess.run(command, capture_output=True, text=True, env=_wide(), timeout=300, check=False)
    return Answer(done.returncode, _parsed(done.stdout), done.stderr)


def in_process(home: Path, *words: object) -> Answer:
    """Return the same without the seconds that a new interpreter takes to wake."""
    done = CliRunner(env=_wide()).invoke(cli, [*map(str, words), "--home", str(home), "--json"])
    return Answer(done.exit_code, _parsed(done.stdout), done.stderr)


def _wide() -> dict[str, str]:
    """Return an environment in which sentences are not broken and no other platform is meant."""
    kept = {key: value for key, value in os.environ.items() if key not in ("CITRUS_HOME", "CITRUS_DATABASE_URL")}
    return kept | {"COLUMNS": "1000", "PYTHONIOENCODING": "utf-8"}


def _parsed(stdout: str) -> dict:
    return json.loads(stdout) if stdout.strip() else {}
