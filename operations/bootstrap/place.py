"""Where an environment is bootstrapped, and what things are called there."""

from dataclasses import dataclass

from stacks.settings import EnvironmentSettings

GITHUB = "token.actions.githubusercontent.com"


@dataclass(frozen=True)
class Place:
    """An environment's account and regions, and the repository whose pipelines work in it."""

    environment: str
    account: str
    region: str
    recovery_region: str
    """Empty where the environment has no DR region."""
    repository: str
    """`organisation/name`."""
    tags: tuple[tuple[str, str], ...]

    @property
    def regions(self) -> list[str]:
        """Every region of the environment, the primary one first."""
        return [self.region, *([self.recovery_region] if self.recovery_region else [])]

    @property
    def alias(self) -> str:
        """Alias of the key that encrypts state and secrets, the same in both regions."""
        return f"alias/campus-{self.environment}-pulumi"

    @property
    def bucket(self) -> str:
        """State bucket of the primary region."""
        return self.named("pulumi-state")

    @property
    def bucket_copy(self) -> str:
        """State bucket of the DR region."""
        return self.named("pulumi-state-dr")

    def named(self, role: str) -> str:
        """AWS name of the thing with this role."""
        return f"campus-{self.environment}-{role}"

    def alias_arn(self, region: str) -> str:
        """ARN of the key's alias in a region."""
        return f"arn:aws:kms:{region}:{self.account}:{self.alias}"

    def iam(self, resource: str) -> str:
        """ARN of something of the account's IAM, e.g. `role/campus-dev-deployer`."""
        return f"arn:aws:iam::{self.account}:{resource}"

    @property
    def boundary(self) -> str:
        """ARN of the permissions boundary."""
        return self.iam(f"policy/{self.named('boundary')}")


def place_of(settings: EnvironmentSettings, tags: dict[str, str]) -> Place:
    """Where an environment's settings say that it is."""
    return Place(
        environment=settings.environment,
        account=settings.account,
        region=settings.region,
        recovery_region=settings.recovery.region if settings.recovery.enabled else "",
        repository=f"{settings.repository.organisation}/{settings.repository.name}",
        tags=tuple(tags.items()),
    )
