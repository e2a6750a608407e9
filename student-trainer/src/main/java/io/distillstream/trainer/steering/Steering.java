package io.distillstream.trainer.steering;

import io.distillstream.trainer.batch.RowScore;
import io.distillstream.trainer.engine.StepResult;
import io.distillstream.trainer.schedule.AdaptiveTemperature;
import io.distillstream.trainer.schedule.Ramp;
import io.distillstream.trainer.schedule.StepSettings;
import io.distillstream.trainer.schedule.TrainingSchedule;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Says what each step is taken with: the schedule's settings, under a cut of the learning rate
 * after a divergence, and with the schedule's ramps taken back and its averaging begun anew after a
 * drift of the stream.
 *
 * <p>Everything that the next settings depend on besides plan and records is in {@link #state()},
 * so that a restarted trainer steers as one that ran on. Not thread-safe.
 */
public final class Steering {
  private static final String CUT_FACTOR = "rate_cut.factor";
  private static final String CUT_UNTIL = "rate_cut.until_records";
  private static final String TEMPERATURE_ORIGIN = "schedule.temperature_origin";
  private static final String RATE_ORIGIN = "schedule.learning_rate_origin";
  private static final String AVERAGING_ORIGIN = "schedule.averaging_origin";
  private static final String TEMPERATURE = "schedule.adaptive_temperature";
  private static final String ALARM = "drift.alarm_records";
  private static final String WINDOW = "drift.window";

  private static final Set<String> KEYS =
      Set.of(
          CUT_FACTOR,
          CUT_UNTIL,
          TEMPERATURE_ORIGIN,
          RATE_ORIGIN,
          AVERAGING_ORIGIN,
          TEMPERATURE,
          ALARM,
          WINDOW);

  private final TrainingSchedule schedule;
  private final DriftPlan plan;
  private final Adwin disagreement;
  private LearningRateReduction cut;

  /** Where the ramps count from. */
  private long temperatureOrigin;

  private long rateOrigin;

  private long averagingOrigin;

  /** Where the schedule's is adaptive. */
  private double temperature;

  /** Records learned at the newest alarm. */
  private long alarm;

  /**
   * Continues from a state.
   *
   * @param state what {@link #state()} gave; what it lacks is as at a fresh start
   * @throws IllegalArgumentException if an entry is malformed
   */
  public Steering(TrainingSchedule schedule, DriftPlan plan, Map<String, String> state) {
    this.schedule = schedule;
    this.plan = plan;
    disagreement = Adwin.read(plan.delta(), state.getOrDefault(WINDOW, ""));
    cut =
        new LearningRateReduction(
            Double.parseDouble(state.getOrDefault(CUT_FACTOR, "1")), number(state, CUT_UNTIL));
    temperatureOrigin = number(state, TEMPERATURE_ORIGIN);
    rateOrigin = number(state, RATE_ORIGIN);
    averagingOrigin = number(state, AVERAGING_ORIGIN);
    alarm = number(state, ALARM);
    temperature =
        schedule
            .adaptive()
            .map(adaptive -> temperature(adaptive, state))
            .orElse(schedule.temperature().from());
  }

  private static double temperature(AdaptiveTemperature adaptive, Map<String, String> state) {
    String saved = state.get(TEMPERATURE);
    return saved == null ? adaptive.start() : Double.parseDouble(saved);
  }

  private static long number(Map<String, String> state, String key) {
    return Long.parseLong(state.getOrDefault(key, "0"));
  }

  /** Those entries of a state file's header that {@link #state()} put there. */
  public static Map<String, String> entries(Map<String, String> header) {
    Map<String, String> entries = new LinkedHashMap<>(header);
    entries.keySet().retainAll(KEYS);
    return entries;
  }

  /** All that the next settings depend on besides plan and records, as text; exact. */
  public Map<String, String> state() {
    Map<String, String> state = new LinkedHashMap<>();
    state.put(CUT_FACTOR, Double.toString(cut.factor()));
    state.put(CUT_UNTIL, Long.toString(cut.untilRecords()));
    state.put(TEMPERATURE_ORIGIN, Long.toString(temperatureOrigin));
    state.put(RATE_ORIGIN, Long.toString(rateOrigin));
    state.put(AVERAGING_ORIGIN, Long.toString(averagingOrigin));
    if (schedule.adaptive().isPresent()) {
      state.put(TEMPERATURE, Double.toString(temperature));
    }
    state.put(ALARM, Long.toString(alarm));
    state.put(WINDOW, disagreement.write());
    return state;
  }

  /**
   * The settings of the next step.
   *
   * @param records learned so far
   */
  public StepSettings settings(long records) {
    StepSettings scheduled =
        schedule.at(
            records, records - temperatureOrigin, records - rateOrigin, records - averagingOrigin);
    return cut.apply(
        schedule.adaptive().isPresent() ? scheduled.withTemperature(temperature) : scheduled,
        records);
  }

  /**
   * Moves an adaptive temperature; any other stays on its ramp.
   *
   * @param result of a step that was learned
   */
  public void adapt(StepResult result) {
    schedule
        .adaptive()
        .ifPresent(
            adaptive ->
                temperature =
                    adaptive.next(temperature, result.entropyGap(), result.rows().size()));
  }

  /** Lowers the learning rate for a while, from the next step on. */
  public void cut(LearningRateReduction lower) {
    cut = lower;
  }

  /**
   * Takes note of a step that was learned.
   *
   * @param rows in order, each scored before it was learned
   * @param records learned so far, these included
   * @return the drift, if these rows are the ones that betray it; the schedule has gone back then
   */
  public Optional<Drift> observe(List<RowScore> rows, long records) {
    if (!plan.enabled()) {
      return Optional.empty();
    }
    rows.forEach(row -> disagreement.add(row.agrees() ? 0 : 1));
    return disagreement
        .check()
        .filter(change -> change.after() > change.before() + plan.minDrop())
        .filter(change -> records - alarm >= plan.minRecords())
        .map(change -> alarm(change, records));
  }

  private Drift alarm(Adwin.Change change, long records) {
    alarm = records;
    temperatureOrigin = rewound(schedule.temperature(), temperatureOrigin, records);
    schedule
        .adaptive()
        .ifPresent(adaptive -> temperature = adaptive.raised(temperature, plan.rewind()));
    rateOrigin = rewound(schedule.learningRate(), rateOrigin, records);
    // What was learned of the stream as it was is not to be averaged in.
    averagingOrigin = records;
    return new Drift(1 - change.before(), 1 - change.after(), change.afterLength());
  }

  /** A ramp that is not as far as that goes on as it is. */
  private long rewound(Ramp ramp, long origin, long records) {
    return Math.max(origin, records - Math.round((1 - plan.rewind()) * ramp.records()));
  }
}
