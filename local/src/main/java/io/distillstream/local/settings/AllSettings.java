package io.distillstream.local.settings;

import io.distillstream.artifacts.QuantizerSettings;
import io.distillstream.gateway.GatewaySettings;
import io.distillstream.joiner.JoinerSettings;
import io.distillstream.monitor.MonitorSettings;
import io.distillstream.runtime.Setting;
import io.distillstream.runtime.Settings;
import io.distillstream.signer.SignerSettings;
import io.distillstream.tap.TapSettings;
import io.distillstream.teacher.traffic.TeacherSettings;
import io.distillstream.trainer.settings.TrainerSettings;
import java.util.List;
import java.util.stream.Stream;

/** The settings of everything: one file serves every process of a pipeline. */
public final class AllSettings {

  private AllSettings() {}

  /** Every key of every service, once. */
  public static List<Setting<?>> list() {
    return Stream.of(
            ClusterSettings.all(),
            LocalSettings.all(),
            TracingSettings.all(),
            TeacherSettings.all(),
            JoinerSettings.all(),
            TrainerSettings.all(),
            QuantizerSettings.all(),
            SignerSettings.all(),
            MonitorSettings.all(),
            GatewaySettings.all(),
            TapSettings.all())
        .<Setting<?>>flatMap(List::stream)
        .toList();
  }

  /**
   * The value of a key of any service, for checks between services.
   *
   * @throws IllegalArgumentException if there is no such key
   */
  public static Object value(Settings settings, String key) {
    Setting<?> setting =
        list().stream()
            .filter(one -> one.key().equals(key))
            .findFirst()
            .orElseThrow(() -> new IllegalArgumentException("No setting " + key));
    return settings.get(setting);
  }
}
