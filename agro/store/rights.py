"""Who may do what: denied unless `rights.toml` says otherwise; decided at the door of the services."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from agro.errors import NotAllowedError
from agro.farm import Role, Viewer

TABLE = Path(__file__).with_name("rights.toml")
REACHES = ("own", "granted", "region", "sums", "anonymous", "open")
READING = (
    "plot.read",
    "outlook.read",
    "observation.read",
    "protection.read",
    "sample.read",
    "pest.read",
    "scene.read",
    "condition.read",
    "tree.read",
    "walk.read",
    "export.plots",
    "export.outlook",
)
"""A grant to read is enough for these."""

OPERATOR = Viewer(account="operator", name="operator", role=Role.ADMIN)
"""Who sits at the machine itself: the command line."""


@dataclass(frozen=True)
class Scope:
    """How far one action of one viewer reaches; an empty scope reaches nothing.

    `sums_only` may see groups (`agro.store.disclosed`), never a plot; `anonymous` sees plots without
    name, place or owner.
    """

    everything: bool = False
    farms: frozenset[str] = frozenset()
    townships: frozenset[str] = frozenset()
    sums_only: bool = False
    anonymous: bool = False


EVERYTHING = Scope(everything=True)
"""For the platform's own computing; what is shown to somebody is scoped by `scope`."""


@cache
def actions() -> dict[str, dict[str, str]]:
    """Return {action: {"en", "zh"}} of all there is to allow."""
    return tomllib.loads(TABLE.read_text(encoding="utf-8"))["actions"]


@cache
def reach(role: Role, action: str) -> str | None:
    """Return how far `action` reaches for `role`; None when it is denied."""
    if action not in actions():
        raise ValueError(f"no action '{action}'; there are {', '.join(actions())}")
    return tomllib.loads(TABLE.read_text(encoding="utf-8")).get(role.value, {}).get(action)


def allowed(viewer: Viewer | None, action: str, farm: str | None = None, township: str | None = None) -> bool:
    """Return whether `viewer` may do `action`; with `farm` (or `township`), whether there."""
    far = reach(viewer.role, action) if viewer else None
    if viewer is None or far is None:
        return False
    if far in ("region", "open") or (farm is None and township is None):
        return True
    if far not in ("own", "granted"):
        return False
    within = scope(viewer, action)
    return farm in within.farms or township in within.townships


def require(viewer: Viewer | None, action: str, farm: str | None = None, township: str | None = None) -> None:
    """Return when `viewer` may do `action` (at `farm`, a farm id, where one is given).

    Raises
    ------
    NotAllowedError
        Otherwise; nobody signed in may do nothing.
    """
    if allowed(viewer, action, farm, township):
        return
    words = actions()[action]
    if viewer is None:
        raise NotAllowedError(f"sign in to {words['en']}", zh=f"请先登录，再{words['zh']}")
    place, where = (" of this farm", "该果园的") if farm or township else ("", "")
    raise NotAllowedError(
        f"'{viewer.name}' ({viewer.role.value}) may not {words['en']}{place}; ask the owner or the administrator",
        zh=f"“{viewer.name}”（{viewer.role.value}）无权{where}“{words['zh']}”操作；请联系果园主或管理员",
    )


def scope(viewer: Viewer | None, action: str) -> Scope:
    """Return which plots `action` of `viewer` reaches.

    Raises
    ------
    NotAllowedError
        When the role may not do it at all.
    """
    require(viewer, action)
    if viewer is None:  # require has raised
        return Scope()
    far = reach(viewer.role, action)
    if far == "region":
        return EVERYTHING
    if far == "sums":
        return Scope(everything=True, sums_only=True)
    if far == "anonymous":
        return Scope(everything=True, anonymous=True)
    if far not in ("own", "granted"):
        return Scope()
    writing = action not in READING
    wanted = ("write",) if writing else ("farm", "write")
    granted = frozenset(subject for kind, subject in viewer.grants if kind in wanted)
    townships = frozenset(subject for kind, subject in viewer.grants if kind == "township" and not writing)
    return Scope(farms=granted | frozenset(viewer.farms) if far == "own" else granted, townships=townships)


def require_rows(scope: Scope) -> None:
    """Return when single plots may be seen within `scope`.

    Raises
    ------
    NotAllowedError
        For a scope of sums only.
    """
    if scope.sums_only:
        raise NotAllowedError("only sums of at least five growers may be seen", zh="只能查看五户及以上的汇总数据")
