"""Who may import whom: arrows point inward only, and the file that strays is named."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SCIENCES = {"growth_model", "pest_warning", "remote_sensing"}
ALLOWED = {
    "agro": {"agro"},
    **{science: {"agro", science} for science in SCIENCES},
    "sample_data": {"agro", "sample_data"},
    "app": {"agro", "app", "sample_data", *SCIENCES},
}
OURS = set(ALLOWED)
FRONT = ("streamlit", "pydeck", "altair")
FILES = sorted(path for package in OURS for path in (ROOT / package).rglob("*.py"))


def imported(path: Path) -> set[str]:
    """Return the dotted names of all modules that a file imports, inside functions too."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            names |= {node.module or ""} | {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def package(name: str) -> str:
    return name.split(".")[0]


def test_there_are_files_to_read():
    assert len(FILES) > 50


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_arrows_point_inward(path):
    own = path.relative_to(ROOT).parts[0]
    strays = {name for name in imported(path) if package(name) in OURS and package(name) not in ALLOWED[own]}
    assert not strays, f"{path.relative_to(ROOT)} imports {strays}"


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_pages_are_drawn_in_the_app_only(path):
    parts = path.relative_to(ROOT).parts
    outside = parts[0] != "app" or parts[1] in ("services", "cli")
    assert not (outside and any(package(name) in FRONT for name in imported(path)))


@pytest.mark.parametrize("path", sorted((ROOT / "app" / "services").rglob("*.py")), ids=lambda path: path.name)
def test_services_know_no_page_and_no_endpoint(path):
    strays = {name for name in imported(path) if name.startswith("app.") and not name.startswith("app.services")}
    assert not strays


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_queries_stand_in_the_store(path):
    reads_a_file_format = path.name == "geopackage.py"  # a GeoPackage is an SQLite file: its header is looked at
    if path.relative_to(ROOT).parts[:2] != ("agro", "store") and not reads_a_file_format:
        assert not {name for name in imported(path) if package(name) in ("sqlalchemy", "sqlite3", "alembic", "psycopg")}


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_nothing_is_unpickled_or_evaluated(path):
    text = ast.parse(path.read_text(encoding="utf-8"))
    calls = {node.func.id for node in ast.walk(text) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)}
    assert not calls & {"eval", "exec"}
    assert not {
        name for name in imported(path) if package(name) in ("pickle", "dill", "joblib", "cloudpickle", "marshal")
    }


def test_views_reach_the_store_only_through_services():
    for folder in ("views", "components"):
        for path in sorted((ROOT / "app" / folder).rglob("*.py")):
            assert not {name for name in imported(path) if name.startswith("agro.store")}, path
