"""What moto's server works out anew for every request, worked out once; answers stay the same.

The engine writes its state in four requests, hundreds of times in an update, and waits for each.
"""

from typing import Any

from moto import backends
from moto.s3 import models

from rehearsal import tuning
from rehearsal.cloud.patches import Patches


def take(patches: Patches) -> None:
    """Apply those that `rehearsal.tuning` enables."""
    if tuning.enabled("moto-modules"):
        modules_listed_once(patches)
    if tuning.enabled("moto-copies"):
        copies_keep_their_hash(patches)


def modules_listed_once(patches: Patches) -> None:
    """Moto lists its own directory to find out which service a request is for: a hundred calls of the kernel."""
    modules = frozenset(backends.list_of_moto_modules())
    patches.replace(backends, "list_of_moto_modules", lambda: modules)


def copies_keep_their_hash(patches: Patches) -> None:
    """Moto hashes an object's copy, whose bytes are those of the object, again.

    Not so for what was uploaded in parts, whose ETag says so and whose copy gets another.
    """

    def wrapper(original: Any) -> Any:
        def copy_object(
            self: Any, src_key: Any, dest_bucket_name: str, dest_key_name: str, *arguments: Any, **options: Any
        ) -> None:
            original(self, src_key, dest_bucket_name, dest_key_name, *arguments, **options)
            copied = self.get_object(dest_bucket_name, dest_key_name)
            if src_key.multipart is None and copied.contentsize == src_key.contentsize:
                copied._etag = copied._etag or src_key._etag  # noqa: SLF001  # where moto keeps what it has worked out

        return copy_object

    patches.wrap(models.S3Backend, "copy_object", wrapper)
