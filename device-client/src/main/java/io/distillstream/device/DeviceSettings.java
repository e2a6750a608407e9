package io.distillstream.device;

import io.distillstream.device.trust.TrustedRoot;
import io.distillstream.update.UpdateManifest;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a device needs to know.
 *
 * @param deviceId unique within the pipeline; the key of its reports
 * @param model name of the model it runs
 * @param channel of the model, such as {@code stable}
 * @param folder where the installed model and unsent reports live; one device each
 * @param threads ONNX Runtime's intra-operator threads
 * @param probeTolerance how exactly it must reproduce the quantizer's logits
 * @param statusEvery how often it says how many answers it served; zero for never
 * @param highestVersion updates above it are refused, and a model above it that is installed is
 *     forgotten: the step back from an update that the pipeline did not make. {@link
 *     Long#MAX_VALUE} for none
 * @param crashLimit so often in a row the process may end while a model is loaded, or within 30
 *     seconds and 10 answers after, before the model is refused and the one before it takes its
 *     place; 0 for any number
 * @param trustedRoot what vouches for updates, of which the device then takes no other; null to
 *     take whatever the transport brings
 */
public record DeviceSettings(
    String deviceId,
    String model,
    String channel,
    Path folder,
    int threads,
    ProbeTolerance probeTolerance,
    Duration statusEvery,
    long highestVersion,
    int crashLimit,
    @Nullable TrustedRoot trustedRoot) {

  /** The default of {@link #crashLimit}. */
  public static final int CRASH_LIMIT = 3;

  public DeviceSettings {
    requireName("device id", deviceId);
    requireName("model", model);
    requireName("channel", channel);
    if (threads < 1) {
      throw new IllegalArgumentException("threads must be at least 1, is " + threads);
    }
    if (highestVersion < 1) {
      throw new IllegalArgumentException("highestVersion must be at least 1, is " + highestVersion);
    }
    if (crashLimit < 0) {
      throw new IllegalArgumentException("crashLimit must not be negative, is " + crashLimit);
    }
    if (statusEvery.isNegative()) {
      throw new IllegalArgumentException("statusEvery must not be negative, is " + statusEvery);
    }
  }

  /**
   * One thread, bit-identical probe, a status every second, any version, three crashes, no trusted
   * root.
   */
  public static DeviceSettings of(String deviceId, String model, String channel, Path folder) {
    return new DeviceSettings(
        deviceId,
        model,
        channel,
        folder,
        1,
        ProbeTolerance.IDENTICAL,
        Duration.ofSeconds(1),
        Long.MAX_VALUE,
        CRASH_LIMIT,
        null);
  }

  public DeviceSettings withThreads(int threads) {
    return new DeviceSettings(
        deviceId,
        model,
        channel,
        folder,
        threads,
        probeTolerance,
        statusEvery,
        highestVersion,
        crashLimit,
        trustedRoot);
  }

  public DeviceSettings withProbeTolerance(ProbeTolerance probeTolerance) {
    return new DeviceSettings(
        deviceId,
        model,
        channel,
        folder,
        threads,
        probeTolerance,
        statusEvery,
        highestVersion,
        crashLimit,
        trustedRoot);
  }

  public DeviceSettings withStatusEvery(Duration statusEvery) {
    return new DeviceSettings(
        deviceId,
        model,
        channel,
        folder,
        threads,
        probeTolerance,
        statusEvery,
        highestVersion,
        crashLimit,
        trustedRoot);
  }

  public DeviceSettings withHighestVersion(long highestVersion) {
    return new DeviceSettings(
        deviceId,
        model,
        channel,
        folder,
        threads,
        probeTolerance,
        statusEvery,
        highestVersion,
        crashLimit,
        trustedRoot);
  }

  public DeviceSettings withCrashLimit(int crashLimit) {
    return new DeviceSettings(
        deviceId,
        model,
        channel,
        folder,
        threads,
        probeTolerance,
        statusEvery,
        highestVersion,
        crashLimit,
        trustedRoot);
  }

  /** Takes only updates that the metadata of this root's repository vouches for. */
  public DeviceSettings withTrustedRoot(TrustedRoot trustedRoot) {
    return new DeviceSettings(
        deviceId,
        model,
        channel,
        folder,
        threads,
        probeTolerance,
        statusEvery,
        highestVersion,
        crashLimit,
        trustedRoot);
  }

  /** What it follows: the model's name, '/' and the channel. */
  public String updateKey() {
    return UpdateManifest.updateKey(model, channel);
  }

  private static void requireName(String what, String value) {
    if (value.trim().isEmpty() || value.indexOf('/') >= 0) {
      throw new IllegalArgumentException(
          "The " + what + " must not be blank or contain '/', is '" + value + "'");
    }
  }
}
