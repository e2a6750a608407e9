package io.distillstream.benchmarks.service;

import io.distillstream.avro.Input;
import io.distillstream.avro.TeacherOpinion;
import io.distillstream.avro.TrainingExample;
import io.distillstream.benchmarks.measure.BusyTime;
import io.distillstream.benchmarks.measure.Comparison;
import io.distillstream.benchmarks.measure.Stopwatch;
import io.distillstream.benchmarks.stream.NoCheckpoints;
import io.distillstream.local.wordnet.Gloss;
import io.distillstream.local.wordnet.WordNetGlosses;
import io.distillstream.model.LabelSpace;
import io.distillstream.model.WordPieceTokenizer;
import io.distillstream.runtime.ServiceContext;
import io.distillstream.runtime.Settings;
import io.distillstream.runtime.StageMetrics;
import io.distillstream.teacher.SortedBatches;
import io.distillstream.teacher.Teacher;
import io.distillstream.teacher.traffic.TeacherSettings;
import io.distillstream.trainer.TrainerService;
import io.distillstream.trainer.engine.djl.DjlStudentEngine;
import io.distillstream.trainer.examples.Example;
import io.distillstream.trainer.examples.ExampleSource;
import io.distillstream.trainer.loop.TrainingLoop;
import io.distillstream.trainer.settings.TrainerSettings;
import io.distillstream.trainer.settings.TrainingPlan;
import io.distillstream.trainer.start.RandomStart;
import io.distillstream.trainer.state.StudentState;
import io.distillstream.trainer.student.StudentSpec;
import io.distillstream.wire.Codec;
import io.distillstream.wire.Topics;
import io.distillstream.wire.payload.LogitsCodec;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * Records per second of the trainer service, reading from Kafka, beside the same loop over the same
 * records in memory. Timed from the first batch learned to the last, so that starting is left out
 * on both sides. With {@code --checkpoints} the service also publishes as often as it does by
 * default, which the loop in memory never does, through a broker in the same process; give it
 * enough records for several checkpoints. Beyond so many glosses as are labelled they come again:
 * what is learned is of no account here.
 *
 * <p>Besides the time on the clock, which needs an idle machine, it compares the {@link BusyTime}
 * of the training thread: what else the service does belongs to other threads.
 */
@Command(
    name = "trainer",
    mixinStandardHelpOptions = true,
    description = "The trainer service on Kafka beside the same loop over records in memory.")
public final class TrainerBenchmark implements Callable<Integer> {

  private static final long SEED = 42;
  private static final long POLL_MILLIS = 5;
  private static final int LABELLED = 6_400;

  @Option(names = "--records", description = "Per run (default: ${DEFAULT-VALUE}).")
  private int count = LABELLED;

  @Option(names = "--rounds", description = "That count (default: ${DEFAULT-VALUE}).")
  private int rounds = 5;

  @Option(names = "--checkpoints", description = "Let the service publish while it is timed.")
  private boolean checkpoints;

  @Option(names = "--set", description = "A setting of the trainer, such as trainer.batch-size=64.")
  private Map<String, String> more = new HashMap<>();

  @Spec private CommandSpec spec;

  private int runs;
  private double busyOnKafka;
  private final List<Double> busyRatios = new ArrayList<>();

  @SuppressWarnings("NullAway.Init") // Picocli sets the fields.
  TrainerBenchmark() {}

  @Override
  public Integer call() throws Exception {
    PrintWriter out = spec.commandLine().getOut();
    Map<String, String> chosen = new HashMap<>(Map.of("trainer.embedding-start", "random"));
    if (!checkpoints) {
      chosen.put("trainer.checkpoint-records", Integer.toString(Integer.MAX_VALUE / 1_000));
      chosen.put("trainer.checkpoint-interval", "1d");
    }
    chosen.putAll(more);
    TrainerSettings settings = TrainerSettings.from(Settings.load(TrainerSettings.all(), chosen));
    int labelled = Math.min(count, LABELLED);
    out.println("labelling " + labelled + " glosses");
    out.flush();
    List<Gloss> glosses = WordNetGlosses.load().traffic().subList(0, labelled);
    LabelSpace labels;
    float[][] logits;
    try (Teacher teacher =
        TeacherSettings.from(Settings.load(TeacherSettings.all(), Map.of())).openTeacher()) {
      labels = teacher.labels();
      logits = SortedBatches.logits(teacher, glosses.stream().map(Gloss::text).toList(), 32);
    }
    List<Example> inMemory = examples(glosses, logits, labels, settings);
    try (BenchmarkCluster cluster = new BenchmarkCluster()) {
      new Comparison("records", count)
          .print(
              out,
              rounds,
              "Kafka",
              () -> throughKafka(cluster, glosses, logits, labels, settings),
              "memory",
              () -> inMemory(inMemory, labels, settings));
    }
    // As above, the first round does not count.
    List<Double> ratios = busyRatios.subList(1, busyRatios.size());
    out.printf(
        Locale.ROOT,
        "median ratio of the training thread's busy time, memory / Kafka: %.3f (%s)%n",
        ratios.stream().sorted().skip(ratios.size() / 2).findFirst().orElseThrow(),
        ratios.stream().map(ratio -> String.format(Locale.ROOT, "%.3f", ratio)).toList());
    out.flush();
    return 0;
  }

