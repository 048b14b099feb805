{{/*
The rest of a pod that runs one command of argus and ends: (dict "root" $ "name" … "args" … "account" … "resources" …).
Its settings stand in it, as it may come before the ConfigMap that the workers read. A doctor comes later, and reads the
files that they read.
*/}}
{{- define "argus.command" -}}
{{- $common := .root.Values.common -}}
{{- $sources := include "argus.configSources" (dict "root" .root "component" .name "files" (eq .name "doctor")) | trim -}}
{{- include "argus.podSecurity" (dict "root" .root "account" .account) }}
{{- range $key := list "nodeSelector" "affinity" "tolerations" }}
{{- with get $common $key }}
{{ $key }}:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}
containers:
  - name: argus
    image: {{ include "argus.image" .root }}
    imagePullPolicy: {{ .root.Values.image.pullPolicy }}
    args: {{ toJson .args }}
    env:
      {{- $settings := include "argus.settings" .root | fromYaml }}
      {{- range $name, $value := $settings }}
      - {name: {{ $name }}, value: {{ $value | quote }}}
      {{- end }}
      {{- $own := include "argus.secretEnv" (dict "root" .root "component" .name "own" .secrets) }}
      {{- with $own | trim }}
      {{- . | nindent 6 }}
      {{- end }}
      {{- with include "argus.extraEnv" (dict "path" "common" "given" $common.extraEnv "own" $own "taken" (keys $settings)) | trim }}
      {{- . | nindent 6 }}
      {{- end }}
    {{- with $common.envFrom }}
    envFrom:
      {{- toYaml . | nindent 6 }}
    {{- end }}
    {{- with .resources }}
    resources:
      {{- toYaml . | nindent 6 }}
    {{- end }}
    {{- with $common.securityContext }}
    securityContext:
      {{- toYaml . | nindent 6 }}
    {{- end }}
    volumeMounts:
      - {name: tmp, mountPath: /tmp}
      {{- if $sources }}
      - {name: config, mountPath: /etc/argus, readOnly: true}
      {{- end }}
      {{- with $common.extraVolumeMounts }}
      {{- toYaml . | nindent 6 }}
      {{- end }}
volumes:
  - {name: tmp, emptyDir: {sizeLimit: 256Mi}}
  {{- with $sources }}
  - name: config
    projected:
      defaultMode: 0440
      sources:
        {{- . | nindent 8 }}
  {{- end }}
  {{- with $common.extraVolumes }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- end -}}
