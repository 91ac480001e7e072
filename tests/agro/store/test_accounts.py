import threading
from datetime import timedelta

import pytest
from argon2 import PasswordHasher

from agro.errors import ConflictError, InputError, NotAllowedError, NotFoundError
from agro.farm import Farm, Role
from agro.store import accounts

PASSWORD = "navel-on-the-hill"  # noqa: S105


@pytest.fixture
def grower(store, clock):
    return store.add_account("Li Na", PASSWORD, Role.GROWER, "李娜")


def stored(store, table, column):
    with store.reading() as connection:
        return list(connection.exec_driver_sql(f"select {column} from {table}").scalars())  # noqa: S608


def test_who_signs_in_is_seen_with_farms_and_role(store, grower):
    store.save_farms([Farm("f1", "Upper Terrace", grower)])
    viewer = store.viewer(store.sign_in("  LI na ", PASSWORD))
    assert (viewer.account, viewer.name, viewer.role, viewer.farms, viewer.grants) == (
        grower,
        "Li Na",
        Role.GROWER,
        ("f1",),
        (),
    )


def test_neither_passwords_nor_tokens_stand_in_the_tables(store, grower):
    token, link = store.sign_in("Li Na", PASSWORD), store.one_time_link(grower)
    assert stored(store, "account", "password")[0].startswith("$argon2id$")
    assert token not in stored(store, "session", "digest")
    assert link not in stored(store, "link", "digest")


@pytest.mark.parametrize(
    ("name", "password"), [("Li Na", "wrong-wrong-wrong"), ("Nobody", PASSWORD), ("Li Na", ""), ("", "")]
)
def test_a_wrong_name_and_a_wrong_password_are_told_alike(store, grower, name, password):
    with pytest.raises(NotAllowedError, match="name or password is wrong"):
        store.sign_in(name, password)


def test_an_unknown_name_costs_the_same_work(store, grower, monkeypatch):
    tried = []

    class Counting(PasswordHasher):
        def verify(self, stored, password):
            tried.append(stored)
            return super().verify(stored, password)

    monkeypatch.setattr(accounts, "HASHER", Counting(time_cost=1, memory_cost=8, parallelism=1))
    for name in ("Li Na", "Nobody"):
        with pytest.raises(NotAllowedError):
            store.sign_in(name, "wrong-wrong-wrong")
    assert len(tried) == 2


def test_after_ten_failures_even_the_right_password_waits(store, grower, clock):
    for _ in range(10):
        with pytest.raises(NotAllowedError, match="wrong"):
            store.sign_in("Li Na", "wrong-wrong-wrong", "10.0.0.1")
    with pytest.raises(NotAllowedError, match="too many failures; try again in 15 minutes"):
        store.sign_in("li na", PASSWORD, "10.0.0.2")
    with pytest.raises(NotAllowedError, match="too many"):
        store.sign_in("Nobody", PASSWORD, "10.0.0.1")  # the address as well
    clock.forward(minutes=16)
    assert store.sign_in("Li Na", PASSWORD, "10.0.0.1")


def test_a_success_forgives_the_failures_before_it(store, grower):
    for _ in range(9):
        with pytest.raises(NotAllowedError, match="wrong"):
            store.sign_in("Li Na", "wrong-wrong-wrong")
    store.sign_in("Li Na", PASSWORD)
    with pytest.raises(NotAllowedError, match="wrong"):
        store.sign_in("Li Na", "wrong-wrong-wrong")


def test_a_session_ends_after_twelve_hours_or_by_signing_out(store, grower, clock):
    first, second = store.sign_in("Li Na", PASSWORD), store.sign_in("Li Na", PASSWORD)
    store.sign_out(first)
    assert store.viewer(first) is None
    clock.forward(hours=11, minutes=59)
    assert store.viewer(second) is not None
    clock.forward(minutes=1)
    assert store.viewer(second) is None
    assert store.viewer(None) is store.viewer("") is store.viewer("invented") is None


def test_a_link_signs_in_once_and_not_for_long(store, clock):
    demo = store.add_account("demo", None, "official")
    token = store.one_time_link(demo, minutes=15)
    assert store.viewer(store.redeem(token)).role is Role.OFFICIAL
    with pytest.raises(NotAllowedError, match="spent or too old"):
        store.redeem(token)
    late = store.one_time_link("demo", minutes=15)
    clock.forward(minutes=15)
    with pytest.raises(NotAllowedError, match="spent or too old"):
        store.redeem(late)
    with pytest.raises(NotAllowedError, match="wrong"):
        store.sign_in("demo", "")  # no password is no way in


def test_of_many_that_redeem_one_link_at_once_one_comes_in(store, grower):
    token, came_in = store.one_time_link(grower), []

    def redeem():
        try:
            came_in.append(store.redeem(token))
        except NotAllowedError:
            came_in.append(None)

    threads = [threading.Thread(target=redeem) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len([token for token in came_in if token]) == 1
    assert len(came_in) == 6


def test_a_new_password_ends_sessions_and_links(store, grower):
    token, link = store.sign_in("Li Na", PASSWORD), store.one_time_link(grower)
    store.change_password("Li Na", "another-good-one")
    assert store.viewer(token) is None
    with pytest.raises(NotAllowedError):
        store.redeem(link)
    assert store.viewer(store.sign_in("Li Na", "another-good-one"))


def test_a_closed_account_is_out_at_once(store, grower):
    token, link = store.sign_in("Li Na", PASSWORD), store.one_time_link(grower)
    assert store.change_account(grower, active=False).active is False
    assert store.viewer(token) is None
    for attempt in (lambda: store.sign_in("Li Na", PASSWORD), lambda: store.redeem(link)):
        with pytest.raises(NotAllowedError):
            attempt()


def test_a_machines_token_stands_for_its_scopes_only(store, grower, clock):
    token = store.add_token(grower, "weather mast", ["weather.import"], days=30)
    assert store.viewer(token) is None
    assert store.viewer(token, "plot.read") is None
    assert store.viewer(token, "weather.import").account == grower
    (told,) = store.tokens("Li Na")
    assert (told["label"], told["scopes"]) == ("weather mast", ["weather.import"])
    assert told["expires"] - clock.now == timedelta(days=30)
    store.withdraw_token(told["digest"])
    assert store.viewer(token, "weather.import") is None


@pytest.mark.parametrize(
    ("name", "password", "role", "error"),
    [
        ("li NA", PASSWORD, "grower", ConflictError),
        ("Wang", "too short", "grower", InputError),
        ("Wang", "", "grower", InputError),
        ("Wang", PASSWORD, "king", InputError),
        (" ", PASSWORD, "grower", InputError),
        ("Wa\nng", PASSWORD, "grower", InputError),
    ],
)
def test_a_wrong_account_is_refused_in_two_languages(store, grower, name, password, role, error):
    with pytest.raises(error) as caught:
        store.add_account(name, password, role)
    assert caught.value.zh != str(caught.value)
    assert [account.name for account in store.accounts()] == ["Li Na"]


def test_accounts_are_found_by_id_and_name_and_change_their_role(store, grower):
    assert store.account("LI NA") == store.account(grower)
    assert store.change_account("Li Na", role="agronomist", display="Dr Li").role is Role.AGRONOMIST
    with pytest.raises(NotFoundError, match="no account 'Wang'"):
        store.account("Wang")


def test_a_failure_to_sign_in_cannot_be_rolled_back(store, grower):
    with pytest.raises(ValueError, match="outside"), store:
        store.sign_in("Li Na", PASSWORD)