  private double inMemory(List<Example> examples, LabelSpace labels, TrainerSettings settings)
      throws InterruptedException {
    StudentSpec shape = settings.student().spec(vocabulary().vocabulary().size(), labels.size());
    Stopwatch stopwatch = new Stopwatch(count);
    try (DjlStudentEngine engine =
            DjlStudentEngine.from(StudentState.fresh(RandomStart.weights(shape, SEED), SEED));
        ExampleSource source = ExampleSource.of(examples)) {
      TrainingPlan plan = settings.plan();
      NoCheckpoints checkpoints = new NoCheckpoints();
      TrainingLoop loop =
          new TrainingLoop(plan, engine, checkpoints.resume(), source, checkpoints, stopwatch);
      stopwatch.whenDone(loop::stop);
      double begun = BusyTime.millis();
      loop.run();
      busyRatios.add((BusyTime.millis() - begun) / busyOnKafka);
    }
    return stopwatch.seconds();
  }

  private double throughKafka(
      BenchmarkCluster cluster,
      List<Gloss> glosses,
      float[][] logits,
      LabelSpace labels,
      TrainerSettings settings)
      throws InterruptedException {
    try (ServiceContext context = cluster.context("trainer-" + runs++)) {
      fill(context, glosses, logits, labels);
      try (TrainerService service = new TrainerService(settings, context)) {
        StageMetrics stage = context.stage("trainer");
        service.start();
        // The counter moves once per batch: the first batch is not timed, as in memory.
        while (stage.count("records_trained") == 0) {
          TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
        }
        double first = stage.count("records_trained");
        long start = System.nanoTime();
        long thread = BusyTime.thread("trainer");
        double begun = BusyTime.millis(thread);
        while (stage.count("records_trained") < count) {
          if (!service.healthy()) {
            throw new IllegalStateException("The trainer stopped");
          }
          TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        busyOnKafka = (BusyTime.millis(thread) - begun) * count / (count - first);
        if (checkpoints) {
          spec.commandLine()
              .getOut()
              .printf(
                  Locale.ROOT, "%.0f checkpoints in %.1f s%n", stage.count("checkpoints"), seconds);
        }
        // Per record after those first ones, scaled to all.
        return seconds * count / (count - first);
      }
    }
  }

  private void fill(
      ServiceContext context, List<Gloss> glosses, float[][] logits, LabelSpace labels) {
    Codec<TrainingExample> codec =
        context.wire().codec(Topics.TRAINING_EXAMPLES, context.pipeline());
    try (Producer<String, byte[]> producer =
        new KafkaProducer<>(context.cluster().producerProperties())) {
      Instant now = Instant.now();
      for (int number = 0; number < count; number++) {
        int i = number % glosses.size();
        String id = "gloss-" + number;
        TrainingExample example =
            new TrainingExample(
                id,
                new Input(glosses.get(i).text()),
                labels.fingerprint(),
                1,
                List.of(
                    new TeacherOpinion(
                        "benchmark", "benchmark", LogitsCodec.encode(logits[i]), null, null)),
                glosses.get(i).label(),
                now,
                now,
                null,
                null,
                null,
                false);
        producer.send(new ProducerRecord<>(codec.topic(), id, codec.encode(example)));
      }
      producer.flush();
    }
  }

  private List<Example> examples(
      List<Gloss> glosses, float[][] logits, LabelSpace labels, TrainerSettings settings) {
    WordPieceTokenizer tokenizer = vocabulary();
    List<Example> examples = new ArrayList<>();
    for (int number = 0; number < count; number++) {
      int i = number % glosses.size();
      examples.add(
          new Example(
              "gloss-" + number,
              tokenizer.encode(glosses.get(i).text(), settings.student().maxTokens()),
              logits[i],
              labels.indexOf(glosses.get(i).label()),
              Instant.now(),
              Map.of("benchmark", "benchmark")));
    }
    return examples;
  }

  private static WordPieceTokenizer vocabulary() {
    try (InputStream json =
        Objects.requireNonNull(
            TrainerBenchmark.class.getResourceAsStream("/all-minilm-l6-v2-tokenizer.json"))) {
      return WordPieceTokenizer.fromTokenizerJson(json);
    } catch (IOException e) {
      throw new IllegalStateException("The tokenizer on the class path cannot be read", e);
    }
  }
}
