"""Bringing files in: what was understood is shown first, questions are answered, then it is stored."""

from pathlib import Path
from typing import Any

import pandas as pd
import streamlit as st

from agro.farm import Preview
from app import session, words
from app.answers import images, records
from app.components import notices, picture_imports, tables, uploads

RECORDS = ("sprays", "counts", "traps", "samples")
"""What people write down of plant protection; templates and headings are of one make."""
TYPES = {
    "plots": ["gpkg", "zip", "geojson", "json", "kml", "kmz", "csv"],
    "dem": ["tif", "tiff"],
    "weather": ["csv", "json", "epw"],
    "forecast": ["json"],
    "boundaries": ["gpkg", "zip", "geojson", "json", "kml", "kmz"],
    "orthophoto": ["tif", "tiff"],
    "observations": ["csv", "txt", "tsv"],
    **{kind: ["csv", "txt", "tsv"] for kind in RECORDS},
    "scene": ["zip", "tif", "tiff"],
    "mosaic": ["tif", "tiff"],
}
RIGHTS = {
    "plots": "plot.import",
    "dem": "dem.import",
    "boundaries": "boundary.import",
    "orthophoto": "dem.import",
    "observations": "observation.write",
    **dict.fromkeys(RECORDS, "protection.write"),
    "samples": "sample.write",
    "scene": "scene.import",
    "mosaic": "scene.import",
}
SYSTEMS = {
    "EPSG:4326": "WGS 84",
    "EPSG:4490": "CGCS2000",
    "EPSG:32648": "UTM 48N",
    "EPSG:32649": "UTM 49N",
    "EPSG:4545": "CGCS2000 108E",
    "EPSG:4546": "CGCS2000 111E",
}
LEVELS = ("county", "township", "village")
SHOWN = 200  # rows of a preview


def show() -> None:
    """Show the way in, from the choice of the kind of file to the report."""
    t = session.t
    kinds = [kind for kind in TYPES if session.may(RIGHTS.get(kind, "weather.import"))]
    kinds = [kind for kind in kinds if kind not in picture_imports.KINDS or kind in images.importable()]
    if not kinds:
        st.info(t("import.not_you"))
        return
    kind = st.selectbox(t("import.kind"), kinds, key="import_kind", format_func=lambda k: t(f"import.{k}"))
    if kind in picture_imports.KINDS:
        st.caption(t(f"import.{kind}_help", most=images.largest()))
        picture_imports.show(kind, TYPES[kind])
        return
    st.caption(t(f"import.{kind}_help"))
    upload = st.file_uploader(t("import.file"), type=TYPES[kind], key=f"upload_{kind}")
    if kind == "weather":
        _templates()
    if kind == "observations":
        st.download_button(
            t("import.template_observations"),
            session.observation_template(),
            "observations.csv",
            "text/csv",
            width="stretch",
            on_click="ignore",
        )
    if kind in RECORDS:
        st.download_button(
            t("import.template"), records.template(kind), f"{kind}.csv", "text/csv", width="stretch", on_click="ignore",
            key=f"template_{kind}",
        )  # fmt: skip
    if upload is None:
        return
    path, answers = uploads.stored(upload.name, upload.getvalue()), _answers(kind)
    st.subheader(t("import.understood"))
    said = st.container()
    with said:
        understood = session.preview(kind, path, **answers)
    while understood is not None and understood.questions:
        told = _told(understood.questions)
        if not told:
            break
        answers |= told
        with said:
            understood = session.preview(kind, path, **answers)
    if understood is None:
        return
    with said:
        notices.findings(understood.findings, lambda found: words.finding(found, session.language()))
    _table(understood)
    if st.button(
        t("import.commit"), type="primary", disabled=bool(understood.questions), width="stretch", key="import_commit"
    ):
        _store(kind, path, answers)


def _store(kind: str, path: Path, answers: dict[str, Any]) -> None:
    t = session.t
    with st.spinner(t("import.working")):
        report = session.commit(kind, path, **answers)
    if report is not None:
        st.success(t("import.done", counts=counts(report.counts)))
        notices.findings(report.findings, lambda found: words.finding(found, session.language()))
        notices.next_step("views/runs.py", t("empty.go_runs"))


