package io.distillstream.teacher.openai;

import com.google.errorprone.annotations.MustBeClosed;
import io.distillstream.model.LabelSpace;
import io.distillstream.runtime.StageMetrics;
import io.distillstream.teacher.Teacher;
import io.distillstream.teacher.TeacherAnswer;
import io.distillstream.teacher.TeacherException;
import io.distillstream.teacher.TeacherUnavailableException;
import io.distillstream.teacher.Unavailability;
import io.distillstream.teacher.openai.AnswerSettings.Source;
import io.distillstream.teacher.openai.call.CallFailedException;
import io.distillstream.teacher.openai.call.CallMetrics;
import io.distillstream.teacher.openai.call.Completion;
import io.distillstream.teacher.openai.call.GuardedUpstream;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A language model behind an API that is asked for one of the labels' words. One call for each
 * text, several at the same time. Owns its connections and threads.
 */
public final class OpenAiTeacher implements Teacher {

  private static final Logger log = LoggerFactory.getLogger(OpenAiTeacher.class);

  /** No traffic: what the server is tried with. */
  private static final String HARMLESS = "The sun is shining.";

  private final String id;
  private final OpenAiSettings settings;
  private final String version;
  private final Questions questions;
  private final SoftAnswers answers;
  private final GuardedUpstream upstream;
  private final RecentAnswers recent;
  private final ExecutorService callers;

  private OpenAiTeacher(String id, OpenAiSettings settings) {
    this.id = id;
    this.settings = settings;
    this.version = settings.version();
    this.questions = new Questions(settings.question(), settings.answer());
    this.answers = new SoftAnswers(settings.question().verbalizer(), settings.answer());
    this.recent = new RecentAnswers(settings.rememberedTexts());
    this.upstream =
        new GuardedUpstream(
            settings.server(),
            settings.patience(),
            settings.budget(),
            questions.about(HARMLESS),
            settings.answer().source() == Source.LOG_PROBABILITIES,
            InstantSource.system());
    AtomicInteger number = new AtomicInteger();
    this.callers =
        Executors.newFixedThreadPool(
            settings.server().concurrency(),
            work -> {
              Thread thread = new Thread(work, "teacher-call-" + number.incrementAndGet());
              thread.setDaemon(true);
              return thread;
            });
  }

  /**
   * Tries the server with one harmless text. One that is away is no reason not to begin.
   *
   * @param id the teacher's name in soft labels
   * @throws TeacherException if the server refuses such calls, or tells no log-probabilities where
   *     they are to be read
   */
  @MustBeClosed
  public static OpenAiTeacher open(String id, OpenAiSettings settings) {
    OpenAiTeacher teacher = new OpenAiTeacher(id, settings);
    boolean sound = false;
    try {
      teacher.probe();
      sound = true;
    } finally {
      if (!sound) {
        teacher.close();
      }
    }
    return teacher;
  }

  private void probe() {
    Optional<Completion> said = upstream.probe();
    if (said.isEmpty()) {
      log.warn(
          "{} does not answer at this moment: {}",
          settings.server().url(),
          unavailability().map(Unavailability::reason).orElse("the budget is spent"));
      return;
    }
    if (settings.answer().source() == Source.LOG_PROBABILITIES && !said.get().scored()) {
      throw new TeacherException(
          ("%s gives no log-probabilities of tokens for the model '%s':"
                  + " teacher.openai.answers = text does without")
              .formatted(settings.server().url(), settings.question().model()));
    }
  }

  @Override
  public String id() {
    return id;
  }

  @Override
  public String version() {
    return version;
  }

  @Override
  public LabelSpace labels() {
    return settings.question().verbalizer().labels();
  }

  @Override
  public Map<String, Object> properties() {
    Map<String, Object> properties = new LinkedHashMap<>();
    properties.put("model", settings.question().model());
    properties.put("words", settings.question().verbalizer().words());
    return properties;
  }

  @Override
  public Optional<Unavailability> unavailability() {
    return upstream.unavailability();
  }

  @Override
  public void show(StageMetrics stage) {
    upstream.listen(new CallMetrics(stage, upstream));
  }

  @Override
  public List<TeacherAnswer> answers(List<String> texts) {
    List<Future<TeacherAnswer>> asked = new ArrayList<>(texts.size());
    for (String text : texts) {
      asked.add(callers.submit(() -> answer(text)));
    }
    List<TeacherAnswer> said = new ArrayList<>(texts.size());
    try {
      for (Future<TeacherAnswer> answer : asked) {
        said.add(answer.get());
      }
      return said;
    } catch (ExecutionException e) {
      if (e.getCause() instanceof TeacherUnavailableException away) {
        throw new TeacherUnavailableException(away.unavailability());
      }
      throw new IllegalStateException("A call failed in a way that is not known", e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new TeacherUnavailableException(
          new Unavailability("it is shutting down", Duration.ZERO));
    } finally {
      // Those that have not begun; what is answered already is remembered.
      asked.forEach(answer -> answer.cancel(false));
    }
  }

  private TeacherAnswer answer(String text) {
    Optional<TeacherAnswer> known = recent.find(text);
    if (known.isPresent()) {
      return known.get();
    }
    TeacherAnswer answer;
    try {
      answer = ask(questions.about(text));
    } catch (CallFailedException e) {
      answer = TeacherAnswer.refused("the language model's server refuses it: " + e.getMessage());
    }
    recent.keep(text, answer);
    return answer;
  }

  private TeacherAnswer ask(byte[] question) throws CallFailedException {
    if (settings.answer().source() == Source.LOG_PROBABILITIES) {
      return answers.ofTokens(upstream.ask(question));
    }
    List<String> texts = new ArrayList<>();
    for (int i = 0; i < settings.answer().samples(); i++) {
      texts.add(upstream.ask(question).text());
    }
    return answers.ofTexts(texts);
  }

  @Override
  public void close() {
    callers.shutdownNow();
    upstream.close();
  }
}
