"""Layers: functions that turn settings and earlier outputs into frozen outputs."""
