"""What the platform keeps: tables, files, accounts, rights and the trail."""

from agro.store.accounts import Account
from agro.store.alerts import AlertMark
from agro.store.columns import OUTLOOK_COLUMNS
from agro.store.conditions import AREA_COLUMNS
from agro.store.counts import COUNT_COLUMNS
from agro.store.disclosure import anonymised, disclosed
from agro.store.grants import Grant
from agro.store.ids import uuid7
from agro.store.jobs import Job
from agro.store.observations import OBSERVATION_COLUMNS, Weighed
from agro.store.records import Told
from agro.store.releases import Release
from agro.store.rights import EVERYTHING, OPERATOR, Scope, allowed, require, scope
from agro.store.rows import Saved
from agro.store.runs import PLOT_COLUMNS, OutlookFiles, Run
from agro.store.samples import SAMPLE_COLUMNS
from agro.store.scenes import StoredScene
from agro.store.store import Store
from agro.store.treatments import TREATMENT_COLUMNS
from agro.store.walks import Visit, Walk

__all__ = [
    "AREA_COLUMNS",
    "COUNT_COLUMNS",
    "EVERYTHING",
    "OBSERVATION_COLUMNS",
    "OPERATOR",
    "OUTLOOK_COLUMNS",
    "PLOT_COLUMNS",
    "SAMPLE_COLUMNS",
    "TREATMENT_COLUMNS",
    "Account",
    "AlertMark",
    "Grant",
    "Job",
    "OutlookFiles",
    "Release",
    "Run",
    "Saved",
    "Scope",
    "Store",
    "StoredScene",
    "Told",
    "Visit",
    "Walk",
    "Weighed",
    "allowed",
    "anonymised",
    "disclosed",
    "require",
    "scope",
    "uuid7",
]
