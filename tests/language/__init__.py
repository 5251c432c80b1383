"""Checks of the project's prose.

Docstring headlines, banned phrases and commit subjects.
"""
