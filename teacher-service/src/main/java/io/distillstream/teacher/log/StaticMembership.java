package io.distillstream.teacher.log;

import io.distillstream.wire.ClusterConnection;
import io.distillstream.wire.ClusterUnavailableException;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.function.Supplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.MemberDescription;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.RetriableException;

/**
 * The place in a consumer group that belongs to an instance name ({@code group.instance.id}, <a
 * href="https://cwiki.apache.org/confluence/x/tQBhBQ">KIP-345</a>) and not to a process: of two
 * that have the same name, the one that joined last holds it.
 */
public final class StaticMembership {

  private final ClusterConnection cluster;
  private final Supplier<ConsumerGroupMetadata> own;

  /**
   * @param own the membership as this process's consumer knows it
   */
  public StaticMembership(ClusterConnection cluster, Supplier<ConsumerGroupMetadata> own) {
    this.cluster = cluster;
    this.own = own;
  }

  /**
   * Whether the coordinator names another member for the place than this process's consumer. A
   * consumer that joined again a moment ago may not know its new member id yet, so that what is
   * true of one look need not be of the next.
   *
   * @throws ClusterUnavailableException if the coordinator does not answer
   * @throws KafkaException if it refuses
   */
  public boolean heldByAnother() {
    ConsumerGroupMetadata membership = own.get();
    String instance = membership.groupInstanceId().orElseThrow();
    return members(membership.groupId()).stream()
        .filter(member -> member.groupInstanceId().filter(instance::equals).isPresent())
        .anyMatch(member -> !member.consumerId().equals(membership.memberId()));
  }

  private List<MemberDescription> members(String group) {
    try (Admin admin = Admin.create(cluster.adminProperties())) {
      Collection<ConsumerGroupDescription> described =
          admin.describeConsumerGroups(List.of(group)).all().get().values();
      return described.stream().flatMap(description -> description.members().stream()).toList();
    } catch (InterruptedException e) {
      throw new InterruptException(e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof GroupIdNotFoundException) {
        return List.of();
      }
      if (e.getCause() instanceof RetriableException) {
        throw new ClusterUnavailableException("The group's coordinator does not answer", e);
      }
      throw new KafkaException("The consumer group cannot be described", e.getCause());
    }
  }
}
