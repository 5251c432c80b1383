"""Layers of an environment: each is a function from settings and earlier outputs to frozen outputs."""
