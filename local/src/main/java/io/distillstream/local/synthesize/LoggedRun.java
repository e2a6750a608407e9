package io.distillstream.local.synthesize;

import io.distillstream.avro.Augmentation;
import io.distillstream.avro.AugmentationKind;
import io.distillstream.avro.InferenceRequest;
import io.distillstream.local.settings.ClusterSettings;
import io.distillstream.local.terminal.CommandFailedException;
import io.distillstream.wire.Codec;
import io.distillstream.wire.Topics;
import io.distillstream.wire.UndecodableRecordException;
import io.distillstream.wire.WireFormat;
import io.distillstream.wire.scan.Stretch;
import io.distillstream.wire.scan.TopicScan;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What a run has sent already, as the request log holds it: a run that was interrupted goes on
 * behind it.
 *
 * @param ids of its requests
 * @param texts of its requests
 * @param next the number after the highest of its texts
 */
record LoggedRun(Set<String> ids, List<String> texts, long next) {

  /** A request id of a run. */
  static String id(String run, long number) {
    return run + "-" + number;
  }

  /**
   * Reads the request log once.
   *
   * @param run its name
   * @throws CommandFailedException if the pipeline has no request log
   */
  static LoggedRun read(ClusterSettings cluster, String run) {
    Reading reading = new Reading(run);
    try (WireFormat wire = new WireFormat(cluster.connection());
        TopicScan scan = new TopicScan(cluster.connection())) {
      Codec<InferenceRequest> codec = wire.codec(Topics.REQUESTS, cluster.pipeline());
      List<Stretch> whole = scan.whole(codec.topic());
      if (whole.isEmpty()) {
        throw new CommandFailedException(
            "There is no topic "
                + codec.topic()
                + "; pipeline.name names the pipeline, and './distillstream topics create' makes"
                + " one");
      }
      scan.read(whole, record -> reading.accept(codec, record.value()));
    }
    return new LoggedRun(reading.ids, reading.texts, reading.next);
  }

  private static final class Reading {
    final String run;
    final Set<String> ids = new HashSet<>();
    final List<String> texts = new ArrayList<>();
    long next;

    Reading(String run) {
      this.run = run;
    }

    void accept(Codec<InferenceRequest> codec, byte[] value) {
      try {
        InferenceRequest request = codec.decode(value);
        Augmentation mark = request.getAugmentation();
        String text = request.getInput().getText();
        if (text != null
            && mark != null
            && mark.getKind() == AugmentationKind.SYNTHETIC
            && mark.getSourceRequestId().equals(run)) {
          add(request.getRequestId(), text);
        }
      } catch (UndecodableRecordException e) {
        // The teacher sends it to the dead letters; it is none of this run's.
      }
    }

    private void add(String id, String text) {
      String number = id.substring(Math.min(id.length(), run.length() + 1));
      if (number.matches("\\d{1,15}") && ids.add(id)) {
        texts.add(text);
        next = Math.max(next, Long.parseLong(number) + 1);
      }
    }
  }
}
