"""Layers as files: an index with its numbers, a picture with its legend, a picture for a globe."""

import io
import zipfile
from pathlib import Path
from xml.sax.saxutils import escape

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Patch
from matplotlib.text import Text

from agro.farm import Viewer
from agro.store import rights
from app.services.files import require_format, written
from app.services.imagery import drawing, pictures, rasters
from app.services.imagery.pictures import GLOBE, MAP, Legend, Picture
from app.services.imagery.scenes import Corners
from app.services.pictures import LATIN, chinese_font
from app.services.platform import Platform, region_or_none

FORMATS = ("tif", "png", "kmz")


def layer(
    viewer: Viewer, home: Platform, path: Path, format: str, scene: str, what: str = "index", *, index: str = "ndvi",
    relative: bool = False, plot: str | None = None, earlier: str | None = None, box: Corners | None = None,
) -> Path:  # fmt: skip
    """Write one layer of a scene and return the file.

    Parameters
    ----------
    format : {"tif", "png", "kmz"}
        "tif" is a Cloud-Optimized GeoTIFF of what lies behind the picture, see `rasters.write`; a picture with its
        legend; a ground overlay for a globe.
    what : {"true_colour", "index", "change", "quality"}
    earlier : str, optional
        The scene that a change is counted from.

    Raises
    ------
    InputError
        For an unknown layer or format.
    """
    rights.require(viewer, "export.outlook")
    require_format(format, FORMATS)
    if format == "tif":
        return rasters.write(viewer, home, path, scene, what, index=index, plot=plot, earlier=earlier, box=box)
    crs = GLOBE if format == "kmz" else MAP
    made = drawing.drawn(viewer, home, scene, what, index, relative, plot, earlier, box, crs)
    if format == "kmz":
        return written(Path(path), lambda beside: _overlay(made, beside))
    region = region_or_none(home)
    place = region.name if region and chinese_font() else ""
    return written(Path(path), lambda beside: _lettered(made, place, beside))


def said(legend: Legend, language: str) -> list[str]:
    """Return what a legend says besides its colours: sensor, day, age, how much was seen, unit and direction."""
    zh = language == "zh"
    days = " → ".join(f"{one:%Y-%m-%d}" for one in legend.taken)
    lines = [
        f"{legend.sensor[language]} · {days}",
        f"{legend.age} 天前" if zh else f"{legend.age} days old",
        f"看清 {100 * legend.valid:.0f} %" if zh else f"{100 * legend.valid:.0f} % seen",
    ]
    if legend.low is not None and legend.high is not None:
        span = f"{legend.low:.2f}–{legend.high:.2f}"
        kind = ("绝对刻度", "absolute") if legend.absolute else ("相对刻度", "relative")
        lines.append(f"{kind[not zh]} {span}" + (f" [{legend.unit}]" if legend.unit not in ("", "1") else ""))
    if legend.better:
        lines.append(_direction(legend)[0 if zh else 1])
    lines += [note[language] for note in legend.notes]
    if legend.synthetic:
        lines.append("合成示例，非真实数据" if zh else "synthetic, not real data")
    return lines


def _direction(legend: Legend) -> tuple[str, str]:
    """Return what a high value means, in Chinese and English."""
    high = legend.better == "high"
    if len(legend.taken) > 1:
        return ("正值为变好", "above zero: better") if high else ("负值为变好", "below zero: better")
    return ("数值越高长势越好", "high is better") if high else ("数值越低长势越好", "low is better")


def _overlay(made: Picture, path: Path) -> None:
    """Write a KMZ with the picture as a ground overlay."""
    west, south, east, north = made.bounds
    title = made.legend.title["zh"]
    text = "\n".join(said(made.legend, "zh") + said(made.legend, "en"))
    kml = (
        '<?xml version="1.0" encoding="UTF-8"?>\n<kml xmlns="http://www.opengis.net/kml/2.2"><Document>'
        f"<name>{escape(title)}</name><GroundOverlay><name>{escape(title)}</name>"
        f"<description>{escape(text)}</description><Icon><href>picture.png</href></Icon><LatLonBox>"
        f"<north>{north:.8f}</north><south>{south:.8f}</south><east>{east:.8f}</east><west>{west:.8f}</west>"
        "</LatLonBox></GroundOverlay></Document></kml>\n"
    )
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("doc.kml", kml)
        packed.writestr("picture.png", made.png)


def _lettered(made: Picture, place: str, path: Path) -> None:
    """Write the picture with title, legend and what it is not."""
    language = "zh" if chinese_font() else "en"
    legend = made.legend
    rgba = np.moveaxis(pictures.bands(made.png), 0, -1)
    tall = rgba.shape[0] / rgba.shape[1]
    figure = Figure(figsize=(9.0, float(np.clip(8.0 * tall + 1.6, 4.0, 12.0))), dpi=140, layout="constrained")
    axes = figure.add_subplot()
    axes.imshow(rgba, interpolation="nearest")
    axes.set_axis_off()
    title = " · ".join(part for part in (legend.title[language], place) if part)
    figure.suptitle(title, x=0.01, ha="left", fontsize=14)
    axes.set_title("\n".join(said(legend, language)), loc="left", fontsize=8.5, color="#444444")
    handles = [Patch(facecolor=colour, edgecolor="#222222", label=name[language]) for colour, name in legend.classes]
    handles += [Patch(facecolor=colour, label=f"{value:.2f}") for value, colour in reversed(legend.stops)]
    if handles:
        axes.legend(handles=handles, loc="upper left", bbox_to_anchor=(1.01, 1.0), frameon=False, fontsize=8.5)
    for text in figure.findobj(Text):
        text.set_fontfamily([name for name in (chinese_font(), LATIN) if name])
    packed = io.BytesIO()
    figure.savefig(packed, format="png")
    path.write_bytes(packed.getvalue())
