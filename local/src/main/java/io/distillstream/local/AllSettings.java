package io.distillstream.local;

import io.distillstream.joiner.JoinerSettings;
import io.distillstream.monitor.MonitorSettings;
import io.distillstream.quantizer.QuantizerSettings;
import io.distillstream.runtime.Setting;
import io.distillstream.teacher.traffic.TeacherSettings;
import io.distillstream.trainer.settings.TrainerSettings;
import java.util.List;
import java.util.stream.Stream;

/** The settings of everything: one file serves every process of a pipeline. */
final class AllSettings {

  private AllSettings() {}

  static List<Setting<?>> list() {
    return Stream.of(
            ClusterSettings.all(),
            LocalSettings.all(),
            TeacherSettings.all(),
            JoinerSettings.all(),
            TrainerSettings.all(),
            QuantizerSettings.all(),
            MonitorSettings.all())
        .<Setting<?>>flatMap(List::stream)
        .toList();
  }
}
