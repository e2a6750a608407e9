package io.distillstream.teacher.openai.call;

import io.distillstream.foundation.Sha256;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Calls on which a server failed that answered others. One that does so again and again is given
 * up: it would hold up all that come after it for ever. Thread-safe.
 */
final class SuspectTexts {

  private static final int MOST = 1_000;

  /** Failures, with pauses between them, after which it is the text. */
  private static final int GUILTY = 3;

  private final Map<String, Integer> failures =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Integer> eldest) {
          return size() > MOST;
        }
      };

  /** Counts a failure; returns whether it was the last that is taken for bad luck. */
  synchronized boolean isGuilty(byte[] call) {
    String key = Sha256.hex(call);
    if (failures.merge(key, 1, Integer::sum) < GUILTY) {
      return false;
    }
    failures.remove(key);
    return true;
  }
}
