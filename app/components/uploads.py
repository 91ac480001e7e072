"""Where an upload lies while it is looked at."""

import hashlib
import shutil
import tempfile
from pathlib import Path

import streamlit as st


def stored(name: str, content: bytes) -> Path:
    """Return where the upload lies; the folder goes with the visit, and holds one upload at a time."""
    if "upload_folder" not in st.session_state:
        st.session_state.upload_folder = tempfile.TemporaryDirectory(
            prefix="citrus-upload-", ignore_cleanup_errors=True
        )
    folder = Path(st.session_state.upload_folder.name) / hashlib.sha256(content).hexdigest()[:16]
    path = folder / Path(name.replace("\\", "/")).name
    if not path.exists():
        for old in folder.parent.iterdir():
            shutil.rmtree(old, ignore_errors=True)
        folder.mkdir(exist_ok=True)
        path.write_bytes(content)
    return path
