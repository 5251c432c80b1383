"""One operation on one resource: what is wanted, what was, and the way to AWS."""

from dataclasses import dataclass, field
from typing import Any

from rehearsal.providers.aws.calls import Answer, Args, Connection
from rehearsal.providers.values import Properties

PARTITION = "aws"


@dataclass
class Work:
    """What a declaration's functions see while a resource is made, read, changed or removed."""

    connection: Connection
    service: str
    region: str
    id: str = ""
    new: Properties = field(default_factory=dict)
    """Wanted inputs; for a read or a delete those of the last update."""
    old: Properties = field(default_factory=dict)
    """Inputs of the last update; empty while creating."""
    state: Properties = field(default_factory=dict)
    """Outputs known so far, without those of inputs that are no longer wanted."""

    @property
    def account(self) -> str:
        """The account number in which the resource lives."""
        return self.connection.account

    @property
    def creating(self) -> bool:
        """Whether the resource is being made, so that there are no old inputs."""
        return not self.old

    def get(self, name: str, default: Any = None) -> Any:
        """An input, else an output, by Pulumi name."""
        for values in (self.new, self.state):
            if values.get(name) is not None:
                return values[name]
        return default

    def values(self) -> Properties:
        """Inputs and outputs in one, and what stands in templates beside them."""
        basic = {"id": self.id, "region": self.region, "partition": PARTITION}
        return {**self.state, **{k: v for k, v in self.new.items() if v is not None}, **basic}

    def fill(self, template: str, answer: Answer | None = None) -> str:
        """A template such as `arn:aws:ec2:{region}:{account}:vpc/{id}` with its values, and those of AWS's answer."""
        values = {**(answer or {}), **self.values()}
        if "{account}" in template:
            values["account"] = self.account
        return template.format_map(values)

    def call(self, operation: str, args: Args, *, service: str = "", region: str = "", pages: bool = False) -> Answer:
        """Call AWS, by default the resource's own service in its region. Raises AwsError."""
        return self.connection.call(service or self.service, region or self.region, operation, args, pages=pages)
