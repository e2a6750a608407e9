package io.distillstream.local.labels;

import io.distillstream.avro.AugmentationKind;
import io.distillstream.avro.GroundTruth;
import io.distillstream.avro.SoftLabel;
import io.distillstream.local.labels.log.LabelKeys;
import io.distillstream.local.labels.log.LabelLog.Logged;
import io.distillstream.local.labels.log.LabelSpaces;
import io.distillstream.local.labels.log.TruthBytes;
import io.distillstream.local.labels.log.Workplace;
import io.distillstream.local.labels.row.LabelRow.Truth;
import io.distillstream.local.labels.row.RowFile;
import io.distillstream.local.labels.row.SoftLabelRows;
import io.distillstream.local.labels.spill.HashPartitions;
import io.distillstream.model.LabelSpace;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes what the log holds into a file: each label of a teacher's version for a request once, with
 * the newest truth of the request.
 *
 * <p>Truths come in any order and perhaps months after labels. Both are split by a hash of the
 * request id into temporary files, and then joined part by part: in memory are the ids and truths
 * of one part alone, about {@value HashPartitions#VALUES} of them.
 */
final class Export {

  private static final Logger log = LoggerFactory.getLogger(Export.class);

  private final Workplace place;
  private final LabelSpaces spaces;
  private final Map<String, Long> leftOut = new TreeMap<>();
  private long rows;

  Export(Workplace place, LabelSpaces spaces) {
    this.place = place;
    this.spaces = spaces;
  }

  /** Rows written. */
  long rows() {
    return rows;
  }

  /** Labels that are not in the file, by reason. */
  Map<String, Long> leftOut() {
    return Map.copyOf(leftOut);
  }

  /**
   * Writes the labels that are wanted.
   *
   * @param from no request received before is wanted
   * @param file borrowed
   */
  void run(Instant from, Predicate<SoftLabel> wanted, RowFile file) throws IOException {
    int parts = HashPartitions.parts(place.labels().atMost(from));
    try (HashPartitions labels = new HashPartitions(place.temporary(), "labels", parts);
        HashPartitions truths = new HashPartitions(place.temporary(), "truths", parts)) {
      place.labels().labels(from, logged -> keep(logged, wanted, labels));
      place.labels().truths(from, truth -> truths.add(truth.getRequestId(), bytes(truth)));
      for (int part = 0; part < parts; part++) {
        write(labels, truths, part, file);
      }
    }
    if (place.labels().unreadable() > 0) {
      leftOut.put("records that cannot be read", place.labels().unreadable());
    }
  }

  private void keep(Logged logged, Predicate<SoftLabel> wanted, HashPartitions labels)
      throws IOException {
    SoftLabel label = logged.label();
    if (!wanted.test(label)) {
      return;
    }
    if (label.getAugmentation() != null) {
      leaveOut(
          label.getAugmentation().getKind() == AugmentationKind.SYNTHETIC
              ? "synthetic texts, which are no traffic"
              : "hard examples, which are a student's and no traffic");
    } else if (label.getPositions() != 1) {
      leaveOut("labels of sequences");
    } else if (spaces.of(label.getLabelSpace()).isEmpty()) {
      leaveOut(
          "labels of the label space "
              + label.getLabelSpace()
              + ", which is not that of the settings (trainer.labels, trainer.label-names,"
              + " teacher.*)");
    } else {
      byte[] value =
          ByteBuffer.allocate(1 + logged.value().length)
              .put((byte) (logged.relabelled() ? 1 : 0))
              .put(logged.value())
              .array();
      labels.add(label.getRequestId(), value);
    }
  }

  private void leaveOut(String reason) {
    leftOut.merge(reason, 1L, Long::sum);
  }

  private void write(HashPartitions labels, HashPartitions truths, int part, RowFile file)
      throws IOException {
    Map<String, Truth> known = new HashMap<>();
    truths.read(
        part,
        (id, value) ->
            known.merge(
                id,
                truth(value),
                (one, other) -> other.observedAt().isBefore(one.observedAt()) ? one : other));
    Set<String> seen = new HashSet<>();
    labels.read(
        part,
        (id, value) -> {
          boolean relabelled = value[0] == 1;
          byte[] logged = Arrays.copyOfRange(value, 1, value.length);
          SoftLabel label = place.labels().decode(logged, relabelled);
          if (seen.add(LabelKeys.of(label))) {
            write(label, relabelled, Optional.ofNullable(known.get(id)), file);
          } else {
            leaveOut("labels that a teacher gave twice");
          }
        });
  }

  private void write(SoftLabel label, boolean relabelled, Optional<Truth> truth, RowFile file)
      throws IOException {
    LabelSpace space = spaces.of(label.getLabelSpace()).orElseThrow();
    try {
      file.write(SoftLabelRows.row(label, space, relabelled, truth.orElse(null)));
      rows++;
    } catch (IllegalArgumentException e) {
      log.debug("The label of request {} is none", label.getRequestId(), e);
      leaveOut("records that cannot be read");
    }
  }

  private static byte[] bytes(GroundTruth truth) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    Truth known = new Truth(truth.getLabel(), truth.getObservedAt());
    TruthBytes.write(known, new DataOutputStream(bytes));
    return bytes.toByteArray();
  }

  private static Truth truth(byte[] value) throws IOException {
    return TruthBytes.read(new DataInputStream(new ByteArrayInputStream(value)));
  }
}
