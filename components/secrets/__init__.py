"""Vault: audit device, policies, auth methods and database secrets."""
