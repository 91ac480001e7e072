"""Accounts: names, roles and argon2id hashes; nobody has a password that was not chosen."""

import unicodedata
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from argon2 import PasswordHasher
from sqlalchemy import delete, insert, select, update

from agro.errors import ConflictError, InputError, NotFoundError
from agro.farm import Role, Viewer
from agro.store import schema
from agro.store.grants import Grants
from agro.store.ids import uuid7

HASHER = PasswordHasher()  # argon2id, RFC 9106 low-memory profile
SHORTEST, LONGEST = 10, 1000  # characters of a password


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
        wanted = (table.c.id == id_or_name) | (table.c.key == folded(id_or_name))
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

    def _sign_out_everywhere(self, connection: Any, account: str) -> None:
        connection.execute(delete(schema.session).where(schema.session.c.account == account))
        connection.execute(delete(schema.link).where(schema.link.c.account == account, schema.link.c.used.is_(None)))


def folded(name: str) -> str:
    """Return `name` as it is compared: one width, one case, no edges."""
    return unicodedata.normalize("NFKC", name).strip().casefold()


def _key(name: str) -> str:
    key = folded(name)
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
    if not SHORTEST <= len(password) <= LONGEST:
        raise InputError(
            f"a password needs at least {SHORTEST} characters; got {len(password)}",
            zh=f"密码至少需要 {SHORTEST} 个字符；现为 {len(password)} 个",
        )
    return password


def _account(row: Any) -> Account:
    return Account(row.id, row.name, row.display, Role(row.role), row.password is not None, row.active, row.created)
