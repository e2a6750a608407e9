package io.distillstream.local;

import io.distillstream.runtime.Service;
import io.distillstream.runtime.ServiceContext;
import io.distillstream.runtime.Settings;
import io.distillstream.wire.TopicInstaller;
import java.net.URI;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import org.apache.kafka.clients.admin.Admin;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The services of one process, started in the order of {@link Stage} and closed in reverse. Owns
 * the services and their context.
 */
final class RunningStages implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(RunningStages.class);

  private final ServiceContext context;
  private final List<Service> services = new ArrayList<>();

  private RunningStages(ServiceContext context) {
    this.context = context;
  }

  /**
   * Creates topics where they are missing, registers schemas and starts the stages.
   *
   * @param progress told of every stage as it starts
   */
  static RunningStages start(
      Collection<Stage> stages,
      Settings settings,
      ClusterSettings cluster,
      Consumer<String> progress) {
    ServiceContext context =
        ServiceContext.connect(
            cluster.pipeline(), cluster.connection(), cluster.dataFolder(), cluster.instance());
    RunningStages running = new RunningStages(context);
    boolean started = false;
    try {
      try (Admin admin = Admin.create(cluster.connection().adminProperties())) {
        TopicInstaller.install(admin, context.wire(), cluster.pipeline());
      }
      for (Stage stage : EnumSet.copyOf(stages)) {
        progress.accept("starting " + stage.name().toLowerCase(Locale.ROOT));
        Service service = create(stage, settings, context);
        running.services.add(service);
        service.start();
      }
      started = true;
      return running;
    } finally {
      if (!started) {
        running.close();
      }
    }
  }

  private static Service create(Stage stage, Settings settings, ServiceContext context) {
    try {
      return stage.create(settings, context);
    } catch (IllegalArgumentException e) {
      // Each value was legal by itself; these contradict each other.
      throw new CommandFailedException(String.valueOf(e.getMessage()), e);
    }
  }

  ServiceContext context() {
    return context;
  }

  /** Where a service's HTTP server is reached, with the port really bound. */
  URI address(String service) {
    return services.stream()
        .filter(candidate -> candidate.name().equals(service))
        .findFirst()
        .flatMap(Service::address)
        .orElseThrow(() -> new IllegalArgumentException(service + " is not served here"));
  }

  /** Fails with one clear line if a service no longer does its work. */
  void requireHealthy() {
    List<String> unhealthy =
        services.stream().filter(service -> !service.healthy()).map(Service::name).toList();
    if (!unhealthy.isEmpty()) {
      throw new CommandFailedException(
          "Stopped working: " + String.join(", ", unhealthy) + "; see the log above");
    }
  }

  /** Closes every service even if one fails to. */
  @Override
  public void close() {
    for (int i = services.size() - 1; i >= 0; i--) {
      Service service = services.get(i);
      try {
        service.close();
      } catch (RuntimeException e) {
        log.error("{} did not close cleanly", service.name(), e);
      }
    }
    services.clear();
    context.close();
  }
}
