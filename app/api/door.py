"""Who is asking, and how a refusal is said to a program."""

from typing import Annotated

from fastapi import Depends, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse

from agro.errors import AgroError, MissingDataError, NotAllowedError, NotFoundError
from agro.farm import Viewer
from app.gate import COOKIE
from app.services import accounts
from app.services.platform import Platform

STATUS: dict[type[AgroError], int] = {NotAllowedError: 403, NotFoundError: 404, MissingDataError: 404}
WORDS = {
    401: (
        "sign in, or send a token: 'Authorization: Bearer TOKEN'",
        "请先登录，或发送令牌：Authorization: Bearer TOKEN",
    ),
    403: ("not allowed", "没有权限"),
    404: ("there is nothing at this address", "这个地址没有内容"),
    405: ("this address does not take that method", "这个地址不接受该方法"),
}


def platform(request: Request) -> Platform:
    """Return the platform that this application serves."""
    return request.app.state.home


def viewer(request: Request, home: Annotated[Platform, Depends(platform)]) -> Viewer:
    """Return who asks, by session cookie or bearer token; 401 for nobody."""
    scheme, _, bearer = request.headers.get("authorization", "").partition(" ")
    token = bearer.strip() if scheme.lower() == "bearer" else request.cookies.get(COOKIE)
    found = accounts.viewer(home, token) if token else None
    if found is None:
        raise HTTPException(401, headers={"WWW-Authenticate": "Bearer"})
    return found


Asking = Annotated[Viewer, Depends(viewer)]
Home = Annotated[Platform, Depends(platform)]


def refuse(api: FastAPI) -> None:
    """Teach `api` to answer every refusal as JSON with an English and a Chinese sentence."""

    @api.exception_handler(AgroError)
    def _agro(request: Request, error: AgroError) -> JSONResponse:
        status = next((code for kind, code in STATUS.items() if isinstance(error, kind)), 422)
        return JSONResponse({"en": error.message("en"), "zh": error.message("zh")}, status)

    @api.exception_handler(HTTPException)
    def _http(request: Request, error: HTTPException) -> JSONResponse:
        en, zh = WORDS.get(error.status_code, (str(error.detail), str(error.detail)))
        return JSONResponse({"en": en, "zh": zh}, error.status_code, headers=error.headers)

    @api.exception_handler(RequestValidationError)
    def _invalid(request: Request, error: RequestValidationError) -> JSONResponse:
        where = "; ".join(f"{'.'.join(map(str, fault['loc'][1:]))}: {fault['msg']}" for fault in error.errors())
        return JSONResponse({"en": f"not understood: {where}", "zh": f"无法理解的参数：{where}"}, 422)
