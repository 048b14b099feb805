{{/* The pods of a role, as a template of its workload. */}}
{{- define "argus.pod" -}}
{{- $values := .values -}}
{{- $sources := include "argus.configSources" (dict "root" .root "component" .name "files" true) -}}
metadata:
  labels:
    {{- include "argus.selectorLabels" (dict "root" .root "component" .name) | nindent 4 }}
    {{- with merge (dict) ($values.podLabels | default dict) (.root.Values.commonLabels | default dict) }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  annotations:
    # What the chart makes is read at a worker's start: a change of it replaces the pods.
    checksum/config: {{ list (include "argus.settings" .root) (include "argus.files" .root) (include "argus.ownSecrets" .root) | join "\n" | sha256sum }}
    {{- with merge (dict) ($values.podAnnotations | default dict) (.root.Values.commonAnnotations | default dict) }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
spec:
  {{- include "argus.podSecurity" (dict "root" .root "account" (include "argus.serviceAccount" .root)) | nindent 2 }}
  terminationGracePeriodSeconds: {{ int $values.terminationGracePeriodSeconds }}
  {{- with $values.priorityClassName }}
  priorityClassName: {{ . }}
  {{- end }}
  {{- with include "argus.spread" . | trim }}
  topologySpreadConstraints:
    {{- . | nindent 4 }}
  {{- end }}
  {{- range $key := list "nodeSelector" "affinity" "tolerations" "initContainers" }}
  {{- with get $values $key }}
  {{ $key }}:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- end }}
  containers:
    - name: worker
      image: {{ include "argus.image" .root }}
      imagePullPolicy: {{ .root.Values.image.pullPolicy }}
      args: [worker, {{ .name }}]
      ports:
        - {name: health, containerPort: 8080, protocol: TCP}
      {{- with include "argus.env" . | trim }}
      env:
        {{- . | nindent 8 }}
      {{- end }}
      envFrom:
        - configMapRef: {name: {{ include "argus.fullname" .root }}-settings}
        {{- with $values.envFrom }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
      {{- include "argus.probes" $values.probes | nindent 6 }}
      {{- range $key := list "resources" "lifecycle" "securityContext" }}
      {{- with get $values $key }}
      {{ $key }}:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      {{- end }}
      volumeMounts:
        - {name: tmp, mountPath: /tmp}
        {{- if .stateful }}
        - {name: state, mountPath: /var/lib/argus}
        {{- end }}
        {{- if $sources }}
        - {name: config, mountPath: /etc/argus, readOnly: true}
        {{- end }}
        {{- with $values.extraVolumeMounts }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
    {{- with $values.sidecars }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  volumes:
    - {name: tmp, emptyDir: {sizeLimit: 256Mi}}
    {{- if and .stateful (not $values.persistence.enabled) }}
    - {name: state, emptyDir: {sizeLimit: {{ $values.persistence.size }}}}
    {{- end }}
    {{- with $sources }}
    - name: config
      projected:
        defaultMode: 0440
        sources:
          {{- . | trim | nindent 10 }}
    {{- end }}
    {{- with $values.extraVolumes }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
{{- end -}}

{{/* The variables that are a role's own. What it alone wants of `settings`, or to log, goes before what all have. */}}
{{- define "argus.env" -}}
{{- $own := include "argus.secretEnv" (dict "root" .root "component" .name) }}
{{- $own }}
{{- if .stateful }}
- {name: ARGUS_STATE_DIR, value: /var/lib/argus}
{{- end }}
{{- $taken := append (keys (omit (include "argus.namedSettings" .root | fromYaml) "ARGUS_LOG_LEVEL")) "ARGUS_STATE_DIR" }}
{{- include "argus.extraEnv" (dict "path" (printf "roles.%s" .name) "given" .values.extraEnv "own" $own "taken" $taken) }}
{{- end -}}

{{/* Variables more, none twice: of two a cluster may take either, or refuse the pod. */}}
{{- define "argus.extraEnv" -}}
{{- $taken := .taken -}}
{{- range fromYamlArray .own }}{{ $taken = append $taken .name }}{{ end -}}
{{- range .given -}}
{{- if has .name $taken -}}
{{- fail (printf "%s.extraEnv: %s is set already, by a value of its own or twice; set it there, once" $.path .name) -}}
{{- end -}}
{{- $taken = append $taken .name -}}
{{- end -}}
{{- with .given }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{/* What every pod has, hooks and tests among them: no token, no variables of neighbours' services, restricted. */}}
{{- define "argus.podSecurity" -}}
serviceAccountName: {{ .account }}
automountServiceAccountToken: false
# A Service that is called argus would set variables that begin as our settings do.
enableServiceLinks: false
{{- with .root.Values.image.pullSecrets }}
imagePullSecrets:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .root.Values.common.podSecurityContext }}
securityContext:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{/*
Startup and liveness ask whether the process answers, which needs neither Kafka nor Postgres: what is away outside
restarts nobody. Readiness asks whether it works. A rollout waits for it, and is right to: a new worker that holds where
the old one works is not put in the place of more. Nothing else waits for it, for no Service sends requests here.
*/}}
{{- define "argus.probes" -}}
startupProbe:
  httpGet: {path: /livez, port: health}
  {{- toYaml .startup | nindent 2 }}
livenessProbe:
  httpGet: {path: /livez, port: health}
  {{- toYaml .liveness | nindent 2 }}
readinessProbe:
  httpGet: {path: /readyz, port: health}
  {{- toYaml .readiness | nindent 2 }}
{{- end -}}

{{/* How the pods of a role are spread. */}}
{{- define "argus.spread" -}}
{{- $role := . -}}
{{- with .values.topologySpread -}}
{{- if .enabled -}}
{{- range .topologyKeys }}
- topologyKey: {{ . }}
  maxSkew: 1
  whenUnsatisfiable: {{ $role.values.topologySpread.whenUnsatisfiable }}
  labelSelector:
    matchLabels:
      {{- include "argus.selectorLabels" (dict "root" $role.root "component" $role.name) | nindent 6 }}
{{- end }}
{{- end -}}
{{- end -}}
{{- with .values.topologySpreadConstraints }}
{{ toYaml . }}
{{- end }}
{{- end -}}
