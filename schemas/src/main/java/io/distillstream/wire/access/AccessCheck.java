package io.distillstream.wire.access;

import static java.util.Objects.requireNonNull;

import io.distillstream.wire.ClusterConnection;
import io.distillstream.wire.ClusterUnavailableException;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.CreateTopicsOptions;
import org.apache.kafka.clients.admin.DescribeConsumerGroupsOptions;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.clients.admin.GroupListing;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.resource.ResourceType;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks the brokers, before anything is done, which rights a login lacks. Brokers say what a login
 * may do with a topic or a group that it may see; of a transactional id, and of a group that does
 * not exist yet, they say whether it may see it. Where there is no authorizer, nothing is lacking.
 * Owns its client.
 */
public final class AccessCheck implements AutoCloseable {

  /** By which a broker's log tells these questions from the work itself. */
  public static final String CLIENT_ID = "distillstream-access-check";

  /** Of what exists brokers tell whether these are allowed. */
  private static final Set<AclOperation> TOLD =
      Set.of(AclOperation.READ, AclOperation.WRITE, AclOperation.DELETE);

  private static final Logger log = LoggerFactory.getLogger(AccessCheck.class);
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final Admin admin;

  public AccessCheck(ClusterConnection cluster) {
    Map<String, Object> properties = cluster.adminProperties();
    properties.put(CommonClientConfigs.CLIENT_ID_CONFIG, CLIENT_ID);
    this.admin = Admin.create(properties);
  }

  /**
   * Those of these rights that the login does not have, as far as brokers tell.
   *
   * @throws ClusterUnavailableException if the brokers do not answer in time
   */
  public List<Grant> missing(List<Grant> wanted) {
    Map<String, String> topics =
        examples(wanted, ResourceType.TOPIC, () -> listed(admin.listTopics().names()));
    Map<String, String> groups = examples(wanted, ResourceType.GROUP, this::listedGroups);
    Map<String, KafkaFuture<TopicDescription>> describedTopics =
        admin
            .describeTopics(
                topics.values(), new DescribeTopicsOptions().includeAuthorizedOperations(true))
            .topicNameValues();
    Map<String, KafkaFuture<ConsumerGroupDescription>> describedGroups =
        admin
            .describeConsumerGroups(
                groups.values(),
                new DescribeConsumerGroupsOptions().includeAuthorizedOperations(true))
            .describedGroups();
    Map<String, Allowed> byTopic =
        allowed(topics, describedTopics, TopicDescription::authorizedOperations);
    Map<String, Allowed> byGroup =
        allowed(groups, describedGroups, ConsumerGroupDescription::authorizedOperations);
    return wanted.stream().filter(grant -> !holds(grant, byTopic, byGroup)).toList();
  }

  private boolean holds(Grant grant, Map<String, Allowed> topics, Map<String, Allowed> groups) {
    String name = grant.resource().name();
    return switch (grant.resource().resourceType()) {
      case TOPIC ->
          grant.operation() == AclOperation.CREATE
              ? mayCreate(name)
              : topics.getOrDefault(name, Allowed.UNKNOWN).includes(grant.operation());
      case GROUP -> groups.getOrDefault(name, Allowed.UNKNOWN).includes(grant.operation());
      case TRANSACTIONAL_ID -> maySee(name);
      default -> throw new IllegalArgumentException("No role has a right to " + grant.resource());
    };
  }

  /**
   * Name or prefix of what is wanted to a name to ask for: of a prefix itself, which begins with
   * itself, or one that exists, where it matters what brokers tell of it.
   */
  private static Map<String, String> examples(
      List<Grant> grants, ResourceType type, Supplier<Collection<String>> existing) {
    Map<String, String> examples = new HashMap<>();
    Set<String> prefixes = new HashSet<>();
    for (Grant grant : grants) {
      if (grant.resource().resourceType() == type) {
        examples.put(grant.resource().name(), grant.resource().name());
        if (grant.isPrefix() && TOLD.contains(grant.operation())) {
          prefixes.add(grant.resource().name());
        }
      }
    }
    if (!prefixes.isEmpty()) {
      for (String name : existing.get()) {
        prefixes.stream().filter(name::startsWith).forEach(prefix -> examples.put(prefix, name));
      }
    }
    return examples;
  }

  private Collection<String> listedGroups() {
    return listed(admin.listGroups().valid()).stream().map(GroupListing::groupId).toList();
  }

  /** None where brokers do not list them. */
  private static <T> Collection<T> listed(KafkaFuture<? extends Collection<T>> answer) {
    try {
      return answer.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      log.debug("No list", e);
      return Set.of();
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  private boolean mayCreate(String prefix) {
    return !allowed(
            admin
                .createTopics(
                    Set.of(new NewTopic(prefix, 1, (short) 1)),
                    new CreateTopicsOptions().validateOnly(true))
                .all(),
            nothing -> null)
        .nothing();
  }

  private boolean maySee(String transactionalId) {
    return !allowed(
            admin.describeTransactions(Set.of(transactionalId)).description(transactionalId),
            nothing -> null)
        .nothing();
  }

  /** What a login may do with something; everything where brokers do not tell. */
  private record Allowed(boolean nothing, Set<AclOperation> operations) {
    private static final Allowed NOTHING = new Allowed(true, Set.of());
    private static final Allowed UNKNOWN = new Allowed(false, Set.of());

    boolean includes(AclOperation operation) {
      return !nothing && (operations.isEmpty() || operations.contains(operation));
    }
  }

  private interface Operations<T> {
    @Nullable Set<AclOperation> of(T described);
  }

  /** By name or prefix, what a login may do with the example of each. */
  private static <T> Map<String, Allowed> allowed(
      Map<String, String> examples,
      Map<String, KafkaFuture<T>> described,
      Operations<T> operations) {
    Map<String, Allowed> allowed = new HashMap<>();
    examples.forEach(
        (name, example) ->
            allowed.put(name, allowed(requireNonNull(described.get(example)), operations)));
    return allowed;
  }

  private static <T> Allowed allowed(KafkaFuture<T> answer, Operations<T> operations) {
    try {
      Set<AclOperation> told = operations.of(answer.get(PATIENCE.toSeconds(), TimeUnit.SECONDS));
      return told == null ? Allowed.UNKNOWN : new Allowed(false, told);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof AuthorizationException) {
        return Allowed.NOTHING;
      }
      if (e.getCause() instanceof RetriableException
          && !(e.getCause() instanceof UnknownTopicOrPartitionException)) {
        throw new ClusterUnavailableException("Cannot ask for rights", e.getCause());
      }
      // There is no such topic, group or transactional id, or brokers cannot be asked.
      return Allowed.UNKNOWN;
    } catch (TimeoutException e) {
      throw new ClusterUnavailableException(
          "Cannot ask for rights within " + PATIENCE.toSeconds() + " s", e);
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  private static ClusterUnavailableException interrupted(InterruptedException e) {
    Thread.currentThread().interrupt();
    return new ClusterUnavailableException("Cannot ask for rights: interrupted", e);
  }

  @Override
  public void close() {
    admin.close(PATIENCE);
  }
}
