package io.distillstream.mqtt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MqttTopicsTest {

  private final MqttTopics topics = new MqttTopics("fleets/kiosks");

  @Test
  void shouldWriteNamesAsLevels() {
    assertThat(topics.update("student", "stable"))
        .isEqualTo("fleets/kiosks/updates/student/stable");
    assertThat(topics.update("a b", "+/#")).isEqualTo("fleets/kiosks/updates/a%20b/%2B%2F%23");
    assertThat(topics.receipts("d1")).isEqualTo("fleets/kiosks/receipts/d1");
  }

  @ParameterizedTest
  @ValueSource(strings = {"d1", "a b", "+", "Gerät 7", "d%31", "."})
  void shouldFindTheDeviceOfATopic(String device) {
    assertThat(MqttTopics.device(topics.reports(device))).hasValue(device);
    assertThat(MqttTopics.device(topics.status(device))).hasValue(device);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "d%31", "d%", "d%zz", "a b", "%2f", "Gerät"})
  void shouldFindNoneWhereItIsWrittenOtherwise(String level) {
    assertThat(MqttTopics.device("fleets/kiosks/reports/" + level)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "/a", "a/", "a//b", "a b", "a/+", "#", "$share", "a\nb"})
  void shouldRefuseAPrefixThatNoTopicMayHave(String prefix) {
    assertThatThrownBy(() -> new MqttTopics(prefix))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("expected levels such as distillstream");
  }
}
