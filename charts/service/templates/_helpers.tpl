{{- /* Who an object belongs to, as components/delivery/labels.py has it. */}}
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

{{- /* One check of a container: (health path, how often, how many failures). */}}
{{- define "service.probe" -}}
httpGet:
  path: {{ index . 0 }}
  port: http
timeoutSeconds: 2
periodSeconds: {{ index . 1 }}
failureThreshold: {{ index . 2 }}
{{- end }}
