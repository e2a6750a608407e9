package io.distillstream.device.mqtt;

import io.distillstream.device.http.ChannelListener;
import io.distillstream.device.http.GatewayException;
import io.distillstream.device.http.PublishedManifests;
import io.distillstream.device.http.UpdateReceiver;
import io.distillstream.device.transport.Pauses;
import io.distillstream.foundation.PlatformLog;
import io.distillstream.foundation.json.InvalidJsonException;
import io.distillstream.foundation.json.Json;
import io.distillstream.update.UpdateManifest;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Looks at the gateway when an update is announced. An announcement is a hint and nothing more:
 * what it says is not believed, what cannot be found makes the device wait before the next look,
 * and without any announcement it looks now and then all the same.
 */
final class AnnouncementListener implements ChannelListener {

  private static final PlatformLog log = PlatformLog.of(AnnouncementListener.class);

  /** The broker holds the newest announcement, which comes at once where there is one. */
  private static final Duration FIRST_LOOK = Duration.ofSeconds(10);

  private static final Duration QUIET = Duration.ofMinutes(10);
  private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);

  /** The gateway that is asked may be behind the one that announced. */
  private static final int VAIN_LOOKS = 5;

  private final Runnable connecting;
  private final PublishedManifests manifests;
  private final UpdateReceiver receiver;
  private final Pauses pauses = new Pauses(FIRST_PAUSE, LONGEST_PAUSE);
  private long nextLook;
  private int vain;

  /** Of the announcement that was not looked for; empty for no particular one. */
  private @Nullable String announced;

  /** Whether others may have been announced before it that were not heard of. */
  private boolean missed = true;

  private boolean brokerIsThere;
  private boolean stopped;

  /**
   * @param connecting begins to connect to the broker
   */
  AnnouncementListener(Runnable connecting, PublishedManifests manifests, UpdateReceiver receiver) {
    this.connecting = connecting;
    this.manifests = manifests;
    this.receiver = receiver;
  }

  /** The broker is there. */
  synchronized void connected() {
    brokerIsThere = true;
    receiver.connected();
  }

  /** It is not. */
  synchronized void lost(IOException reason) {
    brokerIsThere = false;
    missed = true;
    if (!stopped) {
      receiver.failed(reason);
    }
  }

  /** It announced an update. */
  void announced(byte[] json) {
    String digest;
    try {
      digest = Json.object(json).text("manifest_sha256");
    } catch (InvalidJsonException e) {
      log.debug("An announcement is left out: {}", e.getMessage());
      return;
    }
    if (PublishedManifests.isDigest(digest)) {
      synchronized (this) {
        missed |= announced != null && !announced.equals(digest);
        announced = digest;
        notifyAll();
      }
    }
  }

  @Override
  public void stop() {
    synchronized (this) {
      stopped = true;
      notifyAll();
    }
    manifests.close();
  }

  @Override
  public void run() {
    connecting.run();
    nextLook = System.nanoTime() + FIRST_LOOK.toNanos();
    while (awaitHint()) {
      Duration pause = look();
      if (!pause.isZero() && !pause(pause)) {
        return;
      }
    }
  }

  /** Returns when it is time to look; false when it is over. */
  private synchronized boolean awaitHint() {
    long left = nextLook - System.nanoTime();
    while (!stopped && announced == null && left > 0) {
      try {
        TimeUnit.NANOSECONDS.timedWait(this, left);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return false;
      }
      left = nextLook - System.nanoTime();
    }
    if (announced == null) {
      announced = "";
      missed = true;
    }
    return !stopped;
  }

  /** Waits, whatever is announced; false when it is over. */
  private synchronized boolean pause(Duration time) {
    long until = System.nanoTime() + time.toNanos();
    long left = time.toNanos();
    while (!stopped && left > 0) {
      try {
        TimeUnit.NANOSECONDS.timedWait(this, left);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return false;
      }
      left = until - System.nanoTime();
    }
    return !stopped;
  }

  /** Answers how long to wait before the next look. */
  private Duration look() {
    String digest;
    boolean all;
    synchronized (this) {
      digest = String.valueOf(announced);
      all = missed;
      announced = null;
      missed = false;
    }
    if (manifests.hasSeen(digest)) {
      return Duration.ZERO;
    }
    try {
      List<UpdateManifest> found = all ? manifests.all() : manifests.of(digest);
      nextLook = System.nanoTime() + QUIET.toNanos();
      answered();
      if (!found.isEmpty()) {
        receiver.received(found);
      }
      if (!digest.isEmpty() && !manifests.hasSeen(digest)) {
        again(digest, true);
        return pauses.next();
      }
      vain = 0;
      pauses.reset();
      return Duration.ZERO;
    } catch (GatewayException e) {
      boolean absent = e.status() == HttpURLConnection.HTTP_NOT_FOUND;
      if (!absent) {
        receiver.failed(failure(e));
      }
      again(digest, absent);
      return pauses.next(e.retryAfter());
    } catch (IOException | InvalidJsonException e) {
      receiver.failed(failure(e));
      again(digest, false);
      return pauses.next();
    }
  }

  /** The gateway answered, which is half of what a device needs to follow updates. */
  private synchronized void answered() {
    if (brokerIsThere) {
      receiver.connected();
    }
  }

  /** Has it looked for again; what is not there, not for ever. */
  private synchronized void again(String digest, boolean absent) {
    missed = true;
    vain = absent ? vain + 1 : 0;
    if (vain >= VAIN_LOOKS) {
      vain = 0;
      nextLook = System.nanoTime() + QUIET.toNanos();
    } else if (announced == null) {
      announced = digest;
    }
  }

  private IOException failure(Exception cause) {
    return new IOException(manifests + " cannot be followed: " + cause.getMessage(), cause);
  }
}
