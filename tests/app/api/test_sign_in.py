"""Who gets in: a form, a one-time link, a cookie; and what every answer carries."""

import pytest

from agro.store.rights import OPERATOR
from app.gate import COOKIE
from app.services import accounts


def test_without_a_session_a_page_leads_to_the_form(nobody):
    answer = nobody.get("/", headers={"accept": "text/html"})
    assert answer.status_code == 303
    assert answer.headers["location"] == "/auth/login"


def test_without_a_session_uploads_and_media_are_refused(nobody):
    for path in ("/_stcore/upload_file/a/b", "/media/x.png", "/component/x"):
        assert nobody.get(path).status_code == 401


def test_the_form_needs_no_script_and_speaks_both_languages(nobody):
    chinese, english = nobody.get("/auth/login").text, nobody.get("/auth/login?lang=en").text
    assert "<script" not in chinese
    assert 'lang="zh-CN"' in chinese
    assert "登录" in chinese
    assert "Sign in" in english


def test_a_password_opens_a_session_that_no_script_can_read(signed_in, nobody, home):
    visitor = signed_in("grower")
    assert visitor.get("/api/v1/plots").status_code == 200
    answer = nobody.post("/auth/login", data={"name": "grower", "password": "terrace-42-orchard"})
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert "secure" not in cookie  # plain http on loopback


def test_the_cookie_is_secure_on_https(application):
    from starlette.testclient import TestClient

    visitor = TestClient(application, base_url="https://testserver", follow_redirects=False)
    answer = visitor.post("/auth/login", data={"name": "grower", "password": "terrace-42-orchard"})
    assert "secure" in answer.headers["set-cookie"].lower()
    assert "strict-transport-security" in answer.headers


def test_a_wrong_password_is_told_and_opens_nothing(nobody):
    answer = nobody.post("/auth/login", data={"name": "agronomist", "password": "wrong"})
    assert answer.status_code == 403
    assert COOKIE not in answer.cookies
    assert 'role="alert"' in answer.text


@pytest.mark.parametrize(
    "headers", [{"origin": "https://elsewhere.example"}, {"origin": "null"}, {"sec-fetch-site": "cross-site"}]
)
def test_a_form_of_another_site_signs_nobody_in(nobody, headers):
    answer = nobody.post("/auth/login", data={"name": "grower", "password": "terrace-42-orchard"}, headers=headers)
    assert answer.status_code == 403
    assert COOKIE not in answer.cookies


def test_a_link_opens_once(nobody, home):
    link = f"/auth/link/{accounts.one_time_link(OPERATOR, home, 'grower')}"
    first = nobody.get(link, headers={"sec-fetch-mode": "navigate"})
    assert first.status_code == 303
    assert "samesite=lax" in first.headers["set-cookie"].lower()
    nobody.cookies.clear()
    again = nobody.get(link, headers={"sec-fetch-mode": "navigate"})
    assert again.status_code == 403
    assert COOKIE not in again.cookies


def test_a_chat_that_previews_a_link_does_not_use_it_up(nobody, home):
    link = f"/auth/link/{accounts.one_time_link(OPERATOR, home, 'grower')}"
    assert nobody.get(link).status_code == 200
    assert nobody.post(link).status_code == 303


def test_signing_out_ends_the_session_on_the_server(signed_in):
    visitor = signed_in("grower")
    token = visitor.cookies[COOKIE]
    assert visitor.get("/auth/logout").status_code == 303
    visitor.cookies.set(COOKIE, token)
    assert visitor.get("/api/v1/plots").status_code == 401


def test_every_answer_forbids_what_comes_from_elsewhere(nobody):
    for path in ("/auth/login", "/api/health", "/assets/leaflet/leaflet.js"):
        headers = nobody.get(path).headers
        assert "default-src 'self'" in headers["content-security-policy"]
        assert "http" not in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "same-origin"


def test_a_named_tile_server_is_let_in(monkeypatch):
    from app.gate import content_policy

    monkeypatch.setenv("CITRUS_TILE_URL", "https://tiles.example.org/{z}/{x}/{y}.png")
    assert "https://tiles.example.org" in content_policy()


def test_leaflet_comes_from_the_installed_package(nobody):
    answer = nobody.get("/assets/leaflet/leaflet.js")
    assert answer.status_code == 200
    assert "Leaflet" in answer.text[:400]


def test_a_name_that_is_html_is_shown_as_text(nobody):
    answer = nobody.post("/auth/login", data={"name": '"><script>alert(1)</script>', "password": "x"})
    assert "<script>alert" not in answer.text
