"""The command line as a program calls it: words in, exit code, stdout and stderr out."""

import json
import sys
from dataclasses import dataclass
from typing import Any

import pytest

from app import cli


@dataclass
class Said:
    """What a command left behind."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> dict[str, Any]:
        lines = self.out.splitlines()
        assert len(lines) == 1, f"one object on stdout, got {self.out!r}"
        return json.loads(lines[0])

    @property
    def error(self) -> dict[str, str]:
        return self.json["outputs"]["error"]


@pytest.fixture
def citrus(monkeypatch, capsys):
    """Give a function that runs `citrus WORDS...`."""

    def call(*words: object) -> Said:
        monkeypatch.setattr(sys, "argv", ["citrus", *map(str, words)])
        with pytest.raises(SystemExit) as left:
            cli.main()
        out, err = capsys.readouterr()
        return Said(int(left.value.code or 0), out, err)

    return call
