"""Conformance of the emulated AWS types: stored results and the page."""
