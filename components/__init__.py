"""Reusable components of an environment.

They take arguments only and do not depend on an environment's settings.

The components are versioned together. `CHANGELOG.md` lists the releases; `ops release check` refuses a breaking change
that is not a new major version.
"""

__version__ = "0.1.0"
"""Semantic version of the components, and of this repository's releases."""
