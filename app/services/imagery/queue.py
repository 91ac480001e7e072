"""Pictures that a page hands to the worker: they wait first, are read there, and are gone when done."""

import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from agro.errors import InputError
from agro.farm import Viewer
from app.services import imports
from app.services.imagery import waiting
from app.services.imagery.checksum import bounded
from app.services.imports import PICTURES
from app.services.platform import Platform

BLOCK = 1024**2


def work(
    viewer: Viewer,
    home: Platform,
    *,
    what: str,
    path: str | Path,
    progress: Callable[..., None] = lambda done, total, note="": None,
    **answers: Any,
) -> dict[str, Any]:
    """Return what became of a waiting picture (a file, or a zip of a folder), which is gone then.

    Raises
    ------
    InputError
        When it lies elsewhere than where uploads wait, or cannot be used.
    """
    path, there = Path(path).resolve(), waiting.folder(home).resolve()
    if what not in PICTURES or path.parent.parent != there or not path.is_file():
        raise InputError("no such upload; hand it in again", zh="没有这个上传文件，请重新上传")
    try:
        found = unpacked(path)
        report = imports.commit(viewer, home, what, found, progress=progress, **answers)
    finally:
        shutil.rmtree(path.parent, ignore_errors=True)
    return {"counts": report.counts, "findings": [vars(one) for one in report.findings]}


def unpacked(path: Path) -> Path:
    """Return the folder of a zip of single bands, beside it; a zip of a SAFE product, and all else, as they are."""
    if not zipfile.is_zipfile(path):
        return path
    bounded(path)
    with zipfile.ZipFile(path) as packed:
        names = [one for one in packed.namelist() if not one.endswith("/")]
        if any(".SAFE/" in one for one in names):
            return path
        folder = path.parent / "unpacked"
        for one in names:  # by its last name only: no path of a zip leads anywhere
            target = folder / path.stem / Path(one).name
            target.parent.mkdir(parents=True, exist_ok=True)
            if target.exists() and target.stat().st_size == packed.getinfo(one).file_size:
                continue  # unpacked when the page looked at it
            with packed.open(one) as source, target.open("wb") as file:
                shutil.copyfileobj(source, file, BLOCK)
    return folder / path.stem
