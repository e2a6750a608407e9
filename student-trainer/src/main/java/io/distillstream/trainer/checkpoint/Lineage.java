package io.distillstream.trainer.checkpoint;

import io.distillstream.foundation.Sha256;
import io.distillstream.trainer.augment.Augmented;
import io.distillstream.trainer.examples.Example;
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
 * @param digest sum modulo 2⁶⁴ of {@link Sha256#leadingLong} over the ids of these records
 * @param teacherVersions teacher id to the newest version trained from
 * @param augmented what no client sent: hard examples, and what was trained of them and of made-up
 *     texts, which is among {@code records}
 * @param apart what is not among {@code records}
 */
public record Lineage(
    long version,
    Map<Integer, Long> offsets,
    long records,
    long digest,
    Map<String, String> teacherVersions,
    Augmented augmented,
    Apart apart) {

  /** Of a student that has seen nothing. */
  public static final Lineage NONE =
      new Lineage(0, Map.of(), 0, 0, Map.of(), Augmented.NONE, Apart.NONE);

  /** Without hard examples. */
  public Lineage(
      long version,
      Map<Integer, Long> offsets,
      long records,
      long digest,
      Map<String, String> teacherVersions) {
    this(version, offsets, records, digest, teacherVersions, Augmented.NONE, Apart.NONE);
  }

  public Lineage {
    if (version < 0 || records < 0 || augmented.made() > records) {
      throw new IllegalArgumentException(
          "impossible lineage: version %d, records %d, %s".formatted(version, records, augmented));
    }
    offsets = Map.copyOf(offsets);
    teacherVersions = Map.copyOf(teacherVersions);
  }

  /**
   * After {@code examples} were trained and every offset below {@code reached} was dealt with.
   * Those that are corrections were records before, or were passed over then, so they are counted
   * apart.
   */
  public Lineage after(List<Example> examples, Map<Integer, Long> reached) {
    long sum = digest;
    long fresh = 0;
    Map<String, String> versions = new HashMap<>(teacherVersions);
    for (Example example : examples) {
      if (!example.corrected()) {
        sum += Sha256.leadingLong(example.requestId());
        fresh++;
      }
      versions.putAll(example.teacherVersions());
    }
    return new Lineage(
        version,
        reaching(reached).offsets,
        records + fresh,
        sum,
        versions,
        augmented.plusTrained(
            examples.stream().filter(Example::augmented).count(),
            examples.stream().filter(Example::synthetic).count()),
        new Apart(apart.replayed(), apart.heldOut(), apart.corrected() + examples.size() - fresh));
  }

  /** The same records, after so many hard examples more were made of them. */
  public Lineage sending(int examples) {
    return new Lineage(
        version, offsets, records, digest, teacherVersions, augmented.plusSent(examples), apart);
  }

  /** The same records, with so many remembered ones learned again. */
  public Lineage replaying(int examples) {
    return apart(new Apart(apart.replayed() + examples, apart.heldOut(), apart.corrected()));
  }

  /** The same records, with so many requests in all held out. */
  public Lineage holdingOut(long requests) {
    return apart(new Apart(apart.replayed(), requests, apart.corrected()));
  }

  private Lineage apart(Apart counts) {
    return new Lineage(version, offsets, records, digest, teacherVersions, augmented, counts);
  }

  /** The same records, with every offset below {@code reached} dealt with too. */
  public Lineage reaching(Map<Integer, Long> reached) {
    Map<Integer, Long> merged = new HashMap<>(offsets);
    merged.putAll(reached);
    return new Lineage(version, merged, records, digest, teacherVersions, augmented, apart);
  }

  /** The same records, published as the next version. */
  public Lineage published() {
    return new Lineage(version + 1, offsets, records, digest, teacherVersions, augmented, apart);
  }
}
