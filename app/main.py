"""The pages: who looks, in which language, and what there is to see."""

from pathlib import Path

import streamlit as st

from app import session
from app.components import header

VIEWS = {
    "home": ":material/home:",
    "plot": ":material/park:",
    "county_map": ":material/map:",
    "new_plot": ":material/add_location_alt:",
    "data": ":material/folder_open:",
    "runs": ":material/update:",
    "about": ":material/info:",
}


def main() -> None:
    """Show the page that was asked for."""
    st.set_page_config(page_title="柑橘 Citrus", page_icon=str(Path(__file__).with_name("citrus.svg")), layout="wide")
    viewer = session.viewer()
    header.show(viewer, session.status())
    pages = [
        st.Page(f"views/{name}.py", title=session.t(f"nav.{name}"), icon=icon, url_path=name, default=name == "home")
        for name, icon in VIEWS.items()
    ]
    st.navigation(pages).run()


if __name__ == "__main__":  # the worker process that a page starts imports this file under another name
    main()
