package io.distillstream.http.access;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jose4j.jwk.JsonWebKey;
import org.jose4j.jwk.JsonWebKeySet;
import org.jose4j.lang.JoseException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Fetches an issuer's keys in the background, again and again. While the issuer cannot be reached,
 * those stay in use that were had last.
 */
final class IssuerKeys implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(IssuerKeys.class);
  private static final Duration PATIENCE = Duration.ofSeconds(5);
  private static final int OK = 200;

  /** Between two fetches that nobody asked for. */
  private static final Duration PERIOD = Duration.ofMinutes(5);

  private static final Duration FIRST_RETRY = Duration.ofSeconds(1);
  private static final Duration LONGEST_RETRY = Duration.ofMinutes(1);

  /** Tokens that are made up must not become requests to the issuer. */
  private static final Duration LEAST_INTERVAL = Duration.ofSeconds(2);

  private static final ObjectMapper JSON = new ObjectMapper();

  private final Issuer issuer;
  private final Consumer<List<JsonWebKey>> receiver;
  private final HttpClient client =
      HttpClient.newBuilder().connectTimeout(PATIENCE).version(HttpClient.Version.HTTP_1_1).build();
  private final ScheduledExecutorService fetching;
  private CompletableFuture<Void> next = new CompletableFuture<>();
  private boolean asked = true;
  private long fetchedNanos;
  private Duration retry = FIRST_RETRY;
  private boolean missed;

  /**
   * Fetches them at once, and then each five minutes.
   *
   * @param receiver given the keys of each fetch that succeeds
   */
  IssuerKeys(Issuer issuer, String thread, Consumer<List<JsonWebKey>> receiver) {
    this.issuer = issuer;
    this.receiver = receiver;
    fetching =
        Executors.newSingleThreadScheduledExecutor(
            work -> {
              Thread started = new Thread(work, thread);
              started.setDaemon(true);
              return started;
            });
    fetching.execute(this::fetchAndGoOn);
  }

  /**
   * Asks the issuer anew, unless that was done just now.
   *
   * @return done once it has been asked, whatever it answered
   */
  synchronized CompletableFuture<Void> renewed() {
    if (asked) {
      return next;
    }
    if (System.nanoTime() - fetchedNanos < LEAST_INTERVAL.toNanos()) {
      return CompletableFuture.completedFuture(null);
    }
    try {
      fetching.execute(this::fetch);
      asked = true;
      return next;
    } catch (RejectedExecutionException e) {
      return CompletableFuture.completedFuture(null);
    }
  }

  private void fetchAndGoOn() {
    Duration pause = fetch() ? PERIOD : retry;
    retry = pause.equals(PERIOD) ? FIRST_RETRY : min(retry.multipliedBy(2), LONGEST_RETRY);
    try {
      fetching.schedule(this::fetchAndGoOn, pause.toMillis(), TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException e) {
      // Closed meanwhile.
    }
  }

  private boolean fetch() {
    boolean had = false;
    try {
      receiver.accept(keys());
      had = true;
      if (missed) {
        log.info("The keys of issuer {} have been fetched again", issuer.name());
      }
      missed = false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException | JoseException | RuntimeException e) {
      if (!missed) {
        log.warn(
            "The keys of issuer {} cannot be fetched, it is tried again: {}",
            issuer.name(),
            String.valueOf(e.getMessage()));
      }
      missed = true;
    } finally {
      CompletableFuture<Void> done;
      synchronized (this) {
        done = next;
        next = new CompletableFuture<>();
        asked = false;
        fetchedNanos = System.nanoTime();
      }
      done.complete(null);
    }
    return had;
  }

  private List<JsonWebKey> keys() throws IOException, InterruptedException, JoseException {
    URI address = issuer.keys().isPresent() ? issuer.keys().get() : discovered();
    return new JsonWebKeySet(get(address)).getJsonWebKeys();
  }

  private URI discovered() throws IOException, InterruptedException {
    JsonNode document = JSON.readTree(get(issuer.discovery()));
    String name = document.path("issuer").asText();
    if (!name.equals(issuer.name().toString())) {
      throw new IOException(
          "%s is the document of issuer '%s'".formatted(issuer.discovery(), name));
    }
    try {
      URI address = URI.create(document.path("jwks_uri").asText());
      if (!IssuerAddress.isTrustworthy(address)) {
        throw new IOException(
            "%s names keys at '%s', which is not https".formatted(issuer.discovery(), address));
      }
      return address;
    } catch (IllegalArgumentException e) {
      throw new IOException(issuer.discovery() + " names no address of keys", e);
    }
  }

  private String get(URI address) throws IOException, InterruptedException {
    HttpRequest request = HttpRequest.newBuilder(address).timeout(PATIENCE).build();
    CompletableFuture<HttpResponse<String>> asking =
        client.sendAsync(request, HttpResponse.BodyHandlers.ofString());
    try {
      // The request's own time ends with the head of the answer.
      HttpResponse<String> response = asking.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
      if (response.statusCode() != OK) {
        throw new IOException(address + " answered " + response.statusCode());
      }
      return response.body();
    } catch (ExecutionException e) {
      throw new IOException(address + ": " + Objects.requireNonNullElse(e.getCause(), e), e);
    } catch (TimeoutException e) {
      asking.cancel(true);
      throw new IOException(address + " did not answer in " + PATIENCE.toSeconds() + " s", e);
    }
  }

  private static Duration min(Duration a, Duration b) {
    return a.compareTo(b) < 0 ? a : b;
  }

  @Override
  public void close() {
    fetching.shutdownNow();
  }
}
