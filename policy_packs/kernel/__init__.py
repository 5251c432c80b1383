"""Policy kernel: everything a policy pack needs besides its rules.

It imports no pack.

- `registry`: declare rules (`rule`, `stack_rule`), discover them (`discover`), bundle them (`Pack`).
- `resource`: typed, read-only access to the properties of a resource.
- `context`: environment, settings and stack configuration that a rule judges with.
- `cases`: test cases beside the rules.
- `pack`: serve a pack to the Pulumi engine.
- `errors`: all exceptions of the policy packs.
"""
