"""Tagging pack: every resource names its payer, its owner and the class of its data.

Projects, teams, cost centres and data classes come from the stack's configuration (see `allowed_values`).
"""