def counts(found: dict[str, Any]) -> str:
    """Return what was stored, in words."""
    t = session.t
    return (
        t("words.and").join(
            f"{t(f'count.{name}')} {n}" for name, n in found.items() if n and name in (*tables.COUNTS, "same")
        )
        or "0"
    )


def _templates() -> None:
    left, right = st.columns(2)
    for column, resolution in ((left, "daily"), (right, "hourly")):
        column.download_button(
            session.t(f"import.template_{resolution}"),
            session.weather_template(resolution),
            f"weather_{resolution}.csv",
            "text/csv",
            width="stretch",
            on_click="ignore",
        )


def _answers(kind: str) -> dict[str, Any]:
    """Return what a person may add to the file before it is read."""
    t = session.t
    if kind == "boundaries":
        return {
            "level": st.selectbox(
                t("import.level"), LEVELS, index=1, key="import_level", format_func=lambda one: t(f"import.level_{one}")
            )
        }
    if kind == "observations" or kind in RECORDS:
        return {"skip_bad": st.checkbox(t("import.skip_bad"), key="import_skip_bad")}
    if kind == "weather":
        with st.expander(t("import.place")):
            st.caption(t("import.place_help"))
            for column, name in zip(st.columns(3), ("latitude", "longitude", "elevation"), strict=True):
                column.number_input(
                    t(f"import.{name}"),
                    value=None,
                    key=f"import_{name}",
                    format="%.4f" if name != "elevation" else "%.0f",
                )
        return _place_given()
    return {}


def _place_given() -> dict[str, float]:
    given = {name: st.session_state.get(f"import_{name}") for name in ("latitude", "longitude", "elevation")}
    return {name: float(value) for name, value in given.items() if value is not None}


def _told(questions: list[str]) -> dict[str, Any]:
    """Return the answers to what the reader must know first; a question without an answer is not among them."""
    t = session.t
    told: dict[str, Any] = {}
    if "crs" in questions:
        chosen = st.selectbox(
            t("import.crs"),
            list(SYSTEMS),
            index=None,
            key="import_crs",
            accept_new_options=True,
            placeholder=t("import.crs_choose"),
            format_func=lambda one: f"{one} {SYSTEMS.get(one, '')}",
        )
        if chosen:
            told["crs"] = chosen
    if "gcj02" in questions:
        moved = st.radio(
            t("import.gcj02"),
            [True, False],
            index=None,
            key="import_gcj02",
            format_func=lambda yes: t("import.shift" if yes else "import.keep"),
        )
        if moved is not None:
            told["shift_gcj02"] = moved
    return told


def _table(understood: Preview) -> None:
    table = understood.table
    if table is None or not len(table):
        return
    if understood.kind == "plots":
        shown = tables.plots(table, session.cultivars())
    elif understood.kind == "observations":
        shown = tables.observations(table, session.observation_kinds())
    elif understood.kind in RECORDS:
        shown = _records(pd.DataFrame(table))
    else:
        shown = tables.renamed(pd.DataFrame(table))
    st.dataframe(shown.head(SHOWN), hide_index=understood.kind != "weather", width="stretch")
    if len(shown) > SHOWN:
        st.caption(session.t("import.more", shown=SHOWN, n=len(shown)))


def _records(table: pd.DataFrame) -> pd.DataFrame:
    """Return records of plant protection as they were understood, keys as words."""
    t, language = session.t, session.language()
    organisms = records.organisms()
    known = {
        "kind": records.kinds(), "equipment": records.equipments(), "method": records.method_names(),
        "evidence": records.evidences() | {"measured": t("record.measured")}, "organism": organisms,
        "state": records.state_names(), "becomes": {one: t(f"record.becomes_{one}") for one in ("new", "step", "same")},
    }  # fmt: skip
    shown = {}
    for column in table:
        values = [known.get(column, {}).get(value, value) for value in table[column]]
        if column == "date":
            values = [words.day(value, language, year=True) for value in values]
        if column == "targets":
            values = [t("words.and").join(organisms.get(one, one) for one in value.split("、")) for value in values]
        if column == "treated":
            values = ["–" if pd.isna(value) else t("record.yes" if value else "record.no") for value in values]
        shown[t(f"record.{column}")] = values
    return pd.DataFrame(shown)
