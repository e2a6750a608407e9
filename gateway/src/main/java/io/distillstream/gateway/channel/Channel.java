package io.distillstream.gateway.channel;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The updates of one model and channel, oldest first, in the order of their topic: the last one is
 * what devices are offered, whatever its version. Thread-safe.
 */
public final class Channel {

  private final String model;
  private final String name;
  private final Set<Watcher> watchers = ConcurrentHashMap.newKeySet();
  private volatile List<Publication> publications = List.of();

  Channel(String model, String name) {
    this.model = model;
    this.name = name;
  }

  public String model() {
    return model;
  }

  public String name() {
    return name;
  }

  /** The update that devices are offered; empty before the first one is here. */
  public Optional<Publication> newest() {
    List<Publication> all = publications;
    return all.isEmpty() ? Optional.empty() : Optional.of(all.get(all.size() - 1));
  }

  /** Every update that is kept, oldest first. */
  public List<Publication> publications() {
    return publications;
  }

  /**
   * Replaces the updates, and tells the watchers if the newest is another one.
   *
   * @param inOrder oldest first
   */
  public synchronized void offer(List<Publication> inOrder) {
    Optional<String> before = newest().map(Publication::digest);
    publications = List.copyOf(inOrder);
    newest()
        .filter(now -> !before.equals(Optional.of(now.digest())))
        .ifPresent(now -> watchers.forEach(watcher -> watcher.published(now)));
  }

  /** Begins to tell a watcher of what comes. */
  public void watch(Watcher watcher) {
    watchers.add(watcher);
  }

  /** Tells it no longer. */
  public void forget(Watcher watcher) {
    watchers.remove(watcher);
  }
}
