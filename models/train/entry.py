"""The entry of a trained model in the catalogue."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from models.verification import sha256_of


def catalogue_entry(
    directory: Annotated[Path, typer.Argument(help="A trained model.", exists=True, file_okay=False)],
) -> None:
    """Print the files of a model as models/manifest.toml lists them: name, size, checksum."""
    typer.echo("\n".join(file_entry(file) for file in sorted(directory.iterdir()) if file.is_file()), nl=False)


def file_entry(file: Path) -> str:
    """One table of the manifest."""
    size = f"{file.stat().st_size:_}"
    return f'[[models.files]]\nname = "{file.name}"\nsize_bytes = {size}\nsha256 = "{sha256_of(file)}"\n'
