"""The sample county's pictures: drawn by script, and brought in through the door that everybody's pictures take."""

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

from agro.farm import Viewer
from agro.store.rights import OPERATOR
from app.services import imports
from app.services.platform import Platform
from sample_data import mosaic, names, protection, scenes, scouting, weak_patches

FOLDER = "images"
"""Where pictures and their truth lie among the files of the sample county."""


def make(files: Path, progress: Callable[..., None] = lambda done, total, note="": None) -> dict[str, list[Path]]:
    """Return {kind of import: files} of what was drawn into `files`; the truth lies beside it."""
    folder = files / FOLDER
    satellite = scenes.make(folder, progress=progress)
    drone = mosaic.make(folder)
    return {"sprays": [_diary(folder)], "scene": satellite["scenes"], "mosaic": drone["mosaics"]}


def bring_in(
    home: Platform, files: Path, viewer: Viewer, progress: Callable[..., None] = lambda done, total, note="": None
) -> dict[str, int]:
    """Draw the pictures into `files` and import them; return how many of each kind.

    Parameters
    ----------
    home : Platform
        With the sample county's plots and elevation model in it.
    files : Path
        Folder of the sample files.
    viewer : Viewer
        Somebody who may import pictures; the diary of the innocent pruning is the operator's.
    progress : callable
        Told (done, total, note).
    """
    made = make(files, progress)
    steps = sum(map(len, made.values()))
    done = 0
    for kind, paths in made.items():
        for path in paths:
            progress(done, steps, f"导入 importing {path.name}")
            imports.commit(OPERATOR if kind == "sprays" else viewer, home, kind, path)
            done += 1
    progress(done, steps, "影像已导入 pictures are in")
    return {kind: len(paths) for kind, paths in made.items()}


def _diary(folder: Path) -> Path:
    """Return the table of what growers wrote down of work that only looks like poor growth."""
    rows = [
        (
            names.farm(one.farm), one.plot, _last(one.onset, one.days).isoformat(), "修剪", "", "", "", "", "", "1",
            "照片", scouting.NOTE,
        )
        for one in weak_patches.PLANTED
        if one.innocent
    ]  # fmt: skip
    return scouting.write_table(folder / "pruning.csv", protection.HEADINGS, rows)


def _last(onset: date, days: int) -> date:
    return onset + timedelta(days=max(days - 1, 0))
