"""The bundled playbooks, with the bundled model of understanding, in every call whose truth is written down."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

import pytest

from bench.advice import measure_advice
from gateway.bundled import CALLS_DIR, HOTLINES_DIR
from gateway.cli.evaluate_advice import DIALOGUES_DIR
from gateway.settings import Settings


@pytest.fixture(scope="module")
def found() -> Mapping[str, Any]:
    folders = [CALLS_DIR, HOTLINES_DIR, DIALOGUES_DIR, DIALOGUES_DIR / "held-out", DIALOGUES_DIR / "held-out-2"]
    return asyncio.run(measure_advice(Settings(), folders))


def test_nothing_is_sold_where_nothing_may_be(found: Mapping[str, Any]) -> None:
    assert found["selling"]["forbidden_s"] > 1_200
    assert found["selling"]["shown_while_forbidden"] == 0


def test_expected_offers_are_made(found: Mapping[str, Any]) -> None:
    selling = found["selling"]
    assert selling["offers_expected"] >= 24
    assert selling["offers_right"] == selling["offers_expected"]
