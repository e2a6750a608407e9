package io.distillstream.embedded.secured;

import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.metadata.authorizer.StandardAuthorizer;
import org.apache.kafka.server.authorizer.Action;
import org.apache.kafka.server.authorizer.AuthorizableRequestContext;
import org.apache.kafka.server.authorizer.AuthorizationResult;

/** Kafka's own authorizer, which also remembers what it was asked for and what it answered. */
public final class RecordingAuthorizer extends StandardAuthorizer {

  /**
   * One question and its answer.
   *
   * @param request whether it was asked to carry out a request; where it was not, a client wanted
   *     to know its rights, or a broker what more it may tell
   */
  public record Asked(
      String principal,
      String client,
      AclOperation operation,
      ResourcePattern resource,
      boolean request,
      boolean allowed) {}

  private static final Set<Asked> ASKED = ConcurrentHashMap.newKeySet();

  /** What {@link #authorizeByResourceType} asks itself for, which wants to know of any topic. */
  private static final String ANY = "hardcode";

  /** What brokers of this process were asked for since {@link #forget}. */
  public static Set<Asked> asked() {
    return Set.copyOf(ASKED);
  }

  /** Begins anew. */
  public static void forget() {
    ASKED.clear();
  }

  @Override
  public List<AuthorizationResult> authorize(
      AuthorizableRequestContext context, List<Action> actions) {
    List<AuthorizationResult> results = super.authorize(context, actions);
    for (int i = 0; i < actions.size(); i++) {
      Action action = actions.get(i);
      if (!action.resourcePattern().name().equals(ANY)) {
        ASKED.add(
            new Asked(
                context.principal().toString(),
                context.clientId(),
                action.operation(),
                action.resourcePattern(),
                action.logIfDenied(),
                results.get(i) == AuthorizationResult.ALLOWED));
      }
    }
    return results;
  }
}
