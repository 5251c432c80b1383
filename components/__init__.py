"""Reusable components of an environment.

Each component receives everything through its arguments and does not depend on an environment's settings.

All components share one version. `CHANGELOG.md` lists the releases, and `ops release check` rejects a breaking change
without a new major version.
"""

__version__ = "0.1.0"
"""Semantic version of the components, and of this repository's releases."""
