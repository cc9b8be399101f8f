{{/*
One map over another: maps are merged, anything else is replaced, false and 0 included. (What mergeOverwrite does with those differs
between versions of helm.)
*/}}
{{- define "portcullis.merged" -}}
{{- $result := deepCopy .defaults -}}
{{- range $key, $value := .overrides -}}
{{- $default := get $result $key -}}
{{- if and (kindIs "map" $value) (kindIs "map" $default) -}}
{{- $value = include "portcullis.merged" (dict "defaults" $default "overrides" $value) | fromYaml -}}
{{- end -}}
{{- $_ := set $result $key $value -}}
{{- end -}}
{{- toYaml $result -}}
{{- end -}}

{{/* All gateways with every setting, as a YAML map with the one key "gateways". */}}
{{- define "portcullis.gateways" -}}
{{- $gateways := list -}}
{{- $names := list -}}
{{- range .Values.gateways -}}
{{- if has .name $names -}}
{{- fail (printf "gateways: two are named %q; each needs a name of its own" .name) -}}
{{- end -}}
{{- $names = append $names .name -}}
{{- $gateways = append $gateways (include "portcullis.merged" (dict "defaults" $.Values.gatewayDefaults "overrides" .) | fromYaml) -}}
{{- end -}}
{{- toYaml (dict "gateways" $gateways) -}}
{{- end -}}
