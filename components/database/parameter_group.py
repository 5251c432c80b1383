"""DB parameter group of a PostgreSQL instance."""

from pulumi_aws import rds

from components.base import PlatformComponent
from components.database.args import PostgresArgs
from components.database.plan import PARAMETERS


def parameter_group(component: PlatformComponent, name: str, args: PostgresArgs) -> rds.ParameterGroup:
    """Create the parameter group of an instance.

    Its AWS name contains the major version, so that a major upgrade creates a second group next to the first.
    """
    role = f"{args.role}-postgres{args.version}"
    return rds.ParameterGroup(
        name,
        name=args.context.resource_name(role),
        description=f"{args.role} of {args.context.environment}",
        family=f"postgres{args.version}",
        parameters=[
            rds.ParameterGroupParameterArgs(
                name=parameter.name, value=parameter.value, apply_method=parameter.apply_method
            )
            for parameter in PARAMETERS
        ],
        **component.child(role),
    )
