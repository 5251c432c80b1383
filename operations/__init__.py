"""Day-2 work on the platform: the `ops` command.

Live writes happen only in this package, never in a Pulumi program.
"""
