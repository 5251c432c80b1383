"""What is recorded about an account, and who is told."""

from typing import Annotated

from pydantic import Field

from stacks.sections.fields import Email, Flag, LogDays, Positive, Section


class Audit(Section):
    """The account's trail and its alarms."""

    trail_log_days: LogDays
    """Days that the trail stays in CloudWatch Logs, where it is searched."""
    archive_years: Positive
    """Years that its files stay in S3; where data is not disposable, nobody can delete them earlier."""
    insights: Flag
    """Whether CloudTrail looks for unusual rates of calls; it is paid by the event."""
    alarms: Flag
    """Whether people are told of the events in section 4 of the CIS benchmark."""
    notify: Annotated[tuple[Email, ...], Field(min_length=1, max_length=10)]
