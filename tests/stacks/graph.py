"""Recorded resources of a program, and the inputs of SDK types."""

import warnings
from functools import cache
from importlib import import_module
from inspect import signature

from operations.recording import PROJECT, Graph, Node, record, short

__all__ = ["PROJECT", "Graph", "Node", "properties", "record", "short"]


@cache
def properties(token: str) -> frozenset[str]:
    """Return the Python names of an AWS type's inputs."""
    _, module, kind = token.split(":")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # importing the SDK warns of its own deprecated resources
        resource_class = getattr(import_module(f"pulumi_aws.{module.split('/')[0]}"), kind)
    return frozenset(signature(resource_class._internal_init).parameters)
