"""Day-2 work on the platform: the `ops` command.

Live writes happen only here, never in a program.
"""
