package io.distillstream.local.probe;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.distillstream.local.server.ServerAccess;
import io.distillstream.local.terminal.CommandFailedException;
import io.distillstream.openai.ServerAddress;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A server that is asked. */
final class ProbedServer {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final int OK = 200;

  /** What it said. */
  record Said(int status, boolean streamed, String body) {

    boolean good() {
      return status == OK;
    }

    /** Of a body that is no JSON, nothing. */
    JsonNode json() {
      return parsed(body);
    }
  }

  private final HttpClient client;
  private final ServerAccess access;
  private final String base;
  private final @Nullable String key;

  /**
   * @param url with {@code /v1} or without
   * @param key that requests carry; null for none
   * @param access what a tap before the server asks for besides
   */
  ProbedServer(String url, @Nullable String key, ServerAccess access) {
    this.base = ServerAddress.base(url);
    this.key = key;
    this.access = access;
    this.client = access.client();
  }

  Said get(String path) throws InterruptedException {
    return send(HttpRequest.newBuilder(URI.create(base + path)).GET());
  }

  Said post(String path, JsonNode body) throws InterruptedException {
    return send(
        HttpRequest.newBuilder(URI.create(base + path))
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body.toString())));
  }

  private Said send(HttpRequest.Builder request) throws InterruptedException {
    if (key != null) {
      request.header("Authorization", "Bearer " + key);
    }
    try {
      HttpResponse<String> response =
          client.send(
              access.showingBeside(request).timeout(PATIENCE).build(),
              HttpResponse.BodyHandlers.ofString());
      String type = response.headers().firstValue("content-type").orElse("");
      return new Said(response.statusCode(), type.startsWith("text/event-stream"), response.body());
    } catch (IOException e) {
      throw new CommandFailedException(
          "No answer from " + base + ": " + (ServerAccess.isFinal(e) ? ServerAccess.reason(e) : e),
          e);
    }
  }

  static JsonNode parsed(String text) {
    try {
      return JSON.readTree(text);
    } catch (IOException e) {
      return MissingNode.getInstance();
    }
  }
}
