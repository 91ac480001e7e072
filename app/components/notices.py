"""What a page says when there is nothing to show yet, and what to do about it."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

import streamlit as st
from streamlit.errors import StreamlitPageNotFoundError

from agro.errors import AgroError, MissingDataError, NotAllowedError


def cannot(error: AgroError, language: str, t: Callable[..., str]) -> None:
    """Show why a page has no answer; what is merely missing is no alarm, and the next step stands below it."""
    if isinstance(error, MissingDataError):
        st.info(error.message(language), icon=":material/hourglass_empty:")
        next_step("views/data.py", t("empty.go_data"))
        next_step("views/runs.py", t("empty.go_runs"))
    elif isinstance(error, NotAllowedError):
        st.warning(error.message(language))
    else:
        st.error(error.message(language))


def nothing_yet(sentence: str, page: str, label: str) -> None:
    """Show that there is nothing yet, with a link to the page where that changes."""
    st.info(sentence, icon=":material/hourglass_empty:")
    next_step(page, label)


def next_step(page: str, label: str) -> None:
    """Show a link to another page; nothing when that page is not open to the visitor."""
    with suppress(StreamlitPageNotFoundError):
        st.page_link(page, label=label, icon=":material/arrow_forward:")


def findings(found: Sequence, say: Callable[[Any], str]) -> None:
    """Show what a reader understood, mended or refused, the gravest first."""
    order = {"refused": 0, "warning": 1, "info": 2}
    show = {"refused": st.error, "warning": st.warning}
    plain = []
    for one in sorted(found, key=lambda each: order.get(getattr(each, "level", "info"), 2)):
        level = getattr(one, "level", "info")
        if level in show:
            show[level](say(one))
        else:
            plain.append(f"- {say(one)}")
    if plain:
        st.markdown("\n".join(plain))
