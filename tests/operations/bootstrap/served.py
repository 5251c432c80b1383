"""Run `ops bootstrap` against an emulated account over HTTP and print its output.

moto takes its account number from the environment when it is imported, so it needs a separate process. Arguments are
those of `ops`, one run each.
"""

import os
import subprocess
import sys

from rehearsal.cloud.emulator import Emulator

ACCOUNT = "444455556666"
"""Prod's, in Pulumi.prod.yaml."""


def main(runs: list[str]) -> None:
    with Emulator(ACCOUNT) as emulator:
        from rehearsal.cloud import moto_patches  # noqa: PLC0415  # moto may not be imported before the emulator is made

        with moto_patches.apply():
            environment = {
                **os.environ,
                "AWS_ENDPOINT_URL": emulator.endpoint,
                "AWS_ACCESS_KEY_ID": "test",
                "AWS_SECRET_ACCESS_KEY": "test",
                "AWS_DEFAULT_REGION": "us-east-1",
            }
            for run in runs:
                print(f"$ ops {run}", flush=True)  # noqa: T201  # printing is what it is for
                command = [sys.executable, "-m", "operations", *run.split()]
                ended = subprocess.run(command, env=environment, check=False)
                print(f"exit code {ended.returncode}", flush=True)  # noqa: T201  # the same


if __name__ == "__main__":
    main(sys.argv[1:])
