"""The security pack: nothing is public, unencrypted, unlogged or all-powerful by accident."""
