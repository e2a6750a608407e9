package io.distillstream.device.transport;

import io.distillstream.update.DeviceStatus;
import io.distillstream.update.UpdateReport;
import java.io.IOException;
import java.util.concurrent.CompletionStage;

/**
 * Where a device's reports go. It connects when it is first used and, after a failure, when it is
 * used again. Used by one thread at a time.
 */
public interface ReportSink extends AutoCloseable {

  /**
   * Sends what became of an update.
   *
   * @return completes when the report is where it cannot be lost, on any thread; where it fails,
   *     the device sends the report again
   * @throws PausedException if it is too early to send again; see {@link DeliveryPause}
   * @throws IOException if reports cannot be sent at the moment
   */
  CompletionStage<Void> send(UpdateReport report) throws IOException;

  /**
   * Sends how the device is. It may be lost: the next one says it again.
   *
   * @throws PausedException if it is too early to send again
   * @throws IOException if reports cannot be sent at the moment
   */
  void send(DeviceStatus status) throws IOException;

  @Override
  void close();
}
