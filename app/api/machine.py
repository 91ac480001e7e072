"""The machine interface as one application, mounted at /api."""

from fastapi import FastAPI

from app.api import ground, pictures, uploads, v1
from app.api.door import refuse
from app.services.platform import Platform


def make_api(home: Platform) -> FastAPI:
    """Return the API of one platform; its description is `/api/openapi.json`."""
    # the usual documentation pages load their scripts from elsewhere, so only the description itself is served
    api = FastAPI(title="柑橘种植决策平台 Citrus DSS", version="1", docs_url=None, redoc_url=None)
    api.state.home = home
    refuse(api)
    api.include_router(ground.router)
    api.include_router(pictures.router)
    api.include_router(uploads.router)
    api.include_router(v1.router)

    @api.get("/health", tags=["health"])
    def health() -> dict[str, bool]:
        """Say that the server answers."""
        return {"ok": True}

    return api
