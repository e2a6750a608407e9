package io.distillstream.local.labels.log;

import io.distillstream.avro.GroundTruth;
import io.distillstream.avro.SoftLabel;
import io.distillstream.local.settings.ClusterSettings;
import io.distillstream.local.terminal.CommandFailedException;
import io.distillstream.wire.Codec;
import io.distillstream.wire.Topics;
import io.distillstream.wire.UndecodableRecordException;
import io.distillstream.wire.WireFormat;
import io.distillstream.wire.scan.LatestEnds;
import io.distillstream.wire.scan.Stretch;
import io.distillstream.wire.scan.TopicScan;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads what the log holds of labels at present: first labels, later ones, and truths; each topic
 * partition by partition, so that the same log is read in the same order. Used by one thread.
 */
public final class LabelLog implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(LabelLog.class);

  /** What clocks may differ by. A label is written after its request was received. */
  private static final Duration CLOCKS = Duration.ofMinutes(5);

  /** A label as it stands in the log. */
  @SuppressWarnings("ArrayRecordComponent")
  public record Logged(SoftLabel label, byte[] value, boolean relabelled) {}

  /** What takes each label. */
  @FunctionalInterface
  public interface Each<T> {
    void accept(T read) throws IOException;
  }

  private final ClusterSettings cluster;
  private final WireFormat wire;
  private final TopicScan scan;
  private final Codec<SoftLabel> first;
  private final Codec<SoftLabel> later;
  private final Codec<GroundTruth> truths;
  private long unreadable;

  LabelLog(ClusterSettings cluster) {
    this.cluster = cluster;
    this.wire = new WireFormat(cluster.connection());
    this.scan = new TopicScan(cluster.connection());
    this.first = wire.codec(Topics.SOFT_LABELS, cluster.pipeline());
    this.later = wire.codec(Topics.RELABELS, cluster.pipeline());
    this.truths = wire.codec(Topics.GROUND_TRUTH, cluster.pipeline());
  }

  /** Codecs of the same registry. */
  public WireFormat wire() {
    return wire;
  }

  /**
   * Tells a pipeline of another name from one without traffic.
   *
   * @throws CommandFailedException if the pipeline has no topic of labels
   */
  public void requireThere() {
    if (scan.whole(first.topic()).isEmpty()) {
      throw new CommandFailedException(
          "There is no topic "
              + first.topic()
              + "; pipeline.name names the pipeline, and './distillstream topics create' makes one");
    }
  }

  /** As many records as these, at most, are read of requests received since then. */
  public long atMost(Instant from) {
    return count(first.topic(), from) + count(later.topic(), from) + count(truths.topic(), from);
  }

  private long count(String topic, Instant from) {
    return stretches(topic, from).stream()
        .mapToLong(stretch -> stretch.to() - stretch.from())
        .sum();
  }

  /** Labels of requests received since then, and perhaps some before; committed ones. */
  public void labels(Instant from, Each<Logged> each) throws IOException {
    read(first, from, false, each);
    read(later, from, true, each);
  }

  /** The truths that were observed since then. */
  public void truths(Instant from, Each<GroundTruth> each) throws IOException {
    read(
        truths.topic(),
        from,
        value -> {
          GroundTruth truth = truths.decode(value);
          return () -> each.accept(truth);
        });
  }

  /** A label that was read before. */
  public SoftLabel decode(byte[] value, boolean relabelled) throws IOException {
    try {
      return (relabelled ? later : first).decode(value);
    } catch (UndecodableRecordException e) {
      throw new IOException("A record can be read no longer", e);
    }
  }

  /** Records that are none. */
  public long unreadable() {
    return unreadable;
  }

  private void read(Codec<SoftLabel> codec, Instant from, boolean relabelled, Each<Logged> each)
      throws IOException {
    read(
        codec.topic(),
        from,
        value -> {
          Logged logged = new Logged(codec.decode(value), value, relabelled);
          return () -> each.accept(logged);
        });
  }

  @FunctionalInterface
  private interface Use {
    void run() throws IOException;
  }

  @FunctionalInterface
  private interface Decoding {
    Use of(byte[] value) throws UndecodableRecordException;
  }

  private void read(String topic, Instant from, Decoding decoding) throws IOException {
    try {
      for (Stretch stretch : LatestEnds.of(cluster.connection(), stretches(topic, from))) {
        scan.read(List.of(stretch), record -> use(topic, record.value(), decoding));
      }
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private void use(String topic, byte[] value, Decoding decoding) {
    Use use;
    try {
      use = decoding.of(value);
    } catch (UndecodableRecordException e) {
      log.debug("{} has a record that is none", topic, e);
      unreadable++;
      return;
    }
    try {
      use.run();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private List<Stretch> stretches(String topic, Instant from) {
    return from.equals(Instant.EPOCH) ? scan.whole(topic) : scan.since(topic, from.minus(CLOCKS));
  }

  @Override
  public void close() {
    scan.close();
    wire.close();
  }
}
