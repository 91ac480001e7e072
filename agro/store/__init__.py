"""What the platform keeps: tables, files, accounts, rights and the trail."""

from agro.store.accounts import Account
from agro.store.columns import OUTLOOK_COLUMNS
from agro.store.disclosure import anonymised, disclosed
from agro.store.grants import Grant
from agro.store.ids import uuid7
from agro.store.jobs import Job
from agro.store.observations import OBSERVATION_COLUMNS, Weighed
from agro.store.rights import EVERYTHING, OPERATOR, Scope, allowed, require, scope
from agro.store.rows import Saved
from agro.store.runs import PLOT_COLUMNS, OutlookFiles, Run
from agro.store.store import Store

__all__ = [
    "EVERYTHING",
    "OBSERVATION_COLUMNS",
    "OPERATOR",
    "OUTLOOK_COLUMNS",
    "PLOT_COLUMNS",
    "Account",
    "Grant",
    "Job",
    "OutlookFiles",
    "Run",
    "Saved",
    "Scope",
    "Store",
    "Weighed",
    "allowed",
    "anonymised",
    "disclosed",
    "require",
    "scope",
    "uuid7",
]
