package io.distillstream.gateway.http;

import io.distillstream.gateway.report.ReportMetrics;
import io.distillstream.runtime.StageMetrics;

/** What the gateway counts. Thread-safe. */
public interface GatewayMetrics extends ReportMetrics {

  /** Counts as a stage of the pipeline does. */
  static GatewayMetrics of(StageMetrics stage) {
    return new StageGatewayMetrics(stage);
  }

  /** A device begins to listen for events. */
  void streamOpened();

  /** It listens no longer. */
  void streamClosed();

  /** An event was sent to a device. */
  void eventSent();

  /** A request begins to wait for the next version. */
  void waitBegun();

  /** It was answered. */
  void waitEnded();

  /** A manifest was given out. */
  void manifestServed();

  /** A file of the TUF repository's metadata was given out. */
  void metadataServed();

  /** So much of an artifact or delta was given out. */
  void bytesServed(long bytes);
}
