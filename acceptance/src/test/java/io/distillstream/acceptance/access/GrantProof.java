package io.distillstream.acceptance.access;

import io.distillstream.embedded.secured.RecordingAuthorizer.Asked;
import io.distillstream.wire.access.AccessCheck;
import io.distillstream.wire.access.Grant;
import java.util.List;
import java.util.Set;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;

/**
 * Whether rights were needed: by what brokers were asked to do and allowed, where no other right of
 * the same principal would have allowed it.
 */
final class GrantProof {

  private static final Set<AclOperation> IMPLYING_DESCRIBE =
      Set.of(AclOperation.READ, AclOperation.WRITE, AclOperation.DELETE, AclOperation.ALTER);

  private final String principal;
  private final List<Grant> grants;
  private final List<Asked> requests;

  /**
   * @param asked what brokers were asked by anybody
   */
  GrantProof(String principal, List<Grant> grants, Set<Asked> asked) {
    this.principal = principal;
    this.grants = grants;
    this.requests =
        asked.stream()
            .filter(
                one ->
                    one.principal().equals(principal)
                        && one.request()
                        && !one.client().equals(AccessCheck.CLIENT_ID))
            .toList();
  }

  /** Rights without which every request that was made would have been allowed all the same. */
  List<Grant> unneeded() {
    return grants.stream()
        .filter(grant -> requests.stream().noneMatch(request -> needs(request, grant)))
        .toList();
  }

  /**
   * Requests that were refused, but for those that do no harm: a producer asks for the whole
   * cluster first, and an installer looks for topics of others.
   */
  List<Asked> refused() {
    return requests.stream()
        .filter(request -> !request.allowed())
        .filter(request -> request.resource().resourceType() != ResourceType.CLUSTER)
        .filter(
            request ->
                request.operation() != AclOperation.DESCRIBE
                    || !request.client().startsWith("adminclient"))
        .toList();
  }

  private boolean needs(Asked request, Grant grant) {
    return request.allowed()
        && request.operation() == grant.operation()
        && covers(grant, request)
        && grants.stream().noneMatch(other -> !other.equals(grant) && covers(other, request));
  }

  /** As Kafka's authorizer decides: who may do anything with it may also describe it. */
  private static boolean covers(Grant grant, Asked request) {
    ResourcePattern named = grant.resource();
    String wanted = request.resource().name();
    boolean operation =
        grant.operation() == request.operation()
            || (request.operation() == AclOperation.DESCRIBE
                && IMPLYING_DESCRIBE.contains(grant.operation()));
    boolean resource =
        named.resourceType() == request.resource().resourceType()
            && (named.patternType() == PatternType.PREFIXED
                ? wanted.startsWith(named.name())
                : wanted.equals(named.name()));
    return operation && resource;
  }

  @Override
  public String toString() {
    return principal + " with " + grants;
  }
}
