"""The tables: one schema for SQLite and PostgreSQL, geometry as WKB beside four indexed bbox columns."""

from agro.store.schema.parts import UtcTime, metadata
from agro.store.schema.people import account, audit, failure, grant, job, link, session, setting
from agro.store.schema.pictures import condition_area, scene, scene_part, tree, visit, walk
from agro.store.schema.places import boundary, farm, plot, region, station
from agro.store.schema.records import count, observation, sample, sample_step, treatment
from agro.store.schema.runs import alert_mark, outlook, raster, release, run, series, weather_forecast

__all__ = [
    "UtcTime",
    "account",
    "alert_mark",
    "audit",
    "boundary",
    "condition_area",
    "count",
    "failure",
    "farm",
    "grant",
    "job",
    "link",
    "metadata",
    "observation",
    "outlook",
    "plot",
    "raster",
    "region",
    "release",
    "run",
    "sample",
    "sample_step",
    "scene",
    "scene_part",
    "series",
    "session",
    "setting",
    "station",
    "treatment",
    "tree",
    "visit",
    "walk",
    "weather_forecast",
]
