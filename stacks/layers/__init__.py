"""Layers: functions that take settings and earlier outputs, and return frozen outputs."""
