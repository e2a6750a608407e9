package io.distillstream.teacher.queue;

import java.util.List;

/**
 * How a window is made up of callers' texts and records of the log, so that while both wait each
 * gets its share.
 *
 * <p>Whoever is behind its share is next. A text counts for the part of a window that it takes, by
 * number or by cost, whichever is more. What a large one takes beyond its lane's share is owed in
 * the windows after it (surplus round robin: Adiseshu, Parulkar and Varghese, 1996). Where one lane
 * is empty, the other takes all, and nobody owes anything. Not thread-safe.
 */
final class FairShare {

  private final double callersShare;

  /**
   * By how much callers are ahead of the log, in windows, each lane's over its share; below 0 the
   * log is ahead.
   */
  private double callersLead;

  /**
   * @param callersShare in (0, 1)
   */
  FairShare(double callersShare) {
    this.callersShare = callersShare;
  }

  /**
   * Takes the texts of a window, each lane's in its order.
   *
   * @param room of an empty window
   */
  void fill(
      WindowRoom room,
      CallersLane callers,
      LogLane log,
      List<HttpText> fromCallers,
      List<LogEntry> fromLog) {
    while (callers.size() + log.size() > 0) {
      boolean both = callers.size() > 0 && log.size() > 0;
      if (!both) {
        callersLead = 0;
      }
      boolean callersNext = both ? callersLead <= 0 : callers.size() > 0;
      int cost = callersNext ? callers.nextCost() : log.nextCost();
      if (!room.take(cost)) {
        return;
      }
      if (callersNext) {
        fromCallers.add(callers.take());
      } else {
        fromLog.add(log.take());
      }
      if (both) {
        double part = room.part(cost);
        callersLead += callersNext ? part / callersShare : -part / (1 - callersShare);
      }
    }
  }
}
