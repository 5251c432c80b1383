"""Type of Kubernetes specs in camelCase."""

from typing import Any, TypeAlias

Manifest: TypeAlias = Any
"""A spec in Kubernetes' own camelCase form.

The SDK accepts such keys, but its types name only the snake_case forms. Specs that match the Kubernetes documentation
are worth more than those types.
"""
