{{- /* Labels of the owner, same as components/delivery/labels.py. */}}
{{- define "service.labels" -}}
app.kubernetes.io/name: {{ .Values.name }}
app.kubernetes.io/managed-by: argocd
{{- range $key, $value := .Values.tags }}
campus-safety.example/{{ $key }}: {{ $value | quote }}
{{- end }}
{{- end }}

{{- define "service.metadata" -}}
name: {{ .Values.name }}
namespace: {{ .Release.Namespace }}
labels:
  {{- include "service.labels" . | nindent 2 }}
{{- end }}

{{- define "service.selector" -}}
app.kubernetes.io/name: {{ .Values.name }}
{{- end }}

{{- /* Probe of a container; arguments: (path, period in seconds, failure threshold). */}}
{{- define "service.probe" -}}
httpGet:
  path: {{ index . 0 }}
  port: http
timeoutSeconds: 2
periodSeconds: {{ index . 1 }}
failureThreshold: {{ index . 2 }}
{{- end }}

{{- /* A user id that no image and no node uses. */}}
{{- define "service.user" -}}
10001
{{- end }}

{{- /* Annotations of the Vault Agent, same as components/secrets/agent_plan.py. */}}
{{- define "service.agent" -}}
{{- $path := printf "database/creds/records-%s" .Values.database -}}
vault.hashicorp.com/agent-inject: "true"
vault.hashicorp.com/agent-image: {{ .Values.vault.agentImage }}
vault.hashicorp.com/role: {{ .Values.name }}
vault.hashicorp.com/auth-path: auth/{{ .Values.vault.authPath }}
vault.hashicorp.com/agent-service-account-token-volume-name: vault-token
vault.hashicorp.com/agent-pre-populate: "true"
vault.hashicorp.com/agent-inject-secret-database: {{ $path }}
vault.hashicorp.com/agent-inject-template-database: >-
  {{ printf "{{- with secret %q -}}" $path }}{"username":"{{ "{{ .Data.username }}" }}","password":"{{ "{{ .Data.password }}" }}"}{{ "{{- end -}}" }}
vault.hashicorp.com/agent-inject-perms-database: "0400"
vault.hashicorp.com/agent-set-security-context: "true"
vault.hashicorp.com/agent-run-as-user: {{ include "service.user" . | quote }}
vault.hashicorp.com/agent-run-as-group: {{ include "service.user" . | quote }}
vault.hashicorp.com/agent-requests-cpu: 100m
vault.hashicorp.com/agent-limits-cpu: 100m
vault.hashicorp.com/agent-requests-mem: 128Mi
vault.hashicorp.com/agent-limits-mem: 128Mi
{{- end }}
