package io.distillstream.local.synthesize;

import static java.util.Objects.requireNonNull;

import io.distillstream.foundation.Sha256;
import io.distillstream.local.evaluate.answer.Answer;
import io.distillstream.local.synthesize.text.Candidate;
import io.distillstream.local.synthesize.text.DisagreementChoice;
import io.distillstream.local.synthesize.text.TextSource;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Makes texts up, has the teacher answer them, and sends those that are chosen, in rounds. Used by
 * one thread; borrows everything.
 */
final class Synthesis {

  /** Texts that the teacher is asked at once. */
  private static final int BATCH = 32;

  /** Where texts go. */
  interface Target {
    /**
     * Sends texts.
     *
     * @param version of the student that they were chosen by; 0 for none
     * @return how many, the first ones; fewer where it was asked to stop
     */
    long send(List<Candidate> texts, long version) throws InterruptedException;
  }

  /** Why it ended. */
  enum End {
    /** All texts are sent. */
    SENT,
    /** The source has no further text. */
    NO_MORE_TEXTS,
    /** The student learns from traffic. */
    TRAFFIC,
    /** It was asked to. */
    STOPPED
  }

  /**
   * A round that was sent.
   *
   * @param sent texts of the run until then
   * @param asked texts that the teacher was asked about since the start
   * @param version of the student that they were chosen by; 0 for none
   */
  record Round(long sent, long asked, long version) {}

  private final SynthesisPlan plan;
  private final TextSource source;
  private final @Nullable AskedTeacher teacher;
  private final StudentView student;
  private final Target target;
  private final Consumer<Round> progress;
  private long sent;
  private long next;
  private long asked;

  /**
   * @param teacher null where nobody is to be asked: all texts are sent then
   * @param before what the run has sent already
   */
  Synthesis(
      SynthesisPlan plan,
      TextSource source,
      @Nullable AskedTeacher teacher,
      StudentView student,
      Target target,
      Consumer<Round> progress,
      LoggedRun before) {
    this.plan = plan;
    this.source = source;
    this.teacher = teacher;
    this.student = student;
    this.target = target;
    this.progress = progress;
    this.sent = before.ids().size();
    this.next = before.next();
    source.passOver(before.texts());
  }

  /** Texts of the run that were sent, in earlier starts too. */
  long sent() {
    return sent;
  }

  /**
   * Sends until the run is whole.
   *
   * @param goOn says no when it is to stop
   */
  End run(BooleanSupplier goOn) throws IOException, InterruptedException {
    while (sent < plan.count()) {
      if (!goOn.getAsBoolean()) {
        return End.STOPPED;
      }
      student.refresh();
      if (student.liveTrained() > 0 && !plan.besideTraffic()) {
        return End.TRAFFIC;
      }
      int wanted = (int) Math.min(plan.round(), plan.count() - sent);
      boolean chosen = teacher != null && plan.candidates() > 1 && student.version() > 0;
      List<Candidate> candidates = candidates(chosen ? wanted * plan.candidates() : wanted, goOn);
      if (candidates.isEmpty()) {
        return goOn.getAsBoolean() ? End.NO_MORE_TEXTS : End.STOPPED;
      }
      List<Candidate> round = chosen ? chosen(candidates, wanted) : candidates;
      long version = chosen ? student.version() : 0;
      sent += target.send(round, version);
      progress.accept(new Round(sent, asked, version));
    }
    return End.SENT;
  }

  /** Texts with the teacher's answers; without those that it has none to. */
  private List<Candidate> candidates(int count, BooleanSupplier goOn) throws InterruptedException {
    List<Candidate> candidates = new ArrayList<>(count);
    while (candidates.size() < count && goOn.getAsBoolean()) {
      List<String> texts = source.next(Math.min(BATCH, count - candidates.size()));
      if (texts.isEmpty()) {
        break;
      }
      candidates.addAll(teacher == null ? unasked(texts) : asked(texts, teacher));
    }
    return candidates;
  }

  private List<Candidate> unasked(List<String> texts) {
    return texts.stream().map(text -> new Candidate(next++, text, Optional.empty())).toList();
  }

  private List<Candidate> asked(List<String> texts, AskedTeacher answering)
      throws InterruptedException {
    List<Optional<Answer>> answers = answering.ask(texts);
    asked += texts.size();
    List<Candidate> candidates = new ArrayList<>(texts.size());
    for (int i = 0; i < texts.size(); i++) {
      String text = texts.get(i);
      answers
          .get(i)
          .flatMap(answer -> source.answered(text, answer))
          .ifPresent(
              ready ->
                  candidates.add(new Candidate(next++, ready.text(), Optional.of(ready.answer()))));
    }
    return candidates;
  }

  private List<Candidate> chosen(List<Candidate> candidates, int wanted)
      throws IOException, InterruptedException {
    List<String> texts = candidates.stream().map(Candidate::text).toList();
    SplittableRandom random =
        new SplittableRandom(
            Sha256.leadingLong(LoggedRun.id(plan.run(), candidates.get(0).number())));
    List<Answer> answers = student.answers(texts, requireNonNull(teacher).labels()).orElseThrow();
    return new DisagreementChoice(plan.disagreement()).choose(candidates, answers, wanted, random);
  }
}
