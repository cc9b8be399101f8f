{{/* What everything is named after. Short enough that the longest name made from it is still a DNS label. */}}
{{- define "portcullis.fullname" -}}
{{- $name := default .Chart.Name .Values.nameOverride -}}
{{- $release := ternary .Release.Name (printf "%s-%s" .Release.Name $name) (contains $name .Release.Name) -}}
{{- default $release .Values.fullnameOverride | trunc 24 | trimSuffix "-" -}}
{{- end -}}

{{- define "portcullis.operator" -}}
{{ include "portcullis.fullname" . }}-operator
{{- end -}}

{{/* The first gateway most people have is just "gateway". Takes root and gateway. */}}
{{- define "portcullis.gateway" -}}
{{ include "portcullis.fullname" .root }}-gateway{{ if ne .gateway.name "default" }}-{{ .gateway.name }}{{ end }}
{{- end -}}

{{/* Takes root, gateway and number. */}}
{{- define "portcullis.shard" -}}
{{ include "portcullis.gateway" . }}-trust-{{ .number }}
{{- end -}}

{{- define "portcullis.authoritySecret" -}}
{{ include "portcullis.operator" . }}-authority
{{- end -}}

{{- define "portcullis.sessionSecret" -}}
{{ include "portcullis.operator" . }}-sessions
{{- end -}}

{{- define "portcullis.authorityConfigMap" -}}
{{ include "portcullis.operator" . }}-ca
{{- end -}}

{{- define "portcullis.secretReader" -}}
{{ include "portcullis.fullname" . }}-secret-reader
{{- end -}}

{{/* What selectors name: it can never change for a Deployment that exists. Takes root and component. */}}
{{- define "portcullis.selector" -}}
app.kubernetes.io/name: {{ default .root.Chart.Name .root.Values.nameOverride | quote }}
app.kubernetes.io/instance: {{ .root.Release.Name | quote }}
app.kubernetes.io/component: {{ .component }}
{{- end -}}

{{- define "portcullis.gatewaySelector" -}}
{{ include "portcullis.selector" (dict "root" .root "component" "gateway") }}
portcullis.dev/gateway: {{ .gateway.name | quote }}
{{- end -}}

{{/* Of every object. Takes root and component. */}}
{{- define "portcullis.labels" -}}
{{ include "portcullis.selector" . }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/part-of: portcullis
app.kubernetes.io/managed-by: {{ .root.Release.Service | quote }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version | replace "+" "_" | quote }}
{{- with .root.Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{- define "portcullis.gatewayLabels" -}}
{{ include "portcullis.labels" (dict "root" .root "component" "gateway") }}
portcullis.dev/gateway: {{ .gateway.name | quote }}
{{- end -}}

{{/* Of pods: what selectors name and what the user adds. Takes root, selector and settings. */}}
{{- define "portcullis.podLabels" -}}
{{ .selector }}
{{- with merge (deepCopy .settings.podLabels) .root.Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end -}}
