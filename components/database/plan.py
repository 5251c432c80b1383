"""Fixed figures of every PostgreSQL instance: parameters, windows, names."""

from dataclasses import dataclass

DATABASE = "records"
MASTER_USERNAME = "campus_admin"
PORT = 5432
LOG_EXPORTS = ("postgresql", "upgrade")
BACKUP_WINDOW = "07:00-08:00"
"""UTC; from 9 PM in Hawaii to 4 AM on the East Coast, so outside school hours all over the country."""
MAINTENANCE_WINDOW = "sun:08:30-sun:09:30"
"""UTC, after the backup, within the document's 6 PM to 6 AM."""
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
"""TLS or nothing; sign-ins, schema changes, grants and statements over a second are logged, rows and others never.

Not by `log_statement=ddl`: that writes the password of every user whom Vault makes into the log, in which pgaudit puts
`<REDACTED>`. Rows are not audited (`read`, `write`), for the log would hold what students wrote.
"""
