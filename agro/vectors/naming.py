"""One name for each plot: copies dropped, contradictions refused, the nameless numbered."""

from typing import Any

import numpy as np
import pandas as pd
import shapely

from agro.vectors.source import kept, told


def unique(source, table):
    """Drop identical rows, refuse contradicting ones, and name the nameless 1, 2, ..."""
    shapes = shapely.to_wkb(shapely.normalize(source.geometry))
    columns = ["farm", "name", "cultivar", "planted", "spacing", "soil_depth", "township"]
    values = table[columns].astype(object).where(table[columns].notna(), None)
    whole = [(*row, shape) for row, shape in zip(values.itertuples(index=False, name=None), shapes, strict=True)]
    first: dict[tuple, int] = {}
    keep = np.ones(len(table), dtype=bool)
    for place, key in enumerate(whole):
        keep[place] = first.setdefault(key, place) == place
    repeated = [
        (
            source.rows[place],
            f"the same as row {source.rows[first[whole[place]]]}; dropped",
            "与前面的行完全相同，已去掉",
        )
        for place in np.flatnonzero(~keep)
    ]
    source.findings.extend(told("info", repeated))
    table = kept(source, table, keep)
    named: dict[tuple, int] = {}
    for row, farm, name in zip(source.rows, table["farm"], table["name"], strict=True):
        if name is not None and named.setdefault((farm, name), row) != row:
            raise source.refusal(
                f"rows {named[farm, name]} and {row} both are plot '{name}' of farm '{farm or '?'}' but differ; "
                "one name per plot is needed",
                f"第 {named[farm, name]} 行和第 {row} 行都是“{farm or '?'}”的地块“{name}”，但内容不同；地块名称须唯一",
            )
    return _named(source, table, set(named))


def _named(source, table, used):
    told_names, counts, names = [], dict[Any, int](), []
    for row, farm, name in zip(source.rows, table["farm"], table["name"], strict=True):
        if name is None:
            count = counts.get(farm, 0) + 1
            while (farm, str(count)) in used:
                count += 1
            counts[farm], name = count, str(count)
            told_names.append((row, f"has no name and is called '{name}'", f"没有名称，暂称“{name}”"))
        names.append(name)
    source.findings.extend(told("info", told_names))
    return table.assign(name=pd.Series(names, index=table.index, dtype=object))
