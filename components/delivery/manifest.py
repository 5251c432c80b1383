"""Type of Kubernetes specs in camelCase."""

from typing import Any, TypeAlias

Manifest: TypeAlias = Any
"""A spec in Kubernetes' own camelCase form.

The SDK accepts camelCase keys, but its types declare only the snake_case forms. Specs that match the Kubernetes
documentation are worth more than type checking.
"""
