package io.distillstream.device.kafka;

import io.distillstream.device.DeviceClient;
import io.distillstream.device.DeviceSettings;
import io.distillstream.wire.ClusterConnection;
import io.distillstream.wire.Pipeline;
import io.distillstream.wire.Topics;
import io.distillstream.wire.trace.Spans;
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
    return open(settings, cluster, pipeline, Spans.none());
  }

  /**
   * Opens a device whose installations are traced.
   *
   * @param spans of the device; an installation's is a child of the update's own
   * @throws IOException if the device's folder cannot be read
   * @throws IllegalStateException if another device uses the folder
   */
  public static DeviceClient open(
      DeviceSettings settings, ClusterConnection cluster, Pipeline pipeline, Spans spans)
      throws IOException {
    InstallSpans installs =
        new InstallSpans(spans, Topics.MODEL_UPDATES.in(pipeline), settings.updateKey());
    DeviceClient device =
        new DeviceClient(
            settings,
            new KafkaUpdateSource(
                cluster,
                pipeline,
                settings.updateKey(),
                (update, manifest, trace) -> installs.seen(manifest.version(), trace)),
            new KafkaReportSink(cluster, pipeline));
    device.listen(installs);
    return device;
  }
}
