"""Kubernetes specs as Kubernetes itself writes them."""

from typing import Any, TypeAlias

Manifest: TypeAlias = Any
"""A spec in Kubernetes' own camelCase form. The SDK passes such keys on as they are, but its types know only their
snake_case twins; a plan that reads like the Kubernetes documentation is worth more than those."""
