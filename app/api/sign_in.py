"""Signing in and out: a form, a one-time link, and a cookie that no script can read."""

from html import escape

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from agro.errors import AgroError
from app.api.leaf import leaf
from app.gate import COOKIE, same_origin
from app.services import accounts
from app.services.platform import Platform
from app.strings import text

LOOPBACK = ("127.0.0.1", "::1", "localhost")


def routes(home: Platform) -> list[Route]:
    """Return the routes under /auth for one platform."""

    async def login(request: Request) -> Response:
        language = _language(request)
        if request.method == "GET":
            return _form(language)
        if not same_origin(request.headers):
            return _form(language, text("sign_in.foreign", language), 403)
        form = await request.form(max_fields=4, max_files=0)
        name, password = str(form.get("name", "")), str(form.get("password", ""))
        address = request.client.host if request.client else ""
        try:
            token = await run_in_threadpool(accounts.sign_in, home, name, password, address)
        except AgroError as error:
            return _form(language, error.message(language), 403, name)
        return _welcome(request, token, "strict")

    async def link(request: Request) -> Response:
        language, secret = _language(request), request.path_params["token"]
        if request.method == "GET" and not _opened_by_a_person(request):
            return _confirm(language)
        if request.method == "POST" and not same_origin(request.headers):
            return _form(language, text("sign_in.foreign", language), 403)
        try:
            token = await run_in_threadpool(accounts.redeem, home, secret)
        except AgroError as error:
            return _form(language, error.message(language), 403)
        return _welcome(request, token, "lax")  # one comes from a chat: a strict cookie would not follow

    async def logout(request: Request) -> Response:
        if same_origin(request.headers) and (token := request.cookies.get(COOKIE)):
            await run_in_threadpool(accounts.sign_out, home, token)
        answer = RedirectResponse("/auth/login", 303)
        answer.delete_cookie(COOKIE)
        return answer

    return [
        Route("/auth/login", login, methods=["GET", "POST"]),
        Route("/auth/link/{token}", link, methods=["GET", "POST"]),
        Route("/auth/logout", logout, methods=["GET", "POST"]),
    ]


def _language(request: Request) -> str:
    return "en" if request.query_params.get("lang") == "en" else "zh"


def _opened_by_a_person(request: Request) -> bool:
    """Return whether to use up the link at once: chat programs fetch links too, to show a preview of them."""
    alone = request.client is not None and request.client.host in LOOPBACK and "x-forwarded-for" not in request.headers
    return alone or request.headers.get("sec-fetch-mode") == "navigate"


def _welcome(request: Request, token: str, same_site: str) -> Response:
    answer = RedirectResponse("/", 303, headers={"cache-control": "no-store"})
    secure = request.url.scheme == "https"
    answer.set_cookie(COOKIE, token, httponly=True, samesite=same_site, secure=secure, max_age=14 * 86400)  # type: ignore[arg-type]
    return answer


def _head(language: str) -> str:
    other = "en" if language == "zh" else "zh"
    return (
        f'<p class="quiet"><a href="?lang={other}">{text("sign_in.other_language", language)}</a></p>'
        f"<h1>{text('sign_in.title', language)}</h1><p class=quiet>{text('sign_in.lead', language)}</p>"
    )


def _form(language: str, alert: str = "", status: int = 200, name: str = "") -> Response:
    said = f'<p class="alert" role="alert">{escape(alert)}</p>' if alert else ""
    body = (
        f'{_head(language)}{said}<form method="post" action="/auth/login?lang={language}">'
        f"<label>{text('sign_in.name', language)}"
        f'<input name="name" autocomplete="username" required value="{escape(name, quote=True)}"></label>'
        f"<label>{text('sign_in.password', language)}"
        f'<input name="password" type="password" autocomplete="current-password" required></label>'
        f"<button>{text('sign_in.enter', language)}</button></form>"
        f'<p class="quiet">{text("sign_in.no_account", language)}</p>'
    )
    return leaf(text("sign_in.title", language), body, language, status=status)


def _confirm(language: str) -> Response:
    body = f'{_head(language)}<form method="post"><button>{text("sign_in.enter", language)}</button></form>'
    return leaf(text("sign_in.title", language), body, language)
