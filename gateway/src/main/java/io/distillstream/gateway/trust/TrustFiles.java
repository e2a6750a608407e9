package io.distillstream.gateway.trust;

import io.distillstream.gateway.channel.Document;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * The metadata of the pipeline's repository by the names of its files. A client asks for one after
 * another, so that a file that was replaced stays for a while: who began with the state before can
 * go on to its end. Thread-safe.
 */
public final class TrustFiles {

  /** How long a replaced file stays. */
  static final Duration GRACE = Duration.ofMinutes(10);

  /** Of replaced files, whatever is written to the topic. */
  static final int MOST_REPLACED = 500;

  private final LongSupplier nanoTime;
  private final Map<String, Document> current = new HashMap<>();
  private final Map<String, Replaced> replaced = new LinkedHashMap<>();
  private boolean complete;

  private record Replaced(Document file, long until) {}

  public TrustFiles() {
    this(System::nanoTime);
  }

  TrustFiles(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  /** Takes over a state of the repository, which is all of its files by name. */
  public synchronized void offer(Map<String, byte[]> files) {
    long now = nanoTime.getAsLong();
    current.entrySet().removeIf(file -> isReplaced(file, files, now));
    files.forEach(
        (name, content) -> current.computeIfAbsent(name, absent -> new Document(content)));
    replaced.values().removeIf(file -> now - file.until() > 0);
    var oldest = replaced.keySet().iterator();
    while (replaced.size() > MOST_REPLACED) {
      oldest.next();
      oldest.remove();
    }
    complete = true;
  }

  private boolean isReplaced(Map.Entry<String, Document> file, Map<String, byte[]> by, long now) {
    byte[] content = by.get(file.getKey());
    if (content != null && Arrays.equals(content, file.getValue().json())) {
      return false;
    }
    replaced.remove(file.getKey());
    replaced.put(file.getKey(), new Replaced(file.getValue(), now + GRACE.toNanos()));
    return true;
  }

  /** A file of the repository as it is now, or else as it was a moment ago. */
  public synchronized Optional<Document> find(String name) {
    Document file = current.get(name);
    if (file == null) {
      Replaced before = replaced.get(name);
      file = before == null ? null : before.file();
    }
    return Optional.ofNullable(file);
  }

  /** Whether what is on the topic was read. */
  public synchronized boolean isComplete() {
    return complete;
  }
}
