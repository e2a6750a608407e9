{{/* Secret with Kafka client properties of a stage; empty where there is none. */}}
{{- define "distillstream.kafkaSecret" -}}
{{- if .root.Values.kafka.propertiesSecret -}}
{{- get .stage.values "kafkaSecret" | default .root.Values.kafka.propertiesSecret -}}
{{- else if get .stage.values "kafkaSecret" -}}
{{- fail (printf "%s.kafkaSecret takes the place of kafka.propertiesSecret, which is not set" .name) -}}
{{- end -}}
{{- end -}}

{{/* Secret with the keys that a stage signs with; empty where it signs nothing. */}}
{{- define "distillstream.keysSecret" -}}
{{- $signing := .root.Values.signing -}}
{{- if $signing.enabled -}}
{{- if eq .name "signer" -}}
{{- required "signing.signerSecret is required, a Secret with snapshot.pem and timestamp.pem; signing.enabled=false signs nothing" $signing.signerSecret -}}
{{- else if eq .name "quantizer" -}}
{{- required "signing.quantizerSecret is required, a Secret with the channels' keys; signing.enabled=false signs nothing" $signing.quantizerSecret -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{- define "distillstream.volumeMounts" -}}
- { name: settings, mountPath: /etc/distillstream/settings, readOnly: true }
- { name: data, mountPath: /data }
- { name: tmp, mountPath: /tmp }
{{- if include "distillstream.kafkaSecret" . }}
- { name: kafka, mountPath: /etc/distillstream/kafka, readOnly: true }
{{- end }}
{{- if .root.Values.registry.propertiesSecret }}
- { name: registry, mountPath: /etc/distillstream/registry, readOnly: true }
{{- end }}
{{- if include "distillstream.keysSecret" . }}
- { name: keys, mountPath: /trust/repository/keys, readOnly: true }
{{- end }}
{{- if eq .name "signer" }}
- { name: metadata, mountPath: /trust/repository/metadata, readOnly: true }
{{- end }}
{{- if eq .name "gateway" }}
- { name: token, mountPath: /etc/distillstream/gateway, readOnly: true }
{{- end }}
{{- with get .stage.values "extraVolumeMounts" }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{- define "distillstream.volumes" -}}
- name: settings
  configMap:
    name: {{ include "distillstream.fullname" .root }}
# Native libraries are unpacked there, and run.
- name: tmp
  emptyDir:
    medium: Memory
{{- if not (get (get .stage.values "persistence" | default dict) "enabled") }}
- name: data
  emptyDir: {}
{{- end }}
{{- with include "distillstream.kafkaSecret" . }}
- name: kafka
  secret:
    secretName: {{ . }}
    defaultMode: 0440
{{- end }}
{{- with .root.Values.registry.propertiesSecret }}
- name: registry
  secret:
    secretName: {{ . }}
    defaultMode: 0440
{{- end }}
{{- with include "distillstream.keysSecret" . }}
- name: keys
  secret:
    secretName: {{ . }}
    defaultMode: 0440
{{- end }}
{{- if eq .name "signer" }}
- name: metadata
  configMap:
    name: {{ required "signing.metadataConfigMap is required, a ConfigMap with the repository's folder metadata; signing.enabled=false signs nothing" .root.Values.signing.metadataConfigMap }}
{{- end }}
{{- if eq .name "gateway" }}
- name: token
  secret:
    secretName: {{ required "gateway.tokenSecret is required, a Secret with the token that devices send" .root.Values.gateway.tokenSecret }}
    defaultMode: 0440
    items:
      - { key: {{ .root.Values.gateway.tokenKey }}, path: token }
{{- end }}
{{- with get .stage.values "extraVolumes" }}
{{ toYaml . }}
{{- end }}
{{- end -}}
