package io.distillstream.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.distillstream.avro.GroundTruth;
import java.io.IOException;
import java.time.Instant;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Whose fault it is where a record cannot be read: its own, or that of the registry. */
@Timeout(30)
class RegistryFaultsTest {

  private static final Pipeline PIPELINE = new Pipeline("faults-test");
  private static final GroundTruth TRUTH = new GroundTruth("id-1", "noun.animal", Instant.EPOCH);
  private static final String HTML = "<html>default backend</html>";

  /** Ways in which a registry is not there. */
  enum Fault {
    RESETS,
    HANGS_UP,
    ENDS_WITHIN_THE_ANSWER,
    ANSWERS_A_PAGE,
    NO_BACKEND,
    NO_BACKEND_IN_JSON,
    NO_LOGIN_IN_JSON,
    BAD_GATEWAY,
    NO_STORE;

    FaultyRegistry.Answer answer() {
      return switch (this) {
        case RESETS -> FaultyRegistry::reset;
        case HANGS_UP -> FaultyRegistry::hangUp;
        case ENDS_WITHIN_THE_ANSWER -> FaultyRegistry.http("200 OK", 1_000, "{\"schema\":\"{");
        case ANSWERS_A_PAGE -> FaultyRegistry.http("200 OK", HTML);
        case NO_BACKEND -> FaultyRegistry.http("404 Not Found", HTML);
        case NO_BACKEND_IN_JSON -> FaultyRegistry.http("404 Not Found", "{\"error_code\":404}");
        case NO_LOGIN_IN_JSON -> FaultyRegistry.http("401 Unauthorized", "{\"error_code\":401}");
        case BAD_GATEWAY -> FaultyRegistry.http("502 Bad Gateway", HTML);
        case NO_STORE -> FaultyRegistry.http("500 Internal Server Error", "{\"error_code\":50001}");
      };
    }
  }

  private FaultyRegistry registry;
  private WireFormat wire;
  private Codec<GroundTruth> codec;

  @BeforeEach
  void start() throws IOException {
    registry = new FaultyRegistry(GroundTruth.getClassSchema());
    wire = new WireFormat(registry.url());
    codec = wire.codec(Topics.GROUND_TRUTH, PIPELINE);
  }

  @AfterEach
  void stop() throws IOException {
    wire.close();
    registry.close();
  }

  @ParameterizedTest
  @EnumSource
  void shouldReadARecordOnceTheRegistryIsBack(Fault fault) throws Exception {
    byte[] bytes = codec.encode(TRUTH);
    registry.answerWith(fault.answer());
    for (int attempt = 0; attempt < 2; attempt++) {
      assertThatThrownBy(() -> codec.decode(bytes))
          .isInstanceOf(RegistryUnavailableException.class)
          .hasMessageContaining(registry.url());
    }

    registry.recover();

    assertThat(codec.decode(bytes)).isEqualTo(TRUTH);
  }

  @ParameterizedTest
  @EnumSource
  void shouldWriteARecordOnceTheRegistryIsBack(Fault fault) throws Exception {
    registry.answerWith(fault.answer());
    assertThatThrownBy(() -> codec.encode(TRUTH)).isInstanceOf(RegistryUnavailableException.class);

    registry.recover();

    assertThat(codec.decode(codec.encode(TRUTH))).isEqualTo(TRUTH);
  }

  @Test
  void shouldBlameARegistryThatDoesNotSpeakTls() throws Exception {
    byte[] bytes = codec.encode(TRUTH);
    registry.answerWith(FaultyRegistry::hangUp);
    try (WireFormat secured = new WireFormat(registry.url().replace("http:", "https:"))) {
      assertThatThrownBy(() -> secured.codec(Topics.GROUND_TRUTH, PIPELINE).decode(bytes))
          .isInstanceOf(RegistryUnavailableException.class);
    }
  }

  @Test
  void shouldSayWhichSettingAWrongAddressIsFrom() {
    byte[] bytes = codec.encode(TRUTH);
    registry.answerWith(Fault.NO_BACKEND.answer());
    assertThatThrownBy(() -> codec.decode(bytes))
        .hasMessageContaining("answers with 404")
        .hasMessageContaining("cluster.registry-url");
  }

  @Test
  void shouldBlameARecordThatEndsTooEarly() throws Exception {
    byte[] bytes = codec.encode(TRUTH);
    for (int length = 1; length < bytes.length; length++) {
      byte[] cut = Arrays.copyOf(bytes, length);
      assertThatThrownBy(() -> codec.decode(cut)).isInstanceOf(UndecodableRecordException.class);
    }
    assertThat(codec.decode(bytes)).isEqualTo(TRUTH);
  }

  @Test
  void shouldBlameARecordWhoseIdTheRegistryDoesNotKnow() {
    byte[] bytes = codec.encode(TRUTH);
    for (int code : new int[] {40401, 40403}) {
      registry.answerWith(
          FaultyRegistry.http("404 Not Found", "{\"error_code\":%d}".formatted(code)));
      assertThatThrownBy(() -> codec.decode(bytes)).isInstanceOf(UndecodableRecordException.class);
    }
  }

  @Test
  void shouldNotAskForWhatCannotBeAnId() {
    registry.answerWith(Fault.NO_BACKEND_IN_JSON.answer());
    assertThatThrownBy(() -> codec.decode(new byte[] {0, -1, 2, 3, 4, 5}))
        .isInstanceOf(UndecodableRecordException.class);
    assertThat(registry.asked()).isZero();
  }

  @Test
  void shouldBlameARecordWhoseSchemaIsNoneOfAvro() {
    byte[] bytes = codec.encode(TRUTH);
    for (String schema :
        new String[] {
          "{\"schemaType\":\"PROTOBUF\",\"schema\":\"message A {}\"}", "{\"schema\":\"nonsense\"}"
        }) {
      registry.answerWith(FaultyRegistry.http("200 OK", schema));
      assertThatThrownBy(() -> codec.decode(bytes)).isInstanceOf(UndecodableRecordException.class);
    }
  }

  @Test
  void shouldAskOnceForManyRecords() throws Exception {
    byte[] bytes = codec.encode(TRUTH);
    codec.decode(bytes);
    int asked = registry.asked();
    for (int record = 0; record < 100; record++) {
      codec.decode(bytes);
    }
    assertThat(registry.asked()).isEqualTo(asked);
  }
}
