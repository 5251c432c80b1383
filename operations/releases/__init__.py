"""Releases of the components: versions, recorded graphs, and the check for breaking changes."""
