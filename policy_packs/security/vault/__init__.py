"""Rules on Vault resources, one module per topic."""
