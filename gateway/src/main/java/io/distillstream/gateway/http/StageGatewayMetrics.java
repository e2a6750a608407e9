package io.distillstream.gateway.http;

import io.distillstream.runtime.StageMetrics;
import io.micrometer.core.instrument.Counter;
import java.util.concurrent.atomic.AtomicInteger;

/** Counts in the metrics of a stage. */
final class StageGatewayMetrics implements GatewayMetrics {

  private final AtomicInteger streams = new AtomicInteger();
  private final AtomicInteger waiting = new AtomicInteger();
  private final Counter events;
  private final Counter manifests;
  private final Counter metadata;
  private final Counter bytes;
  private final Counter reports;
  private final Counter statuses;
  private final Counter refused;

  StageGatewayMetrics(StageMetrics stage) {
    stage.gauge("gateway_streams", "Devices that listen for events now.", streams::get);
    stage.gauge("gateway_waiting", "Requests that wait for the next version now.", waiting::get);
    events = stage.counter("gateway_events_sent", "Events of new versions sent to devices.");
    manifests = stage.counter("gateway_manifests_served", "Manifests given out.");
    metadata = stage.counter("gateway_metadata_served", "Files of TUF metadata given out.");
    bytes = stage.counter("gateway_served_bytes", "Bytes of artifacts and deltas given out.");
    reports = stage.counter("gateway_reports", "Update reports of devices taken in.");
    statuses = stage.counter("gateway_statuses", "Statuses of devices taken in.");
    refused =
        stage.counter(
            "gateway_reports_refused", "Update reports and statuses that were not taken in.");
  }

  @Override
  public void streamOpened() {
    streams.incrementAndGet();
  }

  @Override
  public void streamClosed() {
    streams.decrementAndGet();
  }

  @Override
  public void eventSent() {
    events.increment();
  }

  @Override
  public void waitBegun() {
    waiting.incrementAndGet();
  }

  @Override
  public void waitEnded() {
    waiting.decrementAndGet();
  }

  @Override
  public void manifestServed() {
    manifests.increment();
  }

  @Override
  public void metadataServed() {
    metadata.increment();
  }

  @Override
  public void bytesServed(long served) {
    bytes.increment((double) served);
  }

  @Override
  public void reportTaken() {
    reports.increment();
  }

  @Override
  public void statusTaken() {
    statuses.increment();
  }

  @Override
  public void reportRefused() {
    refused.increment();
  }
}
