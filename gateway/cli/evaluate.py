import typer

app = typer.Typer()


def evaluate() -> None: ...
