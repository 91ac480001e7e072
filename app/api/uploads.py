"""Pictures in, piece by piece: begin, send pieces where the last one ended, then bring in on the page."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, HTTPException, Query, Request, Response
from pydantic import BaseModel, Field
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect

from agro.errors import InputError
from app.api.door import Asking, Home
from app.gate import same_origin
from app.services.imagery import waiting
from app.services.imagery.waiting import PIECE, Waiting


def own_page(request: Request) -> None:
    """Refuse what another site's page sends with a visitor's cookie; a program's token it cannot know."""
    if "authorization" not in request.headers and not same_origin(request.headers):
        raise HTTPException(403)


router = APIRouter(prefix="/uploads", tags=["pictures"], dependencies=[Depends(own_page)])


class Beginning(BaseModel):
    """A file that is to come."""

    name: str = Field(max_length=200)
    size: int = Field(ge=1)
    mark: str = Field("", max_length=40)


@router.post("")
def begin(file: Beginning, viewer: Asking, home: Home) -> dict[str, Any]:
    """Begin an upload, or find the one that was begun with the same file."""
    return _said(waiting.begin(viewer, home, file.name, file.size, file.mark))


@router.get("/{upload}")
def one(upload: str, viewer: Asking, home: Home) -> dict[str, Any]:
    """Say how much of an upload has come."""
    return _said(waiting.one(viewer, home, upload))


@router.put("/{upload}", response_model=None)
async def append(
    upload: str, at: Annotated[int, Query(ge=0)], request: Request, viewer: Asking, home: Home
) -> dict[str, Any] | Response:
    """Take the piece that begins at byte `at`; the answer says where the next one begins."""
    piece = bytearray()
    try:
        async for chunk in request.stream():
            piece += chunk
            if len(piece) > PIECE:
                raise InputError(f"a piece has at most {PIECE} bytes", zh=f"每段最多 {PIECE} 字节")
    except ClientDisconnect:
        return Response(status_code=400)  # nobody reads it: the piece is sent again
    return _said(await run_in_threadpool(waiting.append, viewer, home, upload, at, bytes(piece)))


@router.delete("/{upload}", status_code=204)
def drop(upload: str, viewer: Asking, home: Home) -> None:
    """Forget an upload."""
    waiting.drop(viewer, home, upload)


def _said(found: Waiting) -> dict[str, Any]:
    return {"id": found.id, "name": found.name, "size": found.size, "held": found.held, "piece": PIECE}
