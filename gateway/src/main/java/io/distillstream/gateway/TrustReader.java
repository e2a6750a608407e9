package io.distillstream.gateway;

import io.distillstream.gateway.channel.Channels;
import io.distillstream.gateway.trust.SignedManifests;
import io.distillstream.gateway.trust.TrustFiles;
import io.distillstream.runtime.ServiceContext;
import io.distillstream.wire.Topics;
import io.distillstream.wire.trust.TrustSubscription;
import java.time.Duration;
import java.util.Map;

/**
 * Follows the topic of the pipeline's repository. A state is given out once the manifests that it
 * names are here with their artifacts, since a TUF client that is told of a target asks for it at
 * once.
 */
final class TrustReader implements TopicThread.Reading {

  /** Files that cannot be had must not keep the time of the repository from going on. */
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final TrustSubscription subscription;
  private final Channels channels;
  private final TrustFiles files;
  private long waitsSince;
  private boolean waits;

  /** Connects. */
  TrustReader(ServiceContext context, Channels channels, TrustFiles files) {
    this.subscription =
        new TrustSubscription(
            context.cluster(), context.wire().codec(Topics.TRUST, context.pipeline()));
    this.channels = channels;
    this.files = files;
  }

  @Override
  public void step() {
    Map<String, byte[]> state = subscription.current().files();
    long now = System.nanoTime();
    if (SignedManifests.of(state).stream().allMatch(channels::offerSigned)) {
      waits = false;
      files.offer(state);
    } else if (!waits) {
      waits = true;
      waitsSince = now;
    } else if (now - waitsSince > PATIENCE.toNanos()) {
      files.offer(state);
    }
  }

  @Override
  public void close() {
    subscription.close();
  }
}
