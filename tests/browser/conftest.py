"""A real server on a made sample county, and Debian's Chromium before it."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

CHROMIUM = Path(os.environ.get("CITRUS_CHROMIUM", "/usr/bin/chromium"))
FLAGS = [
    "--no-sandbox",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
]
SERVE = "import sys; from app import asgi; asgi.serve(sys.argv[1], '127.0.0.1', int(sys.argv[2]))"


@pytest.fixture(scope="session")
def demo_home(sample_county, tmp_path_factory) -> Path:
    """A copy of the sample county, as visitors write to it."""
    return Path(shutil.copytree(sample_county, tmp_path_factory.mktemp("demo") / "home"))


@pytest.fixture(scope="session")
def server(demo_home):
    """The address of a running server."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    said = demo_home.parent / "server.log"
    with said.open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-W", "ignore", "-c", SERVE, str(demo_home), str(port)],
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    base = f"http://127.0.0.1:{port}"
    try:
        for _ in range(240):
            assert process.poll() is None, "the server ended"
            try:
                urllib.request.urlopen(f"{base}/api/health", timeout=2)  # noqa: S310
                break
            except OSError:
                time.sleep(0.5)
        yield base
    finally:
        process.terminate()
        process.wait(20)
    assert b"/auth/link/" not in said.read_bytes(), "a one-time link stands in the log"


@pytest.fixture(scope="session")
def chromium():
    """Headless Chromium; skips where there is none."""
    if not CHROMIUM.exists():
        pytest.skip(f"no Chromium at {CHROMIUM}: apt-get install chromium, or set CITRUS_CHROMIUM")
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        yield browser
        browser.close()


class Visit:
    """One person at one screen: what was asked outside is remembered."""

    def __init__(self, browser, base: str, link: str, width: int):
        phone = width < 500
        height = 844 if phone else 900
        self.context = browser.new_context(
            viewport={"width": width, "height": height},
            is_mobile=phone,
            has_touch=phone,
            permissions=["geolocation"],
            geolocation={"longitude": 109.41, "latitude": 30.9},
        )
        self.page, self.base, self.outside, self.failures = self.context.new_page(), base, [], []
        self.page.set_default_timeout(60_000)
        self.page.on("request", self._asked)
        self.page.on("pageerror", lambda error: self.failures.append(str(error)))
        self.page.goto(f"{base}/auth/link/{link}")
        self.page.get_by_test_id("stApp").wait_for()

    def _asked(self, request) -> None:
        if not request.url.startswith((self.base, "data:", "blob:", self.base.replace("http", "ws", 1))):
            self.outside.append(request.url)

    def open(self, view: str, language: str = "zh") -> None:
        """Open a page and wait until it is still."""
        self.page.goto(f"{self.base}/{'' if view == 'home' else view}?lang={language}")
        self.page.locator("h1").first.wait_for()
        self.still()

    def still(self) -> None:
        """Wait until the script has ended."""
        self.page.wait_for_function(
            "document.querySelector('[data-testid=stApp]')?.dataset.testScriptState === 'notRunning'"
        )
        self.page.wait_for_timeout(400)

    def scrolls_sideways(self) -> bool:
        """Return whether the page is wider than its screen."""
        return self.page.evaluate(
            "(() => { const main = document.querySelector('[data-testid=stMain]');"
            "return document.documentElement.scrollWidth > document.documentElement.clientWidth"
            " || main.scrollWidth > main.clientWidth })()"
        )


@pytest.fixture
def visit(server, demo_home, chromium):
    """Give a function that opens a visit of one demo role at one width."""
    from agro.store.rights import OPERATOR
    from app.services import accounts
    from app.services.platform import open_platform

    visits = []

    def begin(role: str = "admin", width: int = 1280) -> Visit:
        link = accounts.one_time_link(OPERATOR, open_platform(demo_home), role)
        visits.append(Visit(chromium, server, link, width))
        return visits[-1]

    yield begin
    for one in visits:
        one.context.close()
        assert not one.outside, f"asked outside: {one.outside}"
        assert not one.failures, one.failures
