"""Parameters, windows and names of every PostgreSQL instance."""

from dataclasses import dataclass

DATABASE = "records"
MASTER_USERNAME = "campus_admin"
PORT = 5432
LOG_EXPORTS = ("postgresql", "upgrade")
BACKUP_WINDOW = "07:00-08:00"
"""Daily window in UTC, outside school hours: from 9 PM in Hawaii to 4 AM on the East Coast."""
MAINTENANCE_WINDOW = "sun:08:30-sun:09:30"
"""Weekly window in UTC, after the backup and within the required period from 6 PM to 6 AM."""
MONITORING_SECONDS = 60
CA_CERTIFICATE = "rds-ca-rsa2048-g1"


@dataclass(frozen=True)
class Parameter:
    """One server parameter."""

    name: str
    value: str
    apply_method: str = "immediate"


PARAMETERS = (
    Parameter("rds.force_ssl", "1"),
    Parameter("log_connections", "1"),
    Parameter("log_disconnections", "1"),
    Parameter("log_lock_waits", "1"),
    Parameter("log_statement", "none"),
    Parameter("log_min_duration_statement", "1000"),
    Parameter("shared_preload_libraries", "pg_stat_statements,pgaudit", "pending-reboot"),
    Parameter("pgaudit.log", "ddl,role"),
)
"""Parameters of every PostgreSQL instance.

TLS is mandatory. The logs contain connections, schema changes, grants and statements that take longer than one second,
but no rows.

`log_statement=ddl` is not used, because it would log the password of every user that Vault creates; pgaudit writes
`<REDACTED>` instead. Reads and writes are not audited, because the log would then contain what students wrote.
"""
