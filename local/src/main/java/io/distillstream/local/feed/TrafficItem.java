package io.distillstream.local.feed;

import java.util.Optional;

/**
 * One request to send.
 *
 * @param requestId unique within the pipeline; sending it again is harmless
 * @param text not blank
 * @param groundTruth label name, where it is known
 */
public record TrafficItem(String requestId, String text, Optional<String> groundTruth) {

  public TrafficItem {
    if (requestId.isBlank() || text.isBlank()) {
      throw new IllegalArgumentException("A request needs an id and a text that are not blank");
    }
  }
}
