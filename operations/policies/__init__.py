"""Implementation of `ops policy`: explanations, coverage, reports and reference pages of the policy packs."""
