package io.distillstream.local.labels.stats;

import io.distillstream.avro.Augmentation;
import io.distillstream.avro.AugmentationKind;
import io.distillstream.avro.DenseLogits;
import io.distillstream.avro.SampledClasses;
import io.distillstream.avro.SoftLabel;
import io.distillstream.avro.TopKLogits;
import io.distillstream.local.labels.log.LabelLog.Logged;
import io.distillstream.model.ArgMax;
import io.distillstream.model.LabelSpace;
import io.distillstream.wire.payload.LogitsCodec;
import io.distillstream.wire.payload.SampledCodec;
import io.distillstream.wire.payload.TopKCodec;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;

/** What labels say, added up. Memory grows with teachers, versions and classes, not with labels. */
public final class LabelStats {

  private static final int MOST_LABELS = 40;

  private final Function<String, Optional<LabelSpace>> spaces;
  private final Map<String, VersionStats> versions = new TreeMap<>();
  private final Map<String, Long> answers = new TreeMap<>();
  private final Map<String, Size> sizes = new TreeMap<>();
  private final Size values = new Size();
  private long first;
  private long later;
  private long hardExamples;
  private long synthetic;
  private long sequences;
  private long contradictory;

  /** Bytes of some things. */
  private static final class Size {
    private long count;
    private long bytes;

    void add(long more) {
      count++;
      bytes += more;
    }

    double mean() {
      return (double) bytes / count;
    }
  }

  /**
   * @param spaces names of the classes, by fingerprint
   */
  public LabelStats(Function<String, Optional<LabelSpace>> spaces) {
    this.spaces = spaces;
  }

  /** Counts one. */
  public void add(Logged logged) {
    SoftLabel label = logged.label();
    if (label.getPositions() != 1) {
      sequences++;
      return;
    }
    Opinion said;
    try {
      said = opinion(label);
    } catch (IllegalArgumentException e) {
      contradictory++;
      return;
    }
    first += logged.relabelled() ? 0 : 1;
    later += logged.relabelled() ? 1 : 0;
    Augmentation made = label.getAugmentation();
    if (made != null) {
      boolean whole = made.getKind() == AugmentationKind.SYNTHETIC;
      synthetic += whole ? 1 : 0;
      hardExamples += whole ? 0 : 1;
    }
    values.add(logged.value().length);
    sizes.computeIfAbsent(said.form(), form -> new Size()).add(said.bytes());
    String version = label.getTeacherId() + " " + label.getTeacherVersion();
    versions.computeIfAbsent(version, name -> new VersionStats()).add(label, said.entropy());
    answers.merge(answer(label, said.answer()), 1L, Long::sum);
  }

  private String answer(SoftLabel label, int index) {
    return spaces
        .apply(label.getLabelSpace())
        .filter(space -> index < space.size())
        .map(space -> space.label(index))
        .orElseGet(() -> "class %d of %.8s".formatted(index, label.getLabelSpace()));
  }

  /**
   * What one label says.
   *
   * @param answer the most probable class
   * @param entropy nats, of what is told: the classes of a tail count as one, and of classes that
   *     were drawn it is an estimate
   */
  private record Opinion(int answer, double entropy, String form, int bytes) {}

  private static Opinion opinion(SoftLabel label) {
    Object distribution = label.getDistribution();
    if (distribution instanceof DenseLogits dense) {
      float[] logits = LogitsCodec.decode(dense, 1);
      return new Opinion(
          ArgMax.of(logits),
          Entropy.ofLogits(logits, Float.NEGATIVE_INFINITY),
          "dense, %,d classes".formatted(dense.getClasses()),
          dense.getLogits().remaining());
    }
    if (distribution instanceof TopKLogits topK) {
      TopKCodec.Decoded decoded = TopKCodec.decode(topK, 1);
      return new Opinion(
          decoded.indices()[0],
          Entropy.ofLogits(decoded.logits(), decoded.tailLogMass()[0]),
          "the largest %,d of %,d classes".formatted(topK.getK(), topK.getClasses()),
          topK.getIndices().remaining()
              + topK.getLogits().remaining()
              + topK.getTailLogMass().remaining());
    }
    SampledClasses sampled = (SampledClasses) distribution;
    SampledCodec.Decoded decoded = SampledCodec.decode(sampled, 1);
    return new Opinion(
        decoded.answers()[0],
        Entropy.ofDraws(decoded.weights(), decoded.logProbabilities()),
        "%,d draws of %,d classes".formatted(sampled.getDraws(), sampled.getClasses()),
        sampled.getAnswers().remaining()
            + sampled.getCounts().remaining()
            + sampled.getIndices().remaining()
            + sampled.getWeights().remaining()
            + sampled.getLogProbabilities().remaining());
  }

  /** What there is to print. */
  public List<String> lines() {
    List<String> lines = new ArrayList<>();
    lines.add(line("labels", first + later));
    lines.add(line("  first ones, learned", first));
    lines.add(line("  later ones (relabels)", later));
    if (hardExamples > 0) {
      lines.add(line("  of hard examples", hardExamples));
    }
    if (synthetic > 0) {
      lines.add(line("  of synthetic texts", synthetic));
    }
    if (sequences > 0) {
      lines.add(line("of sequences, left out", sequences));
    }
    if (contradictory > 0) {
      lines.add(line("contradict themselves", contradictory));
    }
    versions.forEach((version, of) -> lines.addAll(of.lines(version)));
    lines.addAll(answers());
    if (values.count > 0) {
      lines.add("");
      lines.add("bytes of a label, before compression");
      lines.add(mean("record", values));
      sizes.forEach((form, size) -> lines.add(mean("distribution: " + form, size)));
    }
    return lines;
  }

  private List<String> answers() {
    List<String> lines = new ArrayList<>();
    if (answers.isEmpty()) {
      return lines;
    }
    lines.add("");
    lines.add("most probable class");
    answers.entrySet().stream()
        .sorted(Map.Entry.<String, Long>comparingByValue(Comparator.reverseOrder()))
        .limit(MOST_LABELS)
        .forEach(
            answer ->
                lines.add(
                    String.format(
                        Locale.ROOT,
                        "  %-38s %,12d %6.1f %%",
                        answer.getKey(),
                        answer.getValue(),
                        100.0 * answer.getValue() / (first + later))));
    if (answers.size() > MOST_LABELS) {
      lines.add("  and %,d more".formatted(answers.size() - MOST_LABELS));
    }
    return lines;
  }

  private static String line(String name, long count) {
    return String.format(Locale.ROOT, "%-40s %,12d", name, count);
  }

  private static String mean(String name, Size size) {
    return String.format(Locale.ROOT, "  %-38s %,12.1f  × %,d", name, size.mean(), size.count);
  }
}
