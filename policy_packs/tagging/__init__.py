"""Tagging pack: payer, owner and data classification of every resource.

Projects, teams, cost centres and data classifications come from the stack's configuration (see `allowed_values`).
"""
