"""Pictures that a page hands to the worker: put aside first, read there, gone when done."""

import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

from agro.errors import InputError
from agro.farm import Viewer
from agro.store import rights
from agro.store.ids import uuid7
from app.services import imports
from app.services.imagery.checksum import bounded
from app.services.imagery.settings import whole
from app.services.imports import PICTURES
from app.services.platform import Platform

FOLDER = "waiting"
"""Within `cache/` of the home: what lies there may be deleted at any time, and is then to be handed in again."""
BLOCK = 1024**2


def put_aside(viewer: Viewer, home: Platform, name: str, content: BinaryIO) -> Path:
    """Return where an upload waits for the worker; only its last name counts.

    Raises
    ------
    InputError
        For one that is too large, or a name that is no file's.
    """
    rights.require(viewer, "scene.import")
    plain, most = Path(name).name, whole("reading", "bytes")
    if plain in ("", ".", ".."):
        raise InputError("the file has no name", zh="文件没有名称")
    folder = home.store.folder("cache") / FOLDER / uuid7()
    folder.mkdir(parents=True)
    path, size = folder / plain, 0
    try:
        with path.open("wb") as file:
            while block := content.read(BLOCK):
                size += len(block)
                if size > most:
                    raise InputError(
                        f"{plain}: more than {most / 1e9:.0f} GB; cut it to the county first",
                        zh=f"{plain}：超过 {most / 1e9:.0f} GB；请先裁切到本县范围",
                    )
                file.write(block)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return path


def work(
    viewer: Viewer, home: Platform, *, what: str, path: str | Path,
    progress: Callable[..., None] = lambda done, total, note="": None, **answers: Any,
) -> dict[str, Any]:  # fmt: skip
    """Return what became of a waiting picture (a file, or a zip of a folder), which is gone then.

    Raises
    ------
    InputError
        When it lies elsewhere than where uploads wait, or cannot be used.
    """
    path, waiting = Path(path).resolve(), (home.store.folder("cache") / FOLDER).resolve()
    if what not in PICTURES or not path.is_relative_to(waiting) or path.parent.parent != waiting:
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
            with packed.open(one) as source, target.open("wb") as file:
                shutil.copyfileobj(source, file, BLOCK)
    return folder / path.stem
