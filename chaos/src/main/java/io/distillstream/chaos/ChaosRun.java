package io.distillstream.chaos;

import io.distillstream.avro.Checkpoint;
import io.distillstream.chaos.audit.DeadLetterAudit;
import io.distillstream.chaos.audit.Evidence;
import io.distillstream.chaos.audit.LineageAudit;
import io.distillstream.chaos.audit.PlantedRecords;
import io.distillstream.chaos.audit.Promise;
import io.distillstream.chaos.audit.ResourceAudit;
import io.distillstream.chaos.fault.Fault;
import io.distillstream.chaos.fault.Scene;
import io.distillstream.chaos.process.Stage;
import io.distillstream.chaos.process.StageProcesses;
import io.distillstream.chaos.process.StageSetup;
import io.distillstream.chaos.report.ChaosReport;
import io.distillstream.chaos.report.FaultOutcome;
import io.distillstream.chaos.report.Totals;
import io.distillstream.chaos.traffic.GlossTraffic;
import io.distillstream.chaos.watch.CommittedOutput;
import io.distillstream.chaos.watch.RecoveryWatch;
import io.distillstream.chaos.watch.ResourceWatch;
import io.distillstream.trainer.examples.HeldOutRule;
import io.distillstream.wire.Pipeline;
import io.distillstream.wire.TopicInstaller;
import io.distillstream.wire.WireFormat;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.kafka.clients.admin.Admin;

/**
 * One run: starts the pipeline, lets faults strike while traffic comes, and audits what is left.
 */
final class ChaosRun {
  private static final Pipeline PIPELINE = new Pipeline("chaos");

  /** The trainer's default. */
  private static final HeldOutRule UNTRAINED = new HeldOutRule(10);

  private static final Duration START_PATIENCE = Duration.ofMinutes(5);
  private static final Duration RECOVERY_PATIENCE = Duration.ofMinutes(2);
  private static final Duration AUDIT_PATIENCE = Duration.ofMinutes(3);
  private static final long LOOK_MILLIS = 200;

  private final ChaosPlan plan;
  private final Consumer<String> progress;
  private final Evidence evidence = new Evidence();
  private final PlantedRecords planted = new PlantedRecords();
  private final List<FaultOutcome> outcomes = new ArrayList<>();
  private final Map<String, String> skipped = new LinkedHashMap<>();

  /**
   * @param progress told of what happens, a line each
   */
  ChaosRun(ChaosPlan plan, Consumer<String> progress) {
    this.plan = plan;
    this.progress = progress;
  }

  /** Runs to its end. When interrupted, ends all processes and throws. */
  ChaosReport run() throws Exception {
    try (StageProcesses processes =
        new StageProcesses(
            plan.folder(),
            PIPELINE,
            StageSetup.small(),
            end -> {
              progress.accept(end.toString());
              evidence.against(Promise.NO_PROCESS_ENDS, end.toString());
            })) {
      List<Fault> faults = possible(processes);
      progress.accept("starting the pipeline, a process for each stage");
      processes.startCluster();
      try (WireFormat wire = new WireFormat(processes.cluster().registryUrl());
          Admin admin = Admin.create(processes.cluster().adminProperties())) {
        TopicInstaller.install(admin, wire, PIPELINE);
      }
      processes.start();
      try (CommittedOutput output = new CommittedOutput(processes.cluster(), PIPELINE);
          GlossTraffic traffic =
              new GlossTraffic(processes.teacher(), processes.cluster(), PIPELINE, plan.rate());
          ResourceWatch resources = new ResourceWatch(processes)) {
        strike(faults, processes, new RecoveryWatch(processes, output, traffic::answered));
        progress.accept("no more faults; the audit waits for what is under way");
        return audited(processes, output, traffic, resources);
      }
    }
  }

  /** The faults that can be brought about on this machine, prepared. */
  private List<Fault> possible(StageProcesses processes) throws IOException {
    List<Fault> possible = new ArrayList<>();
    for (Fault fault : plan.faults()) {
      Optional<String> reason = fault.impossible();
      if (reason.isPresent()) {
        skipped.put(fault.name(), reason.get());
        progress.accept("skipped: " + fault.name() + ", " + reason.get());
      } else {
        fault.prepare(processes);
        possible.add(fault);
      }
    }
    return possible;
  }

  private void strike(List<Fault> faults, StageProcesses processes, RecoveryWatch recovery)
      throws InterruptedException {
    Map<Stage, Duration> started = recovery.await(START_PATIENCE);
    requireAll(started, "the start", START_PATIENCE);
    if (started.size() < Stage.values().length) {
      return;
    }
    progress.accept("every stage runs, the device answers; faults from now on");
    if (faults.isEmpty()) {
      return;
    }
    // Of all kinds, so that a seed has the same order where some are not possible.
    Schedule schedule = new Schedule(plan.faults(), plan.seed());
    Scene scene = new Scene(processes, planted, evidence, new Random(plan.seed()));
    long end = System.nanoTime() + plan.faultsFor().toNanos();
    while (System.nanoTime() < end) {
      Schedule.Due due = schedule.next();
      if (faults.contains(due.fault())) {
        strike(due, scene, recovery);
      }
    }
  }

