from datetime import timedelta

import pytest

from agro.errors import InputError, NotAllowedError, NotFoundError
from agro.farm import Farm
from agro.store import OPERATOR, scope


@pytest.fixture
def people(store, clock):
    """Account ids of an owner of farm f1, a helper and another grower."""
    names = {role: store.add_account(role, None, role) for role in ("grower", "helper", "agronomist")}
    names["other"] = store.add_account("other", None, "grower")
    store.save_farms([Farm("f1", "Upper Terrace", names["grower"]), Farm("f2", "River Bend", names["other"])])
    return names


def test_a_helper_sees_a_farm_until_its_owner_withdraws(store, people):
    owner = store.viewer_of("grower")
    given = store.grant(owner, "f1", people["helper"])
    helper = store.viewer_of("helper")
    assert helper.grants == (("farm", "f1"),)
    assert scope(helper, "plot.read").farms == {"f1"}
    assert scope(helper, "plot.write").farms == set()
    store.withdraw(owner, given)
    assert store.viewer_of("helper").grants == ()


def test_a_grant_to_write_also_lets_read_and_ends_on_its_day(store, people, clock):
    store.grant(store.viewer_of("grower"), "f1", people["helper"], "write", clock.now + timedelta(days=1))
    assert store.viewer_of("helper").grants == (("farm", "f1"), ("write", "f1"))
    clock.forward(days=1)
    assert store.viewer_of("helper").grants == ()


def test_nobody_shares_or_takes_back_what_is_not_his(store, people):
    with pytest.raises(NotAllowedError):
        store.grant(store.viewer_of("grower"), "f2", people["helper"])
    with pytest.raises(NotAllowedError):
        store.grant(store.viewer_of("helper"), "f1", people["helper"])
    with pytest.raises(NotAllowedError):
        store.grant_township(store.viewer_of("grower"), "Hillside", people["helper"])
    given = store.grant(store.viewer_of("grower"), "f1", people["helper"])
    with pytest.raises(NotAllowedError):
        store.withdraw(store.viewer_of("other"), given)
    store.withdraw(store.viewer_of("helper"), given)  # who got it may give it back
    assert store.grants(OPERATOR) == []


def test_a_township_is_granted_by_the_administrator(store, people):
    store.grant_township(OPERATOR, "Hillside", people["helper"])
    assert scope(store.viewer_of("helper"), "plot.read").townships == {"Hillside"}
    assert scope(store.viewer_of("helper"), "plot.write").townships == set()


def test_each_sees_the_grants_that_concern_him(store, people):
    given = store.grant(store.viewer_of("grower"), "f1", people["helper"])
    assert [grant.id for grant in store.grants(store.viewer_of("grower"))] == [given]
    assert [grant.id for grant in store.grants(store.viewer_of("helper"))] == [given]
    assert store.grants(store.viewer_of("other")) == []
    assert [grant.id for grant in store.grants(OPERATOR)] == [given]


def test_a_grant_to_nobody_or_of_nothing_is_refused(store, people):
    owner = store.viewer_of("grower")
    with pytest.raises(NotFoundError, match="no account 'ghost'"):
        store.grant(owner, "f1", "ghost")
    with pytest.raises(NotFoundError, match="no farm 'f9'"):
        store.grant(OPERATOR, "f9", people["helper"])
    with pytest.raises(InputError, match="no grant 'own'"):
        store.grant(owner, "f1", people["helper"], "own")
    with pytest.raises(NotFoundError):
        store.withdraw(owner, "no such")


def test_the_trail_tells_on_whose_behalf_a_helper_wrote(store, people, make_plot):
    store.grant(store.viewer_of("grower"), "f1", people["helper"], "write")
    helper = store.viewer_of("helper")
    store.save_plots([make_plot("North", id="p1")], by=helper)
    store.change_plot("p1", cultivar="navel", by=helper)
    trail = store.audit(2)
    assert list(trail["action"]) == ["plot.change", "plot.save"]
    assert set(trail["name"]) == {"helper"}
    assert list(trail["on_behalf_of"]) == [[people["grower"]]] * 2
    assert trail["counts"][1] == {"added": 1, "changed": 0}
