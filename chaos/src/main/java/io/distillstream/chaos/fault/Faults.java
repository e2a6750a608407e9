package io.distillstream.chaos.fault;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** Every kind of fault there is. */
public final class Faults {
  private Faults() {}

  /**
   * All of them.
   *
   * @param outage how long the brokers are away in an outage
   */
  public static List<Fault> all(Duration outage) {
    return List.of(
        new Kill(),
        new Freeze(),
        new CutNetwork(),
        new SlowNetwork(),
        new BrokerOutage(outage),
        new Poison(),
        new WellFormedLies(),
        new ClockJump(),
        new SlowClients(),
        new FullDisk());
  }

  /**
   * Those of these names, in the order in which {@link #all} has them.
   *
   * @throws IllegalArgumentException if there is none of a name
   */
  public static List<Fault> named(Collection<String> names, Duration outage) {
    List<Fault> all = all(outage);
    List<String> known = all.stream().map(Fault::name).toList();
    List<String> unknown = new ArrayList<>(names);
    unknown.removeAll(known);
    if (!unknown.isEmpty()) {
      throw new IllegalArgumentException(
          "No fault '" + unknown.get(0) + "'; accepted are " + String.join(", ", known));
    }
    return all.stream().filter(fault -> names.contains(fault.name())).toList();
  }
}
