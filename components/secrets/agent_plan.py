"""The Vault Agent beside a service, in the annotations that the injector reads: it mounts the service's secrets.

The injector's webhook adds the containers when a pod is made, after which the cluster judges them like any other: so
all that Pod Security and the admission rules ask for is asked of the injector here. Source of annotations and of what
the injector makes of them: Vault documentation, "Vault Agent Injector annotations".
"""

from dataclasses import dataclass

from components.delivery.manifest import Manifest
from components.secrets.plan import AUDIENCE, DatabaseRole, credentials

CONTAINERS = ("vault-agent", "vault-agent-init")
"""Names that the injector gives its containers: one stays beside the service, one runs before it."""
CPU, MEMORY = "100m", "128Mi"
"""Of each agent; requests equal limits, as those of services do. The memory is the injector's own default limit."""
TOKEN_VOLUME = "vault-token"  # noqa: S105  # the volume's name
TOKEN_SECONDS = 600
"""The least that Kubernetes allows; the kubelet brings a new one in time."""
SECRETS = "/vault/secrets"
DATABASE_FILE = "database"
CREDENTIALS_FILE = f"{SECRETS}/{DATABASE_FILE}"
"""Where a service finds user name and password, in JSON. They change: it reads the file for each new connection."""


@dataclass(frozen=True)
class AgentPlan:
    """What one service's agent asks Vault for."""

    role: str
    """Of the sign-in; services have one of their name."""
    auth_path: str
    """Where the sign-in of the pod's own cluster is mounted."""
    image: str
    database: DatabaseRole


def annotations(plan: AgentPlan, user: int) -> dict[str, str]:
    """Annotations of the pod.

    The agent has the service's own user id, so that nobody else can read the file. `agent-run-as-same-user` would not
    do: it looks at the first container, and here the id is the whole pod's.
    """
    path = credentials(plan.database)
    settings = {
        "agent-inject": "true",
        "agent-image": plan.image,
        "role": plan.role,
        "auth-path": f"auth/{plan.auth_path}",
        "agent-service-account-token-volume-name": TOKEN_VOLUME,
        "agent-pre-populate": "true",
        f"agent-inject-secret-{DATABASE_FILE}": path,
        f"agent-inject-template-{DATABASE_FILE}": _template(path),
        f"agent-inject-perms-{DATABASE_FILE}": "0400",
        "agent-set-security-context": "true",
        "agent-run-as-user": str(user),
        "agent-run-as-group": str(user),
        "agent-requests-cpu": CPU,
        "agent-limits-cpu": CPU,
        "agent-requests-mem": MEMORY,
        "agent-limits-mem": MEMORY,
    }
    return {f"vault.hashicorp.com/{key}": value for key, value in settings.items()}


def token_volume() -> Manifest:
    """The token with which the agent signs in: only Vault accepts it, and only the agent mounts it."""
    token = {"path": "token", "audience": AUDIENCE, "expirationSeconds": TOKEN_SECONDS}
    return {"name": TOKEN_VOLUME, "projected": {"sources": [{"serviceAccountToken": token}]}}


def _template(path: str) -> str:
    """Vault makes both of letters, digits, hyphens and underscores; neither needs escaping."""
    body = '{"username":"{{ .Data.username }}","password":"{{ .Data.password }}"}'
    return f'{{{{- with secret "{path}" -}}}}{body}{{{{- end -}}}}'
