"""One plain sheet of HTML, without script, for sign-in and for the text-only pages."""

from functools import cache
from html import escape
from pathlib import Path

from starlette.responses import HTMLResponse


@cache
def _sheet() -> str:
    return Path(__file__).with_name("leaf.html").read_text(encoding="utf-8")


def leaf(title: str, body: str, language: str, *, width: str = "26rem", status: int = 200) -> HTMLResponse:
    """Return the page; `body` is HTML whose texts are escaped already."""
    lang = "zh-CN" if language == "zh" else "en"
    page = _sheet().format(lang=lang, title=escape(title), body=body, width=width)
    return HTMLResponse(page, status, headers={"cache-control": "no-store"})
