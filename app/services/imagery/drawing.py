"""One door to the layers of a scene, for pages and for the API."""

from typing import Literal, get_args

from agro.errors import InputError
from agro.farm import Viewer
from app.services import platform
from app.services.imagery import layers
from app.services.imagery.pictures import MAP, Picture
from app.services.imagery.scenes import Corners
from app.services.platform import Platform

Layer = Literal["true_colour", "index", "change", "quality"]
LAYERS: tuple[str, ...] = get_args(Layer)


def drawn(
    viewer: Viewer,
    home: Platform,
    scene: str,
    layer: str,
    index: str = "ndvi",
    relative: bool = False,
    plot: str | None = None,
    earlier: str | None = None,
    box: Corners | None = None,
    crs: str = MAP,
) -> Picture:
    """Return one layer of a scene.

    Parameters
    ----------
    layer : {"true_colour", "index", "change", "quality"}
    index : str
        Of "index" and "change".
    relative : bool
        Whether colours run over what is shown instead of the index's own range.
    plot : str, optional
        Show one plot and its surroundings.
    earlier : str, optional
        The scene that a change is counted from.
    box : tuple of float, optional
        West, south, east, north of the part to show. [degrees]
    crs : str
        In which the picture is even: Mercator for maps on the web, degrees for a globe.

    Raises
    ------
    InputError
        For an unknown layer, or a change without the scene before.
    """
    if layer == "true_colour":
        return layers.true_colour(viewer, home, scene, box, crs)
    if layer == "quality":
        return layers.quality(viewer, home, scene, box, crs)
    if layer == "index":
        return layers.index(viewer, home, scene, index, relative=relative, plot=plot, box=box, crs=crs)
    if layer != "change":
        raise InputError(f"no layer '{layer}'; there are {', '.join(LAYERS)}", zh=f"没有图层“{layer}”")
    before = required(earlier)
    return layers.change(viewer, home, before, scene, index, relative=relative, plot=plot, box=box, crs=crs)


def required(earlier: str | None) -> str:
    """Return the scene that a change is counted from; InputError where none was named."""
    if not earlier:
        raise InputError("a change needs the earlier scene", zh="变化图需要指定较早的影像")
    return earlier


def stamp(home: Platform) -> str:
    """Return what changes with every finished run, every judgement, and every scene that comes, goes or is replaced."""
    kept, judged = home.store.scenes(), home.store.setting("condition") or {}
    newest = max((one.imported for one in kept if one.imported), default="")
    return f"{platform.stamp(home)} {len(kept)} {newest} {judged.get('at', '')}"
