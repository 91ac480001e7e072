"""A button that lets the browser read the page's sentences aloud."""

from functools import cache
from pathlib import Path
from typing import Any

import streamlit as st

from app import session


@cache
def _component() -> Any:
    read = {kind: Path(__file__).with_name(f"read_aloud.{kind}").read_text(encoding="utf-8") for kind in ("css", "js")}
    return st.components.v2.component("citrus_read_aloud", html='<button type="button"></button>', **read)


def button(texts: list[str]) -> None:
    """Show the button; it hides itself where the browser has no voice."""
    words = {name: session.t(f"aloud.{name}") for name in ("start", "stop")}
    voice = "zh-CN" if session.language() == "zh" else "en-GB"
    _component()(key="read_aloud", data={"texts": texts, "words": words, "voice": voice}, width="content")
