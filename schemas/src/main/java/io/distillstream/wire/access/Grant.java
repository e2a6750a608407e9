package io.distillstream.wire.access;

import java.util.Locale;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;

/**
 * One right at the brokers, as one of Kafka's ACLs.
 *
 * @param resource what it is a right to; by a prefix where several names are meant
 * @param purpose what it is needed for, as a clause
 * @param need whether it is needed in any case
 */
public record Grant(ResourcePattern resource, AclOperation operation, String purpose, Need need) {

  /** When a right is needed. */
  public enum Need {
    /** Without it the stage does not do its work. */
    ALWAYS,
    /** Only where the settings ask for what it is for. */
    BY_SETTING
  }

  private static final String ANY_HOST = "*";

  /** The ACL that gives a principal this right from any host. */
  public AclBinding binding(String principal) {
    return new AclBinding(
        resource, new AccessControlEntry(principal, ANY_HOST, operation, AclPermissionType.ALLOW));
  }

  /** Whether it is a right to every name that begins so. */
  public boolean isPrefix() {
    return resource.patternType() == PatternType.PREFIXED;
  }

  /** The resource's kind as the brokers' tools have it, such as {@code transactional-id}. */
  public String kind() {
    return resource.resourceType().name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** Such as {@code WRITE on topic demo.soft-labels}. */
  @Override
  public String toString() {
    return "%s on %s %s%s"
        .formatted(operation, kind(), resource.name(), isPrefix() ? "* (prefix)" : "");
  }
}
