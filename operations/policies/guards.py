"""Options of `pulumi` that would leave out, replace or weaken the policy packs.

The engine reads every option from an environment variable as well: `--skip-preview` is `PULUMI_OPTION_SKIP_PREVIEW`. An
option that is not listed here is refused, so that a new option cannot bypass the packs.
"""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from operations.policies.errors import UnprovenRunError

PREFIX = "PULUMI_OPTION_"
PACKS = "PULUMI_OPTION_POLICY_PACK"
CONFIGURATION = "PULUMI_OPTION_POLICY_PACK_CONFIG"
PACK_FILE = "PulumiPolicy.yaml"
ACCEPTED = frozenset(
    {"color", "diff", "exclude", "exclude-dependents", "message", "non-interactive", "parallel", "refresh"}
)
"""Options that change neither the packs nor the configuration. The first run of an environment excludes resources."""
UNREADABLE = frozenset({"parallel"})
"""Accepted options that pulumi 3.250 cannot read from a variable, because their type is `int32` and not `int`."""
WEAKENING = frozenset(
    {"PULUMI_CONTINUE_ON_ERROR", "PULUMI_DISABLE_PROVIDER_PREVIEW", "PULUMI_EXPERIMENTAL", "PULUMI_RUN_PROGRAM"}
)
"""Other variables that change what an update does. Source: cmd/pulumi/operations/up.go of pulumi 3.250."""
SWITCHES = frozenset(
    {
        *("config-path", "continue-on-error", "debug", "disable-integrity-checking", "emoji", "expect-no-changes"),
        *("fully-qualify-stack-names", "json", "logflow", "logtostderr", "neo", "run-program", "show-config"),
        *("show-full-output", "show-policy-remediations", "show-reads", "show-replacement-steps", "show-sames"),
        *("show-secrets", "skip-config-validation", "skip-plugin-pre-install", "skip-preview", "strict"),
        *("suppress-outputs", "suppress-progress", "target-dependents", "urns", "yes"),
    }
)
"""Boolean options that are not accepted. A variable is allowed if it only switches such an option off.

Source: `pulumi up --help` of 3.250.
"""
_OFF = frozenset({"", "0", "false"})


def refuse(arguments: Sequence[str], environ: Mapping[str, str], packs: Path) -> None:
    """Accept only arguments and variables that leave the packs in force.

    Raises:
        UnprovenRunError: lists everything that is refused.
    """
    mistakes = [*missing_packs(packs), *refused_variables(environ, packs), *refused_arguments(arguments)]
    if mistakes:
        lines = "\n".join(f"  {mistake}" for mistake in mistakes)
        raise UnprovenRunError(f"The policy packs would not be in force:\n{lines}\nNothing was changed.")


def missing_packs(packs: Path) -> Iterator[str]:
    """Yield a sentence if there is no policy pack in a directory."""
    if not (packs / PACK_FILE).is_file():
        yield f"{packs} is not a policy pack, because it has no {PACK_FILE}."


def refused_variables(environ: Mapping[str, str], packs: Path) -> Iterator[str]:
    """Yield a sentence for each variable of an option that is not accepted.

    Variables that switch an option off are ignored.
    """
    for name, value in sorted(environ.items()):
        if not name.startswith(PREFIX):
            continue
        option = name.removeprefix(PREFIX).lower().replace("_", "-")
        if _is_default(option, value):
            continue
        if name == PACKS:
            if not _is_same(value, packs):
                yield f"{name} is {value}. Unset it or set it to {packs}."
        elif option not in ACCEPTED or option in UNREADABLE:
            yield f"{name} is set to {value}, which has the effect of `--{option}`. Unset it."
    for name in sorted(WEAKENING & environ.keys()):
        if environ[name].strip().lower() not in _OFF:
            yield f"{name} is set to {environ[name]}, which changes the update. Unset it."


def refused_arguments(arguments: Sequence[str]) -> Iterator[str]:
    """Yield a sentence for each argument that is not accepted.

    Only the long options in `ACCEPTED` are accepted, with their values after `=`.
    """
    for argument in arguments:
        option = argument.partition("=")[0]
        if not option.startswith("--") or option.removeprefix("--") not in ACCEPTED:
            accepted = ", ".join(f"--{each}" for each in sorted(ACCEPTED))
            yield f"{argument} is not accepted. Use --option or --option=value with one of {accepted}."


def _is_default(option: str, value: str) -> bool:
    """Return True if a variable leaves an option at its default.

    `0` and `false` switch a Boolean option off, but are ordinary values of other options. An empty variable counts as
    unset.
    """
    return value.lower() in _OFF if option in SWITCHES else not value


def _is_same(value: str, packs: Path) -> bool:
    return Path(value).resolve() == packs.resolve()
