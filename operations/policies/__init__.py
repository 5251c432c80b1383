"""Implementation of `ops policy`.

Explanations, coverage, reports and reference pages of the policy packs.
"""
