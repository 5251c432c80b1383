"""Mutation test of the policy packs: the cases of the rules must detect mistakes."""
