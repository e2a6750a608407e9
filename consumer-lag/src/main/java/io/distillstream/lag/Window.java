package io.distillstream.lag;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * What is known of the stretch of a partition that a group has still to read: its first part, up to
 * some offset, by its data records, and nothing of the rest. It moves with the group, so that each
 * record is read once.
 */
final class Window {

  /** Compaction may remove records behind our back; where a group stands still, that would show. */
  private static final Duration TRUSTED_FOR = Duration.ofMinutes(1);

  private record DataRecord(long offset, long timestamp) {}

  private final Deque<DataRecord> records = new ArrayDeque<>();
  private long position;
  private long from;
  private long to;
  private long end;
  private long lost;
  private Instant since;

  /** Nothing is known behind the position. */
  Window(long position, Instant now) {
    this.position = position;
    this.since = now;
    from = position;
    to = position;
    end = position;
  }

  /**
   * Follows a group and its partition.
   *
   * @param position the next offset that the group reads
   * @param earliest the first offset that is left
   * @param latest the end of what may be read
   */
  void follow(long position, long earliest, long latest, Instant now) {
    if (position != this.position) {
      this.position = position;
      since = now;
      lost = 0;
      if (position < from || position > to) {
        restart(position);
      } else {
        dropBefore(position);
      }
    }
    if (earliest > from) {
      int known = records.size();
      long unknown = Math.max(0, earliest - to);
      dropBefore(earliest);
      lost += known - records.size() + unknown;
    }
    boolean outdated = !records.isEmpty() && since.plus(TRUSTED_FOR).isBefore(now);
    if (to > latest || outdated) {
      restart(from);
      since = now;
    }
    end = latest;
  }

  private void restart(long offset) {
    records.clear();
    from = offset;
    to = offset;
  }

  private void dropBefore(long offset) {
    while (!records.isEmpty() && records.getFirst().offset() < offset) {
      records.removeFirst();
    }
    from = offset;
    to = Math.max(to, offset);
  }

  /**
   * Whether reading on would tell more: small gaps are counted, of larger ones the next record's
   * time is of interest.
   */
  boolean unfinished(int exactUpTo) {
    return to < end && (records.isEmpty() || end - from <= exactUpTo);
  }

  /** Where reading goes on. */
  long next() {
    return to;
  }

  /** A data record at or behind {@link #next}; what was appended after the end was taken waits. */
  void add(long offset, long timestamp) {
    if (offset >= to && offset < end) {
      records.addLast(new DataRecord(offset, timestamp));
      to = offset + 1;
    }
  }

  /** All data records before this offset have been added. */
  void readTo(long offset) {
    to = Math.max(to, Math.min(offset, end));
  }

  Lag lag(Instant now) {
    boolean exact = to >= end;
    Double seconds = exact ? Double.valueOf(0) : null;
    DataRecord next = records.peekFirst();
    if (next != null) {
      long age = next.timestamp() < 0 ? 0 : now.toEpochMilli() - next.timestamp();
      seconds = Math.max(0, age) / 1000.0;
    }
    return new Lag(records.size() + Math.max(0, end - to), seconds, exact, lost);
  }
}
