"""Speed-ups of moto's server that do not change its responses.

They matter because the engine writes its state hundreds of times per update, in four requests each, and waits for every
request. `rehearsal.tuning` lists the speed-ups and can switch them off.
"""

from typing import Any, ClassVar

from moto import backends
from moto.s3 import models
from moto.s3.models import FakeKey
from typing_extensions import override

from rehearsal import tuning
from rehearsal.cloud.patches import Patches


def install(patches: Patches) -> None:
    """Install the speed-ups that `rehearsal.tuning` enables."""
    if tuning.enabled("moto-modules"):
        list_modules_once(patches)
    if tuning.enabled("moto-copies"):
        patches.install(S3Backend)


def list_modules_once(patches: Patches) -> None:
    """List moto's service modules only once.

    Without this, moto lists its directory for every request, which takes about a hundred system calls.
    """
    modules = frozenset(backends.list_of_moto_modules())
    patches.replace(backends, "list_of_moto_modules", lambda: modules)


class S3Backend(models.S3Backend):
    """S3 backend whose object copies reuse the hash of their source.

    Moto would compute the hash again. Multipart uploads are excluded, because their copies have a different ETag.
    """

    original: ClassVar[type[models.S3Backend]]

    @override
    def copy_object(
        self, src_key: FakeKey, dest_bucket_name: str, dest_key_name: str, *args: Any, **settings: Any
    ) -> None:
        S3Backend.original.copy_object(self, src_key, dest_bucket_name, dest_key_name, *args, **settings)
        copied: Any = self.get_object(dest_bucket_name, dest_key_name)
        if src_key.multipart is None and copied.contentsize == src_key.contentsize:
            copied._etag = copied._etag or src_key._etag  # noqa: SLF001  # moto's cache
