{{/* Takes root and image. */}}
{{- define "portcullis.image" -}}
{{- $path := .image.repository -}}
{{- with .root.Values.image.registry }}{{ $path = printf "%s/%s" . $path }}{{ end -}}
{{- if .image.digest -}}
{{ $path }}@{{ .image.digest }}
{{- else -}}
{{ $path }}:{{ default .root.Chart.AppVersion .image.tag }}
{{- end -}}
{{- end -}}

{{/* The restricted Pod Security Standard. 1654 is the user of .NET images; as fsGroup it may read projected tokens. */}}
{{- define "portcullis.podSecurityContext" -}}
runAsNonRoot: true
runAsUser: 1654
runAsGroup: 1654
fsGroup: 1654
seccompProfile:
  type: RuntimeDefault
{{- end -}}

{{- define "portcullis.containerSecurityContext" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities:
  drop: [ALL]
{{- end -}}

{{/* Where pods run and how they are told apart. Takes root, settings and selector. */}}
{{- define "portcullis.scheduling" -}}
{{- with .root.Values.image.pullSecrets }}
imagePullSecrets:
{{- range . }}
- name: {{ . | quote }}
{{- end }}
{{- end }}
{{- with .settings.priorityClassName }}
priorityClassName: {{ . | quote }}
{{- end }}
{{- with .settings.nodeSelector }}
nodeSelector:
{{ toYaml . | indent 2 }}
{{- end }}
{{- with .settings.tolerations }}
tolerations:
{{ toYaml . }}
{{- end }}
{{- with .settings.affinity }}
affinity:
{{ toYaml . | indent 2 }}
{{- end }}
topologySpreadConstraints:
{{- if .settings.topologySpreadConstraints }}
{{ toYaml .settings.topologySpreadConstraints }}
{{- else }}
# By pod-template-hash: else pods of the previous version count, and a rollout leaves the new ones crowded.
{{- range $key := list "kubernetes.io/hostname" "topology.kubernetes.io/zone" }}
- maxSkew: 1
  topologyKey: {{ $key }}
  whenUnsatisfiable: ScheduleAnyway
  labelSelector:
    matchLabels:
{{ $.selector | indent 6 }}
  matchLabelKeys: [pod-template-hash]
{{- end }}
{{- end }}
{{- end -}}

{{/* Takes root, name, labels, selector and budget. */}}
{{- define "portcullis.disruptionBudget" -}}
{{- if .budget.enabled }}
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata:
  name: {{ .name }}
  namespace: {{ .root.Release.Namespace | quote }}
  labels:
{{ .labels | indent 4 }}
spec:
  maxUnavailable: {{ .budget.maxUnavailable }}
  selector:
    matchLabels:
{{ .selector | indent 6 }}
  # A pod that is not ready serves nobody; it must not hold up a node's drain.
  unhealthyPodEvictionPolicy: AlwaysAllow
{{- end }}
{{- end -}}
