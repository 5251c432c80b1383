"""Admission policies that the API server enforces in teams' namespaces."""
