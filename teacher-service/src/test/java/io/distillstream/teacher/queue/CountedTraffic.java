package io.distillstream.teacher.queue;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Counts without a metrics registry. */
public final class CountedTraffic implements TrafficMetrics {

  public volatile int received;
  public volatile int unrecorded;
  public volatile int labelled;
  public volatile int rejected;
  public final Map<Source, Integer> ran = new ConcurrentHashMap<>();
  public final Map<Reason, Integer> refused = new ConcurrentHashMap<>();

  @Override
  public synchronized void received(int texts) {
    received += texts;
  }

  @Override
  public synchronized void unrecorded(int texts) {
    unrecorded += texts;
  }

  @Override
  public synchronized void labelled(int texts) {
    labelled += texts;
  }

  @Override
  public synchronized void refused(Reason reason, int texts) {
    refused.merge(reason, texts, Integer::sum);
  }

  @Override
  public synchronized void ran(Source source, int texts, double seconds) {
    ran.merge(source, texts, Integer::sum);
  }

  @Override
  public synchronized void rejected(int texts) {
    rejected += texts;
  }
}
