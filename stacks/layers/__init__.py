"""Layers: functions from settings and earlier outputs to frozen outputs."""
