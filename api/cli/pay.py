"""Commands about pay."""

import typer

app = typer.Typer()
