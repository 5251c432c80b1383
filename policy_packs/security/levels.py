"""Enforcement levels that several rules share."""

from dataclasses import replace

from policy_packs.kernel.registry import Level, Levels

PRODUCTION_LIKE = Levels(dev=Level.DISABLED, staging=Level.DISABLED)
"""Mandatory in preprod and prod only.

Development and staging are routinely destroyed and created again. Their data can be reproduced, so they have no second
zone or region. Experiments there would also break such a rule so often that people would ignore it.
"""

DELETION_PROTECTION = replace(PRODUCTION_LIKE, lifted_by="rehearsal:dispose")
"""Like `PRODUCTION_LIKE`, except that a policy configuration may make the rule advisory in a destroyable rehearsal.

The program accepts the configuration key only if it can't reach the real AWS.
"""
