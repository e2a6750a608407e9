package io.distillstream.trainer;

import io.distillstream.model.LabelSpace;
import io.distillstream.model.ModelMetadata;
import io.distillstream.model.WordPieceTokenizer;
import io.distillstream.runtime.Service;
import io.distillstream.runtime.ServiceContext;
import io.distillstream.runtime.StageMetrics;
import io.distillstream.runtime.StageReporter;
import io.distillstream.runtime.disk.DiskFullException;
import io.distillstream.trainer.checkpoint.CheckpointRestoredException;
import io.distillstream.trainer.checkpoint.Checkpoints;
import io.distillstream.trainer.checkpoint.log.KafkaCheckpoints;
import io.distillstream.trainer.checkpoint.log.KafkaClients;
import io.distillstream.trainer.engine.StudentEngine;
import io.distillstream.trainer.engine.TrainingStoppedException;
import io.distillstream.trainer.engine.djl.DjlStudentEngine;
import io.distillstream.trainer.examples.ExampleReader;
import io.distillstream.trainer.examples.ExampleSource;
import io.distillstream.trainer.examples.KafkaExampleSource;
import io.distillstream.trainer.examples.TargetReader;
import io.distillstream.trainer.export.CheckedExporter;
import io.distillstream.trainer.loop.TrainingLoop;
import io.distillstream.trainer.loop.TrainingMetrics;
import io.distillstream.trainer.objective.TrainingHeads;
import io.distillstream.trainer.settings.StudentSettings;
import io.distillstream.trainer.settings.TrainerSettings;
import io.distillstream.trainer.start.StartingWeights;
import io.distillstream.trainer.start.StudentStart;
import io.distillstream.trainer.state.StudentState;
import io.distillstream.trainer.student.StudentSpec;
import io.distillstream.wire.ClusterUnavailableException;
import io.distillstream.wire.Outages;
import io.distillstream.wire.RegistryUnavailableException;
import io.distillstream.wire.Topics;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Trains a student on a pipeline's examples and publishes it as checkpoints, exactly once.
 *
 * <p>One runs per model: a second one fences the first, which then stops. Where an operator
 * restores an earlier checkpoint, it continues from there by itself. {@link #close} waits for the
 * step under way and a last checkpoint; whoever ends the process must call it, from a shutdown hook
 * too, because ending the process in the middle of a native step crashes it.
 */
public final class TrainerService implements Service {
  private static final Logger log = LoggerFactory.getLogger(TrainerService.class);

  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final Duration OUTAGE_PAUSE = Duration.ofSeconds(2);

  private final TrainerSettings settings;
  private final ServiceContext context;
  private final KafkaClients clients;
  private final String id = UUID.randomUUID().toString();
  private final StageMetrics stage;
  private final TrainingMetrics metrics;
  private final CompletableFuture<Void> started = new CompletableFuture<>();
  private final Thread thread = new Thread(this::run, "trainer");
  private volatile @Nullable TrainingLoop loop;
  private volatile boolean failed;
  private volatile boolean cutOff;
  private volatile boolean closing;

  public TrainerService(TrainerSettings settings, ServiceContext context) {
    this(
        settings,
        context,
        KafkaClients.of(context.cluster(), context.pipeline(), settings.model()));
  }

  TrainerService(TrainerSettings settings, ServiceContext context, KafkaClients clients) {
    this.settings = settings;
    this.context = context;
    this.clients = clients;
    this.stage = context.stage("trainer");
    this.metrics = new TrainingMetrics(stage);
  }

  @Override
  public String name() {
    return "trainer";
  }

  @Override
  public void start() {
    thread.start();
    try {
      started.join();
    } catch (CompletionException e) {
      close();
      throw e.getCause() instanceof RuntimeException cause ? cause : e;
    }
  }

  @Override
  public boolean healthy() {
    return alive() && !cutOff && hindrance().isEmpty();
  }

  @Override
  public Optional<String> hindrance() {
    return context.hindrance();
  }

  @Override
  public boolean alive() {
    return thread.isAlive() && !failed;
  }

  @Override
  public void close() {
    closing = true;
    TrainingLoop running = loop;
    if (running != null) {
      running.stop();
    }
    boolean interrupted = false;
    for (boolean asked = false; thread.isAlive(); asked = true) {
      if (asked) {
        log.warn("The trainer did not end within {}, interrupting it", PATIENCE);
        thread.interrupt();
      }
      try {
        thread.join(PATIENCE.toMillis());
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    try {
      train();
    } catch (RuntimeException | Error e) {
      stage.note(StageReporter.FAILURE, String.valueOf(e.getMessage()));
      failed = true;
      if (!started.completeExceptionally(e)) {
        log.error("Training of {} stopped", settings.model(), e);
      }
    } catch (InterruptedException e) {
      failed = true;
      started.completeExceptionally(new TrainingStoppedException("interrupted", e));
    }
  }

  private void train() throws InterruptedException {
    StudentStart start = new StudentStart(settings.student());
    LabelSpace labels = start.labels();
    WordPieceTokenizer tokenizer = start.tokenizer();
    int maxTokens = settings.student().maxTokens();
    TargetReader targets =
        new TargetReader(
            labels,
            settings.objective().divergence(),
            settings.heads().columns(TrainingHeads.EMBEDDING));
    ExampleReader reader =
        new ExampleReader(
            context.pipeline(),
            context.wire().codec(Topics.TRAINING_EXAMPLES, context.pipeline()),
            targets,
            tokenizer,
            maxTokens,
            settings.model(),
            new ExampleReader.Selection(settings.plan().heldOut().rule(), settings.agreement()),
            context.wire().codec(Topics.HELD_OUT, context.pipeline()));
    boolean again = true;
    while (again && !closing) {
      try {
        trainOn(start, labels, tokenizer, targets, reader);
        again = false;
      } catch (CheckpointRestoredException e) {
        log.info("Checkpoint {} of {} was restored", e.version(), settings.model());
      } catch (TrainingStoppedException
          | KafkaException
          | ClusterUnavailableException
          | RegistryUnavailableException e) {
        // Before it has started, whoever starts it is told.
        if (!started.isDone() || !(Outages.explain(e) || DiskFullException.explains(e))) {
          throw e;
        }
        if (!cutOff) {
          log.warn(
              "Training of {} is cut off and will go on from its newest checkpoint: {}",
              settings.model(),
              e.getMessage());
          cutOff = true;
        }
        log.debug("Cut off", e);
        TimeUnit.MILLISECONDS.sleep(OUTAGE_PAUSE.toMillis());
      }
    }
  }

  /** Trains from the newest checkpoint on, until stopped. */
  private void trainOn(
      StudentStart start,
      LabelSpace labels,
      WordPieceTokenizer tokenizer,
      TargetReader targets,
      ExampleReader reader)
      throws InterruptedException {
    int maxTokens = settings.student().maxTokens();
    CheckedExporter exporter =
        new CheckedExporter(
            context.pipeline(),
            settings.model(),
            new ModelMetadata(labels, maxTokens, tokenizer, Map.of()),
            settings.maxExportDifference(),
            DjlStudentEngine::from);
    try (KafkaCheckpoints checkpoints =
            new KafkaCheckpoints(context, clients, settings, labels, exporter, id);
        ExampleSource source =
            new KafkaExampleSource(
                clients::groupConsumer,
                Topics.TRAINING_EXAMPLES.in(context.pipeline()),
                reader::read,
                settings.readAhead())) {
      Checkpoints.Resume resume =
          (started.isDone() ? checkpoints.resumeUnlessReplaced() : checkpoints.resume())
              .replaying(example -> targets.admits(example.target(), example.embedding()));
      StudentSpec spec = settings.student().spec(tokenizer.vocabulary().size(), labels.size());
      log.info(
          "Training {} from {}",
          settings.model(),
          resume
              .good()
              .map(good -> "checkpoint " + good.lineage().version())
              .orElseGet(settings.student()::describeStart));
      try (StudentEngine engine =
          DjlStudentEngine.from(
              (resume.good().isEmpty() && !settings.student().startFrom().isEmpty()
                      ? other(new StartingWeights(spec, labels, tokenizer, checkpoints.access()))
                      : start.state(resume.good(), spec, tokenizer))
                  .withHeads(settings.heads()),
              settings.objective())) {
        TrainingLoop next =
            new TrainingLoop(
                settings.plan(),
                engine,
                resume,
                source,
                checkpoints,
                metrics,
                settings.hardExamples(tokenizer));
        // In this order close() either finds the loop or is seen here.
        loop = next;
        started.complete(null);
        cutOff = false;
        if (closing) {
          next.stop();
        }
        next.run();
      }
    }
  }

  /** A student that starts from another one. */
  private StudentState other(StartingWeights weights) {
    StudentSettings student = settings.student();
    return StudentState.fresh(weights.read(student.startFrom()), student.seed());
  }
}
