"""Real PostgreSQL: one server per RDS instance, one standby per replica."""

from rehearsal.dataplanes.postgres.databases import PORT, Databases
from rehearsal.dataplanes.postgres.endpoint import DatabaseEndpoint, DatabaseError

__all__ = ["PORT", "DatabaseEndpoint", "DatabaseError", "Databases"]
