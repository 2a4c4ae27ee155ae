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
