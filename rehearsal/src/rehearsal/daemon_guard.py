"""Check of the `pulumi` shim that the rehearsal of its shell is running.

Without it, the engine would report only that it can't connect to S3.
"""

import shlex
from collections.abc import Sequence

from rehearsal.cloud.names import backend_url, state_bucket
from rehearsal.hints import CommandHints


def daemon_guard(stack: str, pid: int, aws_port: int, hints: CommandHints) -> Sequence[str]:
    """Return shell lines that end the shim if the daemon died or was replaced.

    A shell that was opened before a restart has the address of the earlier daemon. Another backend, which a user set
    on purpose, is not checked.
    """
    enter = f'eval "$({hints.env(stack)})"'
    dead = f"The rehearsal of {stack} is not running. Run `{hints.up(stack)}`, then: {enter}"
    earlier = f"This shell belongs to an earlier rehearsal of {stack}. Run: {enter}"
    return [
        f'case "$PULUMI_BACKEND_URL" in {shlex.quote(f"s3://{state_bucket(stack)}?endpoint=")}*)',
        f"  kill -0 {pid} 2>/dev/null || {{ echo {shlex.quote(dead)} >&2; exit 1; }}",
        f'  [ "$PULUMI_BACKEND_URL" = {shlex.quote(backend_url(stack, aws_port))} ] ||',
        f"    {{ echo {shlex.quote(earlier)} >&2; exit 1; }};;",
        "esac",
    ]
