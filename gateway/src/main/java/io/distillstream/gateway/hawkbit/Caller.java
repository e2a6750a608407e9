package io.distillstream.gateway.hawkbit;

import io.distillstream.gateway.channel.Publication;
import io.distillstream.gateway.hawkbit.fleet.Target;
import io.distillstream.http.RefusedRequestException;
import io.javalin.http.Context;
import java.util.Map;

/**
 * Who asks, and what is offered of the channel that it follows.
 *
 * @param tenant in whose name it asks
 */
record Caller(String tenant, Target target, Published published) {

  private static final int NOT_FOUND = 404;

  String id() {
    return target.controllerId();
  }

  /** The action that a request's path names: the version of its update. */
  long action(Context context) throws RefusedRequestException {
    String text = context.pathParam("action");
    try {
      long version = Long.parseLong(text);
      if (published.knows(version)) {
        return version;
      }
    } catch (NumberFormatException e) {
      // Falls through to the same answer as a number that is no action.
    }
    throw notFound("There is no action '%s'".formatted(text));
  }

  /** The update that a request's path names. */
  Publication update(Context context) throws RefusedRequestException {
    long version = action(context);
    return published
        .version(version)
        .orElseThrow(
            () -> notFound("The update of action %d is kept no longer".formatted(version)));
  }

  boolean isNewest(long version) {
    return published.newest().stream().anyMatch(update -> update.manifest().version() == version);
  }

  static RefusedRequestException notFound(String message) {
    return new RefusedRequestException(NOT_FOUND, message, Map.of())
        .withHeader("Cache-Control", "no-store");
  }
}
