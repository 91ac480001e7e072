"""Accounts: argon2id hashes, sessions kept by their digest, one-time links, tokens for machines."""

import hashlib
import secrets
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import delete, insert, select, update

from agro.errors import ConflictError, InputError, NotAllowedError, NotFoundError
from agro.farm import Role, Viewer
from agro.store import schema
from agro.store.grants import Grants
from agro.store.ids import uuid7

HASHER = PasswordHasher()  # argon2id, RFC 9106 low-memory profile
SHORTEST = 10  # characters of a password
FAILURES, WINDOW = 10, timedelta(minutes=15)  # a name and an address
SESSION = timedelta(hours=12)
PAGE, API = "page", "api"


@dataclass(frozen=True)
class Account:
    """Somebody who may sign in; `password` only says whether there is one."""

    id: str
    name: str
    display: str
    role: Role
    password: bool
    active: bool
    created: datetime


class Accounts(Grants):
    """Who is who."""

    def add_account(
        self, name: str, password: str | None, role: Role | str, display: str = "", *, by: Viewer | None = None
    ) -> str:
        """Return the id of a new account; without a password it is entered by one-time links only."""
        key, role = _key(name), _role(role)
        digest = None if password is None else HASHER.hash(_long_enough(password))
        table, identity = schema.account, uuid7()
        with self.writing() as connection:
            if connection.scalar(select(table.c.id).where(table.c.key == key)) is not None:
                raise ConflictError(f"there is an account '{name}' already", zh=f"账号“{name}”已存在")
            row = {
                "id": identity,
                "name": name.strip(),
                "key": key,
                "display": display or name.strip(),
                "role": role.value,
            }
            connection.execute(insert(table).values(**row, password=digest, active=True, created=self.clock()))
            self.record(by, "account.add", name, {"role": role.value})
        return identity

    def accounts(self) -> list[Account]:
        """Return all accounts, by name."""
        table = schema.account
        with self.reading() as connection:
            return [_account(row) for row in connection.execute(select(table).order_by(table.c.name))]

    def account(self, id_or_name: str) -> Account:
        """Return the account of that id or name."""
        table = schema.account
        wanted = (table.c.id == id_or_name) | (table.c.key == _fold(id_or_name))
        with self.reading() as connection:
            found = connection.execute(select(table).where(wanted)).first()
        if found is None:
            raise NotFoundError(f"no account '{id_or_name}'", zh=f"没有账号“{id_or_name}”")
        return _account(found)

    def change_account(
        self, account: str, *, role: Role | str | None = None, display: str | None = None, active: bool | None = None,
        by: Viewer | None = None,
    ) -> Account:  # fmt: skip
        """Return the account after the change; a closed one is signed out everywhere."""
        given = {"role": None if role is None else _role(role).value, "display": display, "active": active}
        changes = {key: value for key, value in given.items() if value is not None}
        with self.writing() as connection:
            identity = self.account(account).id
            if changes:
                connection.execute(update(schema.account).where(schema.account.c.id == identity).values(changes))
            if active is False:
                self._sign_out_everywhere(connection, identity)
            self.record(by, "account.change", account, changes)
            return self.account(identity)

    def change_password(self, account: str, password: str, *, by: Viewer | None = None) -> None:
        """Give `account` (id or name) a new password; its sessions and open links end."""
        digest = HASHER.hash(_long_enough(password))
        with self.writing() as connection:
            identity = self.account(account).id
            connection.execute(update(schema.account).where(schema.account.c.id == identity).values(password=digest))
            self._sign_out_everywhere(connection, identity)
            self.record(by, "account.password", account)

    def sign_in(self, name: str, password: str, address: str = "") -> str:
        """Return the token of a new session of 12 hours. Not to be called inside `with store:`, as failures must stay.

        Raises
        ------
        NotAllowedError
            When name or password is wrong, or after ten failures of a name or an address within 15 minutes.
        """
        if self._frames:
            raise ValueError("sign_in stands outside of `with store:`: a failure must be kept")
        key, table = _fold(name)[:200], schema.account
        with self.reading() as connection:
            self._require_patience(connection, key, address)
            found = connection.execute(select(table).where(table.c.key == key, table.c.active)).first()
        stored = found.password if found is not None and found.password else _dummy()
        right = _verified(stored, password) and found is not None and bool(found.password)
        with self.writing() as connection:
            now = self.clock()
            if not right or found is None:
                connection.execute(delete(schema.failure).where(schema.failure.c.at < now - WINDOW))
                connection.execute(insert(schema.failure).values(id=uuid7(), key=key, address=address[:64], at=now))
            else:
                connection.execute(delete(schema.failure).where(schema.failure.c.key == key))
                connection.execute(delete(schema.session).where(schema.session.c.expires < now))
                if HASHER.check_needs_rehash(stored):
                    connection.execute(
                        update(table).where(table.c.id == found.id).values(password=HASHER.hash(password))
                    )
                return self._begin_session(connection, found.id)
        raise NotAllowedError("name or password is wrong", zh="账号或密码错误")

    def sign_out(self, token: str | None) -> None:
        """End the session of `token`."""
        with self.writing() as connection:
            connection.execute(delete(schema.session).where(schema.session.c.digest == _digest(token)))

    def viewer(self, token: str | None, scope: str | None = None) -> Viewer | None:
        """Return who holds `token`; None for nobody, an ended session, a closed account.

        A machine's token only stands for its viewer where `scope` is one of its scopes.
        """
        session, account = schema.session, schema.account
        query = select(account.c.id, session.c.kind, session.c.scopes).join(account)
        query = query.where(session.c.digest == _digest(token), session.c.expires > self.clock(), account.c.active)
        with self.reading() as connection:
            found = connection.execute(query).first() if token else None
        if found is None or (found.kind == API and (scope is None or scope not in found.scopes)):
            return None
        return self.viewer_of(found.id)

    def viewer_of(self, account: str) -> Viewer:
        """Return the viewer that `account` (id or name) is now: its role, its farms, what was granted."""
        found = self.account(account)
        farm = schema.farm
        with self.reading() as connection:
            farms = tuple(connection.scalars(select(farm.c.id).where(farm.c.owner == found.id).order_by(farm.c.id)))
        return Viewer(found.id, found.name, found.role, farms, self.granted(found.id))

    def one_time_link(self, account: str, minutes: float = 15, *, by: Viewer | None = None) -> str:
        """Return a token that signs `account` (id or name) in once, within `minutes`."""
        token, now = secrets.token_urlsafe(32), self.clock()
        with self.writing() as connection:
            identity, expires = self.account(account).id, now + timedelta(minutes=minutes)
            connection.execute(
                insert(schema.link).values(digest=_digest(token), account=identity, created=now, expires=expires)
            )
            self.record(by, "account.link", account)
        return token

    def redeem(self, token: str) -> str:
        """Return a session token for a one-time token, which is spent by it.

        Raises
        ------
        NotAllowedError
            When it is unknown, old or spent.
        """
        link, now = schema.link, self.clock()
        with self.writing() as connection:
            open_link = (link.c.digest == _digest(token), link.c.used.is_(None), link.c.expires > now)
            spent = connection.execute(update(link).where(*open_link).values(used=now)).rowcount == 1
            account = (
                connection.scalar(select(link.c.account).where(link.c.digest == _digest(token))) if spent else None
            )
            if account is not None and self.account(account).active:
                return self._begin_session(connection, account)
        raise NotAllowedError("this link is spent or too old; ask for a new one", zh="该链接已使用或已过期；请重新获取")

    def add_token(
        self, account: str, label: str, scopes: Iterable[str], days: float = 365, *, by: Viewer | None = None
    ) -> str:
        """Return a token for a machine that acts as `account` within `scopes` (actions); only its digest stays."""
        with self.writing() as connection:
            identity = self.account(account).id
            token = self._begin_session(connection, identity, API, timedelta(days=days), label, sorted(set(scopes)))
            self.record(by, "account.token", f"{account} {label}")
        return token

    def tokens(self, account: str) -> list[dict[str, Any]]:
        """Return {digest, label, scopes, created, expires} of an account's machine tokens."""
        table = schema.session
        columns = [table.c[name] for name in ("digest", "label", "scopes", "created", "expires")]
        query = (
            select(*columns)
            .where(table.c.account == self.account(account).id, table.c.kind == API)
            .order_by(table.c.created)
        )
        with self.reading() as connection:
            return [dict(row._mapping) for row in connection.execute(query)]

    def withdraw_token(self, digest: str, *, by: Viewer | None = None) -> None:
        """End the machine token of that digest."""
        table = schema.session
        with self.writing() as connection:
            if not connection.execute(delete(table).where(table.c.digest == digest, table.c.kind == API)).rowcount:
                raise NotFoundError("no such token", zh="没有该令牌")
            self.record(by, "account.token.withdraw", digest[:12])

    def _begin_session(
        self,
        connection: Any,
        account: str,
        kind: str = PAGE,
        lasts: timedelta = SESSION,
        label: str = "",
        scopes: Iterable[str] = (),
    ) -> str:
        token, now = secrets.token_urlsafe(32), self.clock()
        row = {"digest": _digest(token), "account": account, "kind": kind, "label": label, "scopes": list(scopes)}
        connection.execute(insert(schema.session).values(**row, created=now, expires=now + lasts))
        return token

    def _sign_out_everywhere(self, connection: Any, account: str) -> None:
        connection.execute(delete(schema.session).where(schema.session.c.account == account))
        connection.execute(delete(schema.link).where(schema.link.c.account == account, schema.link.c.used.is_(None)))

    def _require_patience(self, connection: Any, key: str, address: str) -> None:
        table = schema.failure
        for condition in [table.c.key == key] + ([table.c.address == address[:64]] if address else []):
            query = select(table.c.at).where(condition, table.c.at > self.clock() - WINDOW).order_by(table.c.at.desc())
            times = list(connection.scalars(query.limit(FAILURES)))
            if len(times) >= FAILURES:
                minutes = max(1, round((times[-1] + WINDOW - self.clock()).total_seconds() / 60))
                raise NotAllowedError(
                    f"too many failures; try again in {minutes} minutes", zh=f"尝试次数过多；请 {minutes} 分钟后再试"
                )


