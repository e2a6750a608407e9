package io.distillstream.local.demo;

import io.distillstream.artifacts.QuantizerSettings;
import io.distillstream.local.terminal.CommandFailedException;
import io.distillstream.local.wordnet.Gloss;
import io.distillstream.local.wordnet.WordNetGlosses;
import io.distillstream.runtime.Settings;
import io.distillstream.teacher.traffic.TeacherSettings;
import io.distillstream.trainer.examples.HeldOutRule;
import io.distillstream.trainer.settings.TrainerSettings;
import java.util.List;

/**
 * What a demo sends and what its device follows; checked before anything is started.
 *
 * @param traffic in the order in which it is sent, a tenth of it in bursts
 * @param heldOut glosses that are scored in the end
 * @param rate requests per second
 * @param model the student that is trained
 * @param channel the first that the quantizer publishes on
 * @param untrained which requests the student never learns
 * @param teacher who is compared with its students
 */
public record DemoPlan(
    List<Gloss> traffic,
    List<Gloss> heldOut,
    double rate,
    String model,
    String channel,
    HeldOutRule untrained,
    TeacherSettings teacher) {

  private static final long SEED = 1;

  /**
   * Reads the glosses; about a second.
   *
   * @param records requests to send
   * @throws CommandFailedException if there are not as many glosses, the rate is not positive or
   *     the teacher asks callers for something
   */
  public static DemoPlan of(Settings settings, int records, double rate) {
    WordNetGlosses glosses = WordNetGlosses.load();
    if (records < 1 || records > glosses.traffic().size()) {
      throw new CommandFailedException(
          "--records " + records + ": expected 1 to " + glosses.traffic().size());
    }
    if (!(rate > 0)) {
      throw new CommandFailedException("--rate " + rate + ": expected more than 0");
    }
    TeacherSettings teacher = TeacherSettings.from(settings);
    if (teacher.http().tls().isPresent() || teacher.http().access().askForSomething()) {
      throw new CommandFailedException(
          "--demo calls its teacher over plain HTTP and shows nothing: leave out"
              + " teacher.http.tls-certificate, teacher.http.api-keys and"
              + " teacher.http.oidc-issuer");
    }
    TrainerSettings trainer = TrainerSettings.from(settings);
    return new DemoPlan(
        Bursts.in(glosses.traffic().subList(0, records), SEED),
        glosses.heldOut(),
        rate,
        trainer.model(),
        QuantizerSettings.from(settings).get(0).channel(),
        trainer.plan().heldOut().rule(),
        teacher);
  }

  int records() {
    return traffic.size();
  }
}
