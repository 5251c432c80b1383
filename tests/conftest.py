"""Handling of Ctrl-C in the whole test suite."""

import signal

# A shell starts background jobs with SIGINT ignored, and their child processes inherit this. Ctrl-C must end the tests.
signal.signal(signal.SIGINT, signal.default_int_handler)
