package io.distillstream.local.services;

import io.distillstream.local.settings.ClusterSettings;
import io.distillstream.local.settings.TracingSettings;
import io.distillstream.runtime.InvalidSettingsException;
import io.distillstream.runtime.Settings;
import io.distillstream.runtime.disk.DiskWatch;
import io.distillstream.runtime.tracing.ExportPlan;
import io.distillstream.tap.TapSettings;
import io.distillstream.wire.access.Role;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * The services that a process is to run, with all their settings read and checked against each
 * other. Nothing has been started for it, so that whoever holds one will not meet a contradiction
 * halfway.
 */
public final class ServicePlan {

  private final Settings settings;
  private final ClusterSettings cluster;
  private final Optional<ExportPlan> tracing;
  private final Map<ServiceKind, ServiceFactory> factories;

  private ServicePlan(
      Settings settings, ClusterSettings cluster, Map<ServiceKind, ServiceFactory> factories) {
    this.settings = settings;
    this.cluster = cluster;
    this.tracing = TracingSettings.from(settings);
    this.factories = factories;
  }

  /**
   * Some services, for a cluster that exists.
   *
   * @param kinds at least one
   * @throws InvalidSettingsException with everything that is wrong
   */
  public static ServicePlan of(Collection<ServiceKind> kinds, Settings settings) {
    return checked(EnumSet.copyOf(kinds), settings, false);
  }

  /**
   * Every service, with a broker and a registry in the same process; a tap only where an upstream
   * is named for it.
   *
   * @throws InvalidSettingsException with everything that is wrong
   */
  public static ServicePlan embedded(Settings settings) {
    Set<ServiceKind> kinds = EnumSet.allOf(ServiceKind.class);
    if (!TapSettings.isWanted(settings)) {
      kinds.remove(ServiceKind.TAP);
    }
    return checked(kinds, settings, true);
  }

  private static ServicePlan checked(Set<ServiceKind> kinds, Settings settings, boolean embedded) {
    // One mistake may be met by several checks.
    Set<String> problems = new LinkedHashSet<>();
    Optional<ClusterSettings> cluster = read(() -> ClusterSettings.from(settings), problems);
    Map<ServiceKind, ServiceFactory> factories = new EnumMap<>(ServiceKind.class);
    for (ServiceKind kind : kinds) {
      // A server for each stage of one process would show the same metrics many times over.
      read(() -> embedded ? kind.prepare(settings) : kind.prepareProbed(settings), problems)
          .ifPresent(factory -> factories.put(kind, factory));
    }
    problems.addAll(PortCheck.problems(kinds, settings, embedded));
    List<String> files = FileCheck.problems(kinds, settings, embedded);
    problems.addAll(files);
    problems.addAll(StageCheck.problems(kinds, settings, embedded));
    if (files.isEmpty() && factories.size() == kinds.size()) {
      problems.addAll(StudentCheck.problems(kinds, settings));
    }
    if (cluster.isEmpty() || !problems.isEmpty()) {
      throw new InvalidSettingsException(new ArrayList<>(problems));
    }
    return new ServicePlan(settings, cluster.get(), factories);
  }

  private static <T> Optional<T> read(Supplier<T> reading, Set<String> problems) {
    try {
      return Optional.of(reading.get());
    } catch (InvalidSettingsException e) {
      problems.addAll(e.problems());
    } catch (IllegalArgumentException e) {
      // Each value was legal by itself; these contradict each other.
      problems.add(String.valueOf(e.getMessage()));
    }
    return Optional.empty();
  }

  public Settings settings() {
    return settings;
  }

  /** The cluster and the data folder that the settings name. */
  public ClusterSettings cluster() {
    return cluster;
  }

  /** Whose rights the services need at the brokers. */
  Set<Role> roles() {
    return factories.keySet().stream()
        .map(ServiceKind::role)
        .collect(Collectors.toCollection(() -> EnumSet.noneOf(Role.class)));
  }

  /** How traces are exported; empty where that is not asked for. */
  Optional<ExportPlan> tracing() {
    return tracing;
  }

  /**
   * Begins to watch the data folder's disk if one of the services writes more than a log to it: the
   * others would refuse traffic for room that they do not need.
   */
  DiskWatch watchDisk() {
    return FileCheck.anyWrites(factories.keySet())
        ? DiskWatch.start(cluster.dataFolder(), cluster.minFreeBytes())
        : DiskWatch.none();
  }

  /** In the order in which they are to be started. */
  Map<ServiceKind, ServiceFactory> factories() {
    return factories;
  }
}
