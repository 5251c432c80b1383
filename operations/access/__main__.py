"""The page: `python -m operations.access > docs/access.md`; takes some seconds for each environment."""

import sys

from operations.access.matrix import Matrix, matrix
from operations.access.page import page
from operations.bootstrap.place import place_of
from operations.recording import PROJECT, record
from stacks.figures import Environment
from stacks.loading import load_file


def _matrix(environment: Environment) -> Matrix:
    return matrix(record(environment), place_of(load_file(PROJECT, environment), {}))


def main() -> None:
    """Print the page."""
    sys.stdout.write(page({environment: _matrix(environment) for environment in Environment}))


if __name__ == "__main__":
    main()
