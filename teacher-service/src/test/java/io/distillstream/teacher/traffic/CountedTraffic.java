package io.distillstream.teacher.traffic;

/** Counts without a metrics registry. */
final class CountedTraffic implements TrafficMetrics {

  volatile int received;
  volatile int labelled;
  volatile int rejected;

  @Override
  public synchronized void received(int texts) {
    received += texts;
  }

  @Override
  public synchronized void labelled(int texts) {
    labelled += texts;
  }

  @Override
  public synchronized void rejected(int texts) {
    rejected += texts;
  }
}
