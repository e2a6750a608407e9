package io.distillstream.runtime;

import java.net.URI;
import java.util.Optional;

/**
 * A stage of the pipeline as a plain object. It is started once and closed once; closing waits
 * until its threads have ended and is idempotent.
 */
public interface Service extends AutoCloseable {

  /** The stage's name, such as {@code teacher}. */
  String name();

  /**
   * Starts and returns when the service can do its work.
   *
   * @throws RuntimeException with one clear line if it cannot; the service is closed then
   */
  void start();

  /** Whether it does its work at this moment. */
  boolean healthy();

  /**
   * Whether it does its work or will again by itself, as after an outage of the brokers. One that
   * is not alive has to be started anew.
   */
  default boolean alive() {
    return healthy();
  }

  /** Why it does not do its work at this moment, as a clause, where it can tell. */
  default Optional<String> hindrance() {
    return Optional.empty();
  }

  /** What is amiss although it does its work, as a clause; empty if nothing is. */
  default Optional<String> remark() {
    return Optional.empty();
  }

  /** Where its HTTP server is reached, with the port really bound; empty where there is none. */
  default Optional<URI> address() {
    return Optional.empty();
  }

  /** Its page for people, once it is started; empty where it has none. */
  default Optional<ServedPage> page() {
    return Optional.empty();
  }

  @Override
  void close();
}
