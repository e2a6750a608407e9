package io.distillstream.teacher.openai.call;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.distillstream.openai.ServerAddress;
import io.distillstream.teacher.openai.call.CallFailedException.Kind;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * One call of the server, without a second try. Owns the connections and the threads that read
 * them. Thread-safe.
 */
final class Upstream implements AutoCloseable {

  private static final int OK = 200;
  private static final int FIRST_ERROR = 400;
  private static final int FIRST_SERVER_ERROR = 500;
  private static final int LONGEST_DETAIL = 200;
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Too slow, in conflict, too early, too many, too busy. */
  private static final Set<Integer> PASSING = Set.of(408, 409, 425, 429, 503);

  /** Not a matter of the text: no key or a bad one, no money, no such path or model. */
  private static final Set<Integer> REFUSED = Set.of(401, 402, 403, 404, 405, 406, 407, 410, 415);

  private final ServerSettings settings;
  private final URI address;
  private final ExecutorService threads;
  private final HttpClient client;

  Upstream(ServerSettings settings) {
    this.settings = settings;
    this.address = URI.create(ServerAddress.base(settings.url().toString()) + settings.path());
    this.threads =
        Executors.newCachedThreadPool(
            work -> {
              Thread thread = new Thread(work, "teacher-upstream");
              thread.setDaemon(true);
              return thread;
            });
    this.client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(settings.connectTimeout())
            .executor(threads)
            .build();
  }

  /** Without credentials, for messages. */
  URI address() {
    return address;
  }

  Completion ask(byte[] body) throws CallFailedException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(address)
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofByteArray(body));
    if (!settings.key().isEmpty()) {
      request.header("Authorization", "Bearer " + settings.key().text());
    }
    HttpResponse<byte[]> response = send(request.build());
    if (response.statusCode() != OK) {
      throw failure(response);
    }
    return Completion.read(response.body(), body.length);
  }

  /** The client's own time-out ends with the head of an answer; this one with the whole of it. */
  private HttpResponse<byte[]> send(HttpRequest request)
      throws CallFailedException, InterruptedException {
    CompletableFuture<HttpResponse<byte[]>> answer =
        client.sendAsync(request, BodyHandlers.ofByteArray());
    try {
      return answer.get(settings.timeout().toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw CallFailedException.badAnswer(
          "no answer within " + settings.timeout().toMillis() + " ms", e);
    } catch (ExecutionException e) {
      Throwable cause = e.getCause();
      String what =
          cause instanceof IOException && cause.getMessage() != null
              ? cause.getMessage()
              : String.valueOf(cause);
      // A text may end the process that works on it.
      Kind kind = neverBegan(cause) ? Kind.PASSING : Kind.DOUBTFUL;
      throw new CallFailedException(kind, "no connection, or it broke: " + what, null, "", e);
    } finally {
      // Of an answer that is whole this does nothing; an interrupted call breaks off.
      answer.cancel(true);
    }
  }

  private static boolean neverBegan(@Nullable Throwable failure) {
    return failure instanceof ConnectException || failure instanceof HttpConnectTimeoutException;
  }

  private static CallFailedException failure(HttpResponse<byte[]> response) {
    int status = response.statusCode();
    return new CallFailedException(
        kind(status),
        "status " + status,
        RetryAfter.of(response.headers(), Instant.now()).orElse(null),
        detail(response.body()),
        null);
  }

  private static Kind kind(int status) {
    if (PASSING.contains(status)) {
      return Kind.PASSING;
    }
    if (status >= FIRST_SERVER_ERROR) {
      return Kind.DOUBTFUL;
    }
    return status < FIRST_ERROR || REFUSED.contains(status) ? Kind.REFUSED : Kind.TEXT;
  }

  /** The message in an error's body, in one line. */
  private static String detail(byte[] body) {
    try {
      JsonNode error = JSON.readTree(body).path("error");
      String text = error.isTextual() ? error.asText() : error.path("message").asText("");
      String line = text.replaceAll("\\s+", " ").strip();
      return line.substring(0, Math.min(line.length(), LONGEST_DETAIL));
    } catch (IOException e) {
      return "";
    }
  }

  /** Calls that are under way break off. */
  @Override
  public void close() {
    threads.shutdownNow();
  }
}
