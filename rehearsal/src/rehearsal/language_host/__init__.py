"""Python language host for the engine, used where PATH has no official `pulumi-language-python`."""
