"""What Vault holds and who may read it."""
