package io.distillstream.device.http;

import io.distillstream.device.transport.Pauses;
import io.distillstream.foundation.PlatformLog;
import io.distillstream.foundation.Sha256;
import io.distillstream.foundation.json.InvalidJsonException;
import io.distillstream.update.ManifestJson;
import io.distillstream.update.UpdateManifest;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.HttpURLConnection;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Listens to one channel of a gateway and hands over each manifest once. It keeps a stream of
 * events open; where something on the way does not let one through, it asks again and again and is
 * answered when there is something new. Lost connections are made again, with pauses.
 */
final class UpdateListener implements ChannelListener {

  private static final PlatformLog log = PlatformLog.of(UpdateListener.class);

  /** A gateway that has nothing to say sends a heartbeat each 15 s. */
  private static final int READ_MILLIS = 45_000;

  private static final int WAIT_SECONDS = 25;

  /** After a poll that was answered at once with what the device has. */
  private static final Duration LEAST_PAUSE_OF_POLLS = Duration.ofSeconds(1);

  private static final long NANOS_OF_A_GOOD_STREAM = TimeUnit.SECONDS.toNanos(10);
  private static final long NANOS_WITHOUT_STREAM = TimeUnit.MINUTES.toNanos(10);

  private final Gateway gateway;
  private final PublishedManifests manifests;
  private final UpdateReceiver receiver;
  private final Pauses pauses;
  private final CountDownLatch stopped = new CountDownLatch(1);
  private volatile @Nullable HttpURLConnection streaming;
  private String lastEvent = "";
  private @Nullable String tag;
  private boolean streams = true;
  private long streamAgainAt;

  UpdateListener(
      Gateway gateway, PublishedManifests manifests, UpdateReceiver receiver, Pauses pauses) {
    this.gateway = gateway;
    this.manifests = manifests;
    this.receiver = receiver;
    this.pauses = pauses;
  }

  /**
   * Ends it, also while it waits for the gateway. May wait itself, until the gateway's next
   * heartbeat: Java's client lets nobody close a chunked stream that another thread reads.
   */
  @Override
  public void stop() {
    stopped.countDown();
    manifests.close();
    HttpURLConnection open = streaming;
    if (open != null) {
      open.disconnect();
    }
  }

  @Override
  public void run() {
    while (stopped.getCount() > 0) {
      Duration asked = Duration.ZERO;
      Duration least = Duration.ZERO;
      long begun = System.nanoTime();
      try {
        if (streams || System.nanoTime() - streamAgainAt >= 0) {
          stream();
        } else if (poll()) {
          pauses.reset();
          continue;
        } else {
          least = LEAST_PAUSE_OF_POLLS;
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
      Duration pause = pauses.next(asked);
      pause(pause.compareTo(least) < 0 ? least : pause);
    }
  }

  private void refused(GatewayException refusal) {
    if (refusal.status() == HttpURLConnection.HTTP_NOT_FOUND) {
      log.debug("Nothing is published yet, or not at the gateway asked: {}", refusal.getMessage());
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
    HttpURLConnection connection = gateway.open(manifests.path() + "events", READ_MILLIS);
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
        boolean all = first || !PublishedManifests.isDigest(event.id());
        hand(all ? manifests.all() : manifests.of(event.id()));
        requireSeen(event.id());
        first = false;
        lastEvent = event.id();
        streams = true;
        pauses.reset();
      }
    }
  }

  /**
   * What an answer told of must be found, too, before it counts as told: behind a balancer another
   * gateway may have given out the list, which has not heard of it.
   *
   * @throws GatewayException if it is not to be had at the moment
   */
  private void requireSeen(String digest) throws IOException {
    if (PublishedManifests.isDigest(digest) && !manifests.hasSeen(digest)) {
      hand(manifests.of(digest));
    }
  }

  /**
   * One long poll. False where it was answered with what the device has: by gateways that know
   * different versions, or through something that leaves the tag out, each one is, at once.
   */
  private boolean poll() throws IOException {
    HttpURLConnection connection =
        manifests.open("manifest.json?wait=" + WAIT_SECONDS, READ_MILLIS);
    boolean whole = false;
    boolean news = true;
    try {
      if (tag != null) {
        connection.setRequestProperty("If-None-Match", tag);
      }
      int status = connection.getResponseCode();
      if (status == HttpURLConnection.HTTP_NOT_MODIFIED) {
        Gateway.drain(connection);
      } else {
        String digest = Sha256.hex(Gateway.body(connection, ManifestJson.MOST_BYTES));
        String newTag = connection.getHeaderField("ETag");
        whole = true;
        news = !manifests.hasSeen(digest);
        hand(manifests.all());
        requireSeen(digest);
        tag = newTag;
      }
      receiver.connected();
      whole = true;
      return news;
    } finally {
      if (!whole) {
        connection.disconnect();
      }
    }
  }

  private void hand(List<UpdateManifest> found) {
    if (!found.isEmpty()) {
      receiver.received(found);
    }
  }

  private void requireRunning() throws IOException {
    if (stopped.getCount() == 0) {
      throw new InterruptedIOException("The device is closed");
    }
  }
}
