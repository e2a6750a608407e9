package io.distillstream.gateway.hawkbit;

import io.distillstream.gateway.channel.Channel;
import io.distillstream.gateway.channel.Channels;
import io.distillstream.gateway.channel.Publication;
import io.distillstream.gateway.hawkbit.fleet.ChannelName;
import io.distillstream.update.ArrivalCounts;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What is offered of a channel, at one moment. An update's version is the id of its action.
 *
 * @param updates oldest first
 */
record Published(List<Publication> updates) {

  static Published of(Channels channels, ChannelName name) {
    return new Published(
        channels.find(name.model(), name.channel()).map(Channel::publications).orElse(List.of()));
  }

  /** The update that targets are to have. */
  Optional<Publication> newest() {
    return updates.isEmpty() ? Optional.empty() : Optional.of(updates.get(updates.size() - 1));
  }

  Set<Long> versions() {
    return updates.stream()
        .map(update -> update.manifest().version())
        .collect(Collectors.toUnmodifiableSet());
  }

  /** The update of a version, the one that came last where there are several. */
  Optional<Publication> version(long version) {
    int index = indexOf(version);
    return index < 0 ? Optional.empty() : Optional.of(updates.get(index));
  }

  /** Whether there is or was such an action; of those no longer kept the versions are not known. */
  boolean knows(long version) {
    return indexOf(version) >= 0
        || (version >= 1
            && !updates.isEmpty()
            && updates.stream().allMatch(update -> update.manifest().version() > version));
  }

  /**
   * When the records were received that a target has learned from by an update, since the one that
   * it had before.
   *
   * @param before what it had; empty where that is not known
   * @param since records before that do not count where it is not known what the target had
   */
  ArrivalCounts arrivals(long version, Optional<Long> before, Instant since) {
    int last = indexOf(version);
    int had = before.map(this::indexOf).orElse(-1);
    if (had >= last) {
      // Not kept any more, or a step back.
      return ArrivalCounts.NONE;
    }
    ArrivalCounts sum = ArrivalCounts.NONE;
    for (Publication update : updates.subList(had + 1, last + 1)) {
      sum = sum.plus(update.manifest().arrivals());
    }
    return before.isPresent() ? sum : sum.since(since);
  }

  private int indexOf(long version) {
    for (int i = updates.size() - 1; i >= 0; i--) {
      if (updates.get(i).manifest().version() == version) {
        return i;
      }
    }
    return -1;
  }
}
