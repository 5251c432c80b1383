"""Requirement table: the resource and property that meet each sentence of the requirements source."""
