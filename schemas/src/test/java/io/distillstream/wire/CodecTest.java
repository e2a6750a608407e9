package io.distillstream.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.distillstream.avro.GroundTruth;
import io.distillstream.avro.InferenceRequest;
import io.distillstream.avro.Ingress;
import io.distillstream.avro.Input;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Against the Confluent client's in-memory registry; the real ones are in embedded-cluster. */
class CodecTest {

  private static final Pipeline PIPELINE = new Pipeline("codec-test");

  private final WireFormat wire = new WireFormat("mock://codec-test");
  private final Codec<InferenceRequest> requests = wire.codec(Topics.REQUESTS, PIPELINE);

  @BeforeEach
  void register() {
    Topics.all().forEach(topic -> wire.register(topic, PIPELINE));
  }

  @Test
  void shouldReadBackWhatItWrote() throws Exception {
    InferenceRequest request =
        new InferenceRequest(
            "id-1",
            new Input("a small model"),
            Instant.ofEpochMilli(1_700_000_000_123L),
            Ingress.HTTP,
            null,
            "");
    assertThat(requests.decode(requests.encode(request))).isEqualTo(request);
  }

  @Test
  void shouldNameTheTopicOfBytesThatAreNoRecord() {
    assertThatThrownBy(() -> requests.decode(new byte[] {1, 2, 3, 4, 5, 6}))
        .isInstanceOf(UndecodableRecordException.class)
        .hasMessageContaining("codec-test.requests");
    assertThatThrownBy(() -> requests.decode(null)).hasMessageContaining("it is empty");
    assertThatThrownBy(() -> requests.decode(new byte[] {0, 0, 0, 127, 127, 6}))
        .isInstanceOf(UndecodableRecordException.class);
  }

  @Test
  void shouldRefuseBytesThatEndWithinTheFraming() {
    for (byte[] bytes : new byte[][] {{0}, {0, 0}, {0, 0, 0, 0}, {0, 0, 0, 0, 1}}) {
      assertThatThrownBy(() -> requests.decode(bytes))
          .isInstanceOf(UndecodableRecordException.class)
          .hasMessageContaining("codec-test.requests");
    }
  }

  @Test
  void shouldNotReserveWhatALengthAnnounces() {
    byte[] request = requests.encode(request("id-1", Instant.EPOCH));
    // The request id's length, which is the first of the record: 2^31 - 9.
    byte[] announcing = Arrays.copyOf(request, request.length + 10);
    byte[] length = {(byte) 0xee, (byte) 0xff, (byte) 0xff, (byte) 0xff, 0x0f};
    System.arraycopy(length, 0, announcing, 5, length.length);

    assertThatThrownBy(() -> requests.decode(announcing))
        .isInstanceOf(UndecodableRecordException.class);
  }

  @Test
  void shouldRefuseAWellFormedRecordWhoseNumbersCannotBe() {
    for (String time : List.of("1901-01-01T00:00:00Z", "9999-01-01T00:00:00Z")) {
      byte[] bytes = requests.encode(request("id-1", Instant.parse(time)));
      assertThatThrownBy(() -> requests.decode(bytes))
          .isInstanceOf(UndecodableRecordException.class)
          .hasMessageContaining("received_at is " + time);
    }
    byte[] unnamed = requests.encode(request(" ", Instant.EPOCH));
    assertThatThrownBy(() -> requests.decode(unnamed)).hasMessageContaining("request_id is \" \"");
  }

  private static InferenceRequest request(String id, Instant receivedAt) {
    return new InferenceRequest(id, new Input("a small model"), receivedAt, Ingress.HTTP, null, "");
  }

  @Test
  void shouldRefuseARecordOfAnotherTopic() {
    Codec<GroundTruth> truths = wire.codec(Topics.GROUND_TRUTH, PIPELINE);
    byte[] truth = truths.encode(new GroundTruth("id-1", "noun.animal", Instant.EPOCH));
    assertThatThrownBy(() -> requests.decode(truth))
        .isInstanceOf(UndecodableRecordException.class)
        .hasMessageContaining("GroundTruth");
  }

  @Test
  void shouldBlameTheRegistryWhenItCannotBeReached() {
    WireFormat nowhere = new WireFormat("http://127.0.0.1:9");
    byte[] framed = {0, 0, 0, 0, 1, 0};
    assertThatThrownBy(() -> nowhere.codec(Topics.REQUESTS, PIPELINE).decode(framed))
        .isInstanceOf(RegistryUnavailableException.class)
        .hasMessageContaining("http://127.0.0.1:9");
  }

  @Test
  void shouldRefuseIllegalPipelineNames() {
    for (String name : new String[] {"", "Upper", "a.b", "-a", "a-", "x".repeat(41)}) {
      assertThatThrownBy(() -> new Pipeline(name)).hasMessageContaining("'" + name + "'");
    }
    assertThat(new Pipeline("a").deadLetters()).isEqualTo("a.dead-letters");
  }
}
