package io.distillstream.update;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.distillstream.foundation.json.InvalidJsonException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ManifestJsonTest {

  private static final String A = "aa".repeat(32);
  private static final String B = "bb".repeat(32);
  private static final String C = "cc".repeat(32);

  private static final UpdateManifest MANIFEST =
      new UpdateManifest(
          "glosses",
          "stable",
          7,
          "f".repeat(64),
          "onnx",
          ArtifactRef.byDigest(4_368_482, B),
          List.of(new DeltaRef(A, B, 4_368_482, "zstd-xor", ArtifactRef.byDigest(120_000, C))),
          List.of(
              new ExpectedLogits("a \"dog\" / ä \uD83D\uDC15", List.of(0.1f, -3f, 1e-42f)),
              new ExpectedLogits(null, List.of(Float.MAX_VALUE, -0f))),
          700,
          new ArrivalCounts(new TreeMap<>(Map.of(1_700_000_000_000L, 2L, 1_700_000_000_100L, 5L))));

  /** Devices of every language read these names, and signatures cover these bytes. */
  private static final String WRITTEN =
      ("{'model':'glosses','channel':'stable','version':7,'label_space':'"
              + "f".repeat(64)
              + "','format':'onnx','artifact':{'size_bytes':4368482,'sha256':'"
              + B
              + "'},'deltas':[{'from_sha256':'"
              + A
              + "','to_sha256':'"
              + B
              + "','to_size_bytes':4368482,'codec':'zstd-xor','file':{'size_bytes':120000,"
              + "'sha256':'"
              + C
              + "'}}],'probes':[{'text':'a \\'dog\\' / ä"
              + " \uD83D\uDC15','logits':[0.1,-3.0,1.0E-42]},"
              + "{'text':null,'logits':[3.4028235E38,-0.0]}],'records_trained':700,'arrivals':"
              + "{'starts_millis':[1700000000000,1700000000100],'counts':[2,5]}}")
          .replace('\'', '"');

  @Test
  void shouldWriteTheSameBytesForTheSameManifest() {
    assertThat(text(ManifestJson.write(MANIFEST))).isEqualTo(WRITTEN);
  }

  @Test
  void shouldReadBackWhatItWrote() {
    assertThat(ManifestJson.read(ManifestJson.write(MANIFEST))).isEqualTo(MANIFEST);
  }

  @Test
  void shouldLeaveOutWhereATransportFindsTheFile() {
    UpdateManifest overKafka =
        new UpdateManifest(
            MANIFEST.model(),
            MANIFEST.channel(),
            MANIFEST.version(),
            MANIFEST.labelSpace(),
            MANIFEST.format(),
            new ArtifactRef("0:12:9:blob", 4_368_482, B),
            MANIFEST.deltas(),
            MANIFEST.probes(),
            MANIFEST.recordsTrained(),
            MANIFEST.arrivals());

    assertThat(ManifestJson.write(overKafka)).isEqualTo(ManifestJson.write(MANIFEST));
  }

  @Test
  void shouldReadWhatANewerReleaseWrote() {
    String newer = WRITTEN.replace("\"version\":7", "\"version\":7,\"signed\":{\"by\":[1]}");

    assertThat(ManifestJson.read(bytes(newer))).isEqualTo(MANIFEST);
  }

  @Test
  void shouldKeepEveryBitOfALogitAlsoForReadersOfDoubles() {
    Random random = new Random(1);
    List<Float> logits = new ArrayList<>();
    while (logits.size() < 20_000) {
      float logit = Float.intBitsToFloat(random.nextInt());
      if (Float.isFinite(logit)) {
        logits.add(logit);
      }
    }
    String json = text(ManifestJson.write(withLogits(logits)));

    assertThat(ManifestJson.read(bytes(json)).probes().get(0).logits()).isEqualTo(logits);
    String array = json.substring(json.indexOf("\"logits\":[") + 10, json.indexOf("]}]"));
    List<Float> byDoubles = new ArrayList<>();
    for (String number : array.split(",", -1)) {
      byDoubles.add((float) Double.parseDouble(number));
    }
    assertThat(byDoubles).isEqualTo(logits);
  }

  @Test
  void shouldRefuseToWriteALogitThatJsonCannotSay() {
    assertThatThrownBy(() -> ManifestJson.write(withLogits(List.of(1f, Float.NaN))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("finite");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "\"version\":7 | \"version\":0 | version",
        "\"version\":7 | \"version\":1099511627777 | version",
        "\"version\":7 | \"version\":\"7\" | version",
        "\"version\":7, | ~~ | version",
        "\"version\":7 | \"version\":7,\"version\":8 | version",
        "\"model\":\"glosses\" | \"model\":\" \" | model",
        "\"sha256\":\"bbbb | \"sha256\":\"BBBB | artifact.sha256",
        "\"size_bytes\":4368482 | \"size_bytes\":-1 | artifact.size_bytes",
        "\"from_sha256\":\"aaaa | \"from_sha256\":\"../aaaa | deltas[0].from_sha256",
        "\"codec\":\"zstd-xor\" | \"codec\":\"\" | deltas[0].codec",
        "0.1,-3.0 | 0.1,null | probes[0].logits[1]",
        "0.1,-3.0 | 1e99,-3.0 | probes[0].logits[0]",
        "\"counts\":[2,5] | \"counts\":[2] | arrivals.counts",
        "\"counts\":[2,5] | \"counts\":[2,-5] | arrivals.counts[1]",
      })
  void shouldNameTheFieldAtFault(String sound, String damaged, String field) {
    assertThat(WRITTEN).contains(sound);

    assertThatThrownBy(() -> ManifestJson.read(bytes(WRITTEN.replaceFirst(quote(sound), damaged))))
        .isInstanceOf(InvalidJsonException.class)
        .hasMessageContaining("'" + field + "'");
  }

  private static String quote(String literal) {
    return Pattern.quote(literal);
  }

  private static UpdateManifest withLogits(List<Float> logits) {
    return new UpdateManifest(
        "m",
        "c",
        1,
        "l",
        "onnx",
        ArtifactRef.byDigest(1, A),
        List.of(),
        List.of(new ExpectedLogits("t", logits)),
        0,
        ArrivalCounts.NONE);
  }

  private static String text(byte[] json) {
    return new String(json, StandardCharsets.UTF_8);
  }

  private static byte[] bytes(String json) {
    return json.getBytes(StandardCharsets.UTF_8);
  }
}
