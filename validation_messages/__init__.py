"""Sentences for pydantic's validation errors.

The parsers of the settings files (`stacks.parsing`) and of the policy packs' data files use this package. It depends
only on pydantic.
"""

from validation_messages.keys import known_keys
from validation_messages.mistakes import Mistake, aligned
from validation_messages.sentences import SENTENCES, describe, explain, unknown_key

__all__ = ["SENTENCES", "Mistake", "aligned", "describe", "explain", "known_keys", "unknown_key"]
