"""Rehearse a Pulumi Python program on one machine.

The Pulumi engine and the servers are real; moto emulates AWS.

Public API:

- `rehearsal.cli`: the `rehearse` command.
- `rehearsal.commands`: `RehearsalTarget`, and `up`, `shell_commands`, `status`, `down`.
- `rehearsal.lifecycle.Rehearsal`: start a rehearsal, run the engine in it, end it.
- `rehearsal.engine.Engine`: run `pulumi` and follow its events.
- `rehearsal.console.ConsoleReporter`, `rehearsal.hints.CommandHints`: output and suggested command lines.
- `rehearsal.toolchain.Toolchain`: find or build the command-line tools.
- `rehearsal.tuning`: the registry of the speed-ups, with a switch for each.
- `rehearsal.errors.RehearsalError`: base class of all errors.

Everything else may change without notice. Importing this package imports none of its modules.
"""
