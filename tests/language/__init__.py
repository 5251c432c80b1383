"""Checks of the project's prose: docstring headlines, banned phrases and commit subjects."""
