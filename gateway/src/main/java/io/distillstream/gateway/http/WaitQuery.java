package io.distillstream.gateway.http;

import io.distillstream.gateway.channel.Publication;
import io.distillstream.http.RefusedRequestException;
import java.time.Duration;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.Predicate;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.util.Fields;

/**
 * What a request for a manifest waits for.
 *
 * @param after the version that the client has; empty where it does not say
 * @param patience how long it waits for another one
 */
record WaitQuery(OptionalLong after, Duration patience) {

  private static final int LONGEST_SECONDS = 60;

  static WaitQuery of(Request request) throws RefusedRequestException {
    Fields query;
    try {
      query = Request.extractQueryParameters(request);
    } catch (RuntimeException e) {
      throw RefusedRequestException.badRequest("The query is not well-formed");
    }
    String after = query.getValue("after");
    String seconds = query.getValue("wait");
    return new WaitQuery(
        after == null
            ? OptionalLong.empty()
            : OptionalLong.of(number("after", after, Long.MAX_VALUE)),
        Duration.ofSeconds(seconds == null ? 0 : number("wait", seconds, LONGEST_SECONDS)));
  }

  /** Whether the client does not have a publication yet. */
  Predicate<Publication> wanted(Request request) {
    return after.isPresent()
        ? publication -> publication.manifest().version() > after.getAsLong()
        : publication -> !DocumentAnswer.isKnown(request, publication.document());
  }

  private static long number(String name, String text, long most) throws RefusedRequestException {
    try {
      long number = Long.parseLong(text);
      if (number >= 0 && number <= most) {
        return number;
      }
    } catch (NumberFormatException e) {
      // Falls through to the same message as a number out of range.
    }
    throw RefusedRequestException.badRequest(
        "Expected a whole number from 0 to %d in '%s'".formatted(most, name),
        Map.of("field", name));
  }
}
