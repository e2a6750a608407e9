package io.distillstream.gateway.mqtt;

import io.distillstream.mqtt.MqttBroker;
import io.distillstream.mqtt.MqttTopics;

/** An MQTT broker, and the topics on it that are this pipeline's. */
public record MqttEndpoint(MqttBroker broker, MqttTopics topics) {}
