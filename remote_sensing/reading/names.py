"""What names of files tell: bands, dates, baselines."""

import re
from datetime import UTC, datetime

MOMENT = re.compile(r"(?<!\d)((?:19|20)\d{6})[T_](\d{6})(?!\d)")
DAY = re.compile(r"(?<!\d)((?:19|20)\d{2})[-_]?(0[1-9]|1[0-2])[-_]?(0[1-9]|[12]\d|3[01])(?!\d)")
BASELINE = re.compile(r"_N(\d{2})(\d{2})_")
TILE = re.compile(r"(?:^|[_-])T?(\d{2}[C-HJ-NP-X][A-HJ-NP-Z]{2})(?:[_-]|$)")


def tokens(name: str) -> list[str]:
    """Return the words of a name, small letters: "T48RXT_..._B04_10m" gives [..., "b04", "10m"]."""
    return [word for word in re.split(r"[^a-z0-9\u4e00-\u9fff]+", name.lower()) if word]


def place_of(name: str, aliases) -> tuple[int, int] | None:
    """Return where the last of `aliases` ends among the words of `name`, and its number of words; None without one."""
    words, best = tokens(name), None
    for alias in aliases:
        wanted = tokens(alias)
        for start in range(len(words) - len(wanted) + 1):
            if words[start : start + len(wanted)] == wanted:
                best = max(best or (0, 0), (start + len(wanted), len(wanted)))
    return best


def role_of(name: str, bands) -> str | None:
    """Return the role of the band whose name stands last in `name`; None when it names none.

    `bands` maps roles to things with `names`.
    """
    places = {role: place_of(name, band.names) for role, band in bands.items()}
    held = {role: place for role, place in places.items() if place}
    return max(held, key=lambda role: held[role]) if held else None


def moment(name: str) -> datetime | None:
    """Return the first moment in a name, UTC: 20250715T032541 or 20250715_032541; None without one."""
    for found in MOMENT.finditer(name):
        try:
            return datetime.strptime("".join(found.groups()), "%Y%m%d%H%M%S").replace(tzinfo=UTC)
        except ValueError:
            continue
    return None


def day(name: str) -> datetime | None:
    """Return midnight UTC of the first day in a name: 20250715, 2025-07-15, 2025_07_15; None without one."""
    for found in DAY.finditer(name):
        try:
            year, month, day_ = map(int, found.groups())
            return datetime(year, month, day_, tzinfo=UTC)
        except ValueError:
            continue
    return None


def baseline(name: str) -> float | None:
    """Return the processing baseline in a Sentinel-2 name, `_N0511_` as 5.11; None without one."""
    found = BASELINE.search(name)
    return float(f"{found[1]}.{found[2]}") if found else None


def tile(name: str) -> str | None:
    """Return the MGRS tile in a name, "48RXT"; None without one."""
    found = TILE.search(name)
    return found[1] if found else None
