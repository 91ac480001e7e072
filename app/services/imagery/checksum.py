"""What tells two deliveries of one picture apart: the checksum of all that was read from."""

import hashlib
import json
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
    path = Path(path)
    if path.is_file():
        _bounded(path.name, 1, path.stat().st_size)
        return files.sha256(path)
    parts = sorted(part for part in path.rglob("*") if part.is_file() and not part.is_symlink())
    _bounded(path.name, len(parts), sum(part.stat().st_size for part in parts))
    digest = hashlib.sha256()
    for part in parts:
        digest.update(f"{part.relative_to(path).as_posix()} {files.sha256(part)}\n".encode())
    return digest.hexdigest()


def of_item(item: dict[str, Any]) -> str:
    """Return the sha256 of what a catalogue says of a picture, without addresses that are signed anew each time."""
    told = {key: value for key, value in item.items() if key not in ("links", "assets")}
    told["assets"] = {
        name: {key: str(value).partition("?")[0] if key == "href" else value for key, value in asset.items()}
        for name, asset in item.get("assets", {}).items()
    }
    return hashlib.sha256(json.dumps(told, sort_keys=True, default=str).encode()).hexdigest()


def _bounded(name: str, count: int, size: int) -> None:
    most, largest = whole("reading", "files"), whole("reading", "bytes")
    if count == 0:
        raise InputError(f"{name}: the folder is empty", zh=f"{name}：文件夹是空的")
    if count > most:
        raise InputError(f"{name}: {count} files, at most {most}", zh=f"{name}：有 {count} 个文件，最多 {most} 个")
    if size > largest:
        raise InputError(
            f"{name}: {size / 1e9:.1f} GB is more than {largest / 1e9:.0f} GB; cut it to the county first",
            zh=f"{name}：{size / 1e9:.1f} GB，超过上限 {largest / 1e9:.0f} GB；请先裁切到本县范围",
        )
