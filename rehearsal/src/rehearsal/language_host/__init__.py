"""Python language host for the engine.

It is used if PATH has no official `pulumi-language-python`.
"""