def _fold(name: str) -> str:
    return unicodedata.normalize("NFKC", name).strip().casefold()


def _key(name: str) -> str:
    key = _fold(name)
    if not key or len(name) > 100 or any(unicodedata.category(letter).startswith("C") for letter in name):
        raise InputError(
            f"an account needs a name of 1 to 100 printable characters; got {name!r}",
            zh="账号名称需要 1 至 100 个可见字符",
        )
    return key


def _role(role: Role | str) -> Role:
    try:
        return Role(role)
    except ValueError:
        raise InputError(
            f"no role '{role}'; there are {', '.join(Role)}", zh=f"没有角色“{role}”；可选：{'、'.join(Role)}"
        ) from None


def _long_enough(password: str) -> str:
    if not SHORTEST <= len(password) <= 1000:
        raise InputError(
            f"a password needs at least {SHORTEST} characters; got {len(password)}",
            zh=f"密码至少需要 {SHORTEST} 个字符；现为 {len(password)} 个",
        )
    return password


def _verified(stored: str, password: str) -> bool:
    try:
        return len(password) <= 1000 and HASHER.verify(stored, password)
    except (VerificationError, InvalidHashError):
        return False


_dummies: dict[PasswordHasher, str] = {}


def _dummy() -> str:
    """Return a hash that nothing fits: an unknown name takes as long as a known one."""
    return _dummies.setdefault(HASHER, _dummies.get(HASHER) or HASHER.hash(secrets.token_hex()))


def _digest(token: str | None) -> str:
    return hashlib.sha256((token or "").encode()).hexdigest()


def _account(row: Any) -> Account:
    return Account(row.id, row.name, row.display, Role(row.role), row.password is not None, row.active, row.created)
