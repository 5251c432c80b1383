"""The security pack.

Nothing is public, unencrypted, unlogged or all-powerful by accident.
"""
