"""The matrix is written here a second time, by hand, after the roles of the design: one that strays shows."""

import pytest

from agro.errors import NotAllowedError
from agro.farm import Role, Viewer
from agro.store import EVERYTHING, OPERATOR, Scope, allowed, require, scope
from agro.store.rights import REACHES, actions, reach

# o own and granted, g granted, r region, s sums only, a anonymous, * bound to no farm, . denied
ROLES = """grower worker helper cooperative contractor packing_house agronomist station official scheme_clerk
researcher supplier admin"""
MATRIX = """
plot.read        o  g  g  g  g  g  r  r  .  g  a  .  r
plot.write       o  .  g  g  .  .  g  .  .  .  .  .  r
plot.import      o  .  g  g  .  .  g  .  .  .  .  .  r
plot.sum         .  .  .  .  .  .  s  s  s  .  s  .  s
outlook.read     o  g  g  g  .  g  r  r  .  .  a  .  r
observation.read o g  g  g  .  .  r  r  .  .  a  .  r
observation.write o g  g  g  .  .  g  .  .  .  .  .  r
protection.read  o  g  g  g  .  .  r  r  .  .  a  .  r
protection.write o  g  g  g  g  .  g  r  .  .  .  .  r
sample.read      o  g  g  g  .  .  r  r  .  .  .  .  r
sample.write     o  g  g  g  .  .  r  r  .  .  .  .  r
sample.confirm   .  .  .  .  .  .  r  r  .  .  .  .  r
sample.release   .  .  .  .  .  .  .  r  .  .  .  .  .
pest.read        o  g  g  g  .  g  r  r  .  .  a  .  r
pest.sum         .  .  .  .  .  .  s  s  s  .  s  .  s
pest.skill       *  *  *  *  *  *  *  *  *  *  *  *  *
outlook.sign     .  .  .  .  .  .  *  *  .  .  .  .  .
outlook.issue    .  .  .  .  .  .  .  *  .  .  .  .  .
alert.mark       *  *  *  *  .  *  *  *  .  .  .  .  *
scene.read       o  g  g  g  .  .  r  r  .  .  .  .  r
scene.import     o  .  g  g  .  .  *  *  .  .  .  .  *
condition.read   o  g  g  g  .  .  r  r  .  .  a  .  r
condition.sum    .  .  .  .  .  .  s  s  s  .  s  .  s
tree.read        o  g  g  g  .  .  r  r  .  .  .  .  r
walk.read        o  g  g  g  .  .  r  r  .  .  .  .  r
walk.write       o  g  g  g  .  .  r  r  .  .  .  .  r
outlook.sum      .  .  .  .  .  .  s  s  s  .  s  .  s
station.read     *  *  *  *  .  .  *  *  *  .  *  .  *
station.write    .  .  .  .  .  .  .  *  .  .  .  .  *
weather.import   .  .  .  .  .  .  *  *  .  .  .  .  *
weather.fetch    .  .  .  .  .  .  *  *  .  .  .  .  *
map.read         *  *  *  *  *  *  *  *  *  *  *  *  *
dem.import       .  .  .  .  .  .  .  .  .  .  .  .  *
boundary.import  .  .  .  .  .  .  .  .  .  .  .  .  *
export.plots     o  .  g  g  .  .  r  r  .  .  a  .  r
export.outlook   o  .  g  g  .  .  r  r  .  .  a  .  r
export.map       .  .  .  .  .  .  *  *  .  .  .  .  *
export.region    .  .  .  .  .  .  s  s  s  .  s  .  s
run.read         .  .  .  .  .  .  *  *  *  .  *  .  *
run.start        .  .  .  .  .  .  *  *  .  .  .  .  *
grant.give       o  .  .  .  .  .  .  .  .  .  .  .  r
account.manage   .  .  .  .  .  .  .  .  .  .  .  .  *
audit.read       .  .  .  .  .  .  .  .  .  .  .  .  *
setting.write    .  .  .  .  .  .  .  .  .  .  .  .  *
"""
ROWS = [line.split() for line in MATRIX.strip().splitlines()]
LETTERS = {"o": "own", "g": "granted", "r": "region", "s": "sums", "a": "anonymous", "*": "open", ".": None}
CELLS = [
    (Role(role), row[0], LETTERS[letter]) for row in ROWS for role, letter in zip(ROLES.split(), row[1:], strict=True)
]


def who(role, farms=(), grants=()):
    return Viewer("a1", "Li Na", Role(role), tuple(farms), tuple(grants))


@pytest.mark.parametrize(("role", "action", "far"), CELLS)
def test_each_role_reaches_as_far_as_the_matrix_says(role, action, far):
    assert reach(role, action) == far
    viewer = who(
        role, farms=("own",), grants=(("farm", "seen"), ("farm", "worked"), ("write", "worked"), ("township", "Valley"))
    )
    if far is None:
        with pytest.raises(NotAllowedError):
            scope(viewer, action)
        return
    reads = action.endswith(".read") or action in ("export.plots", "export.outlook")
    farms = {"worked"} | ({"seen"} if reads else set()) | ({"own"} if far == "own" else set())
    expected = {
        "region": EVERYTHING,
        "sums": Scope(everything=True, sums_only=True),
        "anonymous": Scope(everything=True, anonymous=True),
        "open": Scope(),
    }.get(far, Scope(farms=frozenset(farms), townships=frozenset({"Valley"} if reads else set())))
    assert scope(viewer, action) == expected
    for farm in ("own", "seen", "worked", "other"):
        assert allowed(viewer, action, farm=farm) == (
            far in ("region", "open") or (far in ("own", "granted") and farm in farms)
        )


def test_the_matrix_knows_every_role_and_action():
    assert set(ROLES.split()) == {role.value for role in Role}
    assert {row[0] for row in ROWS} == set(actions())
    assert {far for _, _, far in CELLS} - {None} == set(REACHES)


def test_nobody_may_do_nothing():
    for action in actions():
        assert not allowed(None, action)
        with pytest.raises(NotAllowedError, match="sign in") as caught:
            require(None, action)
        assert "登录" in caught.value.zh


def test_a_grower_without_farms_reaches_nothing():
    assert scope(who("grower"), "plot.read") == Scope()


def test_an_unknown_action_is_a_wrong_call():
    with pytest.raises(ValueError, match=r"no action 'plot\.eat'"):
        require(OPERATOR, "plot.eat")


def test_a_refusal_names_who_and_what_in_two_languages():
    with pytest.raises(NotAllowedError, match=r"'Li Na' \(worker\) may not change plots of this farm") as caught:
        require(who("worker"), "plot.write", farm="f1")
    assert "修改地块" in caught.value.zh
