"""The pages: who looks, in which language, and what there is to see."""

from pathlib import Path

import streamlit as st

from app import session
from app.components import header

# any one of these rights opens a page; the services decide again
NEEDS = {
    "home": ("outlook.read",),
    "advice": ("outlook.read",),
    "inbox": ("alert.mark",),
    "spray": ("pest.read",),
    "pest_plot": ("pest.read",),
    "pest_week": ("pest.read",),
    "plot": ("outlook.read",),
    "why": ("outlook.read",),
    "what_if": ("outlook.read",),
    "slope": ("outlook.read",),
    "harvest": ("outlook.read",),
    "region": ("outlook.sum",),
    "county_map": ("outlook.read",),
    "pest_map": ("pest.read", "pest.sum"),
    "condition": ("condition.read", "condition.sum"),
    "images": ("scene.read",),
    "trees": ("tree.read",),
    "walk": ("walk.read",),
    "diary": ("protection.write",),
    "scouting": ("protection.write",),
    "cases": ("sample.read",),
    "organism": (),
    "skill": ("pest.skill",),
    "new_plot": ("plot.write",),
    "fit": ("observation.read", "outlook.sum"),
    "data": ("plot.import", "weather.import", "station.read", "export.plots"),
    "runs": ("run.read",),
    "about": (),
}
VIEWS = {
    "home": ":material/home:",
    "advice": ":material/checklist:",
    "inbox": ":material/notifications:",
    "spray": ":material/water_drop:",
    "pest_plot": ":material/timeline:",
    "pest_week": ":material/calendar_view_week:",
    "plot": ":material/park:",
    "why": ":material/troubleshoot:",
    "what_if": ":material/science:",
    "slope": ":material/landscape:",
    "harvest": ":material/shopping_basket:",
    "region": ":material/summarize:",
    "county_map": ":material/map:",
    "pest_map": ":material/coronavirus:",
    "condition": ":material/monitor_heart:",
    "images": ":material/satellite_alt:",
    "trees": ":material/forest:",
    "walk": ":material/route:",
    "diary": ":material/edit_note:",
    "scouting": ":material/bug_report:",
    "cases": ":material/nature:",
    "organism": ":material/menu_book:",
    "skill": ":material/fact_check:",
    "new_plot": ":material/add_location_alt:",
    "fit": ":material/straighten:",
    "data": ":material/folder_open:",
    "runs": ":material/update:",
    "about": ":material/info:",
}


def main() -> None:
    """Show the page that was asked for."""
    st.set_page_config(page_title="柑橘 Citrus", page_icon=str(Path(__file__).with_name("citrus.svg")), layout="wide")
    viewer = session.viewer()
    header.show(viewer, session.status())
    names = [name for name in VIEWS if not NEEDS[name] or any(map(session.may, NEEDS[name]))]
    pages = [
        st.Page(
            f"views/{name}.py",
            title=session.t(f"nav.{name}"),
            icon=VIEWS[name],
            url_path=name,
            default=name == names[0],
        )
        for name in names
    ]
    st.navigation(pages, expanded=True).run()


if __name__ == "__main__":  # the worker process that a page starts imports this file under another name
    main()
