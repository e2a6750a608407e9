package io.distillstream.local.services;

import io.distillstream.artifacts.QuantizerService;
import io.distillstream.artifacts.QuantizerSettings;
import io.distillstream.gateway.GatewayService;
import io.distillstream.gateway.GatewaySettings;
import io.distillstream.joiner.JoinerService;
import io.distillstream.joiner.JoinerSettings;
import io.distillstream.monitor.MonitorService;
import io.distillstream.monitor.MonitorSettings;
import io.distillstream.runtime.Settings;
import io.distillstream.runtime.http.HttpListener;
import io.distillstream.runtime.http.HttpSettings;
import io.distillstream.runtime.http.ProbedService;
import io.distillstream.signer.SignerService;
import io.distillstream.signer.SignerSettings;
import io.distillstream.tap.TapService;
import io.distillstream.tap.TapSettings;
import io.distillstream.teacher.traffic.TeacherService;
import io.distillstream.teacher.traffic.TeacherSettings;
import io.distillstream.trainer.TrainerService;
import io.distillstream.trainer.settings.TrainerSettings;
import io.distillstream.trainer.start.StudentStart;
import io.distillstream.wire.access.Role;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The services that a process can run, in the order in which they start: traffic comes last. */
public enum ServiceKind {
  MONITOR {
    @Override
    ServiceFactory prepare(Settings settings) {
      MonitorSettings own = MonitorSettings.from(settings);
      return context -> new MonitorService(own, context);
    }
  },
  SIGNER {
    @Override
    ServiceFactory prepare(Settings settings) {
      SignerSettings own = SignerSettings.from(settings);
      return context -> new SignerService(own, context);
    }

    @Override
    Optional<HttpSettings> probes() {
      return Optional.of(SignerSettings.HTTP);
    }
  },
  GATEWAY {
    @Override
    ServiceFactory prepare(Settings settings) {
      GatewaySettings own = GatewaySettings.from(settings);
      return context -> new GatewayService(own, context);
    }
  },
  QUANTIZER {
    @Override
    ServiceFactory prepare(Settings settings) {
      List<QuantizerSettings> own = QuantizerSettings.from(settings);
      return context -> new QuantizerService(own, context);
    }

    @Override
    Optional<HttpSettings> probes() {
      return Optional.of(QuantizerSettings.HTTP);
    }
  },
  TRAINER {
    @Override
    ServiceFactory prepare(Settings settings) {
      TrainerSettings own = TrainerSettings.from(settings);
      return context -> new TrainerService(own, context);
    }

    @Override
    Optional<HttpSettings> probes() {
      return Optional.of(TrainerSettings.HTTP);
    }
  },
  JOINER {
    @Override
    ServiceFactory prepare(Settings settings) {
      JoinerSettings own = JoinerSettings.from(settings);
      return context ->
          new JoinerService(
              own,
              () -> new StudentStart(TrainerSettings.from(settings).student()).labels(),
              context);
    }

    @Override
    Optional<HttpSettings> probes() {
      return Optional.of(JoinerSettings.HTTP);
    }
  },
  TAP {
    @Override
    ServiceFactory prepare(Settings settings) {
      TapSettings own = TapSettings.from(settings);
      return context -> new TapService(own, context);
    }
  },
  TEACHER {
    @Override
    ServiceFactory prepare(Settings settings) {
      TeacherSettings own = TeacherSettings.from(settings);
      return context -> new TeacherService(own, context);
    }
  };

  /**
   * Reads the service's settings; starts and opens nothing.
   *
   * @throws IllegalArgumentException if two of its settings contradict each other
   */
  abstract ServiceFactory prepare(Settings settings);

  /** Where a process that exists for it serves its health; empty where it has a server anyway. */
  Optional<HttpSettings> probes() {
    return Optional.empty();
  }

  /** The same as {@link #prepare}, with a server for its health where it has none itself. */
  ServiceFactory prepareProbed(Settings settings) {
    ServiceFactory plain = prepare(settings);
    Optional<HttpListener> listener = probes().map(http -> http.from(settings));
    return listener.isEmpty()
        ? plain
        : context -> new ProbedService(plain.create(context), listener.get(), context);
  }

  /** Whose rights it needs at the brokers. */
  Role role() {
    return Role.valueOf(name());
  }

  /** Its name on the command line. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The kind of this name. */
  public static Optional<ServiceKind> named(String text) {
    return Arrays.stream(values()).filter(kind -> kind.text().equals(text)).findFirst();
  }
}
