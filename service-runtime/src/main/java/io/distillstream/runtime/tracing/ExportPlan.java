package io.distillstream.runtime.tracing;

import java.net.URI;
import java.util.Map;

/**
 * Where spans are sent, and which.
 *
 * @param endpoint base address of a collector that speaks OTLP over HTTP
 * @param sampleRatio share of requests that are traced, of those whose sender has not decided
 * @param headers sent along, such as credentials
 */
public record ExportPlan(URI endpoint, double sampleRatio, Map<String, String> headers) {

  /** The setting that holds {@link #endpoint}. */
  public static final String ENDPOINT_KEY = "tracing.otlp-endpoint";

  public ExportPlan {
    headers = Map.copyOf(headers);
    if (!(sampleRatio >= 0 && sampleRatio <= 1)) {
      throw new IllegalArgumentException("Expected a share from 0 to 1, is " + sampleRatio);
    }
  }

  /** The address of traces, as OTLP has it below the base address. */
  String traces() {
    String base = endpoint.toString();
    return (base.endsWith("/") ? base : base + "/") + "v1/traces";
  }

  /** Without the headers, which hold credentials. */
  @Override
  public String toString() {
    return "spans of %s of the requests to %s".formatted(sampleRatio, endpoint);
  }
}
