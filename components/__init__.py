"""Reusable, environment-blind components of the platform."""
