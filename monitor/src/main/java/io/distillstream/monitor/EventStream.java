package io.distillstream.monitor;

import io.distillstream.monitor.view.Snapshot;
import io.javalin.http.sse.SseClient;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Sends snapshots to the pages that listen: a {@code status} event each second, and {@code
 * history}, {@code groups} and {@code lineage} events first and whenever these change. A slow
 * reader misses seconds and holds up nobody. Thread-safe.
 */
final class EventStream implements AutoCloseable {

  private static final int MAX_READERS = 64;

  private final Set<Reader> readers = ConcurrentHashMap.newKeySet();
  private volatile Snapshot current;
  private final ExecutorService senders =
      new ThreadPoolExecutor(
          0,
          MAX_READERS,
          10,
          TimeUnit.SECONDS,
          new SynchronousQueue<>(),
          task -> {
            Thread thread = new Thread(task, "monitor-stream");
            thread.setDaemon(true);
            return thread;
          });

  EventStream(Snapshot first) {
    this.current = first;
  }

  /** The newest snapshot. */
  Snapshot current() {
    return current;
  }

  /** Takes a listener, which is closed if there are too many. */
  void add(SseClient client) {
    if (readers.size() >= MAX_READERS) {
      client.close();
      return;
    }
    Reader reader = new Reader(client);
    client.keepAlive();
    client.onClose(() -> readers.remove(reader));
    readers.add(reader);
    send(reader);
  }

  /** Makes this the newest snapshot and sends it to all. */
  void publish(Snapshot snapshot) {
    current = snapshot;
    readers.forEach(this::send);
  }

  private void send(Reader reader) {
    if (reader.busy.compareAndSet(false, true)) {
      try {
        senders.execute(() -> reader.send(current));
      } catch (RejectedExecutionException e) {
        // All senders are busy or the service is closing: this second is missed.
        reader.busy.set(false);
      }
    }
  }

  @Override
  public void close() {
    readers.forEach(reader -> reader.client.close());
    senders.shutdownNow();
  }

  private static final class Reader {

    private final SseClient client;
    private final AtomicBoolean busy = new AtomicBoolean();
    private final Map<String, String> sent = new HashMap<>();

    Reader(SseClient client) {
      this.client = client;
    }

    void send(Snapshot snapshot) {
      try {
        send("history", snapshot.historyJson());
        send("groups", snapshot.groupsJson());
        send("lineage", snapshot.lineageJson());
        send("status", snapshot.streamedJson());
      } finally {
        busy.set(false);
      }
    }

    @SuppressWarnings("ReferenceEquality") // What has not changed is the same object.
    private void send(String event, String json) {
      if (sent.put(event, json) != json) {
        client.sendEvent(event, json);
      }
    }
  }
}
