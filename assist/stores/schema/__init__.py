"""The tables, as SQLAlchemy metadata, one module an area; the migrations must lead to exactly this (a test compares).

Every module is imported here, since the metadata knows only tables of modules that were imported.
"""

from assist.stores.schema.account_tables import api_keys, sessions, users
from assist.stores.schema.base import FreeText, UtcDateTime, metadata
from assist.stores.schema.call_tables import calls, customer_calls, envelopes
from assist.stores.schema.experiment_tables import experiment_decisions, experiment_trials
from assist.stores.schema.playbook_tables import playbook_drafts, playbook_versions

__all__ = [
    "FreeText",
    "UtcDateTime",
    "api_keys",
    "calls",
    "customer_calls",
    "envelopes",
    "experiment_decisions",
    "experiment_trials",
    "metadata",
    "playbook_drafts",
    "playbook_versions",
    "sessions",
    "users",
]