  private void strike(Schedule.Due due, Scene scene, RecoveryWatch recovery)
      throws InterruptedException {
    TimeUnit.NANOSECONDS.sleep(due.pause().toNanos());
    String name =
        due.duration().isZero() ? due.toString() : due + " for " + seconds(due.duration());
    try {
      due.fault().strike(due.target(), due.duration(), scene);
    } catch (InterruptedException e) {
      throw e;
    } catch (Exception e) {
      // The audit of what there is tells more than the end of the run would.
      evidence.against(Promise.RECOVERY, name + " could not be brought about or ended: " + e);
    }
    Map<Stage, Duration> recovered = recovery.await(RECOVERY_PATIENCE);
    outcomes.add(new FaultOutcome(due.fault().name(), due.target(), due.duration(), recovered));
    requireAll(recovered, name, RECOVERY_PATIENCE);
    Duration all = recovered.values().stream().max(Duration::compareTo).orElse(Duration.ZERO);
    progress.accept(
        recovered.size() == Stage.values().length
            ? "%s; all went on within %s".formatted(name, seconds(all))
            : "%s; not all went on".formatted(name));
  }

  private void requireAll(Map<Stage, Duration> recovered, String after, Duration patience) {
    Set<Stage> missing = EnumSet.allOf(Stage.class);
    missing.removeAll(recovered.keySet());
    for (Stage stage : missing) {
      evidence.against(
          Promise.RECOVERY,
          "%s put out nothing within %s after %s"
              .formatted(stage.text(), seconds(patience), after));
    }
  }

  private static String seconds(Duration duration) {
    return String.format(Locale.ROOT, "%.1f s", duration.toMillis() / 1000.0);
  }

  private ChaosReport audited(
      StageProcesses processes,
      CommittedOutput output,
      GlossTraffic traffic,
      ResourceWatch resources)
      throws InterruptedException {
    traffic.finish();
    DeadLetterAudit deadLetters = new DeadLetterAudit(processes.cluster(), PIPELINE);
    deadLetters.run(planted.all(), AUDIT_PATIENCE, evidence);
    List<String> acknowledged = traffic.ids();
    new LineageAudit(processes.cluster(), PIPELINE, output, UNTRAINED)
        .run(acknowledged, deadLetters::origins, AUDIT_PATIENCE, evidence);
    auditDevice(processes, output);
    for (Stage stage : Stage.values()) {
      if (!processes.of(stage).isRunning()) {
        evidence.against(Promise.RECOVERY, stage.text() + " does not run at the end");
      }
    }
    Map<Stage, ResourceAudit.Held> held = ResourceAudit.run(resources.lives(), evidence);
    ResourceAudit.lines(resources.busiestMinute(), evidence);
    resources.failure().ifPresent(this::resourcesNotJudged);
    Map.Entry<Long, Checkpoint> last = output.checkpoints().lastEntry();
    Totals totals =
        new Totals(
            acknowledged.size(),
            traffic.retried(),
            last == null ? 0 : last.getValue().getRecordsTrained(),
            last == null ? 0 : last.getValue().getHeldOutRecords(),
            output.checkpoints().size(),
            output.published().size(),
            planted.all().size(),
            deadLetters.origins().size(),
            processes.device().answers());
    return new ChaosReport(
        plan.seed(),
        plan.faultsFor(),
        totals,
        List.copyOf(outcomes),
        skipped,
        held,
        resources.busiestMinute(),
        evidence);
  }

  private void resourcesNotJudged(String why) {
    for (Promise promise :
        List.of(Promise.MEMORY_FLAT, Promise.HANDLES_FLAT, Promise.LOGS_BOUNDED)) {
      evidence.notJudged(promise, why);
    }
  }

  /** Only what was published answers, and in the end the newest of it. */
  private void auditDevice(StageProcesses processes, CommittedOutput output)
      throws InterruptedException {
    long deadline = System.nanoTime() + RECOVERY_PATIENCE.toNanos();
    while (processes.device().newest() < output.newestPublished() && System.nanoTime() < deadline) {
      TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
    }
    if (processes.device().newest() < output.newestPublished()) {
      evidence.against(
          Promise.PUBLISHED_ONLY,
          "the device answers with version %d, %d was published"
              .formatted(processes.device().newest(), output.newestPublished()));
    }
    Set<Long> answered = processes.device().versions();
    answered.removeAll(output.published());
    for (long version : answered) {
      evidence.against(
          Promise.PUBLISHED_ONLY,
          "the device answered with version " + version + ", which nobody published");
    }
  }
}
