"""The tables, as SQLAlchemy metadata, one module an area; the migrations must lead to exactly this (a test compares).

Every module is imported here, since the metadata knows only tables of modules that were imported.
"""

from assist.stores.schema.account_tables import api_keys, sessions, team_agents, team_assignments, teams, users
from assist.stores.schema.archive_tables import (
    ARCHIVE_TEXT,
    archive_calls,
    archive_documents,
    archive_flags,
    archive_labels,
    archive_lines,
    archive_meanings,
    archive_names,
    archive_offers,
    saved_searches,
)
from assist.stores.schema.base import FreeText, UtcDateTime, metadata
from assist.stores.schema.call_tables import IS_CORRECTION, calls, customer_calls, envelopes
from assist.stores.schema.experiment_tables import experiment_decisions, experiment_trials
from assist.stores.schema.playbook_tables import playbook_drafts, playbook_versions
from assist.stores.schema.privacy_tables import seals
from assist.stores.schema.record_tables import audit_log, legal_holds
from assist.stores.schema.review_tables import (
    call_risks,
    drawn_calls,
    flag_rulings,
    review_draws,
    reviews,
    rule_cases,
)

__all__ = [
    "ARCHIVE_TEXT",
    "IS_CORRECTION",
    "FreeText",
    "UtcDateTime",
    "api_keys",
    "archive_calls",
    "archive_documents",
    "archive_flags",
    "archive_labels",
    "archive_lines",
    "archive_meanings",
    "archive_names",
    "archive_offers",
    "audit_log",
    "call_risks",
    "calls",
    "customer_calls",
    "drawn_calls",
    "envelopes",
    "experiment_decisions",
    "experiment_trials",
    "flag_rulings",
    "legal_holds",
    "metadata",
    "playbook_drafts",
    "playbook_versions",
    "review_draws",
    "reviews",
    "rule_cases",
    "saved_searches",
    "seals",
    "sessions",
    "team_agents",
    "team_assignments",
    "teams",
    "users",
]
