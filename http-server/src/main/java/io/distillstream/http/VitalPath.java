package io.distillstream.http;

import java.util.Optional;

/** The paths that every server has, and answers ahead of all traffic. */
public enum VitalPath {
  /** Whether its services live. */
  LIVE,
  /** Whether its services do their work. */
  READY,
  /** Figures of all stages of the process. */
  METRICS;

  /**
   * What a path stands for, with a slash at its end or without.
   *
   * <p>{@code /healthz} and {@code /readyz} are the same two: orchestrators' probes that were set
   * up with these names would restart a service that no longer knew them.
   */
  public static Optional<VitalPath> of(String path) {
    return switch (path.endsWith("/") ? path.substring(0, path.length() - 1) : path) {
      case "/health/live", "/healthz" -> Optional.of(LIVE);
      case "/health/ready", "/readyz" -> Optional.of(READY);
      case "/metrics" -> Optional.of(METRICS);
      default -> Optional.empty();
    };
  }
}
