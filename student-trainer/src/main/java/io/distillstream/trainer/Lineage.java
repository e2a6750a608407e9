package io.distillstream.trainer;

import io.distillstream.wire.Digests;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Which records are in a student: what makes "trained exactly once" something that can be checked.
 *
 * @param version of the newest checkpoint that this continues; 0 before the first
 * @param offsets partition to the offset up to which (exclusive) every record was trained or
 *     refused
 * @param records trained since the fresh start
 * @param digest sum modulo 2⁶⁴ of {@link Digests#lineage} over the ids of these records
 * @param teacherVersions teacher id to the newest version trained from
 */
public record Lineage(
    long version,
    Map<Integer, Long> offsets,
    long records,
    long digest,
    Map<String, String> teacherVersions) {

  /** Of a student that has seen nothing. */
  public static final Lineage NONE = new Lineage(0, Map.of(), 0, 0, Map.of());

  public Lineage {
    if (version < 0 || records < 0) {
      throw new IllegalArgumentException(
          "impossible lineage: version %d, records %d".formatted(version, records));
    }
    offsets = Map.copyOf(offsets);
    teacherVersions = Map.copyOf(teacherVersions);
  }

  /** After {@code examples} were trained and every offset below {@code reached} was dealt with. */
  Lineage after(List<Example> examples, Map<Integer, Long> reached) {
    long sum = digest;
    Map<String, String> versions = new HashMap<>(teacherVersions);
    for (Example example : examples) {
      sum += Digests.lineage(example.requestId());
      versions.putAll(example.teacherVersions());
    }
    return new Lineage(
        version, reaching(reached).offsets, records + examples.size(), sum, versions);
  }

  /** The same records, with every offset below {@code reached} dealt with too. */
  Lineage reaching(Map<Integer, Long> reached) {
    Map<Integer, Long> merged = new HashMap<>(offsets);
    merged.putAll(reached);
    return new Lineage(version, merged, records, digest, teacherVersions);
  }

  /** The same records, published as the next version. */
  Lineage published() {
    return new Lineage(version + 1, offsets, records, digest, teacherVersions);
  }
}
