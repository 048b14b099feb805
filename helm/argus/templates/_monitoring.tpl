{{/* Metadata with labels more, such as those by which operators choose: (dict "root" $ "name" … "labels" …). */}}
{{- define "argus.metadataWith" -}}
{{- $metadata := include "argus.metadata" . | fromYaml -}}
{{- $_ := set $metadata "labels" (merge (dict) (.labels | default dict) $metadata.labels) -}}
{{- toYaml $metadata -}}
{{- end -}}

{{/* The groups of all alert files as the values want them: (dict "root" $). Braces in annotations are Prometheus' own. */}}
{{- define "argus.alerts" -}}
{{- $values := .root.Values.prometheusRule -}}
{{- $base := $values.runbookBase | default "" | trimSuffix "/" | default "docs/runbooks" -}}
{{- $names := list -}}
{{- $groups := list -}}
{{- range $path, $_ := .root.Files.Glob "alerts/*.yaml" -}}
{{- range $group := (fromYaml ($.root.Files.Get $path)).groups -}}
{{- $rules := list -}}
{{- range $rule := $group.rules -}}
{{- $names = append $names $rule.alert -}}
{{- $_ := set $rule.annotations "runbook_url" (replace "docs/runbooks" $base $rule.annotations.runbook_url) -}}
{{- $_ := set $rule "labels" (merge (dict) $rule.labels ($values.alertLabels | default dict)) -}}
{{- if not (has $rule.alert $values.disabled) }}{{ $rules = append $rules $rule }}{{ end -}}
{{- end -}}
{{- if $rules }}{{ $groups = append $groups (dict "name" $group.name "rules" $rules) }}{{ end -}}
{{- end -}}
{{- end -}}
{{- range $values.disabled -}}
{{- if not (has . $names) -}}
{{- fail (printf "prometheusRule.disabled names %s, which is no alert; there are %s" . (join ", " $names)) -}}
{{- end -}}
{{- end -}}
{{- toYaml $groups -}}
{{- end -}}
