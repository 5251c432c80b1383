"""Sentences for pydantic's validation errors.

The settings files (`stacks.parsing`) and the policy packs' data files both use it. It depends on pydantic only.
"""

from validation_messages.keys import known_keys
from validation_messages.mistakes import Mistake, aligned
from validation_messages.sentences import SENTENCES, describe, explain, unknown_key

__all__ = ["SENTENCES", "Mistake", "aligned", "describe", "explain", "known_keys", "unknown_key"]
