package io.distillstream.local.labels.log;

import io.distillstream.avro.SoftLabel;
import io.distillstream.local.labels.log.LabelLog.Logged;
import io.distillstream.local.labels.spill.HashPartitions;
import java.io.Closeable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Set;

/**
 * Which labels the log has, by request and by teacher's version. What is published must be in step
 * with it: {@link Part#isNew}.
 */
public final class KnownLabels implements Closeable {

  private static final String FIRST = "first";

  private final HashPartitions logged;

  /** Knows none yet; in as many parts as what it is compared with. */
  public KnownLabels(Workplace place, int parts) {
    this.logged = new HashPartitions(place.temporary(), "known", parts);
  }

  /** Takes note of one. */
  public void add(Logged label) throws IOException {
    SoftLabel said = label.label();
    String id = said.getRequestId();
    logged.add(id, LabelKeys.version(said).getBytes(StandardCharsets.UTF_8));
    if (!label.relabelled()) {
      logged.add(id, FIRST.getBytes(StandardCharsets.UTF_8));
    }
  }

  /** Those of one part of the requests. */
  public Part part(int part) throws IOException {
    Part known = new Part();
    logged.read(
        part,
        (id, value) -> {
          String said = new String(value, StandardCharsets.UTF_8);
          if (said.equals(FIRST)) {
            known.labelled.add(id);
          } else {
            known.labels.add(id + '\0' + said);
          }
        });
    return known;
  }

  /** Some requests' labels, in memory. */
  public static final class Part {
    private final Set<String> labels = new HashSet<>();
    private final Set<String> labelled = new HashSet<>();

    private Part() {}

    /** Whether nobody has seen this label; from now on it has been. */
    public boolean isNew(SoftLabel label) {
      return labels.add(LabelKeys.of(label));
    }

    /** Whether the log has a label of a teacher's version for a request. */
    public boolean has(String requestId, String version) {
      return labels.contains(requestId + '\0' + version);
    }

    /** Whether the log has a first label of the request. */
    public boolean isLabelled(String requestId) {
      return labelled.contains(requestId);
    }
  }

  @Override
  public void close() throws IOException {
    logged.close();
  }
}
