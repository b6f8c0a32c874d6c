"""``livecue private``: new keys for what is masked in a database."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from assist.redaction.store import RedactedCallStore
from assist.stores import open_stores
from assist.stores.vault import AesVault, open_key_ring, save_key_ring
from gateway.cli import app
from nlp.privacy import RuleRedactor
from tests.support.envelopes import closed, log, opened, utterance


def livecue(*arguments: str) -> Result:
    return CliRunner().invoke(app, arguments)


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    """Of a service that has stored a call of 李先生."""
    directory = tmp_path / "data"
    directory.mkdir()

    async def store() -> None:
        vault = AesVault.open(directory / "private.keys")
        async with open_stores(f"sqlite:///{directory}/livecue.db") as stores:
            calls = RedactedCallStore(stores.calls, seals=stores.seals, redactor=RuleRedactor(), vault=vault)
            await calls.append(log("c1", opened(), utterance("u1")))

    asyncio.run(store())
    return directory


async def unsealed(data_dir: Path) -> list[str]:
    vault = AesVault(open_key_ring(data_dir / "private.keys"))
    async with open_stores(f"sqlite:///{data_dir}/livecue.db") as stores:
        seals = await stores.seals.seals("c1")
    return [word for seal in seals for word in vault.unseal(seal.sealed, call_id=seal.call_id, seq=seal.seq)]


def test_rotated_key_seals_everything_and_older_ones_are_retired(data_dir: Path) -> None:
    keys = data_dir / "private.keys"
    before = open_key_ring(keys)
    rotated = livecue("private", "rotate", "--data-dir", str(data_dir))
    assert rotated.stdout.strip() == "Sealed anew: 1"
    ring = open_key_ring(keys)
    assert ring.current not in before.keys
    assert set(ring.keys) == {before.current, ring.current}
    retired = livecue("private", "retire", "--data-dir", str(data_dir))
    assert retired.stdout.strip() == "Keys taken away: 1"
    assert set(open_key_ring(keys).keys) == {ring.current}
    assert asyncio.run(unsealed(data_dir)) == ["李先生"]


def test_keys_that_seal_something_are_not_retired(data_dir: Path) -> None:
    keys = data_dir / "private.keys"
    save_key_ring(keys, open_key_ring(keys).rotated())
    retired = livecue("private", "retire", "--data-dir", str(data_dir))
    assert retired.exit_code != 0
    assert len(open_key_ring(keys).keys) == 2
    assert asyncio.run(unsealed(data_dir)) == ["李先生"]


def test_calls_that_were_stored_plain_are_masked_once(tmp_path: Path) -> None:
    async def store() -> None:
        async with open_stores(f"sqlite:///{tmp_path}/livecue.db") as stores:
            for call_id in ("c1", "c2"):
                await stores.calls.append(log(call_id, opened(), utterance("u1"), closed()))

    asyncio.run(store())
    masked = livecue("private", "mask", "--data-dir", str(tmp_path))
    again = livecue("private", "mask", "--json", "--data-dir", str(tmp_path))
    assert masked.stdout.strip() == "Calls: 2; more is masked in 2 of them."
    assert json.loads(again.stdout) == {"calls": 2, "masked": 0, "left": []}
    assert asyncio.run(unsealed(tmp_path)) == ["李先生"]
    files = [path for path in tmp_path.iterdir() if path.name.startswith("livecue.db")]
    assert not any("李先生".encode() in path.read_bytes() for path in files)


def test_nothing_is_masked_where_calls_are_to_be_stored_plain(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIVECUE_PRIVACY__MASK", "false")
    refused = livecue("private", "mask", "--data-dir", str(tmp_path))
    assert getattr(refused.exception, "code", None) == "masking-off"
