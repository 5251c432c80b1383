"""Account, regions and resource names of a bootstrapped environment."""

from dataclasses import dataclass

from stacks.settings import EnvironmentSettings

GITHUB = "token.actions.githubusercontent.com"


@dataclass(frozen=True)
class AccountContext:
    """Account, regions and repository of an environment."""

    environment: str
    account: str
    region: str
    recovery_region: str
    """Empty if the environment has no DR region."""
    repository: str
    """`organisation/name`."""
    tags: tuple[tuple[str, str], ...]

    @property
    def regions(self) -> list[str]:
        """Every region of the environment, the primary one first."""
        return [self.region, *([self.recovery_region] if self.recovery_region else [])]

    @property
    def alias(self) -> str:
        """Alias of the KMS key for state and secrets; the same in both regions."""
        return f"alias/campus-{self.environment}-pulumi"

    @property
    def bucket(self) -> str:
        """Name of the state bucket in the primary region."""
        return self.named("pulumi-state")

    @property
    def bucket_copy(self) -> str:
        """Name of the state bucket in the DR region."""
        return self.named("pulumi-state-dr")

    def named(self, role: str) -> str:
        """Return the AWS name of a resource, e.g. `campus-dev-leases`."""
        return f"campus-{self.environment}-{role}"

    def alias_arn(self, region: str) -> str:
        """Return the ARN of the key alias in a region."""
        return f"arn:aws:kms:{region}:{self.account}:{self.alias}"

    def iam(self, resource: str) -> str:
        """Return the ARN of an IAM resource such as `role/campus-dev-deployer`."""
        return f"arn:aws:iam::{self.account}:{resource}"

    @property
    def boundary(self) -> str:
        """ARN of the permissions boundary."""
        return self.iam(f"policy/{self.named('boundary')}")


def account_context(settings: EnvironmentSettings, tags: dict[str, str]) -> AccountContext:
    """Return the account context of an environment's settings."""
    return AccountContext(
        environment=settings.environment,
        account=settings.account,
        region=settings.region,
        recovery_region=settings.recovery.region if settings.recovery.enabled else "",
        repository=f"{settings.repository.organisation}/{settings.repository.name}",
        tags=tuple(tags.items()),
    )
