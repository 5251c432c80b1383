"""Proof of the permissions of the program's roles."""
