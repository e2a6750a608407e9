package io.distillstream.local.services;

import io.distillstream.local.access.RoleRights;
import io.distillstream.local.settings.ClusterSettings;
import io.distillstream.local.terminal.CommandFailedException;
import io.distillstream.runtime.InvalidSettingsException;
import io.distillstream.runtime.ServedPage;
import io.distillstream.runtime.Service;
import io.distillstream.runtime.ServiceContext;
import io.distillstream.runtime.disk.DiskFullException;
import io.distillstream.runtime.disk.DiskWatch;
import io.distillstream.runtime.tracing.Tracing;
import io.distillstream.wire.TopicInstaller;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The services of one process, started in the order of {@link ServiceKind} and closed in reverse.
 * Owns the services, their context and the watch on their disk.
 */
public final class RunningServices implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(RunningServices.class);

  /** How long a service that is abandoned may take to end. */
  private static final Duration ABANDONED = Duration.ofSeconds(15);

  private final ServiceContext context;
  private final List<Service> services = new ArrayList<>();

  private RunningServices(ServiceContext context) {
    this.context = context;
  }

  /**
   * Creates topics where they are missing, registers schemas and starts the services.
   *
   * @param progress told of every service as it starts
   * @throws InvalidSettingsException if the login lacks a right that one of them needs
   * @throws DiskFullException if one fails to start for want of room on the disk
   */
  public static RunningServices start(ServicePlan plan, Consumer<String> progress) {
    DiskWatch disk = plan.watchDisk();
    return DiskFullException.explained(
        "The services did not start", disk, () -> start(plan, plan.cluster(), disk, progress));
  }

  /**
   * @param cluster may be another than the plan's, where the process has one of its own
   * @param disk is owned from here on
   */
  static RunningServices start(
      ServicePlan plan, ClusterSettings cluster, DiskWatch disk, Consumer<String> progress) {
    ServiceContext context =
        ServiceContext.connect(
            cluster.pipeline(),
            cluster.connection(),
            cluster.dataFolder(),
            cluster.instance(),
            disk,
            Tracing.start(plan.tracing(), cluster.pipeline().name(), cluster.instance()));
    RunningServices running = new RunningServices(context);
    boolean started = false;
    try {
      try (Admin admin = Admin.create(cluster.connection().adminProperties())) {
        TopicInstaller.install(admin, context.wire(), cluster.pipeline());
      }
      RoleRights.require(plan.roles(), cluster, plan.settings());
      plan.factories()
          .forEach(
              (kind, factory) -> {
                progress.accept("starting " + kind.text());
                Service service = factory.create(context);
                running.services.add(service);
                service.start();
              });
      started = true;
      return running;
    } finally {
      if (!started) {
        running.close();
      }
    }
  }

  ServiceContext context() {
    return context;
  }

  /** Where services with an HTTP server answer, by name, with the ports really bound. */
  public Map<String, URI> addresses() {
    Map<String, URI> addresses = new LinkedHashMap<>();
    services.forEach(
        service -> service.address().ifPresent(own -> addresses.put(service.name(), own)));
    return addresses;
  }

  /** The page of a service of this kind that is running and has one. */
  public Optional<ServedPage> page(ServiceKind kind) {
    return services.stream()
        .filter(service -> service.name().equals(kind.text()))
        .findFirst()
        .flatMap(Service::page);
  }

  /**
   * Fails with one clear line if a service has ended. One that waits for the cluster has not: it
   * goes on by itself.
   */
  public void requireAlive() {
    String ended =
        services.stream()
            .filter(service -> !service.alive())
            .map(service -> service.name() + reason(service))
            .collect(Collectors.joining(", "));
    if (!ended.isEmpty()) {
      throw new CommandFailedException(
          "Stopped working: " + ended + "; the log file has the details");
    }
  }

  /** Why a service stopped, where it has left a note. */
  private String reason(Service service) {
    String failure = context.stage(service.name()).report(Instant.now()).getNotes().get("failure");
    return failure == null ? "" : " (" + failure.replaceAll("\\s+", " ") + ")";
  }

  /** Closes every service even if one fails to. */
  @Override
  public void close() {
    for (int i = services.size() - 1; i >= 0; i--) {
      close(services.get(i));
    }
    closeContext();
  }

  /**
   * Closes every service at the same time, and gives up on those that take long: for brokers that
   * have failed for good each would wait as long as it waits for any outage. Nothing is lost that
   * was committed.
   */
  void abandon() {
    List<Thread> closing =
        services.stream()
            .map(service -> new Thread(() -> close(service), "abandon-" + service.name()))
            .toList();
    closing.forEach(thread -> thread.setDaemon(true));
    closing.forEach(Thread::start);
    long deadline = System.nanoTime() + ABANDONED.toNanos();
    try {
      for (Thread thread : closing) {
        thread.join(Math.max(1, TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime())));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    closeContext();
  }

  private void closeContext() {
    services.clear();
    context.close();
    context.disk().close();
  }

  private static void close(Service service) {
    try {
      service.close();
    } catch (RuntimeException e) {
      log.error("{} did not close cleanly", service.name(), e);
    }
  }
}
