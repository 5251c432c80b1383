"""Figures that the project promises, each a ratio measured in one run on one machine."""
