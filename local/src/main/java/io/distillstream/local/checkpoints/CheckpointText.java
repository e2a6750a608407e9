package io.distillstream.local.checkpoints;

import io.distillstream.avro.AveragedScore;
import io.distillstream.avro.Checkpoint;
import io.distillstream.avro.OffsetRange;
import io.distillstream.avro.Restored;
import io.distillstream.avro.TrainingProgress;
import io.distillstream.trainer.checkpoint.log.UnreadableManifest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Manifests of checkpoints for a terminal. */
final class CheckpointText {
  private CheckpointText() {}

  static List<String> table(List<Checkpoint> checkpoints, Instant now) {
    List<String> lines = new ArrayList<>();
    lines.add(
        row(
            "version",
            "parent",
            "records",
            "steps",
            "agreement",
            "KL",
            "τ",
            "rate",
            "size",
            "age",
            "offsets"));
    for (Checkpoint checkpoint : checkpoints) {
      TrainingProgress training = checkpoint.getTraining();
      lines.add(
          row(
              whole(checkpoint.getVersion()),
              whole(checkpoint.getParentVersion()),
              whole(checkpoint.getRecordsTrained()),
              whole(checkpoint.getSteps()),
              number("%.4f", training.getPrequentialAgreement()),
              number("%.3f", training.getPrequentialKl()),
              number("%.2f", training.getTemperature()),
              number("%.2e", training.getLearningRate()),
              megabytes(sizeBytes(checkpoint)),
              age(checkpoint, now),
              offsets(checkpoint) + note(checkpoint)));
    }
    return lines;
  }

  /** Lines about what stands among the manifests and is none; empty where all can be read. */
  static List<String> unreadable(List<UnreadableManifest> manifests) {
    return manifests.stream()
        .map(
            manifest ->
                String.format(
                    Locale.ROOT,
                    "passed over: partition %d, offset %d is no manifest: %s",
                    manifest.partition(),
                    manifest.offset(),
                    manifest.reason()))
        .toList();
  }

  private static String row(Object... cells) {
    return String.format(Locale.ROOT, "%7s %7s %11s %9s %9s %7s %6s %9s %9s %6s  %s", cells);
  }

  private static String note(Checkpoint checkpoint) {
    Restored restored = checkpoint.getRestored();
    if (restored == null) {
      return "";
    }
    return "  restored from "
        + checkpoint.getParentVersion()
        + (restored.getSkipped().isEmpty() ? "" : ", skipping " + ranges(restored.getSkipped()));
  }

  /** One line per property. */
  static List<String> details(Checkpoint checkpoint, Instant now) {
    Map<String, String> facts = facts(checkpoint);
    facts.put("age", age(checkpoint, now));
    List<String> lines = new ArrayList<>();
    facts.forEach((name, value) -> lines.add(String.format(Locale.ROOT, "%-22s %s", name, value)));
    lines.add("");
    return lines;
  }

  /** What differs, side by side. */
  static List<String> comparison(Checkpoint before, Checkpoint after) {
    Map<String, String> left = facts(before);
    Map<String, String> right = facts(after);
    List<String> lines = new ArrayList<>();
    for (Map.Entry<String, String> fact : left.entrySet()) {
      String other = right.getOrDefault(fact.getKey(), "-");
      if (!other.equals(fact.getValue()) && !fact.getKey().equals("blobs")) {
        lines.add(
            String.format(Locale.ROOT, "%-22s %-28s %s", fact.getKey(), fact.getValue(), other));
      }
    }
    lines.add("");
    return lines;
  }

