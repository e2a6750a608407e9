package io.distillstream.benchmarks.delta;

import io.distillstream.artifacts.QuantizerSettings;
import io.distillstream.benchmarks.student.LabelledCorpus;
import io.distillstream.model.ModelMetadata;
import io.distillstream.model.WordPieceTokenizer;
import io.distillstream.runtime.Setting;
import io.distillstream.runtime.Settings;
import io.distillstream.trainer.checkpoint.Lineage;
import io.distillstream.trainer.engine.djl.DjlStudentEngine;
import io.distillstream.trainer.examples.Example;
import io.distillstream.trainer.examples.ExampleSource;
import io.distillstream.trainer.examples.HeldOutRule;
import io.distillstream.trainer.export.CheckedExporter;
import io.distillstream.trainer.loop.TrainingListener;
import io.distillstream.trainer.loop.TrainingLoop;
import io.distillstream.trainer.settings.TrainerSettings;
import io.distillstream.trainer.start.TeacherStart;
import io.distillstream.trainer.start.TeacherWordTable;
import io.distillstream.trainer.state.StudentState;
import io.distillstream.wire.Pipeline;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Artifacts of one student: trained on labelled texts in memory, exported and quantized as the
 * services would; the first ones and the last ones.
 */
final class PublishedArtifacts {
  private static final long SEED = 42;

  private final LabelledCorpus texts;
  private final WordPieceTokenizer teachers;
  private final Map<String, String> chosen;
  private final Path folder;
  private List<Path> early = List.of();
  private List<Path> late = List.of();
  private double agreement;
  private int unseen;

  /**
   * @param texts cut by the student's vocabulary
   * @param teachers vocabulary of the teacher, whose word table the student starts from
   * @param chosen settings of trainer and quantizer
   * @param folder where artifacts are written
   */
  PublishedArtifacts(
      LabelledCorpus texts, WordPieceTokenizer teachers, Map<String, String> chosen, Path folder) {
    this.texts = texts;
    this.teachers = teachers;
    this.chosen = chosen;
    this.folder = folder;
  }

  /**
   * Trains and quantizes.
   *
   * @param every trained records between two versions
   * @param most records of a pass
   * @param passes over these records, each in an order of its own
   * @param count of artifacts made early, and of those made late
   */
  void train(int every, int most, int passes, int count) throws IOException, InterruptedException {
    Map<String, String> training = new HashMap<>(part(TrainerSettings.all()));
    training.put("trainer.checkpoint-records", Integer.toString(every));
    training.put("trainer.checkpoint-interval", "1d");
    training.put("trainer.max-batch-wait", "10m");
    TrainerSettings settings = TrainerSettings.from(Settings.load(TrainerSettings.all(), training));
    List<Example> traffic = repeated(texts.traffic(most, settings.student().maxTokens()), passes);
    HeldOutRule rule = settings.plan().heldOut().rule();
    long learned = traffic.stream().filter(one -> !rule.holdsOut(one.requestId())).count();
    // A version falls at the end of a batch.
    int batch = settings.plan().batchSize();
    long between = (every + batch - 1L) / batch * batch;
    int last = Math.toIntExact(learned / between);
    if (last < count) {
      throw new IllegalArgumentException(
          "%,d records make %d versions of %,d, expected at least %d"
              .formatted(traffic.size(), last, between, count));
    }
    StudentState fresh = fresh(settings);
    ModelMetadata metadata =
        new ModelMetadata(
            texts.labels(), settings.student().maxTokens(), texts.tokenizer(), Map.of());
    CheckedExporter exporter =
        new CheckedExporter(
            new Pipeline("benchmark"),
            settings.model(),
            metadata,
            settings.maxExportDifference(),
            DjlStudentEngine::from);
    QuantizerSettings quantizing =
        QuantizerSettings.from(
                Settings.load(QuantizerSettings.all(), part(QuantizerSettings.all())))
            .get(0);
    QuantizedCheckpoints checkpoints =
        new QuantizedCheckpoints(
            exporter,
            new ArtifactMaker(quantizing, metadata, texts.heldOut(metadata.maxTokens())),
            folder,
            // Those before the late ones are made, too, since what they keep of each other adds up.
            version -> version <= count || version > last - 2 * count);
    try (DjlStudentEngine engine = DjlStudentEngine.from(fresh, settings.objective());
        ExampleSource source = ExampleSource.of(traffic, rule)) {
      Stop stop = new Stop(last);
      TrainingLoop loop =
          new TrainingLoop(
              settings.plan(), engine, checkpoints.resume(), source, checkpoints, stop);
      stop.action = loop::stop;
      loop.run();
    }
    List<Path> files = checkpoints.files();
    early = files.subList(0, count);
    late = files.subList(files.size() - count, files.size());
    agreement = checkpoints.meanAgreement();
    unseen = texts.heldOut(metadata.maxTokens()).size();
  }

  /** The first pass as it is, the others shuffled. */
  private static List<Example> repeated(List<Example> pass, int passes) {
    List<Example> all = new ArrayList<>(pass);
    for (int i = 1; i < passes; i++) {
      List<Example> again = new ArrayList<>(pass);
      Collections.shuffle(again, new Random(SEED + i));
      all.addAll(again);
    }
    return all;
  }

  private StudentState fresh(TrainerSettings settings) throws IOException {
    TeacherWordTable words =
        TeacherWordTable.ofMiniLm().select(teachers.vocabulary(), texts.tokenizer().vocabulary());
    return StudentState.fresh(
            TeacherStart.weights(
                settings
                    .student()
                    .spec(texts.tokenizer().vocabulary().size(), texts.labels().size()),
                SEED,
                words),
            SEED)
        .withHeads(settings.heads());
  }

  private Map<String, String> part(List<Setting<?>> settings) {
    Set<String> keys = settings.stream().map(Setting::key).collect(Collectors.toSet());
    return chosen.entrySet().stream()
        .filter(entry -> keys.contains(entry.getKey()))
        .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
  }

  /** The first ones, in their order. */
  List<Path> early() {
    return early;
  }

  /** The last ones, in their order. */
  List<Path> late() {
    return late;
  }

  /** How many texts nobody learned. */
  int unseen() {
    return unseen;
  }

  /** Share of these on which artifact and fp32 predict the same, mean over all artifacts. */
  double agreement() {
    return agreement;
  }

  /** Ends training with the last version. */
  private static final class Stop implements TrainingListener {
    private final long last;
    private Runnable action = () -> {};

    Stop(long last) {
      this.last = last;
    }

    @Override
    public void published(Lineage lineage) {
      if (lineage.version() >= last) {
        action.run();
      }
    }
  }
}
