"""Pictures on their way in, piece by piece: several gigabytes, over networks that fail, into a file that waits."""

import json
import shutil
import threading
import time
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from agro.errors import InputError, NotFoundError
from agro.farm import Viewer
from agro.store import rights
from agro.store.ids import uuid7
from agro.store.jobs import OPEN
from app.services.imagery.settings import number, whole
from app.services.platform import Platform

FOLDER = "waiting"
"""Within `cache/` of the home: what lies there may be deleted at any time, and is then to be handed in again."""
TOLD = ".told.json"
SUFFIXES = (".tif", ".tiff", ".zip")
LONGEST = 240  # bytes of a name: file systems take 255
PIECE = 4 * 1024**2
"""Bytes that are held in memory of an upload, and sent anew when the network fails."""
_lock = threading.Lock()  # one process serves the pages: two tabs that send one file take turns


@dataclass(frozen=True)
class Waiting:
    """An upload: `held` of its `size` bytes have come."""

    id: str
    name: str
    size: int
    held: int
    path: Path


def folder(home: Platform) -> Path:
    """Return where uploads wait."""
    return home.store.folder("cache") / FOLDER


def begin(viewer: Viewer, home: Platform, name: str, size: int, mark: str = "") -> Waiting:
    """Return a new upload, or the one that the same person began before with the same file.

    Parameters
    ----------
    name : str
        Of the file; only its last part counts.
    mark : str
        What else tells the file from others of its name and size, such as when it was last changed.

    Raises
    ------
    InputError
        For a file that is no picture or too large, and where one person's uploads or the disk are full.
    """
    rights.require(viewer, "scene.import")
    sweep(home)
    told: dict[str, Any] = {"account": viewer.account, "name": _plain(name), "size": size, "mark": mark}
    mine = [one for one in _all(home) if one["account"] == viewer.account]
    for one in mine:
        if all(one[key] == value for key, value in told.items()):
            return _waiting(home, one["id"], one)
    _room(home, told["name"], size, sum(one["size"] for one in mine))
    identity = uuid7()
    place = folder(home) / identity
    place.mkdir(parents=True)
    (place / told["name"]).touch()
    (place / TOLD).write_text(json.dumps(told), encoding="utf-8")
    return _waiting(home, identity, told)


def append(viewer: Viewer, home: Platform, upload: str, at: int, piece: bytes) -> Waiting:
    """Return how far an upload is after a piece; one that does not begin where the last one ended is not taken.

    Raises
    ------
    NotFoundError
        For an upload that is not the viewer's own.
    InputError
        For a piece that is too large, or goes beyond the size that was told.
    """
    if len(piece) > PIECE:
        raise InputError(f"a piece has at most {PIECE} bytes", zh=f"每段最多 {PIECE} 字节")
    with _lock:
        found = one(viewer, home, upload)
        if at != found.held:
            return found
        if at + len(piece) > found.size:
            raise InputError(
                f"{found.name}: more than the {found.size} bytes that were told",
                zh=f"{found.name}：超过开始时声明的 {found.size} 字节",
            )
        with found.path.open("ab") as file:
            file.write(piece)
    return one(viewer, home, upload)


def one(viewer: Viewer, home: Platform, upload: str) -> Waiting:
    """Return one of the viewer's own uploads.

    Raises
    ------
    NotFoundError
        When there is none; it reads alike for those of others.
    """
    rights.require(viewer, "scene.import")
    told = _told(home, upload)
    if told is None or told["account"] != viewer.account:
        raise NotFoundError("no such upload; hand it in again", zh="没有这个上传文件，请重新上传")
    return _waiting(home, upload, told)


def complete(viewer: Viewer, home: Platform, upload: str) -> Path:
    """Return the file of an upload of which all has come.

    Raises
    ------
    InputError
        While a part of it is missing.
    """
    found = one(viewer, home, upload)
    if found.held != found.size:
        raise InputError(
            f"{found.name}: {found.held} of {found.size} bytes have come",
            zh=f"{found.name}：只收到 {found.held}/{found.size} 字节",
        )
    return found.path


def drop(viewer: Viewer, home: Platform, upload: str) -> None:
    """Forget an upload of the viewer's own."""
    shutil.rmtree(one(viewer, home, upload).path.parent, ignore_errors=True)


def sweep(home: Platform) -> int:
    """Return how many uploads were forgotten to which nothing has come for `waiting.hours` and no work is under way."""
    open_jobs = [job.arguments for job in home.store.jobs(500) if job.state in OPEN]
    taken = {Path(str(told.get("path", ""))).parent.name for told in open_jobs}
    oldest, swept = time.time() - 3600 * number("waiting", "hours"), 0
    for place in folder(home).glob("*"):
        changed = max(one.stat().st_mtime for one in (place, *place.rglob("*")))
        if place.name not in taken and changed < oldest:
            shutil.rmtree(place, ignore_errors=True)
            swept += 1
    return swept


def _plain(name: str) -> str:
    plain = Path(name.replace("\\", "/")).name
    odd = plain.startswith(".") or not plain.isprintable() or len(plain.encode()) > LONGEST
    if not plain.lower().endswith(SUFFIXES) or odd:
        raise InputError(
            f"'{plain[:80]}' is no name of a picture; it must end with {', '.join(SUFFIXES)}, in {LONGEST} bytes",
            zh=f"“{plain[:80]}”不是影像文件名；应以 {'、'.join(SUFFIXES)} 结尾，最长 {LONGEST} 字节",
        )
    return plain


def _room(home: Platform, name: str, size: int, waiting: int) -> None:
    most = whole("reading", "bytes")
    if not 0 < size <= most:
        raise InputError(
            f"{name}: {size / 1e9:.1f} GB; at most {most / 1e9:.0f} GB can be taken, cut it to your plots first",
            zh=f"{name}：{size / 1e9:.1f} GB；最大 {most / 1e9:.0f} GB，请先裁切到您的地块范围",
        )
    if waiting + size > most:
        raise InputError(
            f"{waiting / 1e9:.1f} GB of yours wait already, of {most / 1e9:.0f} GB at most; bring these in first",
            zh=f"您已有 {waiting / 1e9:.1f} GB 影像在等待处理，每人最多 {most / 1e9:.0f} GB；请先处理完",
        )
    unsent = sum(one["size"] - _waiting(home, one["id"], one).held for one in _all(home))
    free = shutil.disk_usage(home.store.folder("cache")).free - unsent
    if free < number("waiting", "copies") * size + whole("waiting", "spare"):
        raise InputError(
            f"{name}: the server's disk has {max(free, 0) / 1e9:.1f} GB left, too little; tell the administrator",
            zh=f"{name}：服务器磁盘只剩 {max(free, 0) / 1e9:.1f} GB，放不下；请联系管理员",
        )


def _all(home: Platform) -> list[dict[str, Any]]:
    found = ((place.name, _told(home, place.name)) for place in folder(home).glob("*"))
    return [told | {"id": identity} for identity, told in found if told is not None]


def _told(home: Platform, upload: str) -> dict[str, Any] | None:
    """Return what was told of an upload; None for what is no upload's name or has none."""
    try:
        return json.loads((folder(home) / str(uuid.UUID(upload)) / TOLD).read_text(encoding="utf-8"))
    except (ValueError, OSError):
        return None


def _waiting(home: Platform, identity: str, told: dict[str, Any]) -> Waiting:
    path = folder(home) / identity / told["name"]
    return Waiting(identity, told["name"], told["size"], path.stat().st_size if path.is_file() else 0, path)
