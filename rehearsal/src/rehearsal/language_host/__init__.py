"""Python language host for the engine.

A rehearsal uses this host if PATH has no official `pulumi-language-python`.
"""
