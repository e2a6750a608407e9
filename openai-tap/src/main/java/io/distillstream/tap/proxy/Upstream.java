package io.distillstream.tap.proxy;

import io.distillstream.openai.ServerAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.jetty.http.HttpURI;
import org.eclipse.jetty.server.Request;

/** The server that answers. Owns the connections to it and the threads that read them. */
public final class Upstream implements AutoCloseable {

  private final String base;
  private final ExecutorService threads;
  private final HttpClient client;

  /**
   * @param url such as {@code http://127.0.0.1:8000} or, the same, {@code http://127.0.0.1:8000/v1}
   */
  public Upstream(URI url, Duration connectTimeout) {
    this.base = ServerAddress.base(url.toString());
    AtomicInteger number = new AtomicInteger();
    this.threads =
        Executors.newCachedThreadPool(
            work -> {
              Thread thread = new Thread(work, "tap-upstream-" + number.incrementAndGet());
              thread.setDaemon(true);
              return thread;
            });
    this.client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(connectTimeout)
            .executor(threads)
            .build();
  }

  /**
   * Sends a client's request on.
   *
   * @param plain whether the answer is to be read on the way
   */
  CompletableFuture<HttpResponse<Void>> send(
      Request request, byte[] body, boolean plain, HttpResponse.BodyHandler<Void> answer) {
    HttpURI uri = request.getHttpURI();
    HttpRequest.Builder builder =
        HttpRequest.newBuilder(URI.create(base + uri.getPathQuery()))
            .method(
                request.getMethod(),
                body.length == 0 ? BodyPublishers.noBody() : BodyPublishers.ofByteArray(body));
    ForwardedHeaders.request(request.getHeaders(), builder, plain);
    return client.sendAsync(builder.build(), answer);
  }

  /** Exchanges that are under way break off. */
  @Override
  public void close() {
    threads.shutdownNow();
  }
}
