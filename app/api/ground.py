"""The ground of every map: a style for the page's map library, and the tiles that it names."""

import os
from pathlib import Path as File
from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Path, Request, Response

from agro.errors import MissingDataError
from app.api import tiles
from app.api.door import Asking, Home
from app.services.platform import Platform

router = APIRouter(tags=["map"])
MAX_ZOOM = 18


@router.get("/style.json")
def style(request: Request, viewer: Asking, home: Home) -> dict[str, Any]:
    """Return the map style; tile addresses are absolute and taken from the request."""
    base = f"{request.url.scheme}://{request.url.netloc}/api"
    sources: dict[str, Any] = {}
    for name, kind in tiles.LAYERS.items():
        if (path := _raster(home, kind)) is not None:
            sources[name] = {
                "type": "raster",
                "tiles": [f"{base}/tiles/{name}/{{z}}/{{x}}/{{y}}.png"],
                "tileSize": tiles.SIZE,
                "maxzoom": MAX_ZOOM,
                "bounds": list(tiles.bounds(path)),
            }
    if outside := os.environ.get("CITRUS_TILE_URL"):
        said = os.environ.get("CITRUS_TILE_ATTRIBUTION", "")
        sources["outside"] = {"type": "raster", "tiles": [outside], "tileSize": tiles.SIZE, "attribution": said}
    layers = [{"id": name, "type": "raster", "source": name} for name in sources]
    ground = {"id": "ground", "type": "background", "paint": {"background-color": "#eceae0"}}
    return {"version": 8, "sources": sources, "layers": [ground, *layers]}


@router.get("/tiles/{layer}/{z}/{x}/{y}.png", response_class=Response)
def tile(
    layer: str,
    z: Annotated[int, Path(ge=0, le=22)],
    x: Annotated[int, Path(ge=0)],
    y: Annotated[int, Path(ge=0)],
    viewer: Asking,
    home: Home,
) -> Response:
    """Return one PNG tile; outside the raster it is transparent."""
    kind = tiles.LAYERS.get(layer)
    path = _raster(home, kind) if kind else None
    if path is None or z > MAX_ZOOM or max(x, y) >= 2**z:
        raise HTTPException(404)
    headers = {"Cache-Control": "private, max-age=3600"}
    return Response(tiles.tile(path, layer, z, x, y), media_type="image/png", headers=headers)


def _raster(home: Platform, kind: str) -> File | None:
    try:
        return home.store.raster_path(kind)
    except MissingDataError:
        return None
