"""Requirement table: the resource that meets each sentence of the requirements."""
