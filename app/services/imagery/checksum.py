"""What tells two deliveries of one picture apart: the checksum of all that was read from."""

import hashlib
import json
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from agro.errors import InputError
from agro.store import files
from app.services.imagery.settings import whole


def of(path: Path) -> str:
    """Return the sha256 of a file, or of a folder's files and their names.

    Raises
    ------
    InputError
        For a folder with too many files or too large ones.
    """
    path, parts = Path(path), bounded(path)
    if path.is_file():
        return files.sha256(path)
    digest = hashlib.sha256()
    for part in parts:
        digest.update(f"{part.relative_to(path).as_posix()} {files.sha256(part)}\n".encode())
    return digest.hexdigest()


def of_items(items: Sequence[dict[str, Any]]) -> str:
    """Return the sha256 of what a catalogue says of a picture, without addresses that are signed anew each time."""
    told = [{key: _unsigned(value) for key, value in one.items() if key != "links"} for one in items]
    return hashlib.sha256(json.dumps(told, sort_keys=True, default=str).encode()).hexdigest()


def _unsigned(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: str(one).partition("?")[0] if key == "href" else _unsigned(one) for key, one in value.items()}
    return value


def bounded(path: Path) -> list[Path]:
    """Return the files of a picture: the file itself, or those of its folder.

    Raises
    ------
    InputError
        For a folder with too many files or too large ones, for an empty one, and for a zip that unpacks to too much.
    """
    path = Path(path)
    parts = [path] if path.is_file() else sorted(part for part in path.rglob("*") if part.is_file())
    if outside := [part for part in parts if not part.resolve().is_relative_to(path.resolve())]:
        raise InputError(f"{outside[0].name} leads out of its folder", zh=f"{outside[0].name} 指向文件夹之外")
    count, size = len(parts), sum(part.stat().st_size for part in parts)
    most, largest = whole("reading", "files"), whole("reading", "bytes")
    if not size:
        raise InputError(f"{path.name}: nothing is in it", zh=f"{path.name}：文件或文件夹是空的")
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as packed:
            count, size = len(packed.infolist()), sum(one.file_size for one in packed.infolist())
        largest = whole("reading", "unpacked")
    if count > most:
        raise InputError(
            f"{path.name}: {count} files, at most {most}", zh=f"{path.name}：有 {count} 个文件，最多 {most} 个"
        )
    if size > largest:
        raise InputError(
            f"{path.name}: {size / 1e9:.1f} GB is more than {largest / 1e9:.0f} GB; cut it to the county first",
            zh=f"{path.name}：{size / 1e9:.1f} GB，超过上限 {largest / 1e9:.0f} GB；请先裁切到本县范围",
        )
    return parts
