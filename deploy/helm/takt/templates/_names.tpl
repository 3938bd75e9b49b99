{{- define "takt.name" -}}
{{- if contains .Chart.Name .Release.Name -}}
{{- .Release.Name | trunc 50 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name .Chart.Name | trunc 50 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{/* What never changes over the life of a release: selectors are made of it. */}}
{{- define "takt.selector" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "takt.labels" -}}
{{ include "takt.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- end -}}

{{- define "takt.image" -}}
{{- if .Values.image.digest -}}
{{ .Values.image.repository }}@{{ .Values.image.digest }}
{{- else -}}
{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}
{{- end -}}
{{- end -}}

{{- define "takt.configMap" -}}
{{ .Values.config.existingConfigMap | default (printf "%s-config" (include "takt.name" .)) }}
{{- end -}}

{{- define "takt.scheme" -}}
{{- if and .Values.web.secret .Values.web.tls -}}HTTPS{{- else -}}HTTP{{- end -}}
{{- end -}}

{{/* The rules of one file, with runbooks as links where a base is given. */}}
{{- define "takt.rules" -}}
{{- $text := .text -}}
{{- if .base -}}
{{- $text = regexReplaceAll "(runbook_url: (?:>-\\s+)?)(deploy/runbooks/)" $text (printf "${1}%s/${2}" (trimSuffix "/" .base)) -}}
{{- end -}}
{{- $rules := fromYaml $text -}}
{{- with $rules.Error -}}{{- fail (printf "rules are not YAML: %s" .) -}}{{- end -}}
{{- toYaml $rules.groups -}}
{{- end -}}
