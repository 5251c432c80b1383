"""Releases of the components.

Versions, recorded graphs, and the check for breaking changes.
"""
