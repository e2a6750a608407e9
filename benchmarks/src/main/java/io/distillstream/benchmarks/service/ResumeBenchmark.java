package io.distillstream.benchmarks.service;

import io.distillstream.avro.Input;
import io.distillstream.avro.TeacherOpinion;
import io.distillstream.avro.TrainingExample;
import io.distillstream.local.wordnet.Gloss;
import io.distillstream.local.wordnet.WordNetGlosses;
import io.distillstream.model.LabelSpace;
import io.distillstream.runtime.ServiceContext;
import io.distillstream.runtime.Settings;
import io.distillstream.trainer.settings.TrainerSettings;
import io.distillstream.trainer.start.StudentStart;
import io.distillstream.wire.Codec;
import io.distillstream.wire.Topics;
import io.distillstream.wire.payload.LogitsCodec;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
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
 * Seconds from the kill of a trainer's process to the first batch that the next process learned:
 * start of the JVM, fencing, fetching and reading the checkpoint, loading the native library, one
 * step. The default student; the broker runs on, in this process. Teachers' logits are made from
 * the glosses' own labels, since what is learned is of no account here.
 */
@Command(
    name = "resume",
    mixinStandardHelpOptions = true,
    description = "Seconds from kill -9 of the trainer to the next trained batch.")
public final class ResumeBenchmark implements Callable<Integer> {
  private static final int MOST_MILLIS_MORE = 2_000;

  @Option(names = "--rounds", description = "Kills (default: ${DEFAULT-VALUE}).")
  private int rounds = 5;

  @Spec private CommandSpec spec;

  @SuppressWarnings("NullAway.Init") // Picocli sets the fields.
  ResumeBenchmark() {}

  @Override
  public Integer call() throws Exception {
    PrintWriter out = spec.commandLine().getOut();
    SplittableRandom random = new SplittableRandom(1);
    double worst = 0;
    try (BenchmarkCluster cluster = new BenchmarkCluster();
        ServiceContext context = cluster.context("resume")) {
      fill(context);
      TrainerProcess trainer = TrainerProcess.start(context);
      try {
        for (int round = 1; round <= rounds; round++) {
          trainer.await(TrainerProcess.PUBLISHED);
          TimeUnit.MILLISECONDS.sleep(random.nextInt(MOST_MILLIS_MORE));
          trainer.close();
          long killed = System.nanoTime();
          trainer = TrainerProcess.start(context);
          double running = secondsUntil(trainer, TrainerProcess.RUNNING, killed);
          double started = secondsUntil(trainer, TrainerProcess.STARTED, killed);
          double trained = secondsUntil(trainer, TrainerProcess.TRAINED, killed);
          worst = Math.max(worst, trained);
          out.printf(
              "kill %d: process %.2f s, checkpoint and engine %.2f s, first batch %.2f s%n",
              round, running, started, trained);
          out.flush();
        }
      } finally {
        trainer.close();
      }
    }
    out.printf("longest of %d: %.2f s%n", rounds, worst);
    return 0;
  }

  private static double secondsUntil(TrainerProcess trainer, String line, long since)
      throws IOException {
    trainer.await(line);
    return (System.nanoTime() - since) / 1e9;
  }

  @SuppressWarnings("FutureReturnValueIgnored") // flush() follows.
  private static void fill(ServiceContext context) {
    LabelSpace labels =
        new StudentStart(
                TrainerSettings.from(Settings.load(TrainerSettings.all(), Map.of())).student())
            .labels();
    Codec<TrainingExample> codec =
        context.wire().codec(Topics.TRAINING_EXAMPLES, context.pipeline());
    List<Gloss> glosses = WordNetGlosses.load().traffic();
    try (Producer<String, byte[]> producer =
        new KafkaProducer<>(context.cluster().producerProperties())) {
      for (int i = 0; i < glosses.size(); i++) {
        producer.send(
            new ProducerRecord<>(
                codec.topic(), "gloss-" + i, codec.encode(example(i, glosses.get(i), labels))));
      }
      producer.flush();
    }
  }

  private static TrainingExample example(int number, Gloss gloss, LabelSpace labels) {
    float[] logits = new float[labels.size()];
    logits[labels.indexOf(gloss.label())] = 4;
    Instant now = Instant.now();
    return new TrainingExample(
        "gloss-" + number,
        new Input(gloss.text()),
        labels.fingerprint(),
        1,
        List.of(
            new TeacherOpinion("benchmark", "benchmark", LogitsCodec.encode(logits), null, null)),
        gloss.label(),
        now,
        now,
        null,
        null,
        null,
        false);
  }
}
