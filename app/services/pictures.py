"""Maps as pictures: the hillshade of the region, the plots in the layer's colours, a legend with units."""

from functools import cache
from pathlib import Path

import geopandas as gpd
import matplotlib.dates as mdates
import numpy as np
import pandas as pd
from matplotlib import colormaps, font_manager
from matplotlib.colors import Normalize
from matplotlib.figure import Figure

from agro.terrain import hillshade
from app.services.outlooks.layers import Layer
from app.services.platform import Platform, region_or_none

CHINESE = ("Noto Sans CJK SC", "Source Han Sans SC", "WenQuanYi Micro Hei", "Microsoft YaHei", "PingFang SC", "SimHei")


@cache
def chinese_font() -> str | None:
    """Return a Chinese font of this machine; None when it has none, and pictures are lettered in English."""
    installed = {font.name for font in font_manager.fontManager.ttflist}
    return next((name for name in CHINESE if name in installed), None)


def county(home: Platform, table: gpd.GeoDataFrame, layer: Layer, path: Path) -> None:
    """Draw `layer` of the plots in `table` over the ground and save it as PNG."""
    zh = chinese_font() is not None
    region = region_or_none(home)
    figure = Figure(figsize=(9, 7.5), dpi=130, layout="constrained")
    axes = figure.add_subplot()
    with_font = {"fontfamily": chinese_font()} if zh else {}
    _ground(home, axes)
    outlines = table.to_crs(region.crs)
    values, ticks = _values(outlines, layer)
    known = np.isfinite(values)
    norm = Normalize(*(np.quantile(values[known], [0.02, 0.98]) if known.any() else (0, 1)))
    cmap = colormaps["viridis"]
    colours = [cmap(norm(v)) if k else (1, 1, 1, 0.2) for v, k in zip(values, known, strict=True)]
    outlines.plot(ax=axes, color=colours, edgecolor="black", linewidth=0.5)
    bar = figure.colorbar(_mappable(norm, cmap), ax=axes, shrink=0.7)
    if ticks is not None:
        bar.set_ticks(ticks[0])
        bar.set_ticklabels(ticks[1], **with_font)
    name, unit = (layer.zh if zh else layer.en), f" [{layer.unit}]" if layer.unit else ""
    bar.set_label(name + unit, **with_font)
    issued = table["issued"].iloc[0]
    synthetic = region.synthetic
    marks = [str(issued), "未校准" if zh else "uncalibrated"] + (
        ["合成示例，非真实数据" if zh else "synthetic, not real data"] if synthetic else []
    )
    axes.set_title(f"{region.name if zh else ''} {name} · {' · '.join(marks)}".strip(), **with_font)
    axes.set_axis_off()
    figure.savefig(path, format="png")


def _ground(home: Platform, axes) -> None:
    dem = home.store.raster("dem").load()
    left, bottom, right, top = dem.rio.bounds()
    dx, dy = (abs(step) for step in dem.rio.resolution())
    axes.imshow(
        hillshade.hillshade(dem.to_numpy(), dx, dy),
        cmap="gray",
        extent=(left, right, bottom, top),
        vmin=0,
        vmax=255,
        alpha=0.75,
    )


def _values(table: gpd.GeoDataFrame, layer: Layer) -> tuple[np.ndarray, tuple | None]:
    """Return the layer's values as numbers, and tick places with labels where numbers say nothing."""
    column = table[layer.column]
    if layer.kind == "date":
        days = mdates.date2num(pd.to_datetime(column).fillna(pd.Timestamp(1970, 1, 1)))
        values = np.where(column.notna(), days, np.nan)
        ticks = np.linspace(np.nanmin(values), np.nanmax(values), 6) if np.isfinite(values).any() else np.array([])
        return values, (ticks, [f"{mdates.num2date(t):%m-%d}" for t in ticks])
    if column.dtype == object or isinstance(column.dtype, pd.StringDtype):
        codes, names = pd.factorize(column)
        return np.where(codes >= 0, codes, np.nan).astype(float), (np.arange(len(names)), list(names))
    return column.to_numpy(float), None


def _mappable(norm: Normalize, cmap):
    from matplotlib.cm import ScalarMappable

    return ScalarMappable(norm, cmap)
