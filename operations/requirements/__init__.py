"""Requirement table: the resources that meet each sentence of the requirements."""
