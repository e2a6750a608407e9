package io.distillstream.joiner;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Properties;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.StreamsConfig;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JoinerRoomTest {

  @Test
  void shouldPauseWithoutRoomAndResumeWithIt(@TempDir Path folder) {
    StreamsBuilder topology = new StreamsBuilder();
    topology.stream("labels").to("examples");
    Properties properties = new Properties();
    properties.put(StreamsConfig.APPLICATION_ID_CONFIG, "joiner");
    properties.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, "127.0.0.1:1");
    properties.put(StreamsConfig.STATE_DIR_CONFIG, folder.toString());
    try (KafkaStreams streams = new KafkaStreams(topology.build(), properties)) {
      JoinerService.pauseWithout(false, streams);
      assertThat(streams.isPaused()).isTrue();

      JoinerService.pauseWithout(true, streams);
      assertThat(streams.isPaused()).isFalse();
    }
  }
}
