"""A small platform with two farms, three people and a hill, and a browser that asks it."""

import numpy as np
import pytest
import xarray as xr
from shapely.geometry import box
from starlette.testclient import TestClient

from agro.farm import Farm, Plot, Region, Role
from agro.store.rights import OPERATOR
from app.services import accounts
from app.services.platform import open_platform

PASSWORD = "terrace-42-orchard"  # noqa: S105


def hill() -> xr.DataArray:
    """Return a cone of 400 m on a plain of 200 m, 30 m cells, around 109.4 E 30.9 N."""
    x, y = 345_947 + 30.0 * np.arange(120), 3_420_852 - 30.0 * np.arange(120)
    distance = np.hypot(x[None, :] - x.mean(), y[:, None] - y.mean())
    model = xr.DataArray(200 + np.clip(400 - 0.3 * distance, 0, None), dims=("y", "x"), coords={"y": y, "x": x})
    return model.astype("float32").rio.write_crs("EPSG:32649")


@pytest.fixture(scope="session")
def home(tmp_path_factory):
    platform = open_platform(tmp_path_factory.mktemp("home"))
    store = platform.store
    store.save_region(Region("r1", "试验县（合成）", "EPSG:32649", synthetic=True), by=OPERATOR)
    store.save_farms([Farm("f1", "甲果园"), Farm("f2", "乙果园")], by=OPERATOR)
    corners = {"p1": ("f1", "屋后坡<script>", 109.40), "p2": ("f2", "河边地", 109.41)}
    plots = [
        Plot(id, farm, name, box(x, 30.9, x + 0.001, 30.901), 10_000.0, "navel")
        for id, (farm, name, x) in corners.items()
    ]
    store.save_plots(plots, by=OPERATOR)
    store.save_raster("dem", hill(), source="test", by=OPERATOR)
    for name, role in (("grower", Role.GROWER), ("agronomist", Role.AGRONOMIST), ("supplier", Role.SUPPLIER)):
        accounts.add(OPERATOR, platform, name, role, PASSWORD)
    accounts.own(OPERATOR, platform, "grower", "甲果园")
    return platform


@pytest.fixture(scope="session")
def application(home):
    from app import asgi

    return asgi.make_app(home.home)


@pytest.fixture
def nobody(application):
    return TestClient(application, base_url="http://testserver", follow_redirects=False)


@pytest.fixture
def signed_in(application, home):
    """Give a function: a client that carries the session of the named person."""

    def client(name: str) -> TestClient:
        visitor = TestClient(application, base_url="http://testserver", follow_redirects=False)
        answer = visitor.post("/auth/login", data={"name": name, "password": PASSWORD})
        assert answer.status_code == 303, answer.text
        return visitor

    return client
