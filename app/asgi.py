"""One process, one port: the pages, the machine interface, map tiles, sign-in and the map library's files."""

import gc
import logging
import os
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

import streamlit as st
import uvicorn
from starlette.middleware import Middleware
from starlette.routing import BaseRoute, Mount
from starlette.staticfiles import StaticFiles
from xstatic.pkg import leaflet

from agro.errors import AgroError
from agro.store.rights import OPERATOR
from app import session
from app.api import lite, sign_in
from app.api.machine import make_api
from app.gate import Gate
from app.services import farms, jobs, outlooks, plot_season
from app.services.homes import default_home
from app.services.platform import Platform, open_platform

log = logging.getLogger(__name__)
MAIN = Path(__file__).with_name("main.py")
HEAVY = ("altair", "geopandas", "pandas", "pydeck", "rasterio", "xarray", "app.components.imports")
"""Pages import these on first use, which takes seconds: they are imported before the first visitor comes."""


def make_app(home: Path) -> st.App:
    """Return the application that serves the platform in the folder `home`."""
    os.environ["CITRUS_HOME"] = str(Path(home).expanduser().resolve())  # pages and the worker process read it there
    opened = open_platform(home)

    @asynccontextmanager
    async def lifespan(app: st.App) -> AsyncIterator[dict[str, Any]]:
        # Streamlit turns the list of requests on again, and one-time links would stand in it
        logging.getLogger("uvicorn.access").disabled = True
        jobs.recover(opened)
        preload()
        threading.Thread(target=warm, args=(opened,), daemon=True).start()
        yield {}
        jobs.stop()

    return st.App(
        MAIN,
        lifespan=lifespan,
        on_script_error=session.broken,
        routes=routes(opened),
        middleware=[Middleware(Gate, home=opened)],
    )


def routes(home: Platform) -> list[BaseRoute]:
    """Return what is served beside the pages: signing in, the plain pages, the machine interface, the map library."""
    return [
        *sign_in.routes(home),
        *lite.routes(home),
        Mount("/api", app=make_api(home)),
        Mount("/assets/leaflet", app=StaticFiles(directory=leaflet.BASE_DIR)),
    ]


def preload() -> None:
    """Import what pages need, then keep the collector from walking it for ever."""
    for name in HEAVY:
        import_module(name)
    gc.collect()
    gc.freeze()


def warm(home: Platform) -> None:
    """Ask for one plot as a visitor will: the first answer reads the terrain and loads the compiled models."""
    try:
        plots = farms.plots(OPERATOR, home)
        if len(plots):
            plot = str(plots["id"].iloc[0])
            outlooks.plot_outlook(OPERATOR, home, plot)
            plot_season.stages_so_far(OPERATOR, home, plot, members=1)
    except AgroError as error:
        log.info("nothing to warm up: %s", error)


def serve(home: Path, host: str = "127.0.0.1", port: int = 8501) -> None:
    """Serve the platform in `home` until stopped; sessions live in memory, so there is one worker."""
    uvicorn.run(
        make_app(home), host=host, port=port, workers=1, log_level="warning", access_log=False, ws_max_size=256 * 2**20
    )


def __getattr__(name: str) -> Any:
    if name == "app":  # for `uvicorn app.asgi:app`, which names the folder by CITRUS_HOME
        globals()["app"] = make_app(default_home())
        return globals()["app"]
    raise AttributeError(name)
