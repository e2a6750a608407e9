package io.distillstream.gateway.report;

/** Counts what devices say. Thread-safe. */
public interface ReportMetrics {

  /** An update report was taken in. */
  void reportTaken();

  /** A device's status was taken in. */
  void statusTaken();

  /** A report or status was not taken in. */
  void reportRefused();
}
