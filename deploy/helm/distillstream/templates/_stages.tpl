{{/* Stages: prefix of the settings of the HTTP server, its port, and whether others call it. */}}
{{- define "distillstream.catalog" -}}
teacher: { prefix: teacher.http, port: 8080, called: true }
joiner: { prefix: joiner.http, port: 8082, called: false }
trainer: { prefix: trainer.http, port: 8083, called: false }
quantizer: { prefix: quantizer.http, port: 8084, called: false }
signer: { prefix: signer.http, port: 8085, called: false }
monitor: { prefix: monitor, port: 8090, called: true }
gateway: { prefix: gateway, port: 8070, called: true }
tap: { prefix: tap, port: 8060, called: true }
{{- end -}}

{{/* What runs, by name, as JSON: the catalog's entry, the port that is set, the values, and what follows from them. */}}
{{- define "distillstream.stages" -}}
{{- $root := . -}}
{{- $stages := dict -}}
{{- range $name, $entry := fromYaml (include "distillstream.catalog" .) -}}
{{- $values := get $root.Values $name -}}
{{- $enabled := ternary $root.Values.signing.enabled $values.enabled (eq $name "signer") -}}
{{- if $enabled -}}
{{- $port := get $root.Values.settings (printf "%s.port" $entry.prefix) | default $entry.port -}}
{{- $keda := get $root.Values.keda $name | default dict -}}
{{- $scaled := and $root.Values.keda.enabled (kindIs "map" $keda) (get $keda "enabled") | default false -}}
{{- $replicas := get $values "replicas" | default 1 | int -}}
{{- $stage := dict "prefix" $entry.prefix "port" (int $port) "called" $entry.called "values" $values
    "name" (printf "%s-%s" (include "distillstream.fullname" $root) $name)
    "scaled" $scaled "replicas" $replicas "several" (or $scaled (gt $replicas 1)) -}}
{{- $_ := set $stages $name $stage -}}
{{- end -}}
{{- end -}}
{{- toJson $stages -}}
{{- end -}}

{{/* A setting's value as a properties file has it. Helm reads every number of a file as a floating-point one. */}}
{{- define "distillstream.text" -}}
{{- $text := "" -}}
{{- if kindIs "slice" . -}}
{{- $items := list -}}
{{- range . -}}{{- $items = append $items (include "distillstream.text" .) -}}{{- end -}}
{{- $text = join "," $items -}}
{{- else if and (kindIs "float64" .) (eq (floor .) .) -}}
{{- $text = printf "%.0f" . -}}
{{- else -}}
{{- $text = toString . -}}
{{- end -}}
{{- $text -}}
{{- end -}}

{{/* Names under which a stage is called: its Service's, and those of its Ingress. */}}
{{- define "distillstream.hosts" -}}
{{- $namespace := .root.Release.Namespace -}}
{{- $hosts := list .stage.name -}}
{{- range list "" ".svc" ".svc.cluster.local" -}}
{{- $hosts = append $hosts (printf "%s.%s%s" $.stage.name $namespace .) -}}
{{- end -}}
{{- $ingress := get .stage.values "ingress" | default dict -}}
{{- if get $ingress "enabled" -}}{{- $hosts = concat $hosts $ingress.hosts -}}{{- end -}}
{{- join "," $hosts -}}
{{- end -}}

{{/* The settings file: what the chart knows, and over it .Values.settings. */}}
{{- define "distillstream.settings" -}}
{{- $root := . -}}
{{- $given := .Values.settings -}}
{{- $elsewhere := dict
    "cluster.bootstrap-servers" "the value kafka.bootstrapServers does"
    "cluster.registry-url" "the value registry.url does"
    "cluster.client-properties" "the value kafka.propertiesSecret does"
    "cluster.registry-properties" "the value registry.propertiesSecret does"
    "gateway.token-file" "the value gateway.tokenSecret does"
    "signer.trust-folder" "the value signing.signerSecret does"
    "quantizer.trust-folder" "the value signing.quantizerSecret does"
    "tap.upstream" "the value tap.upstream does"
    "data.folder" "it is in the volume /data"
    "instance.name" "it is the pod's name" -}}
{{- range $key, $value := $elsewhere -}}
{{- if hasKey $given $key -}}{{- fail (printf "settings cannot set %s: %s" $key $value) -}}{{- end -}}
{{- end -}}
{{- $own := dict
    "cluster.bootstrap-servers" (required "kafka.bootstrapServers is required, such as kafka-1:9092,kafka-2:9092" .Values.kafka.bootstrapServers)
    "cluster.registry-url" (required "registry.url is required, such as http://registry:8081" .Values.registry.url) -}}
{{- if .Values.kafka.propertiesSecret -}}
{{- $_ := set $own "cluster.client-properties" (printf "/etc/distillstream/kafka/%s" .Values.kafka.propertiesKey) -}}
{{- end -}}
{{- if .Values.registry.propertiesSecret -}}
{{- $_ := set $own "cluster.registry-properties" (printf "/etc/distillstream/registry/%s" .Values.registry.propertiesKey) -}}
{{- end -}}
{{- range $name, $stage := fromJson (include "distillstream.stages" .) -}}
{{- $_ := set $own (printf "%s.host" $stage.prefix) "0.0.0.0" -}}
{{- if $stage.called -}}
{{- $_ := set $own (printf "%s.allowed-hosts" $stage.prefix) (include "distillstream.hosts" (dict "root" $root "stage" $stage)) -}}
{{- end -}}
{{- end -}}
{{- if .Values.signing.enabled -}}
{{- $_ := set $own "signer.trust-folder" "/trust/repository" -}}
{{- $_ := set $own "quantizer.trust-folder" "/trust/repository" -}}
{{- end -}}
{{- if .Values.gateway.enabled -}}
{{- $_ := set $own "gateway.token-file" "/etc/distillstream/gateway/token" -}}
{{- /* Whatever scrapes the pods has no token; settings may say otherwise. */ -}}
{{- $_ := set $own "gateway.public-metrics" "true" -}}
{{- end -}}
{{- if .Values.tap.enabled -}}
{{- $_ := set $own "tap.upstream" (required "tap.upstream is required, such as http://vllm:8000" .Values.tap.upstream) -}}
{{- end -}}
{{- range $key, $value := $given -}}
{{- $text := include "distillstream.text" $value -}}
{{- if and (hasSuffix ".allowed-hosts" $key) (hasKey $own $key) -}}
{{- $text = printf "%s,%s" (get $own $key) $text -}}
{{- end -}}
{{- $_ := set $own $key $text -}}
{{- end -}}
{{- range $key := keys $own | sortAlpha }}
{{ $key }} = {{ get $own $key | replace "\\" "\\\\" | replace "\n" "\\n" }}
{{- end }}
{{- end -}}
