"""Signing in, and who is who; the only door through which a `Viewer` comes into being."""

from dataclasses import replace

from agro.errors import NotFoundError
from agro.farm import Role, Viewer
from agro.store import rights
from app.services.platform import Platform


def sign_in(home: Platform, name: str, password: str, address: str) -> str:
    """Return a session token.

    Raises
    ------
    NotAllowedError
        For a wrong name or password, and after too many failures.
    """
    return home.store.sign_in(name, password, address)


def redeem(home: Platform, link: str) -> str:
    """Return a session token for a one-time link, which is used up by it."""
    return home.store.redeem(link)


def viewer(home: Platform, token: str | None) -> Viewer | None:
    """Return who holds the session or API `token`; None for nobody."""
    return home.store.viewer(token) if token else None


def sign_out(home: Platform, token: str) -> None:
    """End the session."""
    home.store.sign_out(token)


def add(viewer: Viewer, home: Platform, name: str, role: Role, password: str | None, display: str = "") -> str:
    """Return the id of a new account."""
    rights.require(viewer, "account.manage")
    return home.store.add_account(name, password, role, display or name, by=viewer)


def one_time_link(viewer: Viewer, home: Platform, name: str, minutes: int = 60) -> str:
    """Return a token that signs `name` in once."""
    rights.require(viewer, "account.manage")
    return home.store.one_time_link(name, minutes)


def listed(viewer: Viewer, home: Platform) -> list[dict[str, str]]:
    """Return name, role and display name of every account."""
    rights.require(viewer, "account.manage")
    return [{"name": one.name, "role": one.role.value, "display": one.display} for one in home.store.accounts()]


def display(home: Platform, viewer: Viewer) -> str:
    """Return the name by which people call the viewer; the sign-in name where none was given."""
    try:
        return home.store.account(viewer.account).display or viewer.name
    except NotFoundError:
        return viewer.name


def own(viewer: Viewer, home: Platform, account: str, farm: str) -> None:
    """Make `account` (name or id) the owner of the farm of that name."""
    rights.require(viewer, "account.manage")
    owner = home.store.account(account).id
    found = [one for one in home.store.farms(rights.EVERYTHING) if farm in (one.id, one.name)]
    if not found:
        raise NotFoundError(f"no farm '{farm}'", zh=f"没有果园“{farm}”")
    home.store.save_farms([replace(one, owner=owner) for one in found], by=viewer)


def set_password(viewer: Viewer, home: Platform, name: str, password: str) -> None:
    """Set the password of `name`; its sessions end."""
    rights.require(viewer, "account.manage")
    home.store.change_password(name, password, by=viewer)