  private static Map<String, String> facts(Checkpoint checkpoint) {
    TrainingProgress training = checkpoint.getTraining();
    Map<String, String> facts = new LinkedHashMap<>();
    facts.put("model", checkpoint.getModel());
    facts.put("version", whole(checkpoint.getVersion()));
    facts.put("parent", whole(checkpoint.getParentVersion()));
    if (checkpoint.getRestored() != null) {
      facts.put("restored", note(checkpoint).strip());
    }
    facts.put("created at", checkpoint.getCreatedAt().toString());
    facts.put("records trained", whole(checkpoint.getRecordsTrained()));
    facts.put("hard examples sent", whole(checkpoint.getAugmentedSent()));
    facts.put("hard examples trained", whole(checkpoint.getAugmentedTrained()));
    facts.put("synthetic trained", whole(checkpoint.getSyntheticTrained()));
    facts.put("steps", whole(checkpoint.getSteps()));
    facts.put("lineage digest", Long.toHexString(checkpoint.getLineageDigest()));
    facts.put("offsets since parent", ranges(checkpoint.getOffsets()));
    facts.put("agreement", number("%.4f", training.getPrequentialAgreement()));
    facts.put("KL", number("%.4f", training.getPrequentialKl()));
    Double accuracy = training.getPrequentialAccuracy();
    facts.put("accuracy", accuracy == null ? "-" : number("%.4f", accuracy));
    AveragedScore averaged = training.getPrequentialAveraged();
    facts.put(
        "averaged agreement", averaged == null ? "-" : number("%.4f", averaged.getAgreement()));
    facts.put("averaged KL", averaged == null ? "-" : number("%.4f", averaged.getKl()));
    Double consistency = training.getConsistency();
    facts.put("consistency", consistency == null ? "-" : number("%.4f", consistency));
    facts.put("loss", number("%.4f", training.getLoss()));
    facts.put("temperature", number("%.3f", training.getTemperature()));
    facts.put("alpha", number("%.3f", training.getAlpha()));
    facts.put("learning rate", number("%.3e", training.getLearningRate()));
    facts.put("teachers", new TreeMap<>(checkpoint.getTeacherVersions()).toString());
    facts.put("labels", checkpoint.getLabels().size() + ", " + checkpoint.getLabelSpace());
    facts.put("state", megabytes(checkpoint.getState().getSizeBytes()));
    facts.put("model file", megabytes(checkpoint.getOnnx().getSizeBytes()));
    facts.put("export difference", number("%.1e", checkpoint.getOnnxMaxAbsDifference()));
    facts.put("blobs", checkpoint.getState().getSha256() + " " + checkpoint.getOnnx().getSha256());
    return facts;
  }

  /** What a restore did, and what follows from it. */
  static List<String> restored(Checkpoint restored) {
    Restored how = restored.getRestored();
    long newest = how == null ? restored.getParentVersion() : how.getNewestVersion();
    List<OffsetRange> skipped = how == null ? List.of() : how.getSkipped();
    return List.of(
        String.format(
            Locale.ROOT,
            "checkpoint %d is the newest now: the student of %d, after %,d records; %d to %d are no"
                + " ancestors of it",
            restored.getVersion(),
            restored.getParentVersion(),
            restored.getRecordsTrained(),
            restored.getParentVersion() + 1,
            newest),
        skipped.isEmpty()
            ? "training continues at offsets " + offsets(restored)
            : "left out: offsets "
                + ranges(skipped)
                + "; training continues at "
                + offsets(restored));
  }

  private static String offsets(Checkpoint checkpoint) {
    return checkpoint.getOffsets().stream()
        .map(range -> range.getPartition() + ":" + range.getToOffset())
        .collect(Collectors.joining(" "));
  }

  private static String ranges(List<OffsetRange> ranges) {
    return ranges.stream()
        .map(
            range ->
                "%d:%d-%d"
                    .formatted(range.getPartition(), range.getFromOffset(), range.getToOffset()))
        .collect(Collectors.joining(" "));
  }

  private static long sizeBytes(Checkpoint checkpoint) {
    return checkpoint.getState().getSizeBytes() + checkpoint.getOnnx().getSizeBytes();
  }

  private static String age(Checkpoint checkpoint, Instant now) {
    Duration age = Duration.between(checkpoint.getCreatedAt(), now);
    if (age.toMinutes() < 1) {
      return Math.max(0, age.toSeconds()) + " s";
    }
    if (age.toHours() < 1) {
      return age.toMinutes() + " min";
    }
    return age.toDays() < 1 ? age.toHours() + " h" : age.toDays() + " d";
  }

  private static String whole(long value) {
    return String.format(Locale.ROOT, "%,d", value);
  }

  private static String number(String format, double value) {
    return String.format(Locale.ROOT, format, value);
  }

  private static String megabytes(long bytes) {
    return bytes < 100_000
        ? String.format(Locale.ROOT, "%.1f kB", bytes / 1e3)
        : String.format(Locale.ROOT, "%.1f MB", bytes / 1e6);
  }
}
