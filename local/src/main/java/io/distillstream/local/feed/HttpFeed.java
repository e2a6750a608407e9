package io.distillstream.local.feed;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.distillstream.local.server.ServerAccess;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Posts requests to the teacher's {@code /v1/predict}, a few calls at a time. A full queue (429) or
 * a pipeline that is away for a while only delays: the same ids are sent again, and the pipeline
 * trains an id once however often it comes.
 */
public final class HttpFeed implements Feed {

  private static final ObjectMapper JSON = new ObjectMapper();

  private final PredictCalls predict;
  private final int calls;
  private final Semaphore free;
  private final ExecutorService callers;
  private final AtomicLong accepted = new AtomicLong();
  private final AtomicLong retried = new AtomicLong();
  private final AtomicReference<RuntimeException> failure = new AtomicReference<>();
  private volatile boolean failureThrown;

  /** A feed to a teacher that asks for nothing. */
  public HttpFeed(String teacherUrl, int calls, Duration patience) {
    this(teacherUrl, calls, patience, ServerAccess.NONE);
  }

  /**
   * @param teacherUrl such as {@code http://127.0.0.1:8080}
   * @param calls how many posts may be unanswered at once
   * @param patience how long a pipeline may be away before the feed gives up
   * @param access what the teacher asks for
   */
  public HttpFeed(String teacherUrl, int calls, Duration patience, ServerAccess access) {
    this.predict = new PredictCalls(teacherUrl, patience, true, access);
    this.calls = calls;
    this.free = new Semaphore(calls);
    this.callers = Executors.newFixedThreadPool(calls);
  }

  @Override
  public void send(List<TrafficItem> items) {
    List<TrafficItem> batch = List.copyOf(items);
    try {
      free.acquire();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new FeedException("Interrupted while sending to " + predict.address(), e);
    }
    rethrow();
    callers.execute(
        () -> {
          try {
            post(batch);
          } catch (RuntimeException e) {
            failure.compareAndSet(null, e);
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          } finally {
            free.release();
          }
        });
  }

  private void post(List<TrafficItem> batch) throws InterruptedException {
    predict.post(body(batch), retried::incrementAndGet);
    accepted.addAndGet(batch.size());
  }

  private static String body(List<TrafficItem> batch) {
    ObjectNode body = JSON.createObjectNode();
    ArrayNode texts = body.putArray("texts");
    ArrayNode ids = body.putArray("request_ids");
    batch.forEach(item -> texts.add(item.text()));
    batch.forEach(item -> ids.add(item.requestId()));
    if (batch.stream().anyMatch(item -> item.groundTruth().isPresent())) {
      ArrayNode truths = body.putArray("ground_truths");
      batch.forEach(item -> truths.add(item.groundTruth().orElse(null)));
    }
    return body.toString();
  }

  @Override
  public long accepted() {
    return accepted.get();
  }

  @Override
  public long retried() {
    return retried.get();
  }

  private void rethrow() {
    RuntimeException thrown = failure.get();
    if (thrown != null) {
      failureThrown = true;
      throw thrown;
    }
  }

  @Override
  public void close() {
    try {
      if (failure.get() == null) {
        free.acquire(calls);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      callers.shutdownNow();
    }
    // Whoever closes the feed because of the failure knows it already.
    if (!failureThrown) {
      rethrow();
    }
  }
}
