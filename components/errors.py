"""Exceptions of the platform. Every message says what is wrong and what to do.

    CampusError                 root of all errors of the platform
    ├── PlanError               components: the input of a plan is invalid
    ├── SettingsError           stacks: a settings file has mistakes
    └── OperationsError         operations: root of the errors of `ops`
        ├── BootstrapError      the account cannot be read or changed
        ├── CostError           a cost cannot be estimated or updated
        ├── DeploymentError     Pulumi failed
        ├── PolicyRequestError  a request to `ops policy` cannot be fulfilled
        ├── RecordingError      a program cannot be recorded
        ├── ReleaseError        a release cannot be checked
        └── UnprovenRunError    a run was not judged by the policy packs

The rehearsal (`rehearsal.errors`) and the policy packs (`policy_packs.kernel.errors`) have their own root classes,
because they also work without the platform.
"""


class CampusError(Exception):
    """Root of all errors of the platform."""
