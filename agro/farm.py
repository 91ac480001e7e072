"""The grower's own words: region, farm, plot, station; plain values that know no database."""

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from shapely.geometry.base import BaseGeometry


class Role(StrEnum):
    """Who somebody is to the platform; what each may do stands in `agro.store.rights`."""

    GROWER = "grower"
    WORKER = "worker"
    HELPER = "helper"
    COOPERATIVE = "cooperative"
    CONTRACTOR = "contractor"
    PACKING_HOUSE = "packing_house"
    AGRONOMIST = "agronomist"
    STATION = "station"
    OFFICIAL = "official"
    SCHEME_CLERK = "scheme_clerk"
    RESEARCHER = "researcher"
    SUPPLIER = "supplier"
    ADMIN = "admin"


@dataclass(frozen=True)
class Viewer:
    """Who asks: the first argument of every service and part of every cache key.

    `grants` are (kind, id) pairs that others gave: ("farm", farm id) to read, ("write", farm id) to change too,
    ("township", name) to read.
    """

    account: str
    name: str
    role: Role
    farms: tuple[str, ...] = ()
    grants: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Region:
    """The county or valley of one platform; `crs` is its one projected CRS, fixed when it is made."""

    id: str
    name: str
    crs: str
    timezone: str = "Asia/Shanghai"
    synthetic: bool = False


@dataclass(frozen=True)
class Boundary:
    """An official outline; `level` is county, township or village; geometry in EPSG:4326."""

    id: str
    name: str
    level: str
    geometry: BaseGeometry


@dataclass(frozen=True)
class Farm:
    """Who owns: one orchard business."""

    id: str
    name: str
    owner: str | None = None  # account id


@dataclass(frozen=True)
class Plot:
    """One block of trees managed as a unit; geometry in EPSG:4326.

    Attributes that nobody gave are None here; `assumed` names those that were filled by a default.
    """

    id: str
    farm: str
    name: str
    geometry: BaseGeometry
    area: float  # m2, on the ellipsoid
    cultivar: str | None = None
    planted: int | None = None  # year
    spacing: tuple[float, float] | None = None  # m between rows, m in the row
    soil_depth: float | None = None  # m
    township: str | None = None
    elevation: float | None = None  # m
    slope: float | None = None  # degrees
    aspect: float | None = None  # degrees clockwise from north, None on flat ground
    sky_view: float | None = None  # cosine-weighted, 0 to 1
    height_above_valley: float | None = None  # m
    assumed: tuple[str, ...] = ()
    source: str = ""
    synthetic: bool = False


@dataclass(frozen=True)
class Station:
    """A weather station: EPSG:4326 degrees and metres."""

    id: str
    name: str
    longitude: float
    latitude: float
    elevation: float
    source: str = ""
    synthetic: bool = False


@dataclass(frozen=True)
class Observation:
    """One thing seen or measured at a plot on one local day; `kind` is a key of `agro.observations.kinds()`.

    A kind that is a date (full bloom) is `date` itself and has no value. A second observation that says otherwise
    stands beside the first, both with `conflict`.
    """

    id: str
    plot: str  # plot id
    kind: str
    date: date
    value: float | None = None  # in the unit of the kind
    n: int | None = None  # fruits or trees measured
    spread: float | None = None  # standard deviation among them, in the unit of the kind
    by: str | None = None  # account id
    evidence: str = "measured"  # or "said"
    source: str = ""
    note: str = ""
    synthetic: bool = False
    created: datetime | None = None
    conflict: bool = False


@dataclass(frozen=True)
class Finding:
    """One thing that a reader understood, mended or refused, for the preview before an import."""

    level: str  # "info", "warning", "refused"
    en: str
    zh: str
    where: str = ""


@dataclass
class Preview:
    """What a reader understood of a file, before anything is stored."""

    kind: str
    source: str
    table: Any  # GeoDataFrame or DataFrame
    findings: list[Finding] = field(default_factory=list)
    questions: list[str] = field(default_factory=list)  # "crs", "gcj02": what the user must answer first


ASSUMED_DEFAULTS: dict[str, Any] = {
    "cultivar": "navel",
    "planted": date(2012, 1, 1).year,
    "spacing": (4.0, 3.0),
    "soil_depth": 0.6,
}
"""What stands in for attributes nobody gave; judgement, shown as assumed and asked for on the plot page."""


@dataclass(frozen=True)
class Treatment:
    """One thing done for the trees' health at a plot on one local day; `kind` is a key of `agro.protection.deeds()`.

    No record is no proof that nothing was done.
    """

    id: str
    plot: str  # plot id
    date: date
    kind: str
    product: str = ""
    groups: tuple[str, ...] = ()  # how it works: "FRAC M01", "IRAC 6"
    targets: tuple[str, ...] = ()  # keys of organisms
    dose: str = ""  # as it was said
    equipment: str = ""  # knapsack, mist_blower, drone, gun
    share: float = 1.0  # of the plot
    by: str | None = None  # account id
    evidence: str = "said"  # invoice, flight_log, photo, said
    source: str = ""
    note: str = ""
    synthetic: bool = False
    created: datetime | None = None


@dataclass(frozen=True)
class Count:
    """What was counted of one organism at a plot on one local day; `method` is a key of `agro.protection.methods()`.

    A second count that says otherwise stands beside the first, both with `conflict`.
    """

    id: str
    plot: str  # plot id
    organism: str  # key
    date: date
    method: str
    n: int  # leaves, fruits, shoots looked at; traps
    infested: int | None = None  # of those n
    total: int | None = None  # individuals or lesions in all
    days: float | None = None  # that the traps hung, or the tape
    treated: bool | None = None  # False: an untreated strip
    stage: str = ""
    by: str | None = None  # account id
    evidence: str = "measured"  # or "said"
    source: str = ""
    note: str = ""
    synthetic: bool = False
    created: datetime | None = None
    conflict: bool = False


@dataclass(frozen=True)
class Step:
    """What became of a sample on one day; `state` is one of `agro.protection.STATES`, or "released"."""

    state: str
    date: date
    by: str | None = None  # account id
    note: str = ""


@dataclass(frozen=True)
class Sample:
    """One tree that is suspected to carry an organism, and all that became of it; steps are only ever added.

    Under `embargo` only who submitted it, agronomists and the plant protection station may know of it.
    """

    id: str
    plot: str  # plot id; empty when the plot was removed since
    organism: str  # key
    date: date  # when it was first suspected
    longitude: float | None = None
    latitude: float | None = None
    state: str = "suspected"
    steps: tuple[Step, ...] = ()
    embargo: bool = True
    seedlings: str = ""  # where the trees planted instead come from
    tree: str = ""  # its number or mark
    by: str | None = None  # account id
    note: str = ""
    synthetic: bool = False
    created: datetime | None = None
