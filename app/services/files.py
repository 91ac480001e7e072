"""Files appear whole or not at all."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from agro.errors import InputError


def written(path: Path, write: Callable[[Path], Any]) -> Path:
    """Return `path` after `write` has filled a file beside it, which then takes its place.

    Raises
    ------
    InputError
        When the folder is missing or cannot be written.
    """
    beside = path.with_name(f".{path.stem}.{os.getpid()}{path.suffix}")
    try:
        write(beside)
        os.replace(beside, path)
    except OSError as error:
        raise InputError(
            f"cannot write {path}: {error.strerror or error}", zh=f"无法写入 {path}：{error.strerror or error}"
        ) from error
    finally:
        beside.unlink(missing_ok=True)
    return path
