"""Maps as pictures: the hillshade of the region, the plots in the layer's colours, a legend with units."""

from functools import cache
from pathlib import Path

import geopandas as gpd
import matplotlib.dates as mdates
import numpy as np
import pandas as pd
from matplotlib import colormaps, font_manager
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize, to_rgba
from matplotlib.figure import Figure
from matplotlib.patches import Patch
from matplotlib.text import Text

from agro import bbch
from agro.terrain.hillshade import multidirectional_hillshade
from app.services import farms
from app.services.outlooks.layers import Layer
from app.services.platform import Platform

CHINESE = ("Noto Sans CJK SC", "Source Han Sans SC", "WenQuanYi Micro Hei", "Microsoft YaHei", "PingFang SC", "SimHei")
LATIN = "DejaVu Sans"  # comes with matplotlib
MOST_CELLS = 1500  # of the ground, along its longer side
LEAST = 500.0  # m of ground, around one plot alone
MARGIN, NARROWEST = 0.06, 0.35  # of the plots' longer extent, beside it and half across it
RAMP = "viridis"
BEHIND, AHEAD_BEHIND = "YlOrBr", "PuOr_r"  # of what counts from zero
ROUND = "twilight"  # what comes back to its beginning
DISTINCT = "tab10"
UNKNOWN = to_rgba("#d9d4c7")
UNITS = {"d": "天", "mm": "毫米", "mm/d": "毫米/天", "m": "米"}
WORDS = {
    "zh": ("未校准模型", "合成示例，非真实数据", "未知", "千米"),
    "en": ("uncalibrated models", "synthetic, not real data", "unknown", "km"),
}


@cache
def chinese_font() -> str | None:
    """Return a Chinese font of this machine; None when it has none, and pictures are lettered in English."""
    installed = {font.name for font in font_manager.fontManager.ttflist}
    return next((name for name in CHINESE if name in installed), None)


def county(home: Platform, table: gpd.GeoDataFrame, layer: Layer, path: Path) -> None:
    """Draw `layer` of the plots in `table` over the ground and save it as PNG."""
    language = "zh" if chinese_font() else "en"
    uncalibrated, synthetic, unknown, km = WORDS[language]
    region = home.store.region()
    outlines = table.to_crs(region.crs)
    figure = Figure(figsize=(9.5, 7.5), dpi=140, layout="constrained")
    axes = figure.add_subplot()
    _frame(axes, outlines.total_bounds)
    _ground(home, axes)
    _townships(home, axes, region.crs)
    name, unit = (layer.zh, UNITS.get(layer.unit, layer.unit)) if language == "zh" else (layer.en, layer.unit)
    colours = _legend(figure, axes, outlines, layer, f"{name} [{unit}]" if unit else name, language, unknown)
    outlines.plot(ax=axes, color=colours, edgecolor="#222222", linewidth=0.5, zorder=3)
    marks = [str(table["issued"].iloc[0].date()), uncalibrated, *([synthetic] if region.synthetic else [])]
    place = region.name if language == "zh" else ""  # without a Chinese font its name would be boxes
    figure.suptitle(f"{name} · {place}".strip(" ·"), x=0.01, ha="left", fontsize=15)
    axes.set_title(" · ".join(marks), loc="left", fontsize=9.5, color="#555555")
    _scale(axes, km)
    _lettered(figure)
    figure.savefig(path, format="png")


def _frame(axes: Axes, bounds: np.ndarray) -> None:
    """Show the place of the plots and some ground around it."""
    left, bottom, right, top = bounds
    longer = max(right - left, top - bottom, LEAST)
    for set_limits, low, high in ((axes.set_xlim, left, right), (axes.set_ylim, bottom, top)):
        reach = max((high - low) / 2 + MARGIN * longer, NARROWEST * longer)
        set_limits((low + high) / 2 - reach, (low + high) / 2 + reach)
    axes.set_aspect("equal", anchor="NW")
    axes.set_axis_off()


