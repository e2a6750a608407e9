package io.distillstream.device.http;

import io.distillstream.foundation.PlatformLog;
import io.distillstream.foundation.Sha256;
import io.distillstream.foundation.json.InvalidJsonException;
import io.distillstream.foundation.json.Json;
import io.distillstream.foundation.json.JsonFields;
import io.distillstream.update.ManifestJson;
import io.distillstream.update.UpdateManifest;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.HttpURLConnection;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Listens to one channel of a gateway and hands over each manifest once. It keeps a stream of
 * events open; where something on the way does not let one through, it asks again and again and is
 * answered when there is something new. Lost connections are made again, with pauses.
 */
final class UpdateListener implements Runnable {

  private static final PlatformLog log = PlatformLog.of(UpdateListener.class);

  /** A gateway that has nothing to say sends a heartbeat each 15 s. */
  private static final int READ_MILLIS = 45_000;

  private static final int WAIT_SECONDS = 25;
  private static final long NANOS_OF_A_GOOD_STREAM = TimeUnit.SECONDS.toNanos(10);
  private static final long NANOS_WITHOUT_STREAM = TimeUnit.MINUTES.toNanos(10);

  /** Where manifests go, and failures. */
  interface Receiver {
    /** The gateway is there. */
    void connected();

    void received(List<UpdateManifest> manifests);

    void failed(IOException failure);
  }

  private final Gateway gateway;
  private final String channel;
  private final Receiver receiver;
  private final Pauses pauses;
  private final CountDownLatch stopped = new CountDownLatch(1);
  private volatile @Nullable HttpURLConnection streaming;
  private volatile @Nullable HttpURLConnection asking;

  /** Digests of the manifests that were handed over and that the gateway still lists. */
  private Set<String> seen = new LinkedHashSet<>();

  private String lastEvent = "";
  private @Nullable String tag;
  private boolean streams = true;
  private long streamAgainAt;

  UpdateListener(Gateway gateway, String model, String channel, Receiver receiver, Pauses pauses) {
    this.gateway = gateway;
    this.channel = "/v1/models/" + Gateway.segment(model) + "/" + Gateway.segment(channel) + "/";
    this.receiver = receiver;
    this.pauses = pauses;
  }

  /**
   * Ends it, also while it waits for the gateway. May wait itself, until the gateway's next
   * heartbeat: Java's client lets nobody close a chunked stream that another thread reads.
   */
  void stop() {
    stopped.countDown();
    disconnect(asking);
    disconnect(streaming);
  }

  private static void disconnect(@Nullable HttpURLConnection connection) {
    if (connection != null) {
      connection.disconnect();
    }
  }

  @Override
  public void run() {
    while (stopped.getCount() > 0) {
      Duration asked = Duration.ZERO;
      long begun = System.nanoTime();
      try {
        if (streams || System.nanoTime() - streamAgainAt >= 0) {
          stream();
        } else {
          poll();
          continue;
        }
      } catch (GatewayException e) {
        asked = e.retryAfter();
        refused(e);
      } catch (IOException | InvalidJsonException e) {
        failed(e);
      }
      if (System.nanoTime() - begun > NANOS_OF_A_GOOD_STREAM) {
        pauses.reset();
      }
      pause(pauses.next(asked));
    }
  }

  private void refused(GatewayException refusal) {
    if (refusal.status() == HttpURLConnection.HTTP_NOT_FOUND) {
      log.debug("Nothing is published on {} yet", channel);
    } else {
      failed(refusal);
    }
  }

  private void failed(Exception failure) {
    if (stopped.getCount() > 0) {
      String what = gateway + " cannot be followed: " + failure.getMessage();
      receiver.failed(new IOException(what, failure));
    }
  }

