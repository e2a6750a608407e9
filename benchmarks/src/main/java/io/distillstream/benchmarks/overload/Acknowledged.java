package io.distillstream.benchmarks.overload;

import io.distillstream.wire.ClusterConnection;
import io.distillstream.wire.Pipeline;
import io.distillstream.wire.Topics;
import io.distillstream.wire.scan.TopicScan;
import java.util.BitSet;

/** Which requests were answered, and so must be on the topic of soft labels once. Thread-safe. */
final class Acknowledged {
  private static final String ID = "overload-";

  private final BitSet answered = new BitSet();
  private int next;

  /** Takes numbers for new requests; the first of them. */
  synchronized int take(int requests) {
    int first = next;
    next += requests;
    return first;
  }

  static String id(int number) {
    return ID + number;
  }

  /** Notes that the requests of these numbers were answered. */
  synchronized void answered(int first, int requests) {
    answered.set(first, first + requests);
  }

  /**
   * What became of the answered requests.
   *
   * @param answered how many there are
   * @param lost of these, how many have no soft label
   * @param twice how many requests have more than one
   */
  record Audit(int answered, int lost, int twice) {}

  /** Reads what is committed by now. */
  synchronized Audit audit(ClusterConnection cluster, Pipeline pipeline) {
    BitSet labelled = new BitSet();
    BitSet again = new BitSet();
    try (TopicScan scan = new TopicScan(cluster)) {
      scan.read(
          scan.whole(Topics.SOFT_LABELS.in(pipeline)),
          record -> {
            if (record.key() != null && record.key().startsWith(ID)) {
              int number = Integer.parseInt(record.key().substring(ID.length()));
              (labelled.get(number) ? again : labelled).set(number);
            }
          });
    }
    BitSet lost = (BitSet) answered.clone();
    lost.andNot(labelled);
    return new Audit(answered.cardinality(), lost.cardinality(), again.cardinality());
  }
}
