"""The `vitral` command: one file per subcommand, heavy imports inside the command."""

from vitral.cli.app import main

__all__ = ["main"]
