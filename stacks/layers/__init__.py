"""The layers of an environment, each a function from settings and earlier outputs to frozen outputs."""
