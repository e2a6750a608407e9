package io.distillstream.local.services;

import io.distillstream.foundation.http.ListenAddress;
import io.distillstream.local.settings.AllSettings;
import io.distillstream.runtime.Settings;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** No two servers of a process may listen on the same port; 0, any free one, is never the same. */
final class PortCheck {

  private record Listener(String key, String host, int port) {

    boolean clashesWith(Listener other) {
      return port != 0 && port == other.port && sharesInterfaceWith(other);
    }

    private boolean sharesInterfaceWith(Listener other) {
      return host.equals(other.host)
          || ListenAddress.isEveryInterface(host)
          || ListenAddress.isEveryInterface(other.host);
    }
  }

  private PortCheck() {}

  static List<String> problems(Set<ServiceKind> kinds, Settings settings, boolean embedded) {
    List<Listener> listeners = listeners(kinds, settings, embedded);
    List<String> problems = new ArrayList<>();
    for (int i = 0; i < listeners.size(); i++) {
      for (Listener other : listeners.subList(i + 1, listeners.size())) {
        Listener one = listeners.get(i);
        if (one.clashesWith(other)) {
          problems.add(
              "%s and %s are both %d; give each a port of its own, or 0 for any free one"
                  .formatted(one.key, other.key, one.port));
        }
      }
    }
    return problems;
  }

  private static List<Listener> listeners(
      Set<ServiceKind> kinds, Settings settings, boolean embedded) {
    List<Listener> listeners = new ArrayList<>();
    if (embedded) {
      listeners.add(loopback("local.broker-port", settings));
      listeners.add(loopback("local.registry-port", settings));
    }
    if (kinds.contains(ServiceKind.TEACHER)) {
      listeners.add(listener("teacher.http.host", "teacher.http.port", settings));
    }
    if (kinds.contains(ServiceKind.MONITOR)) {
      listeners.add(listener("monitor.host", "monitor.port", settings));
    }
    if (kinds.contains(ServiceKind.GATEWAY)) {
      listeners.add(listener("gateway.host", "gateway.port", settings));
    }
    if (kinds.contains(ServiceKind.TAP)) {
      listeners.add(listener("tap.host", "tap.port", settings));
    }
    if (!embedded) {
      for (ServiceKind kind : kinds) {
        kind.probes()
            .ifPresent(
                http -> listeners.add(listener(http.host().key(), http.port().key(), settings)));
      }
    }
    return listeners;
  }

  private static Listener loopback(String portKey, Settings settings) {
    return new Listener(portKey, ListenAddress.LOOPBACK, port(portKey, settings));
  }

  private static Listener listener(String hostKey, String portKey, Settings settings) {
    String host = AllSettings.value(settings, hostKey).toString();
    return new Listener(
        portKey, host.equals("localhost") ? ListenAddress.LOOPBACK : host, port(portKey, settings));
  }

  private static int port(String key, Settings settings) {
    return (Integer) AllSettings.value(settings, key);
  }
}
