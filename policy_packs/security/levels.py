"""Levels that several rules share."""

from policy_packs.kernel.registry import Level, Levels

PRODUCTION_LIKE = Levels(dev=Level.DISABLED, staging=Level.DISABLED)
"""What development and staging hold is made anew from elsewhere; a second zone or region for it is not paid for."""
