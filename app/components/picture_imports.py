"""Pictures in: what a file is comes first, then the worker reads it, as that takes minutes."""

from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import streamlit as st

from app import session, words
from app.answers import images
from app.components import notices, picture_upload

KINDS = ("scene", "mosaic")
OVERPASS = time(11, 30)
"""Local time at which satellites pass and drones fly."""


def show(kind: str, types: list[str]) -> None:
    """Take a picture in, show what it was understood as, ask what it does not say, and hand it to the worker."""
    t = session.t
    upload = picture_upload.show(types, f"send_{kind}")
    if upload is None:
        return
    if st.session_state.get("import_handed") == upload:
        st.success(t("import.handed"))
        notices.next_step("views/runs.py", t("empty.go_runs"))
        return
    path = images.sent(upload)
    if path is None:
        return
    st.subheader(t("import.understood"))
    understood = images.look_at(kind, path)
    if understood is None:
        return
    notices.findings(understood.findings, lambda found: words.finding(found, session.language()))
    told: dict[str, Any] = {}
    if "sensor" in understood.questions:
        names = images.satellites()
        told["sensor"] = st.selectbox(
            t("import.sensor"), list(names), None, names.get, "import_sensor", placeholder=t("import.sensor_choose")
        )
    if "time" in understood.questions:
        told["time"] = _moment()
    ready = all(one is not None for one in told.values())
    asked = st.button(t("import.commit"), type="primary", disabled=not ready, width="stretch", key="import_commit")
    if asked and images.bring_in(kind, path, **told) is not None:
        st.session_state.import_handed = upload
        st.rerun()


def _moment() -> datetime | None:
    """Return when the picture was taken, as a person tells it; None until the day is told."""
    t = session.t
    st.markdown(t("import.time"))
    left, right = st.columns(2)
    with left:
        day = st.date_input(t("import.date"), None, max_value=session.today(), key="import_date")
    with right:
        clock = st.time_input(t("import.clock"), OVERPASS, key="import_clock")
    if day is None or clock is None:
        return None
    region = session.status().region
    return datetime.combine(day, clock, ZoneInfo(region.timezone if region else "Asia/Shanghai"))
