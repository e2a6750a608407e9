package io.distillstream.gateway.trust;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SignedManifestsTest {

  @Test
  void shouldFindTheNewestManifestOfEachChannelAndNothingElse() {
    Map<String, byte[]> files =
        Map.of(
            "1.root.json", json("{}"),
            "3.targets.json", targets("student/stable/latest.json", "no delegated role"),
            "7.student-stable.json",
                json(
                    """
                    {"signed": {"targets": {
                      "student/stable/7.onnx": {"hashes": {"sha256": "artifact"}},
                      "student/stable/latest.json": {"hashes": {"sha256": "a"}}}}}"""),
            "2.student-beta.json", targets("student/beta/latest.json", "b"),
            "9.other.json", json("no JSON"),
            "timestamp.json", json("{}"));

    assertThat(SignedManifests.of(files)).containsExactlyInAnyOrder("a", "b");
  }

  private static byte[] targets(String path, String sha256) {
    return json(
        """
        {"signed": {"targets": {"%s": {"hashes": {"sha256": "%s"}}}}}"""
            .formatted(path, sha256));
  }

  private static byte[] json(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
