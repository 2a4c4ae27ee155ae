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

{{/* Where a probe asks; a web configuration guards every path, health included, and kubelet has neither password nor certificate. */}}
{{- define "cbe.probe" -}}
{{- if .root.Values.webConfigSecret -}}
tcpSocket: { port: http }
{{- else -}}
httpGet: { path: {{ .path }}, port: http }
{{- end -}}
{{- end }}

{{/* How all nodes are read: the first way that is enabled. */}}
{{- define "cbe.nodeDiscovery" -}}
{{- if .Values.nodes.agent.enabled -}}
agent:
  namespace: {{ .Release.Namespace }}
  service: {{ include "cbe.name" . }}-agent
  serverName: {{ include "cbe.name" . }}-agent
  caFile: /etc/calico-bgp-exporter/agent/ca.crt
  token: { file: /etc/calico-bgp-exporter/agent/token }
{{- else if .Values.nodes.exec.enabled -}}
exec: { namespaces: [{{ .Values.nodes.exec.namespace }}] }
{{- else if .Values.nodes.nodeStatus.enabled -}}
status: { manage: {{ .Values.nodes.nodeStatus.manage }} }
{{- end -}}
{{- end }}

{{/* The configuration; how nodes are read and where the other shards are is filled in, unless it says so itself. */}}
{{- define "cbe.config" -}}
{{- $config := deepCopy .Values.config -}}
{{- $nodes := include "cbe.nodeDiscovery" . | fromYaml -}}
{{- if and $nodes (not (hasKey $config "nodeDiscovery")) -}}
{{- $_ := set $config "nodeDiscovery" $nodes -}}
{{- end -}}
{{- if and (gt (int .Values.auditor.shards) 1) (not (hasKey $config "shards")) -}}
{{- $peers := printf "http://%s-{i}.%s-shards:10179" (include "cbe.name" .) (include "cbe.name" .) -}}
{{- $_ := set $config "shards" (dict "peers" $peers) -}}
{{- end -}}
{{- toYaml $config -}}
{{- end }}
