"""Signing in: sessions kept by their digest, one-time links, tokens for machines, patience with failures."""

import hashlib
import secrets
from collections.abc import Iterable
from datetime import timedelta
from functools import cache
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import delete, insert, select, update

from agro.errors import NotAllowedError, NotFoundError
from agro.farm import Viewer
from agro.store import accounts, schema
from agro.store.accounts import Accounts, folded
from agro.store.ids import uuid7

FAILURES, WINDOW = 10, timedelta(minutes=15)  # of a name, and of an address
LASTS = timedelta(hours=12)
PAGE, API = "page", "api"


class Sessions(Accounts):
    """Who is at the door."""

    def sign_in(self, name: str, password: str, address: str = "") -> str:
        """Return the token of a new session of 12 hours. Not to be called inside `with store:`, as failures must stay.

        Raises
        ------
        NotAllowedError
            When name or password is wrong, or after ten failures of a name or an address within 15 minutes.
        """
        if self._frames:
            raise ValueError("sign_in stands outside of `with store:`: a failure must be kept")
        key, account, failure, now = folded(name)[:200], schema.account, schema.failure, self.clock()
        with self.writing() as connection:  # counted before it is tried, so that many at once gain nothing
            self._require_patience(connection, key, address)
            connection.execute(delete(failure).where(failure.c.at < now - WINDOW))
            connection.execute(insert(failure).values(id=uuid7(), key=key, address=address[:64], at=now))
            found = connection.execute(select(account).where(account.c.key == key, account.c.active)).first()
        stored = found.password if found is not None and found.password else _dummy(accounts.HASHER)
        if _verified(stored, password) and found is not None and found.password:
            with self.writing() as connection:
                connection.execute(delete(failure).where(failure.c.key == key))
                connection.execute(delete(schema.session).where(schema.session.c.expires < now))
                if accounts.HASHER.check_needs_rehash(stored):
                    fresh = accounts.HASHER.hash(password)
                    connection.execute(update(account).where(account.c.id == found.id).values(password=fresh))
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
        lasts: timedelta = LASTS,
        label: str = "",
        scopes: Iterable[str] = (),
    ) -> str:
        token, now = secrets.token_urlsafe(32), self.clock()
        row = {"digest": _digest(token), "account": account, "kind": kind, "label": label, "scopes": list(scopes)}
        connection.execute(insert(schema.session).values(**row, created=now, expires=now + lasts))
        return token

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


def _verified(stored: str, password: str) -> bool:
    try:
        return len(password) <= accounts.LONGEST and accounts.HASHER.verify(stored, password)
    except (VerificationError, InvalidHashError):
        return False


@cache
def _dummy(hasher: PasswordHasher) -> str:
    """Return a hash that nothing fits: an unknown name takes as long as a known one."""
    return hasher.hash(secrets.token_hex())


def _digest(token: str | None) -> str:
    return hashlib.sha256((token or "").encode()).hexdigest()
