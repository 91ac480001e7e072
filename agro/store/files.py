"""Files of the store: written beside their place, renamed when whole, named once and never overwritten."""

import hashlib
import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from agro.store.ids import uuid7

FOLDERS = ("rasters", "series", "forecasts", "photos", "cache")
OURS = re.compile(r"-[0-9a-f]{32}\.(parquet|tif)$")  # what `fresh_name` makes, and so what may be swept
PART = ".part"


def fresh_name(stem: str, suffix: str) -> str:
    """Return a file name that was never used: a new version stands beside the old one until that is swept."""
    return f"{re.sub(r'[^0-9A-Za-z_.-]+', '_', stem)[:80]}-{uuid7().replace('-', '')}{suffix}"


@contextmanager
def drafted(path: Path, write: Callable[[Path], None]) -> Iterator[tuple[str, Callable[[], None]]]:
    """Give the sha256 of what `write` put into a file beside `path`, and the call that renames it to `path`.

    Without that call the file is gone after the block.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.stem}{PART}{path.suffix}")
    try:
        write(part)
        with part.open("rb+") as handle:
            os.fsync(handle.fileno())
        yield sha256(part), lambda: os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)


def sha256(path: Path) -> str:
    """Return the checksum of the file at `path` as hexadecimal text."""
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()
