"""Official outlines of counties, townships and villages."""

from pathlib import Path
from typing import Any

import numpy as np
import shapely

from agro.farm import Boundary
from agro.vectors import attributes, repair
from agro.vectors.placing import placed
from agro.vectors.reading import opened
from agro.vectors.source import kept


def read_boundaries(path: str | Path, level: str, crs: Any = None) -> list[Boundary]:
    """Return the official outlines of one level ("county", "township", "village") in EPSG:4326.

    Parts of one unit in several rows become one outline.

    Raises
    ------
    InputError
        When the file cannot be used, a row has no name, or no CRS is known.
    """
    if level not in ("county", "township", "village"):
        raise ValueError(f"level is '{level}'; county, township or village is needed")
    source = opened(path)
    known = attributes.recognised(source.table.columns, ("boundary_name", "code"))
    if "boundary_name" not in known:
        columns = ", ".join(map(str, source.table.columns[:12]))
        raise source.refusal(f"has no column with names, only: {columns}", f"没有名称列，只有：{columns}")
    keep = repair.flattened(source, np.zeros(len(source.rows), dtype=bool))
    table = kept(source, source.table, keep)
    if placed(source, crs):
        raise source.refusal("its CRS is not known; name it", "坐标系未知；请指定")
    repair.mended(source)
    pieces: dict[tuple[str, str], list] = {}
    for place, row in enumerate(source.rows):
        name = attributes.text(table[known["boundary_name"]].iloc[place])
        code = attributes.text(table[known["code"]].iloc[place]) if "code" in known else None
        if name is None:
            raise source.refusal(f"row {row} has no name", f"第 {row} 行没有名称")
        pieces.setdefault((code or f"{level}:{name}", name), []).append(source.geometry[place])
    return [
        Boundary(code, name, level, parts[0] if len(parts) == 1 else repair.polygons(shapely.union_all(parts)))
        for (code, name), parts in pieces.items()
    ]
