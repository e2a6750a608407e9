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
import java.util.Optional;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The rights that roles need in the pipeline, and with the models, that the settings name. */
public final class RoleRights {
  private static final Logger log = LoggerFactory.getLogger(RoleRights.class);

  private RoleRights() {}

  /** What a role needs. */
  static List<Grant> of(Role role, ClusterSettings cluster, Settings settings) {
    String model = role == Role.QUANTIZER ? "quantizer.model" : "trainer.model";
    return role.grants(cluster.pipeline(), AllSettings.value(settings, model).toString());
  }

  /**
   * Asks the brokers whether the login has what roles need in any case, so that one that has not is
   * one clear line at the start. What it lacks of rights by prefix is told in the log alone: it may
   * have them by the names that it uses. Whoever sets no client property is not asked about.
   *
   * @throws InvalidSettingsException if a right by name is lacking
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
        line("lacks", role, missing.stream().filter(grant -> !grant.isPrefix()).toList())
            .ifPresent(problems::add);
        line("may lack", role, missing.stream().filter(Grant::isPrefix).toList())
            .ifPresent(log::warn);
      }
    }
    if (!problems.isEmpty()) {
      throw new InvalidSettingsException(problems);
    }
  }

  private static Optional<String> line(String verb, Role role, List<Grant> missing) {
    return missing.isEmpty()
        ? Optional.empty()
        : Optional.of(
            missing.stream()
                .map(Grant::toString)
                .collect(
                    Collectors.joining(
                        ", ",
                        "the login that cluster.client-properties names %s rights of a %s: "
                            .formatted(verb, role.text()),
                        "; './distillstream acls %s' lists all that it needs"
                            .formatted(role.text()))));
  }
}
