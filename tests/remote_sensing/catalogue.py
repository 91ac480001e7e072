"""A STAC catalogue served on this machine: a small API, the same items as a static catalogue, and their files."""

import json
import threading
import time
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import uvicorn
from fastapi import FastAPI, Request
from fastapi.responses import FileResponse, JSONResponse
from pyproj import Transformer
from shapely.geometry import box, mapping

from tests.remote_sensing import making

BANDS = {"B04": "red", "B08": "nir", "B11": "swir16"}
COLLECTION = "sentinel-2-l2a"
SIZE = 1200


@dataclass
class Served:
    """A running catalogue: its address, its folder, and what was asked of it."""

    url: str
    folder: Path
    items: dict[str, dict]
    asked: list[tuple[str, int]] = field(default_factory=list)  # path, bytes sent
    searches: list[dict] = field(default_factory=list)

    def sent(self, ending=".tif"):
        """Return the bytes sent of files with an ending."""
        return sum(size for path, size in self.asked if path.endswith(ending))


def tile(folder, item_id, when, west, cloud=5.0, size=SIZE, **properties):
    """Write the COGs of one tile and return its item, as earth-search has it: offset taken off, and said so."""
    assets = {}
    origin = (west, making.NORTH)
    for number, (band, name) in enumerate({**BANDS, "SCL": "scl"}.items()):
        cell = 20 if band == "SCL" else making.S2_BANDS[band]
        values = making.classes(size) if band == "SCL" else making.numbers(band, cell, size, offset=0, seed=int(west))
        making.raster(folder / item_id / f"{band}.tif", values, cell, origin=origin, driver="COG", blocksize=128)
        assets[name] = {
            "href": f"./{item_id}/{band}.tif", "type": "image/tiff; application=geotiff; profile=cloud-optimized",
            "raster:bands": [{"scale": 1e-4, "offset": -0.1, "spatial_resolution": cell}] if band != "SCL" else [{}],
            "proj:transform": [cell, 0, west, 0, -cell, making.NORTH], "proj:shape": [size // cell] * 2,
            "roles": ["data"], "title": f"{number}",
        }  # fmt: skip
        assets[f"{name}-jp2"] = {"href": f"s3://sentinel-s2-l2a/{band}.jp2", "type": "image/jp2", "roles": ["data"]}
    assets["thumbnail"] = {"href": "./thumbnail.jpg", "type": "image/jpeg", "roles": ["thumbnail"]}
    degrees = Transformer.from_crs(making.UTM, 4326, always_xy=True)
    west, south, east, north = degrees.transform_bounds(west, making.NORTH - size, west + size, making.NORTH)
    entry = making.stac_item(item_id, **properties)
    entry["properties"] |= {"datetime": when, "eo:cloud_cover": cloud, "proj:epsg": making.UTM}
    entry["properties"] |= {"earthsearch:boa_offset_applied": True}
    return {**entry, "collection": COLLECTION, "bbox": [west, south, east, north], "assets": assets,
            "geometry": mapping(box(west, south, east, north))}  # fmt: skip


def collection():
    """Return the collection of all items."""
    extent = {"spatial": {"bbox": [[100, 20, 115, 40]]}, "temporal": {"interval": [["2015-06-27T00:00:00Z", None]]}}
    return {"type": "Collection", "stac_version": "1.0.0", "id": COLLECTION, "description": "scenes",
            "license": "other", "extent": extent, "links": []}  # fmt: skip


def written(folder, items):
    """Write the static form: catalog.json, a collection, items beside their files."""
    (folder / "collection.json").write_text(
        json.dumps({**collection(), "links": [{"rel": "item", "href": f"./{key}.json"} for key in items]})
    )
    for key, entry in items.items():
        (folder / f"{key}.json").write_text(json.dumps(entry))
    catalog = {"type": "Catalog", "stac_version": "1.0.0", "id": "county", "description": "saved scenes",
               "links": [{"rel": "child", "href": "./collection.json"}]}  # fmt: skip
    (folder / "catalog.json").write_text(json.dumps(catalog))


def application(served):
    """Return the web application: a STAC API below /api, files below /files."""
    app = FastAPI()

    @app.api_route("/files/{path:path}", methods=["GET", "HEAD"])
    def file(path: str, request: Request):
        size = (served.folder / path).stat().st_size if (served.folder / path).is_file() else 0
        if not size:
            return JSONResponse({"detail": "not found"}, 404)
        span = request.headers.get("range", "").removeprefix("bytes=").split("-")
        first, last = (int(span[0] or 0), int(span[1] or size - 1)) if len(span) == 2 else (0, size - 1)
        if request.method == "GET":
            served.asked.append((path, min(last, size - 1) - first + 1))
        return FileResponse(served.folder / path)

    @app.get("/api")
    def landing():
        conforms = ["https://api.stacspec.org/v1.0.0/core", "https://api.stacspec.org/v1.0.0/item-search",
                    "https://api.stacspec.org/v1.0.0/collections"]  # fmt: skip
        links = [{"rel": "search", "href": f"{served.url}/api/search", "type": "application/geo+json",
                  "method": "POST"},
                 {"rel": "data", "href": f"{served.url}/api/collections"},
                 {"rel": "self", "href": f"{served.url}/api"}]  # fmt: skip
        return {"type": "Catalog", "stac_version": "1.0.0", "id": "api", "description": "served here",
                "conformsTo": conforms, "links": links}  # fmt: skip

    @app.post("/api/search")
    async def search(request: Request):
        body = await request.json()
        served.searches.append(body)
        first, last = (datetime.fromisoformat(text) for text in body["datetime"].split("/"))
        found = [
            entry
            for entry in served.items.values()
            if entry["collection"] in body.get("collections", [entry["collection"]])
            and first <= datetime.fromisoformat(entry["properties"]["datetime"]) <= last
            and box(*entry["bbox"]).intersects(box(*body["bbox"]))
        ]
        start = int(body.get("token", 0))
        page = [absolute(entry, f"{served.url}/files/") for entry in found[start : start + 2]]
        links = []
        if start + 2 < len(found):
            links = [{"rel": "next", "href": f"{served.url}/api/search", "method": "POST",
                      "body": {**body, "token": start + 2}}]  # fmt: skip
        return {"type": "FeatureCollection", "features": page, "links": links}

    return app


def absolute(entry, base):
    """Return an item whose files are named by their whole address."""
    assets = {key: {**asset, "href": asset["href"].replace("./", base)} for key, asset in entry["assets"].items()}
    return {**entry, "assets": assets}


def running(folder, items):
    """Serve a catalogue in a thread; yield it, then stop."""
    served = Served("", folder, items)
    server = uvicorn.Server(uvicorn.Config(application(served), port=0, log_level="error"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    served.url = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    yield served
    server.should_exit = True
    thread.join(timeout=10)
