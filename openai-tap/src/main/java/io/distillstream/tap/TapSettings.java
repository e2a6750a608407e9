package io.distillstream.tap;

import io.distillstream.runtime.Setting;
import io.distillstream.runtime.Settings;
import io.distillstream.runtime.http.HttpListener;
import io.distillstream.runtime.http.HttpSettings;
import io.distillstream.tap.journal.Journal;
import io.distillstream.tap.record.Redaction;
import io.distillstream.tap.sample.SamplingSettings;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Stream;

/**
 * Settings of the tap.
 *
 * @param http where clients are served
 * @param upstream who answers them
 * @param topLogprobs alternatives asked for of each token
 * @param sampleRate share of the exchanges that are looked into; the others only pass
 * @param sampling which of those are recorded
 * @param answerTimeout until an answer begins
 * @param silenceTimeout between two parts of one
 * @param refusalMemory how long an upstream that refused log-probabilities is not asked again
 * @param exchangeBytes most memory for one exchange
 * @param recordingBytes most memory for all exchanges while they are recorded
 */
public record TapSettings(
    HttpListener http,
    URI upstream,
    int topLogprobs,
    double sampleRate,
    SamplingSettings sampling,
    Redaction redaction,
    Duration connectTimeout,
    Duration answerTimeout,
    Duration silenceTimeout,
    Duration refusalMemory,
    int exchangeBytes,
    long recordingBytes,
    long journalBytes,
    Journal.Sync journalSync) {

  private static final HttpSettings HTTP =
      HttpSettings.of("tap", 8060, "clients of the language model are served");

  private static final Map<String, Redaction.Kind> KINDS = new LinkedHashMap<>();

  static {
    for (Redaction.Kind kind : Redaction.Kind.values()) {
      KINDS.put(kind.text(), kind);
    }
  }

  private static final Setting<Optional<URI>> UPSTREAM =
      Setting.server(
          "tap.upstream",
          "The OpenAI-compatible server that answers, such as http://127.0.0.1:8000 or"
              + " https://api.openai.com/v1; empty: the local command runs no tap.");

  private static final Setting<Integer> TOP_LOGPROBS =
      Setting.integer(
              "tap.top-logprobs",
              20,
              "Alternatives with their log-probabilities that the upstream is asked for, for each"
                  + " token; many servers give 20 at most.")
          .between(1, 1_000);

  private static final Setting<Double> SAMPLE_RATE =
      Setting.decimal(
              "tap.sample-rate",
              1,
              "Share of the requests whose answers are looked into, to be recorded; the others pass"
                  + " as they are.")
          .between(0.0, 1.0);

  private static final Setting<List<Redaction.Kind>> REDACT =
      Setting.list(
              "tap.redact",
              "email,phone,card",
              "Personal data that is replaced before anything is written; empty: none is.")
          .as("any of " + String.join(", ", KINDS.keySet()), TapSettings::kinds);

  private static final Setting<String> REDACT_PATTERNS =
      Setting.text(
          "tap.redact-patterns",
          "",
          "File of regular expressions, one a line, in Java's syntax; what matches one is replaced,"
              + " too. Empty lines and those that begin with # are skipped.");

  private static final Setting<Duration> CONNECT_TIMEOUT =
      Setting.duration(
              "tap.connect-timeout",
              Duration.ofSeconds(10),
              "How long a connection to the upstream may take.")
          .between(Duration.ofMillis(10), Duration.ofMinutes(10));

  private static final Setting<Duration> ANSWER_TIMEOUT =
      Setting.duration(
              "tap.answer-timeout",
              Duration.ofMinutes(10),
              "How long the upstream may take to begin its answer; later the client is told 504.")
          .between(Duration.ofMillis(100), Duration.ofHours(24));

  private static final Setting<Duration> SILENCE_TIMEOUT =
      Setting.duration(
              "tap.silence-timeout",
              Duration.ofMinutes(5),
              "How long nothing of an answer that has begun may pass before it is broken off.")
          .between(Duration.ofMillis(100), Duration.ofHours(24));

  private static final Setting<Duration> REFUSAL_MEMORY =
      Setting.duration(
              "tap.refusal-memory",
              Duration.ofMinutes(10),
              "How long a model for which the upstream refused log-probabilities is not asked for"
                  + " them again.")
          .between(Duration.ofSeconds(1), Duration.ofDays(7));

  private static final Setting<Integer> MAX_BODY_BYTES =
      Setting.integer("tap.max-body-bytes", 16 << 20, "Largest body of a client's request.")
          .between(1_024, 1 << 29);

  private static final Setting<Integer> MAX_EXCHANGE_BYTES =
      Setting.integer(
              "tap.max-exchange-bytes",
              16 << 20,
              "Memory for what is recorded of one exchange, and for an answer that is not streamed;"
                  + " what needs more passes and is not recorded.")
          .between(1 << 16, 1 << 29);

  private static final Setting<Long> MAX_RECORDING_BYTES =
      Setting.count(
              "tap.max-recording-bytes",
              1L << 27,
              "Memory for what is recorded of all exchanges together, until it is in the journal;"
                  + " exchanges beyond it pass and are not recorded.")
          .between(1L << 16, 1L << 40);

  private static final Setting<Long> JOURNAL_BYTES =
      Setting.count(
              "tap.journal-bytes",
              1L << 30,
              "Bytes of completions that wait on the disk for the brokers; beyond, answers pass and"
                  + " are not recorded.")
          .between(1L << 20, 1L << 50);

  private static final Setting<Journal.Sync> JOURNAL_SYNC =
      Setting.oneOf(
          "tap.journal-sync",
          Journal.Sync.FILE,
          "When the journal is forced to the disk, so that a power cut loses nothing that came"
              + " before: at each completion, at the end of each file, or never. The end of the"
              + " process alone loses nothing either way.");

  /** Every setting of the tap. */
  public static List<Setting<?>> all() {
    return Stream.of(
            HTTP.all(),
            List.of(UPSTREAM, TOP_LOGPROBS, SAMPLE_RATE),
            SamplingSettings.all(),
            List.of(
                REDACT,
                REDACT_PATTERNS,
                CONNECT_TIMEOUT,
                ANSWER_TIMEOUT,
                SILENCE_TIMEOUT,
                REFUSAL_MEMORY,
                MAX_BODY_BYTES,
                MAX_EXCHANGE_BYTES,
                MAX_RECORDING_BYTES,
                JOURNAL_BYTES,
                JOURNAL_SYNC))
        .<Setting<?>>flatMap(List::stream)
        .toList();
  }

  /** Whether there is an upstream. */
  public static boolean isWanted(Settings settings) {
    return settings.get(UPSTREAM).isPresent();
  }

  /**
   * Reads them, and the file of patterns.
   *
   * @throws IllegalArgumentException if there is no upstream, or a pattern is none
   */
  public static TapSettings from(Settings settings) {
    URI upstream =
        settings
            .get(UPSTREAM)
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        UPSTREAM.key()
                            + " is empty: name the OpenAI-compatible server that answers"));
    return new TapSettings(
        listener(settings),
        upstream,
        settings.get(TOP_LOGPROBS),
        settings.get(SAMPLE_RATE),
        SamplingSettings.from(settings),
        new Redaction(settings.get(REDACT), patterns(settings.get(REDACT_PATTERNS))),
        settings.get(CONNECT_TIMEOUT),
        settings.get(ANSWER_TIMEOUT),
        settings.get(SILENCE_TIMEOUT),
        settings.get(REFUSAL_MEMORY),
        settings.get(MAX_EXCHANGE_BYTES),
        settings.get(MAX_RECORDING_BYTES),
        settings.get(JOURNAL_BYTES),
        settings.get(JOURNAL_SYNC));
  }

  private static List<Pattern> patterns(String file) {
    List<Pattern> patterns = new ArrayList<>();
    if (file.isEmpty()) {
      return patterns;
    }
    try {
      for (String line : Files.readAllLines(Path.of(file))) {
        if (!line.isBlank() && !line.startsWith("#")) {
          patterns.add(Pattern.compile(line));
        }
      }
    } catch (IOException | IllegalArgumentException e) {
      String what =
          e instanceof PatternSyntaxException
              ? "holds a line that is no pattern"
              : "cannot be read";
      throw new IllegalArgumentException(
          "%s = '%s' %s: %s".formatted(REDACT_PATTERNS.key(), file, what, e.getMessage()), e);
    }
    return patterns;
  }

  /** In the order in which they are looked for. */
  private static List<Redaction.Kind> kinds(List<String> names) {
    if (!KINDS.keySet().containsAll(names)) {
      throw new IllegalArgumentException("There is no such kind");
    }
    return KINDS.entrySet().stream()
        .filter(kind -> names.contains(kind.getKey()))
        .map(Map.Entry::getValue)
        .toList();
  }

  /** Clients' Authorization is the upstream's. */
  private static HttpListener listener(Settings settings) {
    HttpListener http = HTTP.from(settings).withBodyBytes(settings.get(MAX_BODY_BYTES));
    return http.withAccess(http.access().forwardingAuthorization());
  }
}
