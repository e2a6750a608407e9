package io.distillstream.gateway.http;

import io.distillstream.gateway.channel.Channel;
import io.distillstream.gateway.channel.Publication;
import io.distillstream.gateway.channel.Watcher;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/** A request for a manifest that is answered once there is one that the client does not have. */
final class LongPoll implements Watcher {

  private final Channel channel;
  private final Predicate<Publication> wanted;
  private final Request request;
  private final Response response;
  private final Callback callback;
  private final GatewayMetrics metrics;
  private final AtomicBoolean answered = new AtomicBoolean();

  /**
   * @param wanted whether the client waits for this
   */
  LongPoll(
      Channel channel,
      Predicate<Publication> wanted,
      Request request,
      Response response,
      Callback callback,
      GatewayMetrics metrics) {
    this.channel = channel;
    this.wanted = wanted;
    this.request = request;
    this.response = response;
    this.callback = callback;
    this.metrics = metrics;
  }

  /** Answers now or when there is something, at the latest, and without it, after a time. */
  void begin(Duration longest) {
    metrics.waitBegun();
    // It is idle on purpose.
    request.addIdleTimeoutListener(timeout -> false);
    channel.watch(this);
    Optional<Publication> newest = channel.newest();
    newest.ifPresent(this::published);
    if (!answered.get()) {
      request
          .getComponents()
          .getScheduler()
          .schedule(this::giveUp, longest.toMillis(), TimeUnit.MILLISECONDS);
    }
  }

  @Override
  public void published(Publication publication) {
    if (wanted.test(publication) && ends()) {
      DocumentAnswer.moving(publication.document())
          .send(request, response, callback, metrics::manifestServed);
    }
  }

  private void giveUp() {
    if (ends()) {
      response.getHeaders().put("Cache-Control", Answers.REVALIDATED);
      boolean conditional = request.getHeaders().contains("If-None-Match");
      Answers.empty(response, callback, conditional ? Answers.NOT_MODIFIED : Answers.NO_CONTENT);
    }
  }

  private boolean ends() {
    if (!answered.compareAndSet(false, true)) {
      return false;
    }
    channel.forget(this);
    metrics.waitEnded();
    return true;
  }
}
