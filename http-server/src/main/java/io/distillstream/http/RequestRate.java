package io.distillstream.http;

import java.time.Duration;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.handler.DoSHandler;

/**
 * Bounds how many requests a second one client address may send: Jetty's leaky bucket. An IPv6
 * network of 64 bits counts as one address.
 */
public final class RequestRate {

  /** Many devices behind one address ask at the same time when there is something new. */
  private static final int BURST_SECONDS = 10;

  private static final int MOST_ADDRESSES = 100_000;
  private static final int RETRY_SECONDS = 1;

  private RequestRate() {}

  /**
   * A handler that answers the requests above a rate with 429 and passes all others on.
   *
   * @param perSecond from one address; ten seconds' worth may come at once
   */
  public static Handler.Wrapper limit(int perSecond) {
    return new DoSHandler(
        RequestRate::client,
        new DoSHandler.LeakingBucketTrackerFactory(
            perSecond, perSecond * BURST_SECONDS, Duration.ofSeconds(BURST_SECONDS)),
        (request, response, callback) -> {
          RefusedRequestException.tooMany(
                  "More than %d requests a second came from this address".formatted(perSecond),
                  RETRY_SECONDS)
              .answer(request, response, callback);
          return true;
        },
        MOST_ADDRESSES);
  }

  private static String client(Request request) {
    return PerAddress.client(request.getConnectionMetaData().getRemoteSocketAddress());
  }
}
