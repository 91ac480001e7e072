"""Whose farms an import may fill: denied unless the viewer's rights reach there."""

from collections.abc import Iterable

from agro.errors import ConflictError, NotAllowedError
from agro.farm import Farm, Viewer
from agro.store import rights
from agro.store.ids import uuid7
from app.services.platform import Platform

ACTION = "plot.import"
NAMELESS = "我的果园"


def usual_farm(viewer: Viewer, home: Platform) -> str:
    """Return the farm of rows that name none: the viewer's only one, else one called `NAMELESS`."""
    scope = rights.scope(viewer, ACTION)
    own = [] if scope.everything else home.store.farms(scope)
    return own[0].name if len(own) == 1 else NAMELESS


def farms(viewer: Viewer, home: Platform, names: Iterable[str]) -> tuple[dict[str, str], list[Farm]]:
    """Return {name: id} of the farms that `viewer` fills, and those of them that have to be made first.

    Names are looked up among the viewer's farms only: another grower's farm of the same name is another farm.

    Raises
    ------
    NotAllowedError
        For an unknown farm, when the viewer fills farms of others and owns none.
    ConflictError
        When the name fits several farms.
    """
    scope = rights.scope(viewer, ACTION)
    known: dict[str, list[str]] = {}
    for farm in home.store.farms(scope):
        known.setdefault(farm.name, []).append(farm.id)
    wanted = list(dict.fromkeys(names))
    if twice := [name for name in wanted if len(known.get(name, ())) > 1]:
        raise ConflictError(
            f"several farms are called '{twice[0]}', so its plots could go to either; rename one of them first",
            zh=f"有多个果园都叫“{twice[0]}”，无法判断地块归谁；请先给其中一个改名",
        )
    unknown = [name for name in wanted if name not in known]
    if unknown and not scope.everything and rights.reach(viewer.role, ACTION) != "own":
        mine = ", ".join(known) or "-"
        raise NotAllowedError(
            f"'{viewer.name}' may not import plots into '{unknown[0]}'; farms shared for changes: {mine}",
            zh=f"“{viewer.name}”无权向“{unknown[0]}”导入地块；可以修改的果园：{mine}",
        )
    owner = None if scope.everything else viewer.account
    new = [Farm(uuid7(), name, owner) for name in unknown]
    return {name: ids[0] for name, ids in known.items()} | {farm.name: farm.id for farm in new}, new
