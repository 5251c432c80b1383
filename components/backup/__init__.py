"""AWS Backup: full backups every day, in vaults that nobody can empty."""
