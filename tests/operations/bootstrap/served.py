"""Run `ops bootstrap` against an emulated account over HTTP and print its output.

moto reads its account number from the environment when it is imported, so it needs a separate process. Each argument
is the command line of one `ops` run.
"""

import os
import subprocess
import sys

from rehearsal.cloud.emulator import Emulator

ACCOUNT = "444455556666"
"""Prod's account in Pulumi.prod.yaml."""


def main(runs: list[str]) -> None:
    with Emulator(ACCOUNT) as emulator:
        from rehearsal.cloud import moto_patches  # noqa: PLC0415  # moto must not be imported before the emulator exists

        with moto_patches.apply():
            environment = {
                **os.environ,
                "AWS_ENDPOINT_URL": emulator.endpoint,
                "AWS_ACCESS_KEY_ID": "test",
                "AWS_SECRET_ACCESS_KEY": "test",
                "AWS_DEFAULT_REGION": "us-east-1",
            }
            for run in runs:
                print(f"$ ops {run}", flush=True)  # noqa: T201  # the tests read this output
                command = [sys.executable, "-m", "operations", *run.split()]
                ended = subprocess.run(command, env=environment, check=False)
                print(f"exit code {ended.returncode}", flush=True)  # noqa: T201  # the same


if __name__ == "__main__":
    main(sys.argv[1:])
