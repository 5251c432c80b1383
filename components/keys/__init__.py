"""KMS keys, one per purpose and region."""
