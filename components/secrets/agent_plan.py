"""Pod annotations for the Vault Agent Injector.

When a pod is created, the injector's webhook adds agent containers, which provide the service's secrets. Pod Security
and the admission policies check these containers like any other container, so the annotations set everything that the
checks require. Source of the annotations and their effects: Vault documentation, "Vault Agent Injector annotations".
"""

from dataclasses import dataclass

from components.delivery.manifest import Manifest
from components.secrets.plan import AUDIENCE, DatabaseRole, credentials

CONTAINERS = ("vault-agent", "vault-agent-init")
"""Names of the injector's sidecar and init container."""
CPU, MEMORY = "100m", "128Mi"
"""Resources of each agent; requests equal limits, as for services.

The memory is the injector's default limit.
"""
TOKEN_VOLUME = "vault-token"  # noqa: S105  # the volume's name
TOKEN_SECONDS = 600
"""Lifetime of the agent's service account token: Kubernetes' minimum.

The kubelet renews the token before it expires.
"""
SECRETS = "/vault/secrets"
DATABASE_FILE = "database"
CREDENTIALS_FILE = f"{SECRETS}/{DATABASE_FILE}"
"""JSON file with the user name and password for the database.

Both change during the life of a pod, so services must read the file for each new connection.
"""


@dataclass(frozen=True)
class AgentPlan:
    """Auth role and database role of one service's agent."""

    role: str
    """Vault auth role, named after the service."""
    auth_path: str
    """Mount path of the auth method of the pod's cluster."""
    image: str
    database: DatabaseRole


def annotations(plan: AgentPlan, user: int) -> dict[str, str]:
    """Return the annotations of the pod.

    The agent runs with the service's user id, so that only this user can read the file with the credentials. The
    annotation `agent-run-as-same-user` does not work here: it reads the user id of the first container, but the
    Rollout sets the user id of the whole pod.
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
    """Return the volume with the agent's token.

    Only Vault accepts the token, and only the agent mounts it.
    """
    token = {"path": "token", "audience": AUDIENCE, "expirationSeconds": TOKEN_SECONDS}
    return {"name": TOKEN_VOLUME, "projected": {"sources": [{"serviceAccountToken": token}]}}


def _template(path: str) -> str:
    """Return the agent's template for the credentials file.

    The values need no escaping in JSON, because Vault generates only letters, digits, hyphens and underscores.
    """
    body = '{"username":"{{ .Data.username }}","password":"{{ .Data.password }}"}'
    return f'{{{{- with secret "{path}" -}}}}{body}{{{{- end -}}}}'
