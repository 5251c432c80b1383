{{- /* Sync policy of an Application. Large CRDs do not fit into the annotation of a client-side apply. */}}
{{- define "apps.syncPolicy" -}}
syncPolicy:
  automated:
    prune: {{ .prune }}
    selfHeal: {{ .selfHeal }}
  syncOptions:
    - ServerSideApply=true
    - RespectIgnoreDifferences=true
  retry:
    limit: {{ .retries }}
    backoff:
      duration: 10s
      factor: 2
      maxDuration: 5m
{{- end }}
