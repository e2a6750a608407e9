package io.distillstream.artifacts;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * A channel and the kind of device that follows it.
 *
 * @param channel a name without '/'
 * @param profile what is published on it
 */
record ChannelPlan(String channel, DeviceProfile profile) {
  /** What an entry of the setting looks like. */
  static final String ACCEPTED =
      "channel=profile entries separated by commas, each channel once, profiles among "
          + String.join(", ", DeviceProfile.names());

  ChannelPlan {
    if (!isName(channel)) {
      throw new IllegalArgumentException("A channel is a name without '/', was " + channel);
    }
  }

  static boolean isName(String name) {
    return !name.isBlank() && !name.contains("/");
  }

  static boolean areValid(List<String> entries) {
    try {
      return !parse(entries).isEmpty();
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  /**
   * Reads {@code stable=int8} and the like.
   *
   * @throws IllegalArgumentException if an entry is anything else, or a channel occurs twice
   */
  static List<ChannelPlan> parse(List<String> entries) {
    List<ChannelPlan> plans = new ArrayList<>();
    Set<String> channels = new HashSet<>();
    for (String entry : entries) {
      int equals = entry.indexOf('=');
      if (equals < 0 || !channels.add(entry.substring(0, equals).strip())) {
        throw new IllegalArgumentException(ACCEPTED);
      }
      DeviceProfile profile =
          DeviceProfile.named(entry.substring(equals + 1).strip())
              .orElseThrow(() -> new IllegalArgumentException(ACCEPTED));
      plans.add(new ChannelPlan(entry.substring(0, equals).strip(), profile));
    }
    return plans;
  }
}
