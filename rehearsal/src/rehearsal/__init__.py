"""Rehearse a Pulumi Python program on one machine, with real engine and servers.

AWS is emulated by moto.

Public API:

- `rehearsal.cli`: the `rehearse` command.
- `rehearsal.commands`: `RehearsalTarget`, and `up`, `shell_commands`, `status`, `down`.
- `rehearsal.lifecycle.Rehearsal`: start a rehearsal, run the engine in it, end it.
- `rehearsal.engine.Engine`: run `pulumi` and follow its events.
- `rehearsal.toolchain.Toolchain`: find or build the command-line tools.
- `rehearsal.tuning`: registry of the speed-ups, and how to switch them off.
- `rehearsal.errors.RehearsalError`: root of all errors.

Everything else may change without notice. Importing this package imports none of its modules.
"""
