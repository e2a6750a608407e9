package io.distillstream.tap.proxy;

import java.net.http.HttpRequest;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;

/**
 * Headers that go from one connection to the other: all but those that belong to a connection (RFC
 * 9110, 7.6.1) and those that are made anew.
 */
final class ForwardedHeaders {

  private static final String CONNECTION = "connection";
  private static final String CONTENT_LENGTH = "content-length";

  private static final Set<String> OF_A_CONNECTION =
      Set.of(
          CONNECTION,
          "keep-alive",
          "proxy-authenticate",
          "proxy-authorization",
          "proxy-connection",
          "te",
          "trailer",
          "transfer-encoding",
          "upgrade");

  private static final Set<String> MADE_ANEW = Set.of("host", CONTENT_LENGTH, "expect");

  private ForwardedHeaders() {}

  /**
   * Those of a request.
   *
   * @param plain whether the answer is to be read on the way, so that it must not be compressed
   */
  static void request(HttpFields from, HttpRequest.Builder to, boolean plain) {
    Set<String> dropped = dropped(from.getValuesList(CONNECTION));
    dropped.addAll(MADE_ANEW);
    if (plain) {
      dropped.add("accept-encoding");
      to.setHeader("Accept-Encoding", "identity");
    }
    for (HttpField field : from) {
      if (!dropped.contains(field.getLowerCaseName()) && field.getValue() != null) {
        to.header(field.getName(), field.getValue());
      }
    }
  }

  /**
   * Those of an answer. What the server says itself, to browsers, stays.
   *
   * @param sized whether the announced number of bytes holds
   */
  static void answer(Map<String, List<String>> from, HttpFields.Mutable to, boolean sized) {
    Set<String> own =
        to.stream().map(HttpField::getLowerCaseName).collect(Collectors.toCollection(HashSet::new));
    Set<String> dropped = dropped(from.getOrDefault(CONNECTION, List.of()));
    from.forEach(
        (name, values) -> {
          String key = name.toLowerCase(Locale.ROOT);
          boolean holds = sized || !key.equals(CONTENT_LENGTH);
          // A pseudo-header of HTTP/2 begins with a colon.
          if (holds && !dropped.contains(key) && !own.contains(key) && !key.startsWith(":")) {
            values.forEach(value -> to.add(name, value));
          }
        });
  }

  private static Set<String> dropped(List<String> connection) {
    Set<String> dropped = new HashSet<>(OF_A_CONNECTION);
    connection.stream()
        .flatMap(value -> Arrays.stream(value.split(",")))
        .map(name -> name.strip().toLowerCase(Locale.ROOT))
        .forEach(dropped::add);
    return dropped;
  }
}
