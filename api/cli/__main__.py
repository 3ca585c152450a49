"""`python -m api.cli` is `meritbook`."""

from api.cli import main

main()
