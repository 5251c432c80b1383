"""Settings of the audit trail and its alarms."""

from typing import Annotated

from pydantic import Field

from stacks.sections.fields import Email, Flag, LogDays, Positive, Section


class Audit(Section):
    """The account's trail and its alarms."""

    trail_log_days: LogDays
    """Number of days that the trail can be searched in CloudWatch Logs."""
    archive_years: Positive
    """Retention of the trail's files in S3, in years. Protected environments lock the files for this time."""
    insights: Flag
    """Enable CloudTrail Insights, which detects unusual API call rates and is billed per event."""
    alarms: Flag
    """Enable alarms on the events in section 4 of the CIS benchmark."""
    notify: Annotated[tuple[Email, ...], Field(min_length=1, max_length=10)]
