"""The bar of every job: the rows in the store say how far each one is, so every page shows the same."""

import streamlit as st

from app import session

ALIVE = ("queued", "running")


@st.fragment(run_every=2.0)
def board() -> None:
    """Show the newest jobs; kept answers are forgotten when one of them has ended."""
    t = session.t
    jobs = session.recent_jobs()
    alive = {job.id for job in jobs if job.state in ALIVE}
    if st.session_state.get("jobs_alive", set()) - alive:
        session.changed()
    st.session_state.jobs_alive = alive
    if not jobs and session.may("run.read"):
        st.caption(t("runs.none"))
    for job in jobs:
        share = min(job.done / job.total, 1.0) if job.total else (1.0 if job.state == "done" else 0.0)
        label = t(
            "runs.job", kind=t(f"job.{job.kind}"), state=t(f"job.{job.state}"), when=f"{job.created:%Y-%m-%d %H:%M} UTC"
        )
        if job.state == "failed":
            st.error(f"{label}\n\n{job.error}")
        elif job.state == "done":
            st.success(label)
        else:
            st.progress(share, text=f"{label} {job.note}".strip())
