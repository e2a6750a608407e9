package io.distillstream.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.distillstream.chaos.audit.Evidence;
import io.distillstream.chaos.audit.LineageAudit;
import io.distillstream.chaos.audit.Promise;
import io.distillstream.chaos.traffic.GlossTraffic;
import io.distillstream.chaos.watch.CommittedOutput;
import io.distillstream.trainer.examples.HeldOutRule;
import io.distillstream.wire.ClusterConnection;
import io.distillstream.wire.Pipeline;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * One of three brokers dies under traffic, and each service loses its connection to them for a
 * while; two of each service that can be two run.
 */
class BrokerFailoverIT {
  private static final Duration PATIENCE = Duration.ofMinutes(5);
  private static final Pipeline PIPELINE = new Pipeline("distillstream");

  /** The trainer's default. */
  private static final HeldOutRule UNTRAINED = new HeldOutRule(10);

  @TempDir Path folder;

  @Test
  void shouldLoseNothingWithABrokerNorWithTheNetwork() throws Exception {
    Assumptions.assumeTrue(
        ContainerEngine.available("BrokerFailoverIT"), "a container engine runs");
    try (ComposeStack stack =
        ComposeStack.up(
            "distillstream-cluster-it",
            List.of(
                "docker-compose.yml",
                "docker-compose.cluster.yml",
                "container/src/test/compose/clients-network.yml"),
            List.of(),
            folder)) {
      ClusterConnection cluster = stack.cluster("KAFKA_PORT", "KAFKA_2_PORT", "KAFKA_3_PORT");
      try (GlossTraffic traffic = new GlossTraffic(stack.teacher(), cluster, PIPELINE, 20);
          CommittedOutput output = new CommittedOutput(cluster, PIPELINE);
          SettledCheckpoints settled = new SettledCheckpoints(cluster, PIPELINE)) {
        waiting("two versions").until(() -> output.newestPublished() >= 2);

        stack.run("kill", "kafka-2");
        long killed = System.nanoTime();
        int checkpoints = output.checkpoints().size();
        waiting("training goes on").until(() -> output.checkpoints().size() > checkpoints);
        long trained = System.nanoTime();
        awaitSettled(settled, 2);
        stack.run("start", "kafka-2");
        awaitSettled(settled, 1);

        Map<String, Long> recoveries = new BrokerCuts(stack, traffic, output, settled).run();
        traffic.finish();

        Evidence evidence = new Evidence();
        new LineageAudit(cluster, PIPELINE, output, UNTRAINED)
            .run(traffic.ids(), Set::of, PATIENCE, evidence);
        for (Promise promise : EnumSet.range(Promise.NOTHING_LOST, Promise.LINEAGE_AGREES)) {
          assertThat(evidence.of(promise)).as(promise.text()).isEmpty();
        }
        System.out.printf(
            "one of three brokers killed: training went on after %d s; of %d acknowledged requests"
                + " 0 lost, 0 twice%n",
            TimeUnit.NANOSECONDS.toSeconds(trained - killed), traffic.ids().size());
        System.out.println(
            "each service cut off the brokers: milliseconds until it went on " + recoveries);
      }
    }
  }

  /** A candidate that is no better than what devices run is settled, too. */
  private static void awaitSettled(SettledCheckpoints settled, int further)
      throws InterruptedException {
    long before = settled.count();
    waiting(further + " further checkpoints settled")
        .until(() -> settled.count() >= before + further);
  }

  private static ConditionFactory waiting(String what) {
    return await(what).atMost(PATIENCE).pollInterval(Duration.ofMillis(200));
  }
}
