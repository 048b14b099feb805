{{/* Every role that is enabled, through a template: (dict "root" $ "template" "argus.workload"). */}}
{{- define "argus.eachRole" -}}
{{- range $name := list "normalize" "correlate" "analyze" "heal" "store" }}
{{- $values := include "argus.merged" (dict "base" $.root.Values.common "over" (index $.root.Values.roles $name)) | fromYaml }}
{{- if $values.enabled }}
{{- $role := dict "root" $.root "name" $name "fullname" (printf "%s-%s" (include "argus.fullname" $.root) $name) "values" $values "stateful" (has $name (list "correlate" "analyze" "heal")) }}
{{- include "argus.checked" $role }}
{{- with include $.template $role | trim }}
---
{{ . }}
{{- end }}
{{- end }}
{{- end }}
{{- end -}}

{{/* Maps merged, all else replaced: (dict "base" … "over" …). Sprig's mergeOverwrite lets no false, 0 or "" win. */}}
{{- define "argus.merged" -}}
{{- $merged := deepCopy .base -}}
{{- range $key, $value := .over -}}
{{- $former := get $merged $key -}}
{{- if and (kindIs "map" $value) (kindIs "map" $former) -}}
{{- $value = include "argus.merged" (dict "base" $former "over" $value) | fromYaml -}}
{{- end -}}
{{- $_ := set $merged $key $value -}}
{{- end -}}
{{- toYaml $merged -}}
{{- end -}}

{{/* Refuse what can not work, with a sentence. */}}
{{- define "argus.checked" -}}
{{- $partitions := int .root.Values.kafka.partitions -}}
{{- $path := printf "roles.%s" .name -}}
{{- $scaling := .values.autoscaling -}}
{{- if eq $scaling.mode "none" -}}
{{- if gt (int .values.replicas) $partitions -}}
{{- fail (printf "%s.replicas is %d, but kafka.partitions is %d: a partition is read by one worker, more of them would idle" $path (int .values.replicas) $partitions) -}}
{{- end -}}
{{- else -}}
{{- if gt (int $scaling.minReplicas) (int $scaling.maxReplicas) -}}
{{- fail (printf "%s.autoscaling.minReplicas is %d, but maxReplicas is %d: the first may not be above the second" $path (int $scaling.minReplicas) (int $scaling.maxReplicas)) -}}
{{- end -}}
{{- if gt (int $scaling.maxReplicas) $partitions -}}
{{- fail (printf "%s.autoscaling.maxReplicas is %d, but kafka.partitions is %d: a partition is read by one worker, more of them would idle" $path (int $scaling.maxReplicas) $partitions) -}}
{{- end -}}
{{- end -}}
{{- $labels := dict "commonLabels" .root.Values.commonLabels (printf "%s.podLabels" $path) .values.podLabels -}}
{{- range $name := list "name" "instance" "component" -}}
{{- range $place, $given := $labels -}}
{{- if hasKey ($given | default dict) (printf "app.kubernetes.io/%s" $name) -}}
{{- fail (printf "%s has app.kubernetes.io/%s, by which the chart finds its pods: leave it out" $place $name) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- if and (eq $scaling.mode "keda") (not $scaling.topics) -}}
{{- fail (printf "%s.autoscaling.topics is empty: name a topic whose lag counts, or leave it out" $path) -}}
{{- end -}}
{{- if and .values.pdb.enabled (not (kindIs "invalid" .values.pdb.minAvailable)) (not (kindIs "invalid" .values.pdb.maxUnavailable)) -}}
{{- fail (printf "%s.pdb has both minAvailable and maxUnavailable: set the other one to null" $path) -}}
{{- end -}}
{{- end -}}
