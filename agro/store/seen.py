"""How much of some plots each scene shows: one number a scene, whatever the number of plots."""

from pathlib import Path

import numpy as np
import pyarrow.dataset as ds
from sqlalchemy import select

from agro.store import schema
from agro.store.plots import MANY, within
from agro.store.rights import Scope
from agro.store.scenes import PLOTS
from agro.store.settings import Settings


class Seen(Settings):
    """Sums of the plot tables of scenes; no row of a plot leaves them."""

    def shares_seen(self, scope: Scope, index: str = "ndvi") -> dict[str, float]:
        """Return {satellite scene: share of the area of the plots within `scope` that could be seen}. [1]

        A plot that the scene says nothing of, as it lay under cloud or beside the picture, counts as unseen. A scene
        whose table is gone is left out: that is not known of it, and the other scenes are good without it.
        """
        plot, table, files = schema.plot, schema.scene, schema.scene_part
        query = select(table.c.id, files.c.path).join(files, files.c.scene == table.c.id)
        query = query.where(table.c.kind == "satellite", files.c.part == PLOTS)
        with self.reading() as connection:
            mine = connection.execute(select(plot.c.id, plot.c.area).where(within(scope)))
            areas = {row.id: row.area for row in mine}
            paths = {row.id: self.home / row.path for row in connection.execute(query)}
        whole = sum(areas.values())
        if not whole:
            return {}
        return {scene: _area(path, index, areas) / whole for scene, path in paths.items() if path.is_file()}


def _area(path: Path, index: str, areas: dict[str, float]) -> float:
    """Return how much of some plots one table tells as seen. [m2]"""
    rows = ds.field("index") == index
    if len(areas) <= MANY:  # groups of rows with none of them are then not read
        rows = rows & ds.field("plot").isin(sorted(areas))
    found = ds.dataset(path).to_table(columns=["plot", "valid_fraction"], filter=rows)
    each = np.array([areas.get(one, 0.0) for one in found["plot"].to_pylist()])
    return float(each @ np.nan_to_num(found["valid_fraction"].to_numpy()))
