package io.distillstream.wire.tokens;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A map over another one that does not change any more, so that nothing need be copied. */
final class Layer<K, V> {

  private final @Nullable Layer<K, V> below;
  private final Map<K, V> own = new HashMap<>();

  /**
   * An empty one.
   *
   * @param below to be changed no more; null for none
   */
  Layer(@Nullable Layer<K, V> below) {
    this.below = below;
  }

  V getOrDefault(K key, V absent) {
    V value = own.get(key);
    if (value != null) {
      return value;
    }
    return below == null ? absent : below.getOrDefault(key, absent);
  }

  void put(K key, V value) {
    own.put(key, value);
  }
}
