package io.distillstream.local.labels;

import io.distillstream.avro.GroundTruth;
import io.distillstream.avro.InferenceRequest;
import io.distillstream.avro.Ingress;
import io.distillstream.avro.SoftLabel;
import io.distillstream.local.labels.log.KnownLabels;
import io.distillstream.local.labels.log.LabelPublisher;
import io.distillstream.local.labels.log.TruthBytes;
import io.distillstream.local.labels.log.Workplace;
import io.distillstream.local.labels.row.BadRowException;
import io.distillstream.local.labels.row.LabelRow;
import io.distillstream.local.labels.row.LabelRow.Truth;
import io.distillstream.local.labels.row.RowSink;
import io.distillstream.local.labels.row.SoftLabelRows;
import io.distillstream.local.labels.spill.HashPartitions;
import io.distillstream.model.LabelSpace;
import io.distillstream.wire.Codec;
import io.distillstream.wire.Pipeline;
import io.distillstream.wire.Topics;
import io.distillstream.wire.WireFormat;
import io.distillstream.wire.check.ExampleChecks;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/**
 * Publishes the labels of a file that the log has not.
 *
 * <p>The log itself is asked which these are, after whoever imported before was fenced, so that an
 * import that was killed goes on where it ended and one that is repeated publishes nothing. A
 * request whose label is its first one is traffic: request, label and truth are published, as if
 * the teacher had been asked over HTTP. Labels of requests that have one go to {@link
 * Topics#RELABELS}, from which nobody learns.
 */
final class Import {

  /** A file's rows may be as small as this, compressed. */
  private static final int SMALLEST_ROW = 64;

  private static final int LARGEST_RECORD = 900_000;

  /** What became of the rows. */
  record Counts(
      long rows,
      long bad,
      long known,
      long first,
      long later,
      long truthsLeftOut,
      Set<String> unused) {}

  private final Workplace place;
  private final LabelSpace space;
  private final LabelPublisher publisher;
  private final Codec<InferenceRequest> requests;
  private final Codec<SoftLabel> firstLabels;
  private final Codec<SoftLabel> laterLabels;
  private final Codec<GroundTruth> truths;

  private long rows;
  private long bad;
  private long known;
  private long first;
  private long later;
  private long truthsLeftOut;

  Import(Workplace place, LabelSpace space, LabelPublisher publisher) {
    WireFormat wire = place.labels().wire();
    Pipeline pipeline = place.cluster().pipeline();
    this.place = place;
    this.space = space;
    this.publisher = publisher;
    this.requests = wire.codec(Topics.REQUESTS, pipeline);
    this.firstLabels = wire.codec(Topics.SOFT_LABELS, pipeline);
    this.laterLabels = wire.codec(Topics.RELABELS, pipeline);
    this.truths = wire.codec(Topics.GROUND_TRUTH, pipeline);
  }

  /**
   * Imports a file.
   *
   * @param complaints is told of each row that is none
   */
  Counts run(Path file, LabelFile format, Consumer<String> complaints) throws IOException {
    long most = Math.max(place.labels().atMost(Instant.EPOCH), Files.size(file) / SMALLEST_ROW);
    int parts = HashPartitions.parts(most);
    try (HashPartitions wanted = new HashPartitions(place.temporary(), "rows", parts);
        KnownLabels logged = new KnownLabels(place, parts)) {
      Set<String> unused = format.read(file, Instant.now(), new Rows(wanted, complaints));
      place.labels().labels(Instant.EPOCH, logged::add);
      for (int part = 0; part < parts; part++) {
        KnownLabels.Part before = logged.part(part);
        Set<String> imported = new HashSet<>();
        Set<String> told = new HashSet<>();
        wanted.read(part, (id, value) -> publish(value, before, imported, told));
      }
      publisher.flush();
      return new Counts(rows, bad, known, first, later, truthsLeftOut, unused);
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  /**
   * @param imported requests of this import
   * @param told those whose truth is published
   */
  private void publish(byte[] kept, KnownLabels.Part before, Set<String> imported, Set<String> told)
      throws IOException {
    DataInputStream in = new DataInputStream(new ByteArrayInputStream(kept));
    boolean relabelled = in.readBoolean();
    Truth truth = in.readBoolean() ? TruthBytes.read(in) : null;
    byte[] value = in.readAllBytes();
    SoftLabel label = place.labels().decode(value, false);
    String id = label.getRequestId();
    if (!before.isNew(label)) {
      known++;
    } else if (before.isLabelled(id) || (relabelled && imported.contains(id))) {
      publisher.add(
          List.of(new ProducerRecord<>(laterLabels.topic(), id, laterLabels.encode(label))));
      later++;
      truthsLeftOut += truth == null || imported.contains(id) ? 0 : 1;
    } else {
      boolean untold = truth != null && told.add(id);
      publisher.add(traffic(label, value, untold ? truth : null, imported.add(id)));
      first++;
    }
  }

  private List<ProducerRecord<String, byte[]>> traffic(
      SoftLabel label, byte[] value, @Nullable Truth truth, boolean isNew) {
    String id = label.getRequestId();
    List<ProducerRecord<String, byte[]>> records = new ArrayList<>();
    if (isNew) {
      InferenceRequest request =
          new InferenceRequest(id, label.getInput(), label.getReceivedAt(), Ingress.HTTP, null, "");
      records.add(new ProducerRecord<>(requests.topic(), id, requests.encode(request)));
    }
    records.add(new ProducerRecord<>(firstLabels.topic(), id, value));
    if (truth != null) {
      GroundTruth observed = new GroundTruth(id, truth.label(), truth.observedAt());
      records.add(new ProducerRecord<>(truths.topic(), id, truths.encode(observed)));
    }
    return records;
  }

  /** Keeps the rows of a file until it is known which labels the log has. */
  private final class Rows implements RowSink {
    private final HashPartitions wanted;
    private final Consumer<String> complaints;

    Rows(HashPartitions wanted, Consumer<String> complaints) {
      this.wanted = wanted;
      this.complaints = complaints;
    }

    @Override
    public void row(String where, LabelRow row) throws BadRowException {
      SoftLabel label = SoftLabelRows.record(row, space);
      Truth truth = row.truth();
      if (truth != null) {
        SoftLabelRows.requireKnown(truth, space);
      }
      try {
        ExampleChecks.softLabel(label);
      } catch (IllegalArgumentException e) {
        throw new BadRowException(String.valueOf(e.getMessage()));
      }
      byte[] value = firstLabels.encode(label);
      if (value.length > LARGEST_RECORD) {
        throw new BadRowException(
            "it takes %,d bytes, expected %,d at most".formatted(value.length, LARGEST_RECORD));
      }
      try {
        wanted.add(row.requestId(), kept(row.relabelled(), truth, value));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      rows++;
    }

    private static byte[] kept(boolean relabelled, @Nullable Truth truth, byte[] value)
        throws IOException {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream(value.length + 1);
      DataOutputStream out = new DataOutputStream(bytes);
      out.writeBoolean(relabelled);
      out.writeBoolean(truth != null);
      if (truth != null) {
        TruthBytes.write(truth, out);
      }
      out.write(value);
      return bytes.toByteArray();
    }

    @Override
    public void bad(String where, String problem) {
      rows++;
      bad++;
      complaints.accept(where + ": " + problem);
    }
  }
}
