"""Pictures of scenes for maps: one PNG a scene and layer, as wide as what the asker may see of it."""

import io
from typing import Annotated

from fastapi import APIRouter, Query, Response
from PIL import Image

from agro.errors import InputError
from app.api.door import Asking, Home
from app.services.imagery import drawing
from app.services.imagery.drawing import Layer
from app.services.imagery.scenes import Corners

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
    """Return one layer of a scene in web Mercator, true colour as WebP; `box` is west,south,east,north in degrees."""
    picture = drawing.drawn(viewer, home, scene, layer, index, relative, plot or None, earlier or None, _corners(box))
    kept = {"Cache-Control": "private, max-age=3600"}
    if layer == "true_colour":  # a photograph: a tenth of the bytes, which a phone in the hills will feel
        return Response(_photograph(picture.png), media_type="image/webp", headers=kept)
    return Response(picture.png, media_type="image/png", headers=kept)


def _photograph(png: bytes) -> bytes:
    """Return a picture as WebP, clear where it was clear."""
    buffer = io.BytesIO()
    Image.open(io.BytesIO(png)).save(buffer, "WEBP", quality=80, method=2)
    return buffer.getvalue()


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
