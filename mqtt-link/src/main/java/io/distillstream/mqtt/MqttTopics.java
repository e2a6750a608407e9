package io.distillstream.mqtt;

import java.io.UnsupportedEncodingException;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.util.Optional;

/**
 * The topics that gateways and devices use, below one prefix. Names of models, channels and devices
 * are levels of them; whatever MQTT does not allow there is written as in a URL.
 */
public final class MqttTopics {

  /** Of a device, as everywhere. */
  private static final int LONGEST_NAME = 1_024;

  /** The prefix where none is given. */
  public static final String PREFIX = "distillstream";

  /** Of a whole topic, in bytes. */
  private static final int LONGEST_PREFIX = 1_024;

  private final String prefix;

  /**
   * @param prefix one or more levels, such as {@code distillstream} or {@code fleets/kiosks}
   * @throws IllegalArgumentException if no topic may begin with it
   */
  public MqttTopics(String prefix) {
    if (!isPrefix(prefix)) {
      throw new IllegalArgumentException(
          "'" + prefix + "' is no beginning of MQTT topics: expected " + expectedPrefix());
    }
    this.prefix = prefix;
  }

  /** Whether topics may begin with it. */
  public static boolean isPrefix(String prefix) {
    return prefix.length() <= LONGEST_PREFIX
        && prefix.matches("[^/+#$\\s\\p{Cntrl}][^+#\\s\\p{Cntrl}]*")
        && !prefix.endsWith("/")
        && !prefix.contains("//");
  }

  /** What a prefix has to look like. */
  public static String expectedPrefix() {
    return "levels such as distillstream or fleets/kiosks, without blanks, + and #";
  }

  /** Where the newest update of a channel is announced, as a retained message. */
  public String update(String model, String channel) {
    return prefix + "/updates/" + level(model) + "/" + level(channel);
  }

  /** Where a device reports what became of updates. */
  public String reports(String device) {
    return prefix + "/reports/" + level(device);
  }

  /** Where a device says how it is. */
  public String status(String device) {
    return prefix + "/status/" + level(device);
  }

  /** Where a device is told that a report was taken in. */
  public String receipts(String device) {
    return prefix + "/receipts/" + level(device);
  }

  /** The reports of every device. */
  public String allReports() {
    return prefix + "/reports/+";
  }

  /** The statuses of every device. */
  public String allStatuses() {
    return prefix + "/status/+";
  }

  /**
   * The device of a topic that has one as its last level. A name is written in one way alone, since
   * a broker that lets a device write its own topic compares letters.
   *
   * @return empty if the level is not how a name is written, or longer than names are
   */
  public static Optional<String> device(String topic) {
    try {
      String level = topic.substring(topic.lastIndexOf('/') + 1);
      String device = URLDecoder.decode(level, "UTF-8");
      return !device.isEmpty() && device.length() <= LONGEST_NAME && level(device).equals(level)
          ? Optional.of(device)
          : Optional.empty();
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    } catch (UnsupportedEncodingException e) {
      throw new IllegalStateException("Every Java platform has UTF-8", e);
    }
  }

  private static String level(String name) {
    try {
      return URLEncoder.encode(name, "UTF-8").replace("+", "%20");
    } catch (UnsupportedEncodingException e) {
      throw new IllegalStateException("Every Java platform has UTF-8", e);
    }
  }
}
