package io.distillstream.benchmarks.service;

import io.distillstream.avro.GroundTruth;
import io.distillstream.avro.Input;
import io.distillstream.avro.SoftLabel;
import io.distillstream.benchmarks.measure.Comparison;
import io.distillstream.joiner.JoinerService;
import io.distillstream.joiner.JoinerSettings;
import io.distillstream.local.wordnet.Gloss;
import io.distillstream.local.wordnet.WordNetGlosses;
import io.distillstream.model.LabelSpace;
import io.distillstream.runtime.ServiceContext;
import io.distillstream.runtime.Settings;
import io.distillstream.runtime.StageMetrics;
import io.distillstream.wire.Codec;
import io.distillstream.wire.Topics;
import io.distillstream.wire.payload.LogitsCodec;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * Requests per second through the joiner: soft labels that no model made are on the log already,
 * examples come out in transactions. Timed from the first batch joined to the last; beside a
 * producer that writes the same soft labels to the log. The broker runs in the same process.
 */
@Command(
    name = "joiner",
    mixinStandardHelpOptions = true,
    description = "The joiner on a backlog of soft labels beside a plain producer of the same.")
public final class JoinerBenchmark implements Callable<Integer> {
  private static final long SEED = 42;
  private static final long POLL_MILLIS = 2;
  private static final int TEXTS = 10_000;

  @Option(names = "--records", description = "Per run (default: ${DEFAULT-VALUE}).")
  private int count = 200_000;

  @Option(names = "--classes", description = "Of each soft label (default: ${DEFAULT-VALUE}).")
  private int classes = 45;

  @Option(names = "--rounds", description = "That count (default: ${DEFAULT-VALUE}).")
  private int rounds = 3;

  @Option(names = "--truth", description = "Each request has its true label on the log, too.")
  private boolean truth;

  @Option(names = "--set", description = "A setting of the joiner, such as joiner.threads=2.")
  private Map<String, String> chosen = new HashMap<>();

  @Spec private CommandSpec spec;

  private int runs;
  private double produced;

  @SuppressWarnings("NullAway.Init") // Picocli sets the fields.
  JoinerBenchmark() {}

  @Override
  public Integer call() throws Exception {
    JoinerSettings settings = JoinerSettings.from(Settings.load(JoinerSettings.all(), chosen));
    LabelSpace labels =
        new LabelSpace(IntStream.range(0, classes).mapToObj(i -> "class-" + i).toList());
    List<String> texts =
        WordNetGlosses.load().traffic().subList(0, TEXTS).stream().map(Gloss::text).toList();
    try (BenchmarkCluster cluster = new BenchmarkCluster()) {
      new Comparison("requests", count)
          .print(
              spec.commandLine().getOut(),
              rounds,
              "joiner",
              () -> throughJoiner(cluster, texts, labels, settings),
              "producer",
              () -> produced);
    }
    return 0;
  }

  private double throughJoiner(
      BenchmarkCluster cluster, List<String> texts, LabelSpace labels, JoinerSettings settings)
      throws InterruptedException {
    try (ServiceContext context = cluster.context("joiner-" + runs++)) {
      if (truth) {
        tellTruth(context, labels);
      }
      produced = fill(context, texts, labels);
      try (JoinerService service = new JoinerService(settings, () -> labels, context)) {
        StageMetrics stage = context.stage("joiner");
        service.start();
        double first = awaitJoined(service, stage, 1);
        long start = System.nanoTime();
        awaitJoined(service, stage, count);
        return (System.nanoTime() - start) / 1e9 * count / (count - first);
      }
    }
  }

  private static double awaitJoined(JoinerService service, StageMetrics stage, double atLeast)
      throws InterruptedException {
    double joined = stage.count("examples_joined");
    while (joined < atLeast) {
      if (!service.alive()) {
        throw new IllegalStateException("The joiner stopped");
      }
      TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
      joined = stage.count("examples_joined");
    }
    return joined;
  }

  /** Seconds that it took; the labels are encoded meanwhile, as any producer of them must do. */
  private double fill(ServiceContext context, List<String> texts, LabelSpace labels) {
    Codec<SoftLabel> codec = context.wire().codec(Topics.SOFT_LABELS, context.pipeline());
    SplittableRandom random = new SplittableRandom(SEED);
    float[] logits = new float[classes];
    long start = System.nanoTime();
    try (Producer<String, byte[]> producer =
        new KafkaProducer<>(context.cluster().producerProperties())) {
      Instant now = Instant.now();
      for (int i = 0; i < count; i++) {
        for (int c = 0; c < classes; c++) {
          logits[c] = (float) (4 * random.nextDouble());
        }
        SoftLabel label =
            new SoftLabel(
                id(i),
                new Input(texts.get(i % texts.size())),
                "benchmark",
                "benchmark",
                labels.fingerprint(),
                1,
                LogitsCodec.encode(logits),
                now,
                now,
                null,
                null);
        producer.send(new ProducerRecord<>(codec.topic(), id(i), codec.encode(label)));
      }
      producer.flush();
    }
    return (System.nanoTime() - start) / 1e9;
  }

  private void tellTruth(ServiceContext context, LabelSpace labels) {
    Codec<GroundTruth> codec = context.wire().codec(Topics.GROUND_TRUTH, context.pipeline());
    try (Producer<String, byte[]> producer =
        new KafkaProducer<>(context.cluster().producerProperties())) {
      for (int i = 0; i < count; i++) {
        GroundTruth told = new GroundTruth(id(i), labels.label(i % classes), Instant.now());
        producer.send(new ProducerRecord<>(codec.topic(), id(i), codec.encode(told)));
      }
      producer.flush();
    }
  }

  private static String id(int number) {
    return "request-" + number;
  }
}
