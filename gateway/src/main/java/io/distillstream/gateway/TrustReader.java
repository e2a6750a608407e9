package io.distillstream.gateway;

import io.distillstream.gateway.trust.TrustFiles;
import io.distillstream.runtime.ServiceContext;
import io.distillstream.wire.Topics;
import io.distillstream.wire.trust.TrustSubscription;

/** Follows the topic of the pipeline's repository. */
final class TrustReader implements TopicThread.Reading {

  private final TrustSubscription subscription;
  private final TrustFiles files;

  /** Connects. */
  TrustReader(ServiceContext context, TrustFiles files) {
    this.subscription =
        new TrustSubscription(
            context.cluster(), context.wire().codec(Topics.TRUST, context.pipeline()));
    this.files = files;
  }

  @Override
  public void step() {
    files.offer(subscription.current().files());
  }

  @Override
  public void close() {
    subscription.close();
  }
}