def _ground(home: Platform, axes: Axes) -> None:
    model = home.store.raster("dem")
    step = max(1, max(model.shape) // MOST_CELLS)
    dem = model[::step, ::step].load()
    left, bottom, right, top = dem.rio.bounds()
    dx, dy = (abs(step) for step in dem.rio.resolution())
    shade = np.where(np.isfinite(dem), multidirectional_hillshade(dem.to_numpy(), dx, dy), 255)
    limits = axes.get_xlim(), axes.get_ylim()
    axes.imshow(shade, cmap="gray", extent=(left, right, bottom, top), vmin=-60, vmax=235, alpha=0.8, zorder=1)
    axes.set_xlim(limits[0])
    axes.set_ylim(limits[1])


def _townships(home: Platform, axes: Axes, crs: str) -> None:
    townships = home.store.boundaries("township")
    if len(townships):
        townships.to_crs(crs).boundary.plot(ax=axes, color="white", linewidth=1.4, alpha=0.85, zorder=2)


def _legend(figure: Figure, axes: Axes, table, layer: Layer, title: str, language: str, unknown: str) -> list:
    """Return the colour of each plot, after the legend was drawn: boxes for classes, a bar for numbers and days."""
    if layer.kind == "class":
        values = table[layer.column].astype(object)
        kinds = sorted(values.dropna().unique())
        names = _class_names(layer, language)
        if layer.key == "stage":
            chosen = dict(zip(kinds, colormaps[RAMP](np.linspace(0, 1, len(kinds))), strict=True))
        else:
            chosen = {kind: colormaps[DISTINCT](place % 10) for place, kind in enumerate(kinds)}
        boxes = [Patch(facecolor=chosen[kind], edgecolor="#222222", label=names(kind)) for kind in kinds]
        if values.isna().any():
            boxes.append(Patch(facecolor=UNKNOWN, edgecolor="#222222", label=unknown))
        legend = axes.legend(handles=boxes, title=title, loc="upper left", bbox_to_anchor=(1.01, 1), frameon=False)
        legend.set_alignment("left")
        return [UNKNOWN if pd.isna(value) else chosen[value] for value in values]
    values = _numbers(table[layer.column], layer)
    norm, cmap = _scaled(values, layer)
    bar = figure.colorbar(ScalarMappable(norm, cmap), ax=axes, shrink=0.65, aspect=28, pad=0.02, extend="both")
    bar.set_label(title)
    if layer.kind == "date":
        bar.ax.yaxis.set_major_locator(mdates.AutoDateLocator(minticks=3, maxticks=8))
        bar.ax.yaxis.set_major_formatter(mdates.DateFormatter("%m-%d"))
    return [cmap(norm(value)) if np.isfinite(value) else UNKNOWN for value in values]


def _class_names(layer: Layer, language: str):
    """Return what turns a class into words."""
    if layer.key == "stage":
        return lambda code: f"{int(code):02d} {bbch.name(int(code), language)}"
    known = {key: zh if language == "zh" else en for key, zh, en in farms.cultivars()}
    return lambda key: known.get(key, str(key))


def _numbers(column: pd.Series, layer: Layer) -> np.ndarray:
    """Return the values as numbers, days as matplotlib counts them; NaN where unknown."""
    if layer.kind == "date":
        days = pd.to_datetime(column)
        return np.where(days.notna(), mdates.date2num(days.fillna(pd.Timestamp(2000, 1, 1))), np.nan)
    return pd.to_numeric(column, errors="coerce").to_numpy(dtype=float, na_value=np.nan)


def _scaled(values: np.ndarray, layer: Layer):
    """Return the scale of the colours, without the outermost twentieth, and their ramp."""
    known = values[np.isfinite(values)]
    if layer.key == "aspect":
        return Normalize(0, 360), colormaps[ROUND]
    if layer.key == "delay" and len(known):
        reach, ahead = max(float(np.quantile(np.abs(known), 0.95)), 1.0), float(np.quantile(known, 0.05))
        return (
            (Normalize(-reach, reach), colormaps[AHEAD_BEHIND])
            if ahead < -1
            else (Normalize(0, reach), colormaps[BEHIND])
        )
    low, high = np.quantile(known, [0.025, 0.975]) if len(known) else (0.0, 1.0)
    return Normalize(low, high if high > low else low + 1.0), colormaps[RAMP]


def _scale(axes: Axes, km: str) -> None:
    """Draw a bar of a round length and the direction of north."""
    (left, right), (bottom, top) = axes.get_xlim(), axes.get_ylim()
    wanted = (right - left) / 5
    unit = 10.0 ** np.floor(np.log10(wanted))
    length = max(step * unit for step in (1, 2, 5) if step * unit <= wanted)
    x, y = left + 0.03 * (right - left), bottom + 0.03 * (top - bottom)
    axes.plot([x, x + length], [y, y], color="black", linewidth=3, solid_capstyle="butt", zorder=4)
    box = {"boxstyle": "round,pad=0.2", "facecolor": "white", "alpha": 0.75, "linewidth": 0}
    axes.annotate(f"{length / 1000:g} {km}", (x, y), (0, 5), textcoords="offset points", fontsize=9, bbox=box, zorder=4)
    axes.annotate(
        "N", (0.965, 0.965), (0.965, 0.90), xycoords="axes fraction", ha="center", fontsize=11, bbox=box, zorder=4,
        arrowprops={"arrowstyle": "-|>", "color": "black", "linewidth": 1.6},
    )  # fmt: skip


def _lettered(figure: Figure) -> None:
    """Set every text in a font that has its letters."""
    families = [name for name in (chinese_font(), LATIN) if name]
    for text in figure.findobj(Text):
        text.set_fontfamily(families)
