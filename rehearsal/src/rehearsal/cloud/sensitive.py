"""Members of requests whose values must not appear in logs and messages."""

from botocore.model import Shape

_SECRET_WORDS = ("password", "secret", "token", "credential", "privatekey", "certificatebody", "plaintext")


def is_sensitive(shape: Shape | None, name: str) -> bool:
    """Return True if botocore marks a member as sensitive, or if its name says so.

    Such a name contains a word like "password".
    """
    marked = shape is not None and bool(getattr(shape, "metadata", {}).get("sensitive"))
    return marked or any(word in name.lower() for word in _SECRET_WORDS)
