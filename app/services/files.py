"""Files appear whole or not at all."""

import os
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from agro.errors import InputError


def written(path: Path, write: Callable[[Path], Any]) -> Path:
    """Return `path` after `write` has filled a file beside it, which then takes its place.

    Raises
    ------
    InputError
        When the place cannot be written.
    """
    beside = path.with_name(f".{path.stem}.{os.getpid()}{path.suffix}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write(beside)
        os.replace(beside, path)
    except OSError as error:
        raise InputError(
            f"cannot write {path}: {error.strerror or error}", zh=f"无法写入 {path}：{error.strerror or error}"
        ) from error
    finally:
        with suppress(OSError):
            beside.unlink()
    return path


def require_format(format: str, known: Sequence[str]) -> None:
    """Return when a file of this kind can be written.

    Raises
    ------
    InputError
        When it cannot; it tells the kinds that can.
    """
    if format not in known:
        raise InputError(
            f"unknown format '{format}'; known: {', '.join(known)}",
            zh=f"不认识的格式“{format}”；可用：{'、'.join(known)}",
        )
