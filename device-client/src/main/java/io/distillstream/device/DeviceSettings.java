package io.distillstream.device;

import io.distillstream.wire.ClusterConnection;
import io.distillstream.wire.Pipeline;
import java.nio.file.Path;
import java.time.Duration;

/**
 * What a device needs to know.
 *
 * @param deviceId unique within the pipeline; the key of its reports
 * @param model name of the model it runs
 * @param channel of the model, such as {@code stable}
 * @param folder where the installed model and unsent reports live; one device each
 * @param cluster the brokers and the registry
 * @param pipeline whose updates it follows
 * @param threads ONNX Runtime's intra-operator threads
 * @param probeTolerance how exactly it must reproduce the quantizer's logits
 * @param stageReportEvery how often it says how many answers it served; zero for never
 */
public record DeviceSettings(
    String deviceId,
    String model,
    String channel,
    Path folder,
    ClusterConnection cluster,
    Pipeline pipeline,
    int threads,
    ProbeTolerance probeTolerance,
    Duration stageReportEvery) {

  public DeviceSettings {
    requireName("device id", deviceId);
    requireName("model", model);
    requireName("channel", channel);
    if (threads < 1) {
      throw new IllegalArgumentException("threads must be at least 1, is " + threads);
    }
    if (stageReportEvery.isNegative()) {
      throw new IllegalArgumentException(
          "stageReportEvery must not be negative, is " + stageReportEvery);
    }
  }

  /** One thread, bit-identical probe, a stage report every second. */
  public static DeviceSettings of(
      String deviceId,
      String model,
      String channel,
      Path folder,
      ClusterConnection cluster,
      Pipeline pipeline) {
    return new DeviceSettings(
        deviceId,
        model,
        channel,
        folder,
        cluster,
        pipeline,
        1,
        ProbeTolerance.IDENTICAL,
        Duration.ofSeconds(1));
  }

  public DeviceSettings withThreads(int threads) {
    return new DeviceSettings(
        deviceId,
        model,
        channel,
        folder,
        cluster,
        pipeline,
        threads,
        probeTolerance,
        stageReportEvery);
  }

  public DeviceSettings withProbeTolerance(ProbeTolerance probeTolerance) {
    return new DeviceSettings(
        deviceId,
        model,
        channel,
        folder,
        cluster,
        pipeline,
        threads,
        probeTolerance,
        stageReportEvery);
  }

  public DeviceSettings withStageReportEvery(Duration stageReportEvery) {
    return new DeviceSettings(
        deviceId,
        model,
        channel,
        folder,
        cluster,
        pipeline,
        threads,
        probeTolerance,
        stageReportEvery);
  }

  /** Key of this device's updates on the model-updates topic. */
  String updateKey() {
    return model + "/" + channel;
  }

  private static void requireName(String what, String value) {
    if (value.isBlank() || value.indexOf('/') >= 0) {
      throw new IllegalArgumentException(
          "The " + what + " must not be blank or contain '/', is '" + value + "'");
    }
  }
}
