package io.distillstream.runtime.tracing;

import com.google.protobuf.ByteString;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.trace.v1.Span;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.zip.GZIPInputStream;

/** A collector that keeps the spans that it is sent by OTLP over HTTP. */
public final class OtlpReceiver implements AutoCloseable {

  private static final HexFormat HEX = HexFormat.of();

  private final HttpServer server;
  private final List<Received> received = new CopyOnWriteArrayList<>();
  private final List<String> authorizations = new CopyOnWriteArrayList<>();
  private final int status;

  /**
   * A span, and the resource that it is of.
   *
   * @param attributes the numbers among them as text
   */
  public record Received(Map<String, String> resource, Map<String, String> attributes, Span span) {

    public String service() {
      return resource.getOrDefault("service.name", "");
    }

    public String name() {
      return span.getName();
    }

    public String trace() {
      return hex(span.getTraceId());
    }

    public String id() {
      return hex(span.getSpanId());
    }

    public String parent() {
      return hex(span.getParentSpanId());
    }

    /** The spans that it is linked to. */
    public List<String> links() {
      return span.getLinksList().stream().map(link -> hex(link.getSpanId())).toList();
    }

    /** Whether it is said to have failed. */
    public boolean failed() {
      return span.getStatus().getCode()
          == io.opentelemetry.proto.trace.v1.Status.StatusCode.STATUS_CODE_ERROR;
    }
  }

  private OtlpReceiver(int status) throws IOException {
    this.status = status;
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/v1/traces", this::take);
    server.start();
  }

  public static OtlpReceiver start() throws IOException {
    return new OtlpReceiver(200);
  }

  /** One that refuses everything. */
  static OtlpReceiver refusing() throws IOException {
    return new OtlpReceiver(400);
  }

  public URI endpoint() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  /** All spans until now. */
  public List<Received> spans() {
    return List.copyOf(received);
  }

  /** All of a name until now. */
  public List<Received> spans(String name) {
    return received.stream().filter(span -> span.name().equals(name)).toList();
  }

  /** The header {@code Authorization} of each call that had one. */
  List<String> authorizations() {
    return List.copyOf(authorizations);
  }

  private void take(HttpExchange exchange) throws IOException {
    try (exchange;
        InputStream body = new GZIPInputStream(exchange.getRequestBody())) {
      ExportTraceServiceRequest request = ExportTraceServiceRequest.parseFrom(body);
      authorizations.addAll(exchange.getRequestHeaders().getOrDefault("Authorization", List.of()));
      request
          .getResourceSpansList()
          .forEach(
              one ->
                  one.getScopeSpansList()
                      .forEach(
                          scope ->
                              scope
                                  .getSpansList()
                                  .forEach(
                                      span ->
                                          received.add(
                                              new Received(
                                                  map(one.getResource().getAttributesList()),
                                                  map(span.getAttributesList()),
                                                  span)))));
      exchange.getResponseHeaders().set("Content-Type", "application/x-protobuf");
      exchange.sendResponseHeaders(status, -1);
    }
  }

  private static Map<String, String> map(List<KeyValue> attributes) {
    Map<String, String> map = new HashMap<>();
    attributes.forEach(attribute -> map.put(attribute.getKey(), text(attribute.getValue())));
    return map;
  }

  private static String text(AnyValue value) {
    return value.hasIntValue() ? Long.toString(value.getIntValue()) : value.getStringValue();
  }

  private static String hex(ByteString bytes) {
    return HEX.formatHex(bytes.toByteArray());
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
