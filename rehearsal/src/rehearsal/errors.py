"""Exceptions of the rehearsal.

Every message tells its reader what is wrong and what to do.

    RehearsalError                          also raised directly: a rehearsal can't start or continue
    ├── ControlError                        the daemon does not answer or rejects a call
    ├── EngineError                         pulumi ended with an error
    │   └── OperationError                  preview, up, refresh or destroy failed or was blocked
    ├── ProcessError                        a server can't be started or is already running
    │   └── PortTakenError                  its port belongs to another program
    ├── EmulatorError                       moto can't be started
    ├── QuotaError                          REHEARSE_QUOTAS can't be used
    ├── ClusterError                        an emulated EKS cluster can't be created, reached or changed
    ├── DatabaseError                       an emulated RDS database can't be created, reached or changed
    ├── VaultError                          Vault can't be initialised, unsealed or reached
    ├── ProviderError                       an emulated provider rejects an operation or fails to perform it
    │   └── PartialFailureError             the resource exists, but not as requested
    │       ├── PartiallyCreatedError       its creation did not finish
    │       └── PartiallyUpdatedError       its update did not finish
    ├── ToolchainError                      command-line tools are missing and can't be built
    ├── BuildCancelledError                 a build of tools was cancelled
    └── (internal)                          NoGoError, CompileError, ImportFailedError, …: handled inside the package

`language_host/fork_client.py` runs without this package on its path, so its ConnectionLostError is not in this tree.
"""


class RehearsalError(Exception):
    """Base class of all errors of this package.

    The message says what is wrong and what to do.
    """
