package io.distillstream.local.access;

import io.distillstream.local.settings.AllSettings;
import io.distillstream.local.settings.ClusterSettings;
import io.distillstream.runtime.InvalidSettingsException;
import io.distillstream.runtime.Settings;
import io.distillstream.wire.access.AccessCheck;
import io.distillstream.wire.access.Grant;
import io.distillstream.wire.access.Grant.Need;
import io.distillstream.wire.access.Role;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;

/** The rights that roles need in the pipeline, and with the models, that the settings name. */
public final class RoleRights {

  private RoleRights() {}

  /** What a role needs. */
  static List<Grant> of(Role role, ClusterSettings cluster, Settings settings) {
    String model = role == Role.QUANTIZER ? "quantizer.model" : "trainer.model";
    return role.grants(cluster.pipeline(), AllSettings.value(settings, model).toString());
  }

  /**
   * Asks the brokers whether the login has what roles need in any case, so that one that has not is
   * one clear line at the start. Without a login there is nobody to have rights.
   *
   * @throws InvalidSettingsException if a right is lacking
   */
  public static void require(Collection<Role> roles, ClusterSettings cluster, Settings settings) {
    if (cluster.connection().clientProperties().isEmpty()) {
      return;
    }
    List<String> problems = new ArrayList<>();
    try (AccessCheck check = new AccessCheck(cluster.connection())) {
      for (Role role : roles) {
        List<Grant> missing =
            check.missing(
                of(role, cluster, settings).stream()
                    .filter(grant -> grant.need() == Need.ALWAYS)
                    .toList());
        if (!missing.isEmpty()) {
          problems.add(
              missing.stream()
                  .map(Grant::toString)
                  .collect(
                      Collectors.joining(
                          ", ",
                          "the login that cluster.client-properties names lacks rights of a %s: "
                              .formatted(role.text()),
                          "; './distillstream acls %s' lists all that it needs"
                              .formatted(role.text()))));
        }
      }
    }
    if (!problems.isEmpty()) {
      throw new InvalidSettingsException(problems);
    }
  }
}
