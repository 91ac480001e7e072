"""Where the parameters of flowering, flushes, fruit set and carbon lie, and those that differ between groups."""

from pathlib import Path
from typing import Annotated, NamedTuple

BEARING = Path(__file__).parent / "bearing.toml"


class Group(NamedTuple):
    """How one cultivar group bears; section `group.NAME` of the file."""

    flowers_max: Annotated[float, "m-2"]
    leaf_area_per_fruit: Annotated[float, "m2"]
    fruit_cost_ratio: Annotated[float, "1"]
    heat_petal_fall: Annotated[float, "degC"]
    heat_young: Annotated[float, "degC"]
    dry_share: Annotated[float, "1"]
