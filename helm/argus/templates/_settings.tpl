{{/* A value as a variable holds it: numbers whole, not as 1e+06. */}}
{{- define "argus.text" -}}
{{- if kindIs "float64" . }}{{ if eq . (floor .) }}{{ int64 . }}{{ else }}{{ . }}{{ end }}{{ else }}{{ . }}{{ end -}}
{{- end -}}

{{/* The settings that values have names of their own for, as YAML. */}}
{{- define "argus.namedSettings" -}}
KAFKA_BOOTSTRAP_SERVERS: {{ required "kafka.bootstrapServers is empty: name your brokers, host:port, comma-separated" .Values.kafka.bootstrapServers | quote }}
ARGUS_KAFKA_SECURITY_PROTOCOL: {{ .Values.kafka.securityProtocol }}
{{- if hasPrefix "SASL" .Values.kafka.securityProtocol }}
ARGUS_KAFKA_SASL_MECHANISM: {{ .Values.kafka.sasl.mechanism }}
{{- with .Values.kafka.sasl.username }}
ARGUS_KAFKA_SASL_USERNAME: {{ . | quote }}
{{- end }}
{{- end }}
{{- if .Values.kafka.tls.ca.existingSecret }}
ARGUS_KAFKA_SSL_CA_LOCATION: /etc/argus/kafka/ca.crt
{{- end }}
{{- if .Values.kafka.tls.client.existingSecret }}
ARGUS_KAFKA_SSL_CERTIFICATE_LOCATION: /etc/argus/kafka/tls.crt
ARGUS_KAFKA_SSL_KEY_LOCATION: /etc/argus/kafka/tls.key
{{- end }}
ARGUS_TOPIC_PREFIX: {{ include "argus.topicPrefix" . | quote }}
ARGUS_TOPIC_PARTITIONS: {{ int .Values.kafka.partitions | quote }}
{{- with .Values.kafka.replication }}
ARGUS_TOPIC_REPLICATION: {{ int . | quote }}
{{- end }}
{{- with .Values.kafka.inputs }}
{{- $inputs := list }}
{{- range $topic, $target := . }}{{ $inputs = append $inputs (printf "%s=%s" $topic $target) }}{{ end }}
ARGUS_INPUTS: {{ join "," $inputs | quote }}
{{- end }}
{{- with include "argus.regions" . | fromYamlArray }}
ARGUS_REGIONS: {{ join "," . | quote }}
{{- end }}
{{- with include "argus.schema" . }}
ARGUS_DB_SCHEMA: {{ . | quote }}
{{- end }}
{{- if .Values.database.tls.existingSecret }}
PGSSLROOTCERT: /etc/argus/postgres/ca.crt
{{- end }}
{{- with .Values.models.providers }}
ARGUS_MODEL_PROVIDERS: {{ join "," . | quote }}
{{- end }}
{{- with .Values.traces.endpoint }}
OTEL_EXPORTER_OTLP_ENDPOINT: {{ . | quote }}
{{- end }}
ARGUS_GENERATION: {{ .Values.generation | quote }}
ARGUS_LOG_LEVEL: {{ .Values.logLevel }}
ARGUS_HEALTH_PORT: "8080"
{{- range $name := keys (.Values.files | default dict) | sortAlpha }}
ARGUS_{{ upper $name }}_FILE: /etc/argus/{{ $name }}.yaml
{{- end }}
{{- end -}}

{{/* All settings that are no secret, as YAML. */}}
{{- define "argus.settings" -}}
{{- $settings := include "argus.namedSettings" . | fromYaml -}}
{{- $known := .Files.Get "files/settings.yaml" | fromYaml -}}
{{- range $name, $value := .Values.settings -}}
{{- if has $name $known.secret -}}
{{- fail (printf "settings.%s: this is a secret; put it into a Secret that a value existingSecret names" $name) -}}
{{- end -}}
{{- if hasKey $settings $name -}}
{{- fail (printf "settings.%s: this is %q already, by a value of its own; set that instead" $name (get $settings $name)) -}}
{{- end -}}
{{- if and (hasPrefix "ARGUS_" $name) (not (has $name $known.open)) -}}
{{- $alike := list -}}
{{- range $known.open }}{{ if hasPrefix (trunc 9 $name) . }}{{ $alike = append $alike . }}{{ end }}{{ end -}}
{{- fail (printf "settings.%s: there is no such setting%s; the table of settings in the README tells all" $name ($alike | empty | ternary "" (printf ", but %s" (join ", " $alike)))) -}}
{{- end -}}
{{- $_ := set $settings $name (include "argus.text" $value) -}}
{{- end -}}
{{- toYaml $settings -}}
{{- end -}}