  private void pause(Duration pause) {
    try {
      boolean unused = stopped.await(pause.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      stopped.countDown();
    }
  }

  /** Returns when the stream ends. */
  private void stream() throws IOException {
    HttpURLConnection connection = gateway.open(channel + "events", READ_MILLIS);
    streaming = connection;
    requireRunning();
    try {
      connection.setRequestProperty("Accept", "text/event-stream");
      // It is of no use to anybody else, and without chunks it can be closed at any time.
      connection.setRequestProperty("Connection", "close");
      if (!lastEvent.isEmpty()) {
        connection.setRequestProperty("Last-Event-ID", lastEvent);
      }
      Gateway.requireStatus(connection, HttpURLConnection.HTTP_OK);
      String type = String.valueOf(connection.getContentType());
      if (!type.startsWith("text/event-stream")) {
        doWithoutStream("answers with " + type);
        return;
      }
      receiver.connected();
      try (EventReader events = new EventReader(connection.getInputStream())) {
        read(events);
      }
    } catch (SocketTimeoutException e) {
      // Not even a heartbeat: something on the way keeps the stream back.
      doWithoutStream("lets no events through");
    } finally {
      streaming = null;
      connection.disconnect();
    }
  }

  private void doWithoutStream(String why) {
    log.info("{} {}; it is asked for new versions instead", gateway, why);
    streams = false;
    streamAgainAt = System.nanoTime() + NANOS_WITHOUT_STREAM;
  }

  private void read(EventReader events) throws IOException {
    boolean first = true;
    for (EventReader.Event event = events.next(); event != null; event = events.next()) {
      if (event.name().equals("update")) {
        // The first tells of the newest alone; others may have come while nobody listened.
        if (first || !isDigest(event.id())) {
          fetchAll();
        } else {
          fetch(List.of(event.id()));
        }
        first = false;
        lastEvent = event.id();
        streams = true;
        pauses.reset();
      }
    }
  }

  /** One long poll. */
  private void poll() throws IOException {
    HttpURLConnection connection = open("manifest.json?wait=" + WAIT_SECONDS);
    boolean whole = false;
    try {
      if (tag != null) {
        connection.setRequestProperty("If-None-Match", tag);
      }
      int status = connection.getResponseCode();
      if (status == HttpURLConnection.HTTP_NOT_MODIFIED) {
        Gateway.drain(connection);
      } else {
        Gateway.body(connection, ManifestJson.MOST_BYTES);
        tag = connection.getHeaderField("ETag");
        fetchAll();
      }
      receiver.connected();
      pauses.reset();
      whole = true;
    } finally {
      if (!whole) {
        connection.disconnect();
      }
    }
  }

  /** Every manifest that the gateway lists and that was not handed over, oldest first. */
  private void fetchAll() throws IOException {
    HttpURLConnection connection = open("versions.json");
    List<String> listed = new ArrayList<>();
    for (JsonFields version :
        Json.object(Gateway.body(connection, Gateway.MOST_LIST_BYTES)).objects("versions")) {
      String digest = version.text("manifest_sha256");
      if (isDigest(digest)) {
        listed.add(digest);
      }
    }
    fetch(listed);
    seen = new LinkedHashSet<>(listed);
  }

  private void fetch(List<String> digests) throws IOException {
    List<UpdateManifest> manifests = new ArrayList<>();
    Set<String> fetched = new LinkedHashSet<>();
    for (String digest : digests) {
      if (!seen.contains(digest)) {
        UpdateManifest manifest = manifest(digest);
        fetched.add(digest);
        if (manifest != null) {
          manifests.add(manifest);
        }
      }
    }
    seen.addAll(fetched);
    if (!manifests.isEmpty()) {
      receiver.received(manifests);
    }
  }

  /** Null if it is none that this device could read. */
  private @Nullable UpdateManifest manifest(String digest) throws IOException {
    HttpURLConnection connection = open("manifests/" + digest + ".json");
    connection.setRequestProperty("Accept-Encoding", "gzip");
    byte[] json = Gateway.body(connection, ManifestJson.MOST_BYTES);
    if (!Sha256.hex(json).equals(digest)) {
      throw new IOException("The manifest " + digest + " arrived damaged");
    }
    try {
      return ManifestJson.read(json);
    } catch (InvalidJsonException e) {
      log.warn("Manifest {} skipped: {}", digest, e.getMessage());
      return null;
    }
  }

  private HttpURLConnection open(String what) throws IOException {
    HttpURLConnection connection = gateway.open(channel + what, READ_MILLIS);
    asking = connection;
    requireRunning();
    return connection;
  }

  private void requireRunning() throws IOException {
    if (stopped.getCount() == 0) {
      throw new InterruptedIOException("The device is closed");
    }
  }

  private static boolean isDigest(String text) {
    return text.matches("[0-9a-f]{64}");
  }
}
