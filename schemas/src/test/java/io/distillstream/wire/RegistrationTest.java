package io.distillstream.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A registry that says of a subject that it is there already, as Apicurio's does in a race. */
class RegistrationTest {
  private static final Pipeline PIPELINE = new Pipeline("registration-test");

  private final AtomicInteger asked = new AtomicInteger();
  private int conflicts;
  private HttpServer registry;

  @BeforeEach
  void start() throws IOException {
    registry = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    registry.createContext("/subjects/", this::answer);
    registry.start();
  }

  @AfterEach
  void stop() {
    registry.stop(0);
  }

  private void answer(HttpExchange exchange) throws IOException {
    boolean refused = asked.incrementAndGet() <= conflicts;
    String body = refused ? "{\"error_code\":409,\"message\":\"it already exists\"}" : "{\"id\":1}";
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.getRequestBody().readAllBytes();
    exchange.getResponseHeaders().add("Content-Type", "application/vnd.schemaregistry.v1+json");
    exchange.sendResponseHeaders(refused ? 409 : 200, bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  private void register() {
    try (WireFormat wire = new WireFormat("http://127.0.0.1:" + registry.getAddress().getPort())) {
      wire.register(Topics.REQUESTS, PIPELINE);
    }
  }

  @Test
  void shouldAskAgainWhereAnotherServiceRegisteredAtTheSameMoment() {
    conflicts = 2;

    register();

    assertThat(asked).hasValue(3);
  }

  @Test
  void shouldSayWhichSchemaIsRefusedForGood() {
    conflicts = Integer.MAX_VALUE;

    assertThatThrownBy(this::register)
        .isInstanceOf(IncompatibleSchemaException.class)
        .hasMessageContaining("registration-test.requests-value");
  }
}
