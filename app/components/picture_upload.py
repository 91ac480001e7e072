"""A picture of several gigabytes from the browser to the server, piece by piece: no file lies whole in memory."""

from functools import cache
from pathlib import Path
from typing import Any

import streamlit as st

from app import session

HERE = Path(__file__).parent
WORDS = ("choose", "sending", "again", "done", "lost")


@cache
def _component() -> Any:
    read = {kind: HERE.joinpath(f"picture_upload.{kind}").read_text(encoding="utf-8") for kind in ("html", "css", "js")}
    return st.components.v2.component("citrus_picture_upload", **read)


def show(types: list[str], key: str) -> str | None:
    """Show the way in and return the id of the upload of which all has come; None until then."""
    result = _component()(
        key=key,
        data={
            "accept": ",".join(f".{one}" for one in types),
            "language": session.language(),
            "words": {name: session.t(f"upload.{name}") for name in WORDS},
        },
        default={"upload": None},
        on_upload_change=lambda: None,
    )
    upload = result.get("upload") if isinstance(result, dict) else getattr(result, "upload", None)
    return upload if isinstance(upload, str) else None
