package io.distillstream.http;

import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/**
 * Has requests answered on threads of their own, so that the server's own threads, which read
 * requests and answer those for health and metrics, never wait for what a request does.
 */
final class TrafficThreads extends Handler.Wrapper {

  private static final int THREADS = 32;
  private static final int IDLE_SECONDS = 10;
  private static final int WAITING = 2_048;

  /** Who waited for a thread for longer may have given up. */
  private static final long LONGEST_WAIT_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final Consumer<Refusal> refusals;
  private final ThreadPoolExecutor threads;

  TrafficThreads(String name, Consumer<Refusal> refusals) {
    this.refusals = refusals;
    AtomicInteger number = new AtomicInteger();
    this.threads =
        new ThreadPoolExecutor(
            THREADS,
            THREADS,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(WAITING),
            work -> {
              Thread thread = new Thread(work, name + "-" + number.incrementAndGet());
              thread.setDaemon(true);
              return thread;
            });
    threads.allowCoreThreadTimeOut(true);
  }

  @Override
  protected void doStop() throws Exception {
    threads.shutdownNow();
    super.doStop();
  }

  /** So that the threads that watch the sockets run all that comes before this handler. */
  @Override
  public InvocationType getInvocationType() {
    return InvocationType.NON_BLOCKING;
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) {
    try {
      long since = System.nanoTime();
      threads.execute(
          () -> {
            if (System.nanoTime() - since > LONGEST_WAIT_NANOS) {
              refuse(request, response, callback);
            } else {
              answer(request, response, callback);
            }
          });
    } catch (RejectedExecutionException e) {
      refuse(request, response, callback);
    }
    return true;
  }

  private void refuse(Request request, Response response, Callback callback) {
    refusals.accept(Refusal.THREADS);
    RefusedRequestException.unavailable("Too many requests wait to be looked at", 1)
        .answer(request, response, callback);
  }

  private void answer(Request request, Response response, Callback callback) {
    try {
      if (!super.handle(request, response, callback)) {
        Response.writeError(request, response, callback, 404);
      }
    } catch (Throwable e) {
      Response.writeError(request, response, callback, e);
    }
  }
}
