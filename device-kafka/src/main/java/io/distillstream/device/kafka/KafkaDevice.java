package io.distillstream.device.kafka;

import io.distillstream.device.DeviceClient;
import io.distillstream.device.DeviceSettings;
import io.distillstream.wire.ClusterConnection;
import io.distillstream.wire.Pipeline;
import java.io.IOException;

/** Opens devices whose updates and reports travel over Kafka. */
public final class KafkaDevice {

  private KafkaDevice() {}

  /**
   * Opens a device; nothing is connected before it is started.
   *
   * @param cluster the brokers and the registry
   * @param pipeline whose updates it follows
   * @throws IOException if the device's folder cannot be read
   * @throws IllegalStateException if another device uses the folder
   */
  public static DeviceClient open(
      DeviceSettings settings, ClusterConnection cluster, Pipeline pipeline) throws IOException {
    return new DeviceClient(
        settings,
        new KafkaUpdateSource(cluster, pipeline, settings.updateKey()),
        new KafkaReportSink(cluster, pipeline));
  }
}
