package io.distillstream.local.feed;

import io.distillstream.local.server.ServerAccess;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * Posts to the teacher's {@code /v1/predict}. A full queue (429) or a pipeline that is away for a
 * while (503, no answer) only delays: the same body is sent again. Thread-safe.
 */
public final class PredictCalls {

  private static final Duration CALL_TIMEOUT = Duration.ofSeconds(60);
  private static final Duration RETRY_PAUSE = Duration.ofMillis(500);

  private final URI predict;
  private final Duration patience;
  private final boolean waitsForLog;
  private final ServerAccess access;
  private final HttpClient client;

  /**
   * @param teacherUrl such as {@code http://127.0.0.1:8080}
   * @param patience how long a pipeline may be away before a call fails
   * @param waitsForLog whether 503 means that the log is away, which is waited for without limit;
   *     otherwise the teacher itself cannot answer, and the patience counts
   * @param access what the teacher asks for
   */
  public PredictCalls(
      String teacherUrl, Duration patience, boolean waitsForLog, ServerAccess access) {
    this.predict = URI.create(teacherUrl.replaceAll("/+$", "") + "/v1/predict");
    this.patience = patience;
    this.waitsForLog = waitsForLog;
    this.access = access;
    this.client = access.client();
  }

  /** Where it posts to. */
  URI address() {
    return predict;
  }

  /**
   * Posts until the teacher answers.
   *
   * @param body JSON
   * @param retrying is told before each repetition
   * @return the body of the answer
   * @throws FeedException if the pipeline cannot be reached or refuses the request for good
   */
  public String post(String body, Runnable retrying) throws InterruptedException {
    HttpRequest request =
        access
            .showing(HttpRequest.newBuilder(predict))
            .timeout(CALL_TIMEOUT)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build();
    long deadline = System.nanoTime() + patience.toNanos();
    while (true) {
      Duration pause = RETRY_PAUSE;
      try {
        HttpResponse<String> response = client.send(request, HttpResponse.BodyHandlers.ofString());
        switch (response.statusCode()) {
          case 200 -> {
            return response.body();
          }
          case 429 -> {
            pause = retryAfter(response);
            // A full queue is a live pipeline: only silence uses up the patience.
            deadline = System.nanoTime() + patience.toNanos();
          }
          case 503 -> {
            pause = retryAfter(response);
            if (waitsForLog) {
              deadline = System.nanoTime() + patience.toNanos();
            } else if (System.nanoTime() > deadline) {
              throw FeedException.unansweredCall(predict + " answered 503: " + response.body());
            }
          }
          default -> throw new FeedException(ServerAccess.refusal(predict, response));
        }
      } catch (IOException e) {
        if (System.nanoTime() > deadline || ServerAccess.isFinal(e)) {
          throw new FeedException("Cannot reach " + predict + ": " + ServerAccess.reason(e), e);
        }
      }
      retrying.run();
      TimeUnit.NANOSECONDS.sleep(pause.toNanos());
    }
  }

  private static Duration retryAfter(HttpResponse<String> response) {
    return response
        .headers()
        .firstValue("Retry-After")
        .filter(seconds -> seconds.matches("\\d{1,4}"))
        .map(seconds -> Duration.ofSeconds(Long.parseLong(seconds)))
        .orElse(RETRY_PAUSE);
  }
}
