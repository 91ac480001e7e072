"""The text-only page: what the home page says and one table, for old phones and thin networks."""

from datetime import date
from html import escape

import pandas as pd
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from agro.errors import AgroError
from agro.farm import Viewer
from agro.store import rights
from app import words
from app.api.leaf import leaf
from app.gate import COOKIE
from app.services import accounts, outlooks, platform
from app.services.pests import outlooks as warned
from app.services.pests import release
from app.services.platform import Platform
from app.strings import text


def routes(home: Platform) -> list[Route]:
    """Return the route /lite for one platform."""

    async def lite(request: Request) -> Response:
        language = "en" if request.query_params.get("lang") == "en" else "zh"
        token = request.cookies.get(COOKIE)
        viewer = await run_in_threadpool(accounts.viewer, home, token) if token else None
        if viewer is None:
            return RedirectResponse("/auth/login", 303)
        body = await run_in_threadpool(_body, viewer, home, language)
        return leaf(text("nav.home", language), body, language, width="44rem")

    return [Route("/lite", lite, methods=["GET"])]


def _body(viewer: Viewer, home: Platform, language: str) -> str:
    other = "en" if language == "zh" else "zh"
    parts = [
        f'<nav class=quiet><a href="/lite?lang={other}">{text("sign_in.other_language", language)}</a>'
        f'<a href="/">{text("lite.full", language)}</a>'
        f'<a href="/auth/logout">{text("header.sign_out", language)}</a></nav>'
    ]
    try:
        status = platform.status(viewer, home)
        title = status.region.name if status.region else text("header.no_region", language)
        parts.append(f"<h1>{escape(title)}</h1>")
        if status.synthetic:
            parts.append(f"<p class=mark>{text('header.demo', language)}</p>")
        said = outlooks.sentences(viewer, home, language)
        parts.append("<ul>" + "".join(f"<li>{escape(one.text)}</li>" for one in said) + "</ul>")
        parts.append(_pests(viewer, home, language))
        parts.append(_table(outlooks.county(viewer, home), language))
    except AgroError as error:
        parts.append(f'<p class="alert">{escape(error.message(language))}</p>')
    return "".join(parts)


def _pests(viewer: Viewer, home: Platform, language: str) -> str:
    """Return one sentence a plot with its next danger; nothing for who may not see any, or before the first run."""
    if not rights.allowed(viewer, "pest.read"):
        return ""
    said = warned.sentences(viewer, home, language)
    if not said:
        return ""
    gate = release.gate(viewer, home, date.fromisoformat(said[0].source))
    draft = "" if gate.private or gate.issued else f"<p class=mark>{text('release.draft', language)}</p>"
    lines = "".join(f"<li>{escape(one.text)}</li>" for one in said)
    return f"<h2>{text('nav.pest_plot', language)}</h2>{draft}<ul>{lines}</ul>"


def _table(county: pd.DataFrame, language: str) -> str:
    heads = [text(f"lite.{name}", language) for name in ("plot", "area", "stage", "ripe", "delay")]
    rows = []
    for row in county.sort_values("name").to_dict("records"):
        cells = [
            row["name"],
            words.area(row["area"], language),
            words.stage(row, language),
            words.day_spread(row, "ripe", language),
            words.delay(row.get("delay_p50"), language),
        ]
        rows.append("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in cells) + "</tr>")
    head = "".join(f"<th>{escape(name)}</th>" for name in heads)
    return f"<h2>{text('lite.plots', language)}</h2><div class=wide><table><tr>{head}</tr>{''.join(rows)}</table></div>"
