"""Masked words, encrypted; and their keys."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from assist.errors import ConfigurationError, StoreError
from assist.stores.vault import AesVault, KeyRing, open_key_ring, save_key_ring


def test_sealed_words_come_back_at_their_place_only() -> None:
    vault = AesVault(KeyRing.new())
    sealed = vault.seal(["王小明", "一三八"], call_id="c1", seq=7)
    assert "王" not in sealed
    assert vault.unseal(sealed, call_id="c1", seq=7) == ("王小明", "一三八")
    for call_id, seq in (("c2", 7), ("c1", 8)):
        with pytest.raises(StoreError, match="belongs to another place"):
            vault.unseal(sealed, call_id=call_id, seq=seq)


def test_the_same_words_are_sealed_differently_each_time() -> None:
    vault = AesVault(KeyRing.new())
    assert vault.seal(["王"], call_id="c1", seq=1) != vault.seal(["王"], call_id="c1", seq=1)


@pytest.mark.parametrize("damage", ["", "x", "!!!", "AAAA"])
def test_changed_seal_is_refused(damage: str) -> None:
    ring = KeyRing.new()
    with pytest.raises(StoreError, match="was changed"):
        AesVault(ring).unseal(f"{ring.current}.{damage}", call_id="c1", seq=1)


def test_key_file_is_created_once_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "data" / "private.keys"
    ring = open_key_ring(path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert open_key_ring(path) == ring
    assert [file.name for file in path.parent.iterdir()] == ["private.keys"]


def test_key_file_that_others_can_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "private.keys"
    open_key_ring(path)
    path.chmod(0o644)
    with pytest.raises(ConfigurationError, match="mode 600"):
        open_key_ring(path)


@pytest.mark.parametrize("text", ["", "[]", '{"current": "a", "keys": {}}', '{"current": "a", "keys": {"a": "AAAA"}}'])
def test_key_file_without_usable_keys_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "private.keys"
    path.write_text(text, "utf-8")
    path.chmod(0o600)
    with pytest.raises(ConfigurationError, match="backup"):
        open_key_ring(path)


def test_new_key_seals_and_old_ones_still_open(tmp_path: Path) -> None:
    path = tmp_path / "private.keys"
    old = open_key_ring(path)
    sealed = AesVault(old).seal(["密码"], call_id="c1", seq=1)
    save_key_ring(path, old.rotated())
    vault = AesVault(open_key_ring(path))
    assert vault.unseal(sealed, call_id="c1", seq=1) == ("密码",)
    assert not vault.is_current(sealed)
    assert vault.is_current(vault.seal(["密码"], call_id="c1", seq=1))
    assert path.stat().st_mode & 0o777 == 0o600


def test_key_that_is_gone_opens_nothing() -> None:
    old = KeyRing.new()
    sealed = AesVault(old).seal(["密码"], call_id="c1", seq=1)
    new = old.rotated().without(old.current)
    with pytest.raises(StoreError, match="not in the key file"):
        AesVault(new).unseal(sealed, call_id="c1", seq=1)
    with pytest.raises(ValueError, match="current"):
        new.without(new.current)


def test_keys_are_kept_as_text_that_can_be_backed_up(tmp_path: Path) -> None:
    path = tmp_path / "private.keys"
    ring = open_key_ring(path)
    values = json.loads(path.read_text("utf-8"))
    assert values["current"] == ring.current
    assert list(values["keys"]) == [ring.current]


def test_open_vault_takes_keys_that_are_put_into_its_file(tmp_path: Path) -> None:
    path = tmp_path / "private.keys"
    vault = AesVault.open(path)
    old = vault.seal(["一"], call_id="c1", seq=1)
    save_key_ring(path, open_key_ring(path).rotated())
    new = vault.seal(["二"], call_id="c1", seq=2)
    assert vault.is_current(new)
    assert not vault.is_current(old)
    assert vault.unseal(old, call_id="c1", seq=1) == ("一",)


def test_open_vault_goes_on_when_its_file_cannot_be_read_any_more(tmp_path: Path) -> None:
    path = tmp_path / "private.keys"
    vault = AesVault.open(path)
    sealed = vault.seal(["一"], call_id="c1", seq=1)
    path.unlink()
    assert vault.unseal(sealed, call_id="c1", seq=1) == ("一",)
