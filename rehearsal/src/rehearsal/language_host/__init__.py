"""A Python language host for the engine, used where the official `pulumi-language-python` cannot be had."""
