{{/* What routes and bundles are made of, read where the operator watches; and what is said back. Secrets are not among it. */}}
{{- define "portcullis.watchingRules" -}}
- apiGroups: [portcullis.dev]
  resources: [backendroutes, trustbundles]
  verbs: [list, watch]
- apiGroups: [portcullis.dev]
  resources: [backendroutes/status, trustbundles/status]
  verbs: [patch]
- apiGroups: [""]
  resources: [services]
  verbs: [list, watch]
- apiGroups: [discovery.k8s.io]
  resources: [endpointslices]
  verbs: [list, watch]
- apiGroups: [gateway.networking.k8s.io]
  resources: [referencegrants]
  verbs: [list, watch]
- apiGroups: [""]
  resources: [configmaps]
  verbs: [list, watch]
- apiGroups: [events.k8s.io]
  resources: [events]
  verbs: [create]
{{- end -}}

{{/* What has no namespace. */}}
{{- define "portcullis.clusterRules" -}}
# Whether the kinds are there, and whether their schemas are as new as the operator. List and watch work with a field selector on the name.
- apiGroups: [apiextensions.k8s.io]
  resources: [customresourcedefinitions]
  resourceNames:
  - backendroutes.portcullis.dev
  - trustbundles.portcullis.dev
  - referencegrants.gateway.networking.k8s.io
  verbs: [list, watch]
# Which gateway is calling.
- apiGroups: [authentication.k8s.io]
  resources: [tokenreviews]
  verbs: [create]
{{- end -}}

{{/* Takes root, name, namespace and role (a Role unless kind says ClusterRole): a RoleBinding for the operator. */}}
{{- define "portcullis.operatorRoleBinding" -}}
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata:
  name: {{ .name }}
  namespace: {{ .namespace | quote }}
  labels:
{{ include "portcullis.labels" (dict "root" .root "component" "operator") | indent 4 }}
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: {{ default "Role" .kind }}
  name: {{ .name }}
subjects:
- kind: ServiceAccount
  name: {{ include "portcullis.operator" .root }}
  namespace: {{ .root.Release.Namespace | quote }}
{{- end -}}
