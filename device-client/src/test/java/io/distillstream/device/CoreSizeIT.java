package io.distillstream.device;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Looks at the jars that the build has just made. */
class CoreSizeIT {

  private static final long MOST_BYTES = 300_000;

  @Test
  void shouldStaySmallBesideOnnxRuntime() throws IOException {
    Map<String, Long> jars = new TreeMap<>();
    add(Path.of("target", "core"), "*.jar", jars);
    add(Path.of("target"), "device-client-*[!s].jar", jars);

    assertThat(jars.keySet())
        .as("the jars of a device's core: %s", jars)
        .extracting(name -> name.replaceFirst("-[0-9].*", ""))
        .contains("device-client", "foundation", "model-format", "nanojson", "update-manifest")
        .doesNotContain("onnxruntime", "jackson-databind");
    assertThat(jars.values().stream().mapToLong(Long::longValue).sum())
        .as("bytes of %s", jars)
        .isLessThanOrEqualTo(MOST_BYTES);
  }

  private static void add(Path folder, String glob, Map<String, Long> jars) throws IOException {
    try (DirectoryStream<Path> found = Files.newDirectoryStream(folder, glob)) {
      for (Path jar : found) {
        jars.put(jar.getFileName().toString(), Files.size(jar));
      }
    }
  }
}
