"""`citrus user`: accounts and who owns which farm."""

import os
from typing import Annotated

import typer

from agro.errors import InputError
from agro.farm import Role
from app.cli import opening
from app.cli.console import Home, Json, outcome, say

people = typer.Typer(no_args_is_help=True, help="账号 · Accounts")


@people.command("add")
def add(
    name: Annotated[str, typer.Argument(help="登录名 name to sign in with")],
    role: Annotated[Role, typer.Option(help="角色 role")],
    display: Annotated[str, typer.Option(help="显示名 name to show")] = "",
    farm: Annotated[list[str] | None, typer.Option(help="拥有的果园 farms that are theirs")] = None,
    home: Home = None,
    json: Json = False,
) -> None:
    """新建账号；密码取自 CITRUS_PASSWORD，没有则给一次性链接 · Add an account, its password in CITRUS_PASSWORD."""
    with outcome("user add", home, json) as done:
        from app.services import accounts

        platform = opening.existing(home)
        password = os.environ.get("CITRUS_PASSWORD") or None
        with platform.store:  # no account without its farms
            account = accounts.add(opening.operator(), platform, name, role, password, display)
            for owned in farm or []:
                accounts.own(opening.operator(), platform, account, owned)
        done.outputs["account"] = account
        if password is None:
            done.outputs["link"] = f"/auth/link/{accounts.one_time_link(opening.operator(), platform, name)}"
            say(f"  登录链接（60 分钟内有效，仅一次） sign in once within 60 minutes: {done.outputs['link']}")


@people.command("list")
def show(home: Home = None, json: Json = False) -> None:
    """列出账号 · List the accounts."""
    with outcome("user list", home, json) as done:
        from app.services import accounts

        platform = opening.existing(home)
        rows = accounts.listed(opening.operator(), platform)
        done.counts["accounts"] = len(rows)
        done.outputs["accounts"] = rows
        for row in rows:
            say(f"  {row['name']:<20} {row['role']:<14} {row['display']}")


@people.command("link")
def link(
    name: str, minutes: Annotated[int, typer.Option(min=1, max=1440)] = 60, home: Home = None, json: Json = False
) -> None:
    """给出一次性登录链接 · Print a one-time sign-in link."""
    with outcome("user link", home, json) as done:
        from app.services import accounts

        platform = opening.existing(home)
        done.outputs["link"] = f"/auth/link/{accounts.one_time_link(opening.operator(), platform, name, minutes)}"
        say(f"  {done.outputs['link']}")


@people.command("password")
def password(name: str, home: Home = None, json: Json = False) -> None:
    """用 CITRUS_PASSWORD 设置密码 · Set the password from CITRUS_PASSWORD."""
    with outcome("user password", home, json):
        from app.services import accounts

        given = os.environ.get("CITRUS_PASSWORD")
        if not given:
            raise InputError("put the new password into CITRUS_PASSWORD", zh="请把新密码放进环境变量 CITRUS_PASSWORD")
        accounts.set_password(opening.operator(), opening.existing(home), name, given)
