package io.distillstream.gateway.http;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** Counts without a metrics registry. */
final class CountedDevices implements GatewayMetrics {

  final AtomicInteger streams = new AtomicInteger();
  final AtomicInteger waiting = new AtomicInteger();
  final AtomicInteger events = new AtomicInteger();
  final AtomicInteger manifests = new AtomicInteger();
  final AtomicInteger metadata = new AtomicInteger();
  final AtomicLong bytes = new AtomicLong();

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
    events.incrementAndGet();
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
    manifests.incrementAndGet();
  }

  @Override
  public void metadataServed() {
    metadata.incrementAndGet();
  }

  @Override
  public void bytesServed(long served) {
    bytes.addAndGet(served);
  }

  @Override
  public void reportTaken() {}

  @Override
  public void statusTaken() {}

  @Override
  public void reportRefused() {}
}
