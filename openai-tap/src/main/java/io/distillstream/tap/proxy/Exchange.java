package io.distillstream.tap.proxy;

import io.distillstream.tap.metrics.TapMetrics;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * One request on its way to the upstream, and its answer on the way back. A part of the answer is
 * asked for when the client has taken the one before, so that a slow client holds no memory.
 */
final class Exchange {

  private static final int BAD_GATEWAY = 502;
  private static final int GATEWAY_TIMEOUT = 504;

  private final Upstream upstream;
  private final ExchangeWatch watch;
  private final Client client;
  private final Plan plan;
  private final TapMetrics metrics;
  private final AtomicBoolean ended = new AtomicBoolean();
  private volatile @Nullable CompletableFuture<HttpResponse<Void>> asked;
  private volatile boolean asksAgain;
  private volatile boolean answered;

  /** The upstream came to the end of its answer; what is left is for the client to read. */
  private volatile boolean whole;

  private volatile long progressNanos = System.nanoTime();

  Exchange(Upstream upstream, ExchangeWatch watch, Client client, Plan plan, TapMetrics metrics) {
    this.upstream = upstream;
    this.watch = watch;
    this.client = client;
    this.plan = plan;
    this.metrics = metrics;
  }

  void begin() {
    metrics.opened();
    watch.add(this);
    ask();
  }

  private void ask() {
    CompletableFuture<HttpResponse<Void>> sent;
    try {
      sent = upstream.send(client.request(), plan.body(), plan.looksInto(), this::answer);
    } catch (IllegalArgumentException e) {
      failed(BAD_GATEWAY, "The request cannot be sent upstream");
      return;
    }
    asked = sent;
    if (ended.get()) {
      sent.cancel(true);
    }
    sent.whenComplete((response, failure) -> over(failure));
  }

  private HttpResponse.BodySubscriber<Void> answer(HttpResponse.ResponseInfo head) {
    if (plan.asksAgain(head.statusCode())) {
      asksAgain = true;
      return HttpResponse.BodySubscribers.discarding();
    }
    answered = true;
    progressNanos = System.nanoTime();
    return new Relay(head, plan.answer(head));
  }

  /** The upstream's answer has come to an end, and where it was a good one, the client has it. */
  private void over(@Nullable Throwable failure) {
    if (asksAgain) {
      asksAgain = false;
      ask();
    } else if (failure != null) {
      failed(BAD_GATEWAY, "The upstream cannot be reached or broke off its answer");
    }
  }

  /** Ends it if the client is gone or nothing moves. */
  void look(long answerNanos, long silenceNanos) {
    long still = System.nanoTime() - progressNanos;
    // Who has all of an answer may leave.
    if (!whole && client.isGone()) {
      abandoned();
    } else if (!answered && still > answerNanos) {
      failed(GATEWAY_TIMEOUT, "The upstream did not begin to answer in time");
    } else if (answered && still > silenceNanos) {
      failed(GATEWAY_TIMEOUT, "The answer did not go on in time");
    }
  }

  private void failed(int status, String message) {
    if (ends()) {
      metrics.upstreamFailed();
      client.fail(status, message);
    }
  }

  private void abandoned() {
    if (ends()) {
      client.abandon();
    }
  }

  /** False if it has ended before. */
  private boolean ends() {
    if (!ended.compareAndSet(false, true)) {
      return false;
    }
    watch.remove(this);
    metrics.closed();
    CompletableFuture<HttpResponse<Void>> sent = asked;
    if (!whole && sent != null) {
      sent.cancel(true);
    }
    synchronized (plan) {
      plan.ended(whole);
    }
    return true;
  }

  /** Passes the body of an answer on. */
  private final class Relay implements HttpResponse.BodySubscriber<Void> {

    private final HttpResponse.ResponseInfo head;
    private final Answer answer;
    private final CompletableFuture<Void> body = new CompletableFuture<>();
    private Flow.@Nullable Subscription subscription;
    private boolean begun;

    Relay(HttpResponse.ResponseInfo head, Answer answer) {
      this.head = head;
      this.answer = answer;
    }

    @Override
    public CompletionStage<Void> getBody() {
      return body;
    }

    @Override
    public void onSubscribe(Flow.Subscription given) {
      subscription = given;
      if (Client.isStream(head)) {
        // Who waits for a stream may want to know that it has begun.
        write(new byte[0], false);
      } else {
        given.request(1);
      }
    }

    @Override
    public void onNext(List<ByteBuffer> parts) {
      progressNanos = System.nanoTime();
      byte[] passed = answer.take(bytes(parts));
      if (passed.length == 0) {
        more();
      } else {
        write(passed, false);
      }
      record();
    }

    @Override
    public void onError(Throwable failure) {
      body.completeExceptionally(failure);
    }

    @Override
    public void onComplete() {
      whole = true;
      byte[] rest = answer.end();
      if (!begun && !answer.unchanged()) {
        begin();
        client.size(rest.length);
      }
      write(rest, true);
    }

    private void write(byte[] bytes, boolean last) {
      begin();
      client.write(bytes, last, last ? this::done : this::more, this::unwritten);
    }

    private void begin() {
      if (!begun) {
        begun = true;
        client.head(head, answer.unchanged());
      }
    }

    private void more() {
      progressNanos = System.nanoTime();
      Flow.Subscription source = subscription;
      if (source == null) {
        return;
      }
      if (ended.get()) {
        source.cancel();
      } else {
        source.request(1);
      }
    }

    private void done() {
      // First, so that what is learned of the upstream counts for the client's next request.
      record();
      client.done();
      body.complete(null);
      ends();
    }

    private void unwritten(Throwable failure) {
      record();
      abandoned();
    }

    /** After it was passed on, so that the client does not wait for it. */
    private void record() {
      synchronized (plan) {
        plan.passed(answer);
      }
    }
  }

  private static byte[] bytes(List<ByteBuffer> parts) {
    byte[] all = new byte[parts.stream().mapToInt(ByteBuffer::remaining).sum()];
    int at = 0;
    for (ByteBuffer part : parts) {
      int count = part.remaining();
      part.get(all, at, count);
      at += count;
    }
    return all;
  }
}
