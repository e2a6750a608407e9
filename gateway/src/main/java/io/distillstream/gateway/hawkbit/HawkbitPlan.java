package io.distillstream.gateway.hawkbit;

import io.distillstream.gateway.hawkbit.fleet.ChannelName;
import io.distillstream.gateway.hawkbit.swupdate.SwuFormat;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * What clients of hawkBit's API are served.
 *
 * @param tenants what the clients of each tenant follow; not empty
 * @param pollingInterval after which clients ask again
 * @param handling how they are to take an update
 * @param address where they reach the gateway; empty for where they have asked it
 * @param swupdate how updates are packed for SWUpdate; empty for the files themselves
 */
public record HawkbitPlan(
    Map<String, ChannelName> tenants,
    Duration pollingInterval,
    Handling handling,
    Optional<URI> address,
    Optional<SwuFormat> swupdate) {

  public HawkbitPlan {
    tenants = Map.copyOf(tenants);
  }
}
