package io.distillstream.local.labels.spill;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HashPartitionsTest {

  private static final int PARTS = 7;

  @Test
  void shouldHandOverEachValueOnceInTheOrderOfItsKey(@TempDir Path folder) throws IOException {
    Random random = new Random(3);
    Map<String, List<byte[]>> given = new HashMap<>();
    try (HashPartitions partitions = new HashPartitions(folder, "x", PARTS)) {
      for (int i = 0; i < 5_000; i++) {
        String key = "ключ-" + random.nextInt(900);
        byte[] value = new byte[random.nextInt(40)];
        random.nextBytes(value);
        given.computeIfAbsent(key, k -> new ArrayList<>()).add(value);
        partitions.add(key, value);
      }

      Map<String, List<byte[]>> found = new HashMap<>();
      Map<String, Integer> partOf = new HashMap<>();
      for (int part = 0; part < PARTS; part++) {
        int current = part;
        partitions.read(
            part,
            (key, value) -> {
              found.computeIfAbsent(key, k -> new ArrayList<>()).add(value);
              assertThat(partOf.putIfAbsent(key, current)).isIn(null, current);
            });
      }

      assertThat(found.keySet()).isEqualTo(given.keySet());
      given.forEach((key, values) -> assertThat(found.get(key)).containsExactlyElementsOf(values));
      assertThat(partOf.values()).contains(0, 1, 2, 3, 4, 5, 6);
    }
  }

  @Test
  void shouldSplitAsSeldomAsMemoryAllows() {
    assertThat(HashPartitions.parts(0)).isEqualTo(1);
    assertThat(HashPartitions.parts(HashPartitions.VALUES)).isEqualTo(1);
    assertThat(HashPartitions.parts(HashPartitions.VALUES + 1L)).isEqualTo(2);
    assertThat(HashPartitions.parts(1L << 40)).isEqualTo(256);
  }
}
