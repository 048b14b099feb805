{{/* The chart's name. */}}
{{- define "argus.name" -}}
{{- .Values.nameOverride | default .Chart.Name -}}
{{- end -}}

{{/*
The name of the release's objects. Of a name that is cut two releases could get the same: a long one is refused.
A StatefulSet's pods carry its name and ten characters more in a label of 63; a schema has 41, five of them `live_`.
*/}}
{{- define "argus.fullname" -}}
{{- $name := include "argus.name" . -}}
{{- $full := .Values.fullnameOverride | default (contains $name .Release.Name | ternary .Release.Name (printf "%s-%s" .Release.Name $name)) -}}
{{- if not (regexMatch "^[a-z]([a-z0-9-]{0,34}[a-z0-9])?$" $full) -}}
{{- fail (printf "%q can not name the release's objects: at most 36 of a-z, 0-9 and -, a letter first; set fullnameOverride" $full) -}}
{{- end -}}
{{- $full -}}
{{- end -}}

{{/* Begins every topic and consumer group. */}}
{{- define "argus.topicPrefix" -}}
{{- .Values.kafka.topicPrefix | default (printf "%s." (include "argus.fullname" .)) -}}
{{- end -}}

{{/* Begins the topics and groups of the generation that the workers make: core/generations/naming.py. */}}
{{- define "argus.generationPrefix" -}}
{{- include "argus.topicPrefix" . -}}
{{- if ne .Values.generation "first" }}{{ .Values.generation }}.{{ end -}}
{{- end -}}

{{/* The aliases of the other regions whose inputs are read here, as YAML. */}}
{{- define "argus.regions" -}}
{{- $found := .Values.regions | default list -}}
{{- if .Values.mirrorMaker2.enabled }}{{ $found = concat $found (keys (.Values.mirrorMaker2.sources | default dict)) }}{{ end -}}
{{- toYaml (uniq $found | sortAlpha) -}}
{{- end -}}

{{/*
The first generation's schema; nothing where it is the program's own default. Names that begin with `argus_` are those of
the default's later generations.
*/}}
{{- define "argus.schema" -}}
{{- $full := include "argus.fullname" . -}}
{{- $schema := .Values.database.schema | default (eq $full "argus" | ternary "" (printf "live_%s" (replace "-" "_" $full))) -}}
{{- if and (ne .Values.generation "first") (not (has $schema (list "" "argus_live"))) -}}
{{- fail (printf "generation is %s: say database.schema: argus_live, for later generations are made where the first one has that schema" .Values.generation) -}}
{{- end -}}
{{- $schema -}}
{{- end -}}

{{/* What selects pods: nothing that an upgrade changes. `component` is a role, or what else runs. */}}
{{- define "argus.selectorLabels" -}}
app.kubernetes.io/name: {{ include "argus.name" .root }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .component }}
{{- end -}}

{{/* Labels of an object that belongs to no component. */}}
{{- define "argus.commonLabels" -}}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
app.kubernetes.io/part-of: argus
{{- with .Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{/* Metadata of an object: (dict "root" $ "name" … "component" … "annotations" …), the last one if any. */}}
{{- define "argus.metadata" -}}
name: {{ .name }}
namespace: {{ .root.Release.Namespace }}
labels:
  {{- include "argus.selectorLabels" (dict "root" .root "component" (.component | default "shared")) | nindent 2 }}
  {{- include "argus.commonLabels" .root | nindent 2 }}
{{- with merge (dict) (.annotations | default dict) (.root.Values.commonAnnotations | default dict) }}
annotations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{/* The image; a digest goes before a tag. */}}
{{- define "argus.image" -}}
{{- with .Values.image -}}
{{- if .digest }}{{ .repository }}@{{ .digest }}{{ else }}{{ .repository }}:{{ .tag | default $.Chart.AppVersion }}{{ end -}}
{{- end -}}
{{- end -}}

{{/* The pods' service account. */}}
{{- define "argus.serviceAccount" -}}
{{- .Values.serviceAccount.name | default (.Values.serviceAccount.create | ternary (include "argus.fullname" .) "default") -}}
{{- end -}}
