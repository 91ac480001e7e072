"""A button that lets the browser read the page's sentences aloud."""

from functools import cache
from pathlib import Path
from typing import Any

import streamlit as st

from app import session


@cache
def _component() -> Any:
    script = Path(__file__).with_name("read_aloud.js").read_text(encoding="utf-8")
    return st.components.v2.component("citrus_read_aloud", html='<button type="button"></button>', css=CSS, js=script)


CSS = """
button { font: inherit; min-height: 2.9rem; padding: .3rem 1rem; border-radius: .6rem; border: 1px solid #b9b5a6; background: #fff; color: #22302a; cursor: pointer }
button:focus-visible { outline: 3px solid #d98e2b; outline-offset: 2px }
"""


def button(texts: list[str]) -> None:
    """Show the button; it hides itself where the browser has no voice."""
    words = {name: session.t(f"aloud.{name}") for name in ("start", "stop")}
    voice = "zh-CN" if session.language() == "zh" else "en-GB"
    _component()(key="read_aloud", data={"texts": texts, "words": words, "voice": voice}, width="content")
