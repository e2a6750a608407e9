package io.distillstream.benchmarks.overload;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Calls of {@code POST /v1/predict}, each with the next texts of a list that is used in a ring, and
 * each text with an id of its own.
 */
final class TeacherCalls {

  /** How the names of callers' threads begin. */
  static final String CALLER = "caller-";

  private static final int OK = 200;
  private static final int TOO_MANY = 429;

  private final HttpClient client = HttpClient.newHttpClient();
  private final URI address;
  private final List<String> texts;
  private final int textsPerCall;
  private final Acknowledged acknowledged;

  /**
   * @param acknowledged gives the ids, and is told which of them were answered
   */
  TeacherCalls(URI address, List<String> texts, int textsPerCall, Acknowledged acknowledged) {
    this.address = address;
    this.texts = texts;
    this.textsPerCall = textsPerCall;
    this.acknowledged = acknowledged;
  }

  /** Callers that call again as soon as they are answered. */
  Answers closedLoop(int callers, double seconds) throws Exception {
    Answers answers = new Answers();
    long end = deadline(seconds);
    together(
        callers,
        () -> {
          while (System.nanoTime() - end < 0) {
            HttpResponse<Void> response = timed(call(), answers);
            if (response.statusCode() == TOO_MANY) {
              LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
            }
          }
        });
    return answers;
  }

  /** Calls at a constant rate, whatever becomes of them; returns when all are answered. */
  void openLoop(double callsPerSecond, double seconds, Answers answers) {
    List<CompletableFuture<?>> pending = new ArrayList<>();
    long start = System.nanoTime();
    int calls = (int) Math.round(callsPerSecond * seconds);
    for (int i = 0; i < calls; i++) {
      long due = start + Math.round(i * 1e9 / callsPerSecond);
      while (System.nanoTime() - due < 0) {
        LockSupport.parkNanos(due - System.nanoTime());
      }
      Call call = call();
      pending.add(
          client
              .sendAsync(call.request(), HttpResponse.BodyHandlers.discarding())
              .handle(
                  (response, failure) -> {
                    // From when it was due, or else a client that is late itself would hide it.
                    count(answers, due, response == null ? 0 : response.statusCode());
                    note(call, response);
                    return null;
                  }));
    }
    pending.forEach(CompletableFuture::join);
  }

  /** Of calls that came back when they were told to, how many were taken then. */
  record Returns(long taken, long all) {}

  /** Callers that come back when they are told to, and call once a second when they are not. */
  Returns obedient(int callers, double seconds, Answers answers) throws Exception {
    AtomicLong returned = new AtomicLong();
    AtomicLong taken = new AtomicLong();
    long end = deadline(seconds);
    AtomicInteger number = new AtomicInteger();
    together(
        callers,
        () -> {
          // Spread over the first second.
          LockSupport.parkNanos((long) (1e9 * number.getAndIncrement() / callers));
          while (System.nanoTime() - end < 0) {
            Call call = call();
            HttpResponse<Void> response = timed(call, answers);
            boolean came = false;
            while (response.statusCode() == TOO_MANY) {
              long told =
                  Long.parseLong(response.headers().firstValue("Retry-After").orElseThrow());
              if (System.nanoTime() + TimeUnit.SECONDS.toNanos(told) - end >= 0) {
                return;
              }
              TimeUnit.SECONDS.sleep(told);
              response = timed(call, answers);
              if (!came) {
                came = true;
                returned.incrementAndGet();
                taken.addAndGet(response.statusCode() == OK ? 1 : 0);
              }
            }
            TimeUnit.SECONDS.sleep(1);
          }
        });
    return new Returns(taken.get(), returned.get());
  }

  /** One call after the other, and between them the health of the server. */
  void oneByOne(int calls, Answers answers, URI health, Answers healthAnswers) throws Exception {
    for (int i = 0; i < calls; i++) {
      timed(call(), answers);
      timed(HttpRequest.newBuilder(health).build(), healthAnswers);
    }
  }

  private interface Work {
    void run() throws Exception;
  }

  private static void together(int callers, Work work) throws Exception {
    AtomicInteger number = new AtomicInteger();
    ExecutorService threads =
        Executors.newFixedThreadPool(
            callers, task -> new Thread(task, CALLER + number.incrementAndGet()));
    try {
      List<Future<?>> running = new ArrayList<>();
      for (int i = 0; i < callers; i++) {
        running.add(
            threads.submit(
                () -> {
                  work.run();
                  return null;
                }));
      }
      for (Future<?> one : running) {
        one.get();
      }
    } finally {
      threads.shutdownNow();
    }
  }

  private HttpResponse<Void> timed(Call call, Answers answers) throws Exception {
    HttpResponse<Void> response = timed(call.request(), answers);
    note(call, response);
    return response;
  }

  private void note(Call call, @Nullable HttpResponse<Void> response) {
    if (response != null && response.statusCode() == OK) {
      acknowledged.answered(call.first(), textsPerCall);
    }
  }

  private HttpResponse<Void> timed(HttpRequest request, Answers answers) throws Exception {
    long start = System.nanoTime();
    HttpResponse<Void> response = client.send(request, HttpResponse.BodyHandlers.discarding());
    count(answers, start, response.statusCode());
    return response;
  }

  private static void count(Answers answers, long startNanos, int status) {
    switch (status) {
      case OK -> answers.answered((System.nanoTime() - startNanos) / 1e6);
      case TOO_MANY -> answers.refused();
      default -> answers.failed();
    }
  }

  /**
   * A call to make.
   *
   * @param first number of its texts
   */
  private record Call(int first, HttpRequest request) {}

  private Call call() {
    ObjectNode body = JsonNodeFactory.instance.objectNode();
    int first = acknowledged.take(textsPerCall);
    for (int number = first; number < first + textsPerCall; number++) {
      body.withArray("texts").add(texts.get(number % texts.size()));
      body.withArray("request_ids").add(Acknowledged.id(number));
    }
    return new Call(
        first,
        HttpRequest.newBuilder(address.resolve("/v1/predict"))
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body.toString()))
            .build());
  }

  private static long deadline(double seconds) {
    return System.nanoTime() + Math.round(seconds * 1e9);
  }
}
