"""Markers that the engine puts into property values.

Source: sdk/go/common/resource/plugin/rpc.go (unknown values), sdk/go/common/resource/properties.go and
sdk/go/common/resource/sig/sig.go (signatures) of pulumi/pulumi 3.250.0.
"""

from typing import Final

UNKNOWN_STRING: Final = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
"""Sentinel of an unknown string. Providers also use it for unknown values of every other type."""
UNKNOWN_SENTINELS: Final = frozenset(
    {
        "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",  # boolean
        "3eeb2bf0-c639-47a8-9e75-3b44932eb421",  # number
        UNKNOWN_STRING,
        "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",  # array
        "030794c1-ac77-496b-92df-f27374a8bd58",  # asset
        "e48ece36-62e2-4504-bad9-02848725956a",  # archive
        "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",  # object
    }
)
"""Sentinels of values that are unknown until the update: one per type."""
SIGNATURE: Final = "4dabf18193072939515e22adb298388d"
"""Key that marks an object as a special value. The key's value is one of the signatures below."""
SECRET: Final = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105  # the engine's public marker, not a password
"""Signature of a secret. The plaintext is under `value`."""
OUTPUT: Final = "d0e6a833031e9bbcd3f4e8bde6ca49a4"
"""Signature of an output. An output without `value` is unknown."""
