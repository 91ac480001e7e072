"""Pictures of scenes for maps: one PNG a scene and layer, as wide as what the asker may see of it."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from agro.errors import InputError
from app.api.door import Asking, Home
from app.services.imagery import drawing
from app.services.imagery.drawing import Layer
from app.services.imagery.values import Corners

router = APIRouter(prefix="/pictures", tags=["map"])
Key = Annotated[str, Query(max_length=32)]
Id = Annotated[str, Query(max_length=64)]


@router.get("/{scene}/{layer}.png", response_class=Response)
def one(
    scene: str,
    layer: Layer,
    viewer: Asking,
    home: Home,
    index: Key = "ndvi",
    relative: bool = False,
    plot: Id = "",
    earlier: Id = "",
    box: Annotated[str, Query(max_length=80)] = "",
) -> Response:
    """Return one layer of a scene as PNG in web Mercator; `box` is west,south,east,north in degrees."""
    picture = drawing.drawn(viewer, home, scene, layer, index, relative, plot or None, earlier or None, _corners(box))
    return Response(picture.png, media_type="image/png", headers={"Cache-Control": "private, max-age=3600"})


def _corners(text: str) -> Corners | None:
    """Return the part of the world that is asked for."""
    if not text:
        return None
    try:
        west, south, east, north = (float(part) for part in text.split(","))
    except ValueError:
        west, south, east, north = 1.0, 1.0, 0.0, 0.0
    if not (-180 <= west < east <= 180 and -90 <= south < north <= 90):
        raise InputError(
            f"box is '{text[:80]}'; needed are west,south,east,north in degrees",
            zh=f"范围写作“{text[:80]}”；应为 西,南,东,北 四个经纬度",
        )
    return west, south, east, north
