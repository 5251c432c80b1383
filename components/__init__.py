"""Reusable components of an environment: they take arguments and know no environment's settings.

The components are versioned together. `CHANGELOG.md` lists the releases; `ops release check` refuses a breaking change
that is not a new major version.
"""

__version__ = "0.1.0"
"""Semantic version of the components, and of this repository's releases."""
