package io.distillstream.local.completions;

import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * The keys seen last. A tap that publishes a file of its journal again does so in one piece, so
 * that what comes twice comes soon, and not all keys of a topic need be remembered.
 */
final class RecentKeys {

  /** More than a file of the journal has completions. */
  private static final int MOST = 200_000;

  private final Set<String> keys = new LinkedHashSet<>();

  /** Adds a key; false if it is among those seen last. */
  boolean add(String key) {
    boolean added = keys.add(key);
    if (keys.size() > MOST) {
      Iterator<String> oldest = keys.iterator();
      oldest.next();
      oldest.remove();
    }
    return added;
  }
}
