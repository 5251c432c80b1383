"""Tagging pack: payer, owner and data class of every resource.

Projects, teams, cost centres and data classes come from the stack's configuration (see `allowed_values`).
"""
