"""The tree as pests see it: when flushes emerged, petals fell and fruit coloured, and what that leaves susceptible."""

from dataclasses import dataclass

import numpy as np

from agro import parameters
from agro.errors import ParameterError
from pest_warning.organism import Organism

ORGANS = ("fruit", "shoots", "ripe")
HARDENED = 60.0
"""Days after which a leaf counts as old."""


@dataclass(frozen=True)
class Host:
    """The dates that pests read, in days since the first day of the pest's calendar; NaN where nothing came.

    Attributes
    ----------
    flush : ndarray, shape (site, member, flush)
        Emergence of each flush, in any order.
    bloom, petal_fall, colour, picked : ndarray, shape (site, member, crop)
        First open flowers (BBCH 60), petal fall (69), colour break (81) and harvest (89) of each crop.
    """

    flush: np.ndarray
    bloom: np.ndarray
    petal_fall: np.ndarray
    colour: np.ndarray
    picked: np.ndarray

    def at(self, rows, members=slice(None)) -> "Host":
        """Return the host of some sites and members."""
        return Host(*(getattr(self, name)[rows][:, members] for name in self.__dataclass_fields__))


def susceptibility(organism: Organism, host: Host, days: int) -> np.ndarray:
    """Return how susceptible the tree is on each day.

    Parameters
    ----------
    host : Host
        Arrays of shape (site, member, ...).
    days : int
        Days of the calendar.

    Returns
    -------
    ndarray, shape (site, member, day)
        The most susceptible organ counts; 0 where nothing of the kind is on the tree. [1]
    """
    day = np.arange(days, dtype=float)
    organs = _organs(organism)
    most = np.zeros((*host.flush.shape[:2], days))
    since = {"fruit": host.petal_fall, "shoots": host.flush, "ripe": host.colour}
    ends = {"fruit": host.picked, "ripe": host.picked}
    for organ, points in organs.items():
        for k in range(since[organ].shape[2]):
            age = day - since[organ][..., k, None]
            share = np.interp(age, points[:, 0], points[:, 1], left=0.0, right=0.0)
            if organ in ends:
                share = np.where(day > ends[organ][..., k, None], 0.0, share)  # NaN: not picked yet
            most = np.fmax(most, np.where(np.isnan(age), 0.0, share))
    return most


def _organs(organism: Organism) -> dict[str, np.ndarray]:
    """Return {organ: points of [days, share]} of the file's section `host`.

    Raises
    ------
    ParameterError
        For an organ that nobody knows, or days in another unit.
    """
    found = parameters.section(organism.path, "host")
    for organ, entry in found.items():
        if organ not in ORGANS or entry.unit != "d":
            what = f"{organism.path.name} [host]: {organ} in '{entry.unit}'; known: {', '.join(ORGANS)}, in 'd'"
            raise ParameterError(what, zh=f"病虫文件 {what}")
    return {organ: np.asarray(entry.value, float) for organ, entry in found.items()}


def shoot_share(organism: Organism) -> float:
    """Return the share of what an organism attacks that sits on shoots [1], by the peaks of its organs."""
    found = parameters.section(organism.path, "host")
    peaks = {organ: max(point[1] for point in found[organ].value) for organ in ORGANS if organ in found}
    total = sum(peaks.values())
    return peaks.get("shoots", 0.0) / total if total else 0.0


def cultivar_factor(organism: Organism, cultivar: str) -> float:
    """Return how susceptible a cultivar group is beside the most susceptible one [1]."""
    if not organism.has("host.cultivar"):
        return 1.0
    found = parameters.section(organism.path, "host.cultivar")
    if wrong := sorted(name for name, entry in found.items() if entry.unit != "1"):
        what = f"{organism.path.name} [host.cultivar]: {', '.join(wrong)} needs unit '1'"
        raise ParameterError(what, zh=f"病虫文件 {what}")
    if "default" not in found:
        what = f"{organism.path.name} [host.cultivar]: needs default"
        raise ParameterError(what, zh=f"病虫文件 {what}")
    return float((found[cultivar] if cultivar in found else found["default"]).value)


def tender(host: Host, days: int, first: float, last: float) -> np.ndarray:
    """Return the share of the day's shoots that are between `first` and `last` days old, shape (site, member, day).

    Rises and falls over four days, as not all shoots of a flush emerge at once.
    """
    day = np.arange(days, dtype=float)
    most = np.zeros((*host.flush.shape[:2], days))
    for k in range(host.flush.shape[2]):
        age = day - host.flush[..., k, None]
        rises, falls = np.clip((age - first) / 4.0 + 0.5, 0, 1), np.clip((last - age) / 4.0 + 0.5, 0, 1)
        most = np.fmax(most, np.nan_to_num(rises * falls))
    return most


def young_share(host: Host, days: int) -> np.ndarray:
    """Return the share of the leaves younger than two months, shape (site, member, day); a flush makes a third."""
    day = np.arange(days, dtype=float)
    total = np.zeros((*host.flush.shape[:2], days))
    for k in range(host.flush.shape[2]):
        age = day - host.flush[..., k, None]
        total += np.where((age >= 0) & (age < HARDENED), 1.0 / 3.0, 0.0)
    return np.minimum(total, 1.0)


def in_bloom(host: Host, days: int) -> np.ndarray:
    """Return whether flowers are open, shape (site, member, day)."""
    day = np.arange(days, dtype=float)
    open_ = np.zeros((*host.bloom.shape[:2], days), bool)
    for k in range(host.bloom.shape[2]):
        open_ |= (day >= host.bloom[..., k, None]) & (day <= host.petal_fall[..., k, None])
    return open_
