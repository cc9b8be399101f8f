{{/* What the operator is told: the file that `operator cluster --options` reads. */}}
{{- define "portcullis.options" -}}
namespace: {{ .Release.Namespace | quote }}
service: {{ include "portcullis.operator" . }}
lease: {{ include "portcullis.operator" . }}
authority:
  secret: {{ include "portcullis.authoritySecret" . }}
  configMap: {{ include "portcullis.authorityConfigMap" . }}
sessionSecret: {{ include "portcullis.sessionSecret" . }}
listen: "[::]:9443"
health: "[::]:8082"
audience: {{ .Values.tokenAudience | quote }}
secretReader: {{ include "portcullis.secretReader" . }}
watchNamespaces: {{ toJson .Values.watchNamespaces }}
touchPods: {{ .Values.touchPods }}
gateways:
{{- range $gateway := (include "portcullis.gateways" . | fromYaml).gateways }}
{{- $name := include "portcullis.gateway" (dict "root" $ "gateway" $gateway) }}
- name: {{ $gateway.name | quote }}
  namespace: {{ $.Release.Namespace | quote }}
  serviceAccount: {{ $name }}
  service: {{ $name }}
  shards:
{{- range $number := until (int $gateway.trustShards) }}
  - {{ include "portcullis.shard" (dict "root" $ "gateway" $gateway "number" $number) }}
{{- end }}
{{- with $gateway.defaultCertificate }}
{{- if .name }}
  defaultCertificate:
    namespace: {{ default $.Release.Namespace .namespace | quote }}
    name: {{ .name | quote }}
{{- end }}
{{- end }}
  routeNamespaces: {{ toJson $gateway.routeNamespaces }}
{{- end }}
domains: {{ toJson .Values.domains }}
forbiddenEndpoints: {{ toJson .Values.forbiddenEndpoints }}
{{- end -}}
