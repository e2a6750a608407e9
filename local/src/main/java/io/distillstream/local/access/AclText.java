package io.distillstream.local.access;

import io.distillstream.wire.access.Grant;
import io.distillstream.wire.access.Grant.Need;
import io.distillstream.wire.access.Role;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.resource.ResourcePattern;

/** Rights as an administrator wants them: to read, or to carry out. */
final class AclText {

  private AclText() {}

  /** A table in Markdown, a row for each right. */
  static List<String> table(Role role, List<Grant> grants) {
    List<String> lines = new ArrayList<>();
    lines.add("| " + role.text() + " may | on | to |");
    lines.add("|---|---|---|");
    for (Grant grant : grants) {
      lines.add(
          "| %s | %s `%s`%s | %s%s |"
              .formatted(
                  grant.operation().name().toLowerCase(Locale.ROOT).replace('_', ' '),
                  grant.kind(),
                  grant.resource().name(),
                  grant.isPrefix() ? " and what begins so" : "",
                  grant.purpose(),
                  grant.need() == Need.BY_SETTING ? "; only then" : ""));
    }
    return lines;
  }

  /**
   * Commands of Kafka's own tool, one for each resource.
   *
   * @param client options that say how the tool reaches the brokers
   */
  static List<String> commands(String principal, List<Grant> grants, String client) {
    Map<ResourcePattern, List<Grant>> byResource =
        grants.stream()
            .collect(
                Collectors.groupingBy(Grant::resource, LinkedHashMap::new, Collectors.toList()));
    return byResource.values().stream()
        .map(
            of ->
                "kafka-acls.sh %s --add --allow-principal '%s'%s --%s %s%s"
                    .formatted(
                        client,
                        principal,
                        of.stream()
                            .map(grant -> " --operation " + operation(grant.operation()))
                            .collect(Collectors.joining()),
                        of.get(0).kind(),
                        of.get(0).resource().name(),
                        of.get(0).isPrefix() ? " --resource-pattern-type prefixed" : ""))
        .toList();
  }

  /** As the tool wants it, such as {@code Read}. */
  private static String operation(AclOperation operation) {
    return operation.name().charAt(0) + operation.name().substring(1).toLowerCase(Locale.ROOT);
  }
}
