{{- define "cbe.labels" -}}
app.kubernetes.io/name: calico-bgp-exporter
app.kubernetes.io/part-of: calico-bgp-exporter
{{- end }}

{{- define "cbe.helmLabels" -}}
{{ include "cbe.labels" . }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- end }}

{{/* Names are fixed: alert rules name the job, and two auditors of one cluster would ask every switch twice. */}}
{{- define "cbe.name" -}}calico-bgp-exporter{{- end }}

{{- define "cbe.image" -}}
{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}
{{- end }}

{{- define "cbe.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: { drop: [ALL] }
{{- end }}

{{/* The configuration; shards are told where the others are, unless it says so itself. */}}
{{- define "cbe.config" -}}
{{- $peers := printf "http://%s-{i}.%s-shards:10179" (include "cbe.name" .) (include "cbe.name" .) -}}
{{- $shards := ternary (dict "shards" (dict "peers" $peers)) (dict) (gt (int .Values.auditor.shards) 1) -}}
{{- toYaml (merge (deepCopy .Values.config) (ternary (dict) $shards (hasKey .Values.config "shards"))) -}}
{{- end }}