{{/*
The secrets that a component needs, each as (variable, Secret, key), as YAML: (dict "root" $ "component" "store").
`own` names the chart's own Secret, where a hook has another one. A component gets no secret that it does not use: models' keys
are for analyze alone, and only roles send traces.
*/}}
{{- define "argus.secrets" -}}
{{- $own := printf "%s-%s" (include "argus.fullname" .root) (.own | default "secrets") -}}
{{- $later := ne .root.Values.generation "first" -}}
{{- $roles := keys .root.Values.roles -}}
{{- with .root.Values }}
{{- if and (hasPrefix "SASL" .kafka.securityProtocol) (ne $.component "migrate") }}
{{- with .kafka.sasl }}
{{- if and .usernameKey .existingSecret }}
- {variable: ARGUS_KAFKA_SASL_USERNAME, secret: {{ .existingSecret }}, key: {{ .usernameKey }}}
{{- else if not .username }}
{{- fail "kafka.sasl.username is empty, and kafka.sasl.usernameKey names no key of kafka.sasl.existingSecret: one of them has to name Kafka's user" }}
{{- end }}
{{- if .existingSecret }}
- {variable: ARGUS_KAFKA_SASL_PASSWORD, secret: {{ .existingSecret }}, key: {{ .passwordKey }}}
{{- else if .password }}
- {variable: ARGUS_KAFKA_SASL_PASSWORD, secret: {{ $own }}, key: kafka-password}
{{- else }}
{{- fail "kafka.sasl.existingSecret is empty: it has to name the Secret with the password of Kafka's user" }}
{{- end }}
{{- end }}
{{- end }}
{{- if or (and $later (has $.component $roles)) (has $.component (list "store" "analyze" "migrate" "doctor" "audit")) }}
{{- if .database.existingSecret }}
- {variable: DATABASE_URL, secret: {{ .database.existingSecret }}, key: {{ .database.key }}}
{{- else if .database.url }}
- {variable: DATABASE_URL, secret: {{ $own }}, key: database-url}
{{- else }}
{{- fail "database.existingSecret is empty: it has to name the Secret with the connection string of Postgres" }}
{{- end }}
{{- end }}
{{- if and .traces.headers.existingSecret (has $.component $roles) }}
- {variable: OTEL_EXPORTER_OTLP_HEADERS, secret: {{ .traces.headers.existingSecret }}, key: {{ .traces.headers.key }}}
{{- end }}
{{- if eq $.component "analyze" }}
{{- if .redis.existingSecret }}
- {variable: REDIS_URL, secret: {{ .redis.existingSecret }}, key: {{ .redis.key }}}
{{- else if .redis.url }}
- {variable: REDIS_URL, secret: {{ $own }}, key: redis-url}
{{- end }}
{{- range $provider, $variable := dict "anthropic" "ANTHROPIC_API_KEY" "bedrock" "AWS_BEARER_TOKEN_BEDROCK" "vertex" "ARGUS_VERTEX_TOKEN" "foundry" "ANTHROPIC_FOUNDRY_API_KEY" }}
{{- with index $.root.Values.models $provider }}
{{- if .existingSecret }}
- {variable: {{ $variable }}, secret: {{ .existingSecret }}, key: {{ .key }}}
{{- end }}
{{- end }}
{{- end }}
{{- end }}
{{- end }}
{{- end -}}

{{/* Those secrets as the environment of a container. */}}
{{- define "argus.secretEnv" -}}
{{- range include "argus.secrets" . | fromYamlArray }}
- name: {{ .variable }}
  valueFrom: {secretKeyRef: {name: {{ .secret }}, key: {{ .key }}}}
{{- end }}
{{- end -}}

{{/* What the chart's own Secret holds; nothing where every secret is yours. */}}
{{- define "argus.ownSecrets" -}}
{{- with .Values }}
{{- if and .kafka.sasl.password (not .kafka.sasl.existingSecret) }}
kafka-password: {{ .kafka.sasl.password | b64enc }}
{{- end }}
{{- if and .database.url (not .database.existingSecret) }}
database-url: {{ .database.url | b64enc }}
{{- end }}
{{- if and .redis.url (not .redis.existingSecret) }}
redis-url: {{ .redis.url | b64enc }}
{{- end }}
{{- end }}
{{- end -}}

{{/* The files that settings name, as a ConfigMap's data. */}}
{{- define "argus.files" -}}
{{- range $name := keys (.Values.files | default dict) | sortAlpha }}
{{ $name }}.yaml: |
  {{- $file := get $.Values.files $name }}
  {{- (kindIs "string" $file | ternary $file (toYaml $file)) | nindent 2 }}
{{- end }}
{{- end -}}

{{/* The sources of the volume at /etc/argus: (dict "root" $ "component" … "files" true). Nothing where it would be empty. */}}
{{- define "argus.configSources" -}}
{{- $own := include "argus.fullname" .root -}}
{{- with .root.Values }}
{{- if and $.files .files }}
- configMap: {name: {{ $own }}-files}
{{- end }}
{{- if ne $.component "migrate" }}
{{- with .kafka.tls.ca }}
{{- if .existingSecret }}
- secret: {name: {{ .existingSecret }}, items: [{key: {{ .key }}, path: kafka/ca.crt}]}
{{- end }}
{{- end }}
{{- with .kafka.tls.client }}
{{- if .existingSecret }}
- secret: {name: {{ .existingSecret }}, items: [{key: {{ .certKey }}, path: kafka/tls.crt}, {key: {{ .keyKey }}, path: kafka/tls.key}]}
{{- end }}
{{- end }}
{{- end }}
{{- with .database.tls }}
{{- if and .existingSecret (ne $.component "topics") }}
- secret: {name: {{ .existingSecret }}, items: [{key: {{ .key }}, path: postgres/ca.crt}]}
{{- end }}
{{- end }}
{{- end }}
{{- end -}}
