"""Encryption keys, one per purpose and region."""
