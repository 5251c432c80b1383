"""Root of this program's exceptions.

Exceptions::

    CampusError
    ├── PlanError (components.network.plan)    a network does not fit its address range
    └── SettingsError (stacks.errors)          a settings file has mistakes
"""


class CampusError(Exception):
    """The program cannot go on; the message says what is wrong and what to do."""
