"""AWS Backup: daily full backups in locked vaults."""
