"""Releases of the components: versions, recorded graphs and breaking changes."""
