package io.distillstream.mqtt;

import com.hivemq.client.mqtt.mqtt3.exceptions.Mqtt3ConnAckException;
import com.hivemq.client.mqtt.mqtt5.exceptions.Mqtt5ConnAckException;
import com.hivemq.client.mqtt.mqtt5.exceptions.Mqtt5DisconnectException;
import java.io.IOException;
import java.net.UnknownHostException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The library's failures in one line. */
final class Failures {

  /** Causes may go round in a circle. */
  private static final int DEEPEST = 20;

  private Failures() {}

  static IOException lost(String broker, Throwable cause) {
    return new IOException(line(broker, reason(cause)), cause);
  }

  static String line(String broker, String reason) {
    return "The MQTT broker " + broker + " cannot be used: " + reason;
  }

  /** Why, as the end of a line. */
  static String reason(@Nullable Throwable failure) {
    Throwable root = failure;
    for (int i = 0; i < DEEPEST && root != null; i++) {
      if (root instanceof Mqtt5ConnAckException refused) {
        return "it refuses to connect: " + words(refused.getMqttMessage().getReasonCode());
      }
      if (root instanceof Mqtt3ConnAckException refused) {
        return "it refuses to connect: " + words(refused.getMqttMessage().getReturnCode());
      }
      if (root instanceof Mqtt5DisconnectException ended) {
        return "it ended the connection: " + words(ended.getMqttMessage().getReasonCode());
      }
      if (root.getCause() == null) {
        break;
      }
      root = root.getCause();
    }
    if (root instanceof UnknownHostException) {
      return "there is no such host";
    }
    String message = root == null ? null : root.getMessage();
    if (message == null) {
      return String.valueOf(root);
    }
    // It stands within a line of ours.
    return message.endsWith(".") ? message.substring(0, message.length() - 1) : message;
  }

  private static String words(Enum<?> code) {
    return code.name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }
}
