package io.distillstream.local.evaluate;

import static java.util.Objects.requireNonNull;

import io.distillstream.local.evaluate.answer.Answer;
import io.distillstream.local.evaluate.answer.Answerer;
import io.distillstream.local.evaluate.answer.Role;
import io.distillstream.local.evaluate.report.EvaluationReport;
import io.distillstream.local.evaluate.report.EvaluationReport.Compared;
import io.distillstream.local.evaluate.report.EvaluationReport.Evaluated;
import io.distillstream.local.evaluate.score.PairedComparison;
import io.distillstream.local.evaluate.score.Scores;
import io.distillstream.local.terminal.CommandFailedException;
import io.distillstream.model.LabelSpace;
import io.distillstream.text.LabelledText;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.LongConsumer;

/**
 * Lets several models answer the same texts, a few at a time, and scores each against the labels,
 * against the teacher and against the model that it was made from. Borrows the models.
 */
final class Evaluation {

  private static final int BATCH = 16;

  private final LabelledFile file;
  private final List<Answerer> answerers;
  private final LabelSpace labels;
  private final List<OptionalInt> truths;
  private final Map<Role, int[]> orders = new EnumMap<>(Role.class);
  private final Map<Role, Scores> scores = new EnumMap<>(Role.class);
  private final Map<Role, PairedComparison> paired = new EnumMap<>(Role.class);

  /**
   * @param answerers at least one, in the order of their roles, one each
   * @throws CommandFailedException if their labels differ
   * @throws io.distillstream.text.TextFileException if the file has a label that they do not know
   */
  Evaluation(LabelledFile file, List<Answerer> answerers) {
    this.file = file;
    this.answerers = List.copyOf(answerers);
    this.labels = answerers.get(0).labels();
    for (Answerer answerer : answerers) {
      orders.put(answerer.role(), order(answerer));
      scores.put(answerer.role(), new Scores(labels.size()));
    }
    this.truths = file.truths(labels);
  }

  /** Where each of the common labels stands in this model's answers. */
  private int[] order(Answerer answerer) {
    LabelSpace own = answerer.labels();
    int[] order = labels.labels().stream().mapToInt(own::indexOf).toArray();
    for (int c = 0; c < order.length; c++) {
      if (order[c] < 0 || own.size() != order.length) {
        throw new CommandFailedException(
            "%s (%d labels) and %s (%d labels) do not have the same labels; are they of one pipeline?"
                .formatted(
                    answerers.get(0).description(),
                    labels.size(),
                    answerer.description(),
                    own.size()));
      }
    }
    return order;
  }

  /**
   * Scores the whole file. Call once.
   *
   * @param progress is told how many texts are done
   * @param notes what was left out, for the report
   */
  EvaluationReport run(LongConsumer progress, List<String> notes) throws InterruptedException {
    List<LabelledText> texts = file.texts();
    for (int start = 0; start < texts.size(); start += BATCH) {
      int end = Math.min(texts.size(), start + BATCH);
      List<String> batch = texts.subList(start, end).stream().map(LabelledText::text).toList();
      Map<Role, List<Answer>> answers = new EnumMap<>(Role.class);
      for (Answerer answerer : answerers) {
        answers.put(answerer.role(), answerer.answer(batch));
      }
      for (int i = 0; i < batch.size(); i++) {
        Map<Role, Answer> ofText = new EnumMap<>(Role.class);
        for (Answerer answerer : answerers) {
          Role role = answerer.role();
          ofText.put(role, of(answers, role).get(i).inOrder(of(orders, role)));
        }
        score(ofText, truths.get(start + i));
      }
      progress.accept(end);
    }
    return report(notes);
  }

  private void score(Map<Role, Answer> answers, OptionalInt truth) {
    answers.forEach(
        (role, answer) ->
            of(scores, role)
                .add(
                    answer,
                    truth,
                    role == Role.TEACHER
                        ? Optional.empty()
                        : Optional.ofNullable(answers.get(Role.TEACHER))));
    if (truth.isPresent()) {
      answers.forEach(
          (role, answer) ->
              madeFrom(role)
                  .filter(answers::containsKey)
                  .ifPresent(
                      model ->
                          paired.merge(
                              role,
                              PairedComparison.of(
                                  answer.label() == truth.getAsInt(),
                                  of(answers, model).label() == truth.getAsInt()),
                              PairedComparison::plus)));
    }
  }

  /** What a model was made from, which it is compared with. */
  private static Optional<Role> madeFrom(Role role) {
    return switch (role) {
      case TEACHER -> Optional.empty();
      case STUDENT -> Optional.of(Role.TEACHER);
      case ARTIFACT -> Optional.of(Role.STUDENT);
    };
  }

  private EvaluationReport report(List<String> notes) {
    List<Evaluated> evaluated = new ArrayList<>();
    List<Compared> compared = new ArrayList<>();
    for (Answerer answerer : answerers) {
      Role role = answerer.role();
      evaluated.add(new Evaluated(role, answerer.description(), of(scores, role)));
      PairedComparison comparison = paired.get(role);
      if (comparison != null) {
        compared.add(new Compared(role, madeFrom(role).orElseThrow(), comparison));
      }
    }
    return new EvaluationReport(
        file.name(), file.texts().size(), file.labelled(), labels, evaluated, compared, notes);
  }

  private static <T> T of(Map<Role, T> byRole, Role role) {
    return requireNonNull(byRole.get(role));
  }
}
