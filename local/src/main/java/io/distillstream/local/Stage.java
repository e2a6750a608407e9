package io.distillstream.local;

import io.distillstream.joiner.JoinerService;
import io.distillstream.joiner.JoinerSettings;
import io.distillstream.monitor.MonitorService;
import io.distillstream.monitor.MonitorSettings;
import io.distillstream.quantizer.QuantizerService;
import io.distillstream.quantizer.QuantizerSettings;
import io.distillstream.runtime.Service;
import io.distillstream.runtime.ServiceContext;
import io.distillstream.runtime.Settings;
import io.distillstream.teacher.traffic.TeacherService;
import io.distillstream.teacher.traffic.TeacherSettings;
import io.distillstream.trainer.TrainerService;
import io.distillstream.trainer.settings.TrainerSettings;

/** The services that a process can run, in the order in which they start: traffic comes last. */
enum Stage {
  MONITOR {
    @Override
    Service create(Settings settings, ServiceContext context) {
      return new MonitorService(MonitorSettings.from(settings), context);
    }
  },
  QUANTIZER {
    @Override
    Service create(Settings settings, ServiceContext context) {
      return new QuantizerService(QuantizerSettings.from(settings), context);
    }
  },
  TRAINER {
    @Override
    Service create(Settings settings, ServiceContext context) {
      return new TrainerService(TrainerSettings.from(settings), context);
    }
  },
  JOINER {
    @Override
    Service create(Settings settings, ServiceContext context) {
      return new JoinerService(JoinerSettings.from(settings), context);
    }
  },
  TEACHER {
    @Override
    Service create(Settings settings, ServiceContext context) {
      return new TeacherService(TeacherSettings.from(settings), context);
    }
  };

  abstract Service create(Settings settings, ServiceContext context);
}
