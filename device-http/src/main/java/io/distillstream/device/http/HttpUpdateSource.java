package io.distillstream.device.http;

import io.distillstream.device.transport.DamagedArtifactException;
import io.distillstream.device.transport.Pauses;
import io.distillstream.device.transport.VerifiableSource;
import io.distillstream.tuf.MetadataSource;
import io.distillstream.tuf.TrustedTarget;
import io.distillstream.update.ArtifactRef;
import io.distillstream.update.ManifestJson;
import io.distillstream.update.UpdateManifest;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * Updates from a gateway, and its repository's files. Owns a thread, which listens from the first
 * poll on.
 */
public final class HttpUpdateSource implements VerifiableSource {

  private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);
  private static final Duration LONGEST_CUT = Duration.ofSeconds(5);

  private static final long FAREWELL_MILLIS = 1_000;

  /** Of what waits while the device is busy with a download. */
  private static final int MOST_WAITING = 100;

  private final Gateway gateway;
  private final ChannelListener listener;
  private final Thread thread;
  private final List<UpdateManifest> waiting = new ArrayList<>();
  private @Nullable IOException failure;
  private boolean failing;

  /**
   * Listens to the gateway's own events.
   *
   * @param model whose updates are followed
   * @param channel of the model
   */
  public HttpUpdateSource(Gateway gateway, String model, String channel) {
    this(
        gateway,
        model,
        channel,
        (manifests, receiver) ->
            new UpdateListener(
                gateway, manifests, receiver, new Pauses(FIRST_PAUSE, LONGEST_PAUSE)));
  }

  /**
   * Hears of updates in another way, and fetches them from the gateway all the same.
   *
   * @param listening makes the listener, which reads the manifests and hands them to the receiver
   */
  public HttpUpdateSource(
      Gateway gateway,
      String model,
      String channel,
      BiFunction<PublishedManifests, UpdateReceiver, ? extends ChannelListener> listening) {
    this.gateway = gateway;
    this.listener = listening.apply(new PublishedManifests(gateway, model, channel), new Inbox());
    this.thread = new Thread(listener, "updates-" + model + "-" + channel);
    thread.setDaemon(true);
  }

  /** Fails once when the gateway is lost; it is tried again all the same, and until then quiet. */
  @Override
  public synchronized List<UpdateManifest> poll(Duration patience) throws IOException {
    if (thread.getState() == Thread.State.NEW) {
      thread.start();
    }
    long deadline = System.nanoTime() + patience.toNanos();
    long left = patience.toNanos();
    while (waiting.isEmpty() && failure == null && left > 0) {
      try {
        TimeUnit.NANOSECONDS.timedWait(this, left);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return List.of();
      }
      left = deadline - System.nanoTime();
    }
    IOException lost = failure;
    failure = null;
    if (lost != null && waiting.isEmpty()) {
      throw lost;
    }
    List<UpdateManifest> found = List.copyOf(waiting);
    waiting.clear();
    return found;
  }

  /**
   * The gateway's files as they are when each is asked for; one that is replaced meanwhile stays
   * there long enough to go on with.
   */
  @Override
  public MetadataSource metadata() {
    return (name, maxBytes) -> gateway.file("/v1/tuf/metadata/" + Gateway.segment(name), maxBytes);
  }

  @Override
  public Optional<byte[]> target(TrustedTarget target) throws IOException {
    int most = (int) Math.min(target.length(), ManifestJson.MOST_BYTES);
    return gateway.file("/v1/tuf/targets/" + target.consistentPath(), most);
  }

  @Override
  public void fetch(ArtifactRef artifact, Path target)
      throws IOException, DamagedArtifactException {
    new Download(gateway, artifact, target, new Pauses(Duration.ofMillis(200), LONGEST_CUT)).run();
  }

  /** Its thread may end a little later: see {@link ChannelListener#stop}. */
  @Override
  public void close() {
    Thread closing = new Thread(listener::stop, thread.getName() + "-closing");
    closing.setDaemon(true);
    closing.start();
    try {
      closing.join(FAREWELL_MILLIS);
      thread.join(FAREWELL_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private synchronized void add(List<UpdateManifest> manifests) {
    waiting.addAll(manifests);
    if (waiting.size() > MOST_WAITING) {
      waiting.subList(0, waiting.size() - MOST_WAITING).clear();
    }
    notifyAll();
  }

  private synchronized void fail(IOException lost) {
    if (!failing) {
      failing = true;
      failure = lost;
      notifyAll();
    }
  }

  private synchronized void recover() {
    failing = false;
    failure = null;
  }

  private final class Inbox implements UpdateReceiver {

    @Override
    public void connected() {
      recover();
    }

    @Override
    public void received(List<UpdateManifest> manifests) {
      add(manifests);
    }

    @Override
    public void failed(IOException lost) {
      fail(lost);
    }
  }
}
