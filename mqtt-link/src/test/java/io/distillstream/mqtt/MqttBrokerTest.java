package io.distillstream.mqtt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MqttBrokerTest {

  @Test
  void shouldKnowTheSchemesAndTheirPorts() {
    assertThat(MqttBroker.at("tcp://127.0.0.1:1884").port()).isEqualTo(1884);
    assertThat(MqttBroker.at("mqtt://broker").port()).isEqualTo(1883);
    assertThat(MqttBroker.at("mqtts://broker/").port()).isEqualTo(8883);
    assertThat(MqttBroker.at("ssl://broker").isEncrypted()).isTrue();
    assertThat(MqttBroker.at("tcp://broker").isEncrypted()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "broker", "broker:1883", "http://broker", "tcp://u:secret@b", "tcp://b/x"})
  void shouldRefuseWhatIsNoBrokersAddress(String url) {
    assertThatThrownBy(() -> MqttBroker.at(url))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("tcp://127.0.0.1:1883")
        .hasMessageNotContaining("secret");
  }

  @Test
  void shouldTellNobodyThePassword() {
    MqttBroker broker = MqttBroker.at("tcp://broker").as("gateway", "secret");
    assertThat(broker.hasPassword()).isTrue();
    assertThat(broker.toString()).isEqualTo("tcp://broker");
  }
}
