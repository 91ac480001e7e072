"""What a picture on a disk or in a catalogue is, before a single pixel was read."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from remote_sensing.boa_offset import Facts
from remote_sensing.reading import names
from remote_sensing.sensor import Sensor


@dataclass(frozen=True)
class Layer:
    """One band of one file, or all bands of it where `band` is None."""

    path: str
    band: int | None = 1


@dataclass(frozen=True)
class Found:
    """A picture that was recognised.

    Attributes
    ----------
    sensor, product : str
        Key of the sensor's file, and the producer's name of the picture, with its time where the name has no day.
    time : datetime or None
        When it was taken, UTC; None when nothing tells. Midnight and `about["day_only"]` where only the day is known.
    missing : tuple of str
        Roles of the sensor for which there is no file.
    camera : Sensor
    layers : dict of {role: Layer}
    classes : Layer, optional
        The producer's own mask.
    sun_zenith, sun_azimuth, view_zenith, view_azimuth : float, optional
    offset : Facts
        What is written about the offset of Sentinel-2 numbers.
    scaling : dict of {role: (scale, offset)}
        Where the product's own metadata tell it.
    about : dict
        What goes into `Scene.about`.
    items : tuple
        STAC items that are read by odc-stac instead of `layers`.
    """

    sensor: str
    product: str
    time: datetime | None
    missing: tuple[str, ...]
    camera: Sensor
    layers: dict[str, Layer] = field(default_factory=dict)
    classes: Layer | None = None
    sun_zenith: float | None = None
    sun_azimuth: float | None = None
    view_zenith: float | None = None
    view_azimuth: float | None = None
    offset: Facts = field(default_factory=Facts)
    scaling: dict[str, tuple[float, float]] = field(default_factory=dict)
    about: dict[str, Any] = field(default_factory=dict)
    items: tuple[Any, ...] = ()

    def with_(self, **changed: Any) -> "Found":
        """Return it with some attributes replaced; `about` is added to."""
        if "about" in changed:
            changed["about"] = {**self.about, **changed["about"]}
        return replace(self, **changed)


@dataclass(frozen=True)
class Told:
    """What metadata beside the bands say; a later source fills what an earlier one left open."""

    product: str | None = None
    time: datetime | None = None
    sun_zenith: float | None = None
    sun_azimuth: float | None = None
    view_zenith: float | None = None
    view_azimuth: float | None = None
    platform: str | None = None
    offset: Facts | None = None
    scaling: dict[str, tuple[float, float]] = field(default_factory=dict)
    about: dict[str, Any] = field(default_factory=dict)

    def or_(self, other: "Told | None") -> "Told":
        """Return this with what only `other` knows."""
        if other is None:
            return self
        known = {
            name: getattr(self, name) if getattr(self, name) is not None else getattr(other, name)
            for name in self.__dataclass_fields__
        }
        known["scaling"] = {**other.scaling, **self.scaling}
        known["about"] = {**other.about, **self.about}
        if self.time is not None and "day_only" not in self.about:
            known["about"].pop("day_only", None)
        return Told(**known)


def by_time(found: Found) -> tuple[float, str]:
    """Return what pictures are sorted by: time, those without one last, then name."""
    return found.time.timestamp() if found.time else float("inf"), found.product


def dated(product: str, time: datetime | None) -> str:
    """Return the name of a picture with its time behind it where it has no day: many files are called orthophoto."""
    if time is None or names.day(product):
        return product
    moment = time.astimezone(UTC) if time.tzinfo else time  # the same name wherever the clock stood that told it
    return f"{product}_{moment:%Y%m%dT%H%M%S}"
