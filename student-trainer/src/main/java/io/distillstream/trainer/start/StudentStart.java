package io.distillstream.trainer.start;

import io.distillstream.model.LabelSpace;
import io.distillstream.model.ModelFormatException;
import io.distillstream.model.ModelLocation;
import io.distillstream.model.WordPieceTokenizer;
import io.distillstream.onnx.InvalidModelException;
import io.distillstream.onnx.OnnxModel;
import io.distillstream.trainer.checkpoint.GoodState;
import io.distillstream.trainer.engine.TrainingStoppedException;
import io.distillstream.trainer.prune.units.UnitPruning;
import io.distillstream.trainer.settings.StudentSettings;
import io.distillstream.trainer.state.StudentState;
import io.distillstream.trainer.student.StudentSpec;
import io.distillstream.trainer.student.StudentWeights;
import io.distillstream.trainer.student.TransformerSpec;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

/** Reads what a student is made of, and makes its first state. */
public final class StudentStart {
  private final StudentSettings settings;

  public StudentStart(StudentSettings settings) {
    this.settings = settings;
  }

  /** The ordered label names. */
  public LabelSpace labels() {
    return settings.labelNames().isEmpty()
        ? LabelNames.read(new ModelLocation(settings.labels()))
        : new LabelSpace(settings.labelNames());
  }

  public WordPieceTokenizer tokenizer() {
    return tokenizer(new ModelLocation(settings.tokenizer()));
  }

  private static WordPieceTokenizer tokenizer(ModelLocation location) {
    try (InputStream in = location.open()) {
      return WordPieceTokenizer.fromTokenizerJson(in);
    } catch (IOException | ModelFormatException e) {
      throw unreadable("tokenizer", location, e);
    }
  }

  /** The state of a student that has learned nothing yet. */
  public StudentState fresh() {
    WordPieceTokenizer tokenizer = tokenizer();
    StudentSpec spec = settings.spec(tokenizer.vocabulary().size(), labels().size());
    return state(Optional.empty(), spec, tokenizer);
  }

  /**
   * The state to continue from.
   *
   * @param tokenizer of the student
   * @throws TrainingStoppedException if the checkpoint is of another shape than the settings ask
   *     for, unless that is what pruning left of it
   */
  public StudentState state(
      Optional<GoodState> good, StudentSpec spec, WordPieceTokenizer tokenizer) {
    if (good.isEmpty()) {
      return StudentState.fresh(weights(spec, tokenizer), settings.seed());
    }
    StudentState state = good.get().state();
    if (!isOf(state, spec)) {
      throw new TrainingStoppedException(
          "checkpoint %d holds a %s, the settings ask for a %s; %s"
              .formatted(
                  good.get().lineage().version(), state.spec(), spec, StudentSettings.ELSEWHERE));
    }
    return state;
  }

  /**
   * Pruning may have taken units from the shape that the settings ask for: rows of the word table,
   * and heads and neurons where the state remembers as many.
   */
  private static boolean isOf(StudentState state, StudentSpec spec) {
    if (!state.spec().differsInUnitsAtMost(spec)) {
      return false;
    }
    long units = state.pruning().unprunedUnits();
    return state.spec().withTableRows(spec.tableRows()).equals(spec)
        || (spec instanceof TransformerSpec whole && units == UnitPruning.parameters(whole));
  }

  private StudentWeights weights(StudentSpec spec, WordPieceTokenizer tokenizer) {
    return switch (settings.embeddingStart()) {
      case RANDOM -> RandomStart.weights(spec, settings.seed());
      case PCA -> TeacherStart.weights(spec, settings.seed(), wordTable(tokenizer));
    };
  }

  /** The encoder's vectors of the student's word pieces. */
  private TeacherWordTable wordTable(WordPieceTokenizer tokenizer) {
    ModelLocation location = new ModelLocation(settings.encoder());
    try (InputStream in = location.open()) {
      TeacherWordTable table = TeacherWordTable.of(OnnxModel.read(in));
      WordPieceTokenizer names = tokenizer(new ModelLocation(settings.encoderTokenizer()));
      return table.select(names.vocabulary(), tokenizer.vocabulary());
    } catch (IOException | InvalidModelException | IllegalArgumentException e) {
      throw unreadable("encoder", location, e);
    }
  }

  private static TrainingStoppedException unreadable(
      String what, ModelLocation location, Exception cause) {
    return new TrainingStoppedException(
        "the %s cannot be read from %s: %s".formatted(what, location, cause.getMessage()), cause);
  }
}
