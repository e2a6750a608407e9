package io.distillstream.acceptance.fuzz;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Requests over HTTP/1.1 as nobody should send them, the same ones for the same seed. */
final class HostileRequests {
  private static final int LONG = 100_000;
  private static final int DEEP = 20_000;
  private static final int MOST_RANDOM_BYTES = 2_000;

  private static final List<String> METHODS =
      List.of("GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS", "TRACE", "PATCH", "get", "X", "");

  private static final List<String> PATHS =
      List.of(
          "/v1/predict",
          "/v1/ground-truth",
          "/v1/model",
          "/v1/models",
          "/v1/models/student/stable/manifest.json",
          "/v1/models/student/stable/manifest.json?wait=9999999999999999999",
          "/v1/models/student/stable/events",
          "/v1/models/student/stable/manifests/-1",
          "/v1/artifacts/" + "0".repeat(64),
          "/v1/artifacts/../../../../etc/passwd",
          "/v1/tuf/metadata/1.root.json",
          "/v1/tuf/metadata/%2e%2e%2f%2e%2e%2fetc%2fpasswd",
          "/v1/tuf/targets/" + "a".repeat(64) + ".x",
          "/v1/reports",
          "/v1/status",
          "/device/",
          "/device/..%2f..%2f..%2fetc/passwd",
          "/api/status",
          "/api/stream",
          "/metrics",
          "/health/ready",
          "/subjects",
          "/schemas/ids/99999999999",
          "//",
          "*",
          "/%00",
          "/%",
          "http://elsewhere/v1/predict",
          "/?" + "a=b&".repeat(LONG / 4),
          "/" + "x".repeat(LONG));

  private static final List<String> BODIES =
      List.of(
          "{\"texts\": [\"a small domesticated carnivore\"]}",
          "{\"texts\": [\"a\"], \"request_ids\": [\"b\", \"c\"]}",
          "{\"texts\": []}",
          "{\"texts\": [null]}",
          "{\"texts\": {\"0\": \"a\"}}",
          "{\"texts\": [\"\\ud800\"]}",
          "{\"texts\": [\"\\u0000\"], \"texts\": 1e999}",
          "{\"texts\": [\"a\"], \"ground_truths\": [\"no such label\"]}",
          "{\"texts\": [\"a\"], \"record\": \"maybe\"}",
          "{\"request_id\": \"\", \"label\": 7}",
          "{\"request_id\": \"a\", \"label\": \"" + "y".repeat(LONG) + "\"}",
          "{\"reports\": [{\"version\": -9223372036854775809}]}",
          "[".repeat(DEEP),
          "{\"a\":".repeat(DEEP),
          "1".repeat(LONG),
          "{\"schema\": \"{\\\"type\\\": \\\"record\\\"}\"}",
          "");

  private static final List<String> HEADERS =
      List.of(
          "Content-Length: -1",
          "Content-Length: 99999999999999999999",
          "Content-Length: 5\r\nContent-Length: 7",
          "Transfer-Encoding: chunked",
          "Transfer-Encoding: chunked\r\nContent-Length: 3",
          "Transfer-Encoding: gzip, identity",
          "Content-Type: text/plain",
          "Content-Type: application/json; charset=nonsense",
          "Content-Encoding: gzip",
          "Accept: \u00ff\u00fe",
          "Accept-Encoding: zstd;q=2, *;q=-1",
          "Authorization: Bearer ",
          "Authorization: " + "z".repeat(LONG),
          "Range: bytes=5-2,-0,9999999999999999999-",
          "If-None-Match: \"",
          "Last-Event-ID: \u0001",
          "Expect: 100-continue",
          "Expect: nothing",
          "Host: elsewhere",
          "Host: [::1",
          "Origin: null",
          "Connection: upgrade\r\nUpgrade: h2c",
          "traceparent: 00-" + "0".repeat(32) + "-xyz-01",
          "X-\u0000: a",
          " folded",
          "no colon",
          "x: y\r\n".repeat(1_000) + "x: y");

  private final Random random;

  HostileRequests(long seed) {
    random = new Random(seed);
  }

  byte[] next() {
    byte[] request = random.nextInt(10) == 0 ? noise() : request();
    return switch (random.nextInt(4)) {
      case 0 -> Arrays.copyOf(request, random.nextInt(request.length + 1));
      case 1 -> damaged(request);
      default -> request;
    };
  }

  private byte[] noise() {
    byte[] noise = new byte[random.nextInt(MOST_RANDOM_BYTES)];
    random.nextBytes(noise);
    return noise;
  }

  private byte[] request() {
    byte[] body = one(BODIES).getBytes(UTF_8);
    StringBuilder head = new StringBuilder();
    head.append(one(METHODS)).append(' ').append(one(PATHS));
    head.append(random.nextInt(20) == 0 ? " HTTP/9.9\r\n" : " HTTP/1.1\r\n");
    if (random.nextInt(5) > 0) {
      head.append("Host: localhost\r\n");
    }
    if (random.nextInt(3) > 0) {
      head.append("Content-Type: application/json\r\nContent-Length: ")
          .append(body.length)
          .append("\r\n");
    }
    for (int i = random.nextInt(3); i > 0; i--) {
      head.append(one(HEADERS)).append("\r\n");
    }
    head.append("\r\n");
    ByteArrayOutputStream request = new ByteArrayOutputStream();
    request.writeBytes(head.toString().getBytes(ISO_8859_1));
    request.writeBytes(body);
    return request.toByteArray();
  }

  private byte[] damaged(byte[] request) {
    byte[] damaged = request.clone();
    for (int i = random.nextInt(8); i >= 0 && damaged.length > 0; i--) {
      damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
    }
    return damaged;
  }

  private String one(List<String> choices) {
    return choices.get(random.nextInt(choices.size()));
  }
}
