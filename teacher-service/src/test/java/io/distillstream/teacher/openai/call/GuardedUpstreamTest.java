package io.distillstream.teacher.openai.call;

import static io.distillstream.openai.ScriptedUpstream.plain;
import static io.distillstream.teacher.openai.ChatAnswer.scored;
import static io.distillstream.teacher.openai.ChatAnswer.token;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.distillstream.openai.ScriptedUpstream;
import io.distillstream.openai.ScriptedUpstream.Script;
import io.distillstream.teacher.TeacherException;
import io.distillstream.teacher.TeacherUnavailableException;
import io.distillstream.teacher.Unavailability;
import io.distillstream.teacher.openai.ChatAnswer;
import io.distillstream.teacher.openai.call.CallListener.Outcome;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class GuardedUpstreamTest {

  private static final byte[] TEXT = "{\"text\":\"some text\"}".getBytes(UTF_8);
  private static final byte[] HARMLESS = "{\"text\":\"harmless\"}".getBytes(UTF_8);
  private static final String GOOD = scored(token("yes", 0.9));
  private static final Script ANSWER = (asked, out) -> plain(out, 200, "", GOOD);

  private static final Patience PATIENCE =
      new Patience(3, Duration.ofMillis(10), Duration.ofMillis(400), 50, Duration.ofSeconds(30));

  private final List<Outcome> outcomes = new CopyOnWriteArrayList<>();
  private final AtomicInteger repeated = new AtomicInteger();
  private volatile Duration setBack = Duration.ZERO;

  @SuppressWarnings("NullAway.Init") // Before each.
  private ScriptedUpstream server;

  @BeforeEach
  void serve() throws IOException {
    server = new ScriptedUpstream();
    server.play(ANSWER);
  }

  @AfterEach
  void stop() throws IOException {
    server.close();
  }

  @Test
  void shouldSendTheKeyAndCountWhatItUses() throws Exception {
    BudgetSettings prices = new BudgetSettings(0, 0, 1_000, 5_000, Optional.empty());
    try (GuardedUpstream upstream = open(server.url(), PATIENCE, prices)) {
      Completion said = upstream.ask(TEXT);

      assertThat(said.text()).isEqualTo("yes");
      assertThat(said.tokens()).hasSize(1);
      assertThat(upstream.spentToday()).isEqualTo(0.04);
      assertThat(server.asked.get(0).head())
          .contains("POST /v1/chat/completions")
          .contains("Authorization: Bearer s3cret");
      assertThat(server.asked.get(0).body()).isEqualTo(new String(TEXT, UTF_8));
    }
    assertThat(ApiKey.of("s3cret")).hasToString("(secret)");
  }

  /** Each followed by an answer. */
  @ParameterizedTest
  @ValueSource(strings = {"429", "500", "503", "408", "truncated", "empty", "no scores", "dropped"})
  void shouldRepeatWhatMayPass(String fault) throws Exception {
    play(faulty(fault), ANSWER);
    try (GuardedUpstream upstream = open()) {
      assertThat(upstream.ask(TEXT).text()).isEqualTo("yes");
    }

    assertThat(server.asked).hasSize(2);
    assertThat(repeated).hasValue(1);
    assertThat(outcomes).containsExactly(Outcome.ANSWERED);
  }

  @Test
  void shouldWaitAsLongAsTheServerAsksAndNotForLonger() throws Exception {
    play((asked, out) -> plain(out, 429, "Retry-After: 0.3\r\n", "{}"), ANSWER);
    try (GuardedUpstream upstream = open()) {
      long start = System.nanoTime();
      upstream.ask(TEXT);
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofMillis(290));

      play((asked, out) -> plain(out, 429, "Retry-After: 120\r\n", "{}"), ANSWER);
      assertThatThrownBy(() -> upstream.ask(TEXT))
          .isInstanceOfSatisfying(
              TeacherUnavailableException.class,
              e -> assertThat(e.unavailability().retryAfter()).hasMinutes(2))
          .hasMessageContaining("status 429");
      assertThat(server.asked).hasSize(3);
      assertThat(upstream.unavailability()).isPresent();

      // Nor is anything else asked before.
      assertThatThrownBy(() -> upstream.ask(HARMLESS)).hasMessageContaining("left alone");
      assertThat(server.asked).hasSize(3);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {401, 403, 404, 302})
  void shouldNotRepeatWhatTheServerRefuses(int status) {
    server.play((asked, out) -> plain(out, status, "", "{}"));
    try (GuardedUpstream upstream = open()) {
      assertThatThrownBy(() -> upstream.ask(TEXT))
          .isInstanceOf(TeacherUnavailableException.class)
          .hasMessageContaining("status " + status);
      assertThat(server.asked).hasSize(1);
      assertThat(upstream.unavailability().map(Unavailability::reason).orElse(""))
          .doesNotContain("s3cret");
    }
  }

  @Test
  void shouldBlameATextThatTheServerRefusesAlone() {
    server.play(
        (asked, out) -> {
          if (asked.body().contains("some text")) {
            plain(out, 400, "", "{\"error\":{\"message\":\"some text\"}}");
          } else {
            plain(out, 200, "", GOOD);
          }
        });
    try (GuardedUpstream upstream = open()) {
      assertThatThrownBy(() -> upstream.ask(TEXT))
          .isInstanceOf(CallFailedException.class)
          .hasMessage("status 400");
      assertThat(upstream.unavailability()).isEmpty();
    }
    assertThat(outcomes).containsExactly(Outcome.REFUSED);
  }

  @Test
  void shouldBlameTheServerThatRefusesEverything() {
    server.play((asked, out) -> plain(out, 422, "", "{}"));
    try (GuardedUpstream upstream = open()) {
      assertThatThrownBy(() -> upstream.ask(TEXT)).isInstanceOf(TeacherUnavailableException.class);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"500", "502", "reset"})
  void shouldGiveUpATextOnWhichTheServerFailsEachTimeBesideOthers(String failure) {
    server.play(
        (asked, out) -> {
          if (!asked.body().contains("some text")) {
            plain(out, 200, "", GOOD);
          } else if (failure.equals("reset")) {
            throw new IOException("The connection ends without an answer");
          } else {
            plain(out, Integer.parseInt(failure), "", "{}");
          }
        });
    // A breaker that so few failures would open, did they count.
    Patience impatient =
        new Patience(2, Duration.ofMillis(10), Duration.ofMillis(400), 4, Duration.ofSeconds(30));
    try (GuardedUpstream upstream = open(server.url(), impatient, BudgetSettings.NONE)) {
      for (int i = 0; i < 2; i++) {
        assertThatThrownBy(() -> upstream.ask(TEXT))
            .isInstanceOf(TeacherUnavailableException.class);
      }
      assertThatThrownBy(() -> upstream.ask(TEXT)).isInstanceOf(CallFailedException.class);
    }
  }

  @Test
  void shouldNeverGiveUpATextWhileTheServerIsAway() throws Exception {
    URI nowhere = server.url();
    server.close();
    try (GuardedUpstream upstream = open(nowhere, PATIENCE, BudgetSettings.NONE)) {
      for (int i = 0; i < 4; i++) {
        assertThatThrownBy(() -> upstream.ask(TEXT))
            .isInstanceOf(TeacherUnavailableException.class)
            .hasMessageContaining("no connection");
      }
    }
    assertThat(outcomes).containsOnly(Outcome.FAILED);
  }

  @Test
  void shouldBreakOffACallThatTakesTooLong() {
    server.play(
        (asked, out) -> {
          out.write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{".getBytes(UTF_8));
          out.flush();
        });
    Patience once =
        new Patience(1, Duration.ofMillis(10), Duration.ofMillis(400), 50, Duration.ofSeconds(30));
    try (GuardedUpstream upstream =
        open(server.url(), Duration.ofMillis(300), once, BudgetSettings.NONE)) {
      assertThatThrownBy(() -> upstream.ask(TEXT))
          .isInstanceOf(TeacherUnavailableException.class)
          .hasMessageContaining("no answer within 300 ms");
    }
  }

  @Test
  void shouldLeaveAFailingServerAloneAndFindOutWhenItIsBack() throws Exception {
    Patience nervous =
        new Patience(1, Duration.ofMillis(10), Duration.ofMillis(50), 4, Duration.ofSeconds(3));
    server.play((asked, out) -> plain(out, 503, "", "{}"));
    try (GuardedUpstream upstream = open(server.url(), nervous, BudgetSettings.NONE)) {
      for (int i = 0; i < 4; i++) {
        assertThatThrownBy(() -> upstream.ask(TEXT)).hasMessageContaining("status 503");
      }
      assertThat(upstream.breakerOpen()).isTrue();
      assertThatThrownBy(() -> upstream.ask(TEXT)).hasMessageContaining("failed too often lately");
      assertThat(server.asked).hasSize(4);

      server.play(ANSWER);
      await().until(() -> upstream.unavailability().isEmpty());
      assertThat(upstream.ask(TEXT).text()).isEqualTo("yes");
      assertThat(upstream.breakerOpen()).isFalse();
    }
  }

  @Test
  void shouldNotLeaveAServerAloneForLongerWhenTheClockIsSetBack() throws Exception {
    server.play((asked, out) -> plain(out, 429, "Retry-After: 2\r\n", "{}"));
    try (GuardedUpstream upstream = open()) {
      assertThatThrownBy(() -> upstream.ask(TEXT)).hasMessageContaining("status 429");
      setBack = Duration.ofHours(2);
      server.play(ANSWER);

      assertThatThrownBy(() -> upstream.ask(TEXT))
          .hasMessageContaining("left alone")
          .isInstanceOfSatisfying(
              TeacherUnavailableException.class,
              e ->
                  assertThat(e.unavailability().retryAfter())
                      .isLessThanOrEqualTo(Duration.ofSeconds(2)));
      await().until(() -> upstream.unavailability().isEmpty());
      assertThat(upstream.ask(TEXT).text()).isEqualTo("yes");
    }
  }

  @Test
  void shouldNotKeepItsBreakerOpenForLongerWhenTheClockIsSetBack() {
    Patience nervous =
        new Patience(1, Duration.ofMillis(10), Duration.ofMillis(50), 4, Duration.ofSeconds(1));
    server.play((asked, out) -> plain(out, 503, "", "{}"));
    try (GuardedUpstream upstream = open(server.url(), nervous, BudgetSettings.NONE)) {
      for (int i = 0; i < 4; i++) {
        assertThatThrownBy(() -> upstream.ask(TEXT)).hasMessageContaining("status 503");
      }
      setBack = Duration.ofHours(2);

      await().until(() -> !upstream.breakerOpen());
    }
  }

  @Test
  void shouldSayWhenTheBudgetIsSpent() throws Exception {
    BudgetSettings small = new BudgetSettings(32, 0, 0, 0, Optional.empty());
    try (GuardedUpstream upstream = open(server.url(), PATIENCE, small)) {
      upstream.ask(TEXT);
      assertThatThrownBy(() -> upstream.ask(TEXT))
          .isInstanceOf(TeacherUnavailableException.class)
          .hasMessage("the budget of 32 tokens a minute is spent");
    }
    assertThat(server.asked).hasSize(1);
  }

  @Test
  void shouldTellAtTheStartWhatTheServerSaysAgainstTheSettings() {
    String body = "{\"error\":{\"message\":\"model 'm'\\n does not exist\"}}";
    server.play((asked, out) -> plain(out, 404, "", body));
    try (GuardedUpstream upstream = open()) {
      assertThatThrownBy(upstream::probe)
          .isInstanceOf(TeacherException.class)
          .hasMessageContaining("refuses the teacher's call with status 404: model 'm' does not");

      server.play((asked, out) -> plain(out, 503, "", body));
      assertThat(upstream.probe()).isEmpty();
    }
  }

  @Test
  void shouldPayForAnswersOfNoUseAndRefuseThemAtTheStart() throws Exception {
    server.play(faulty("dropped"));
    BudgetSettings prices = new BudgetSettings(0, 0, 1_000, 5_000, Optional.empty());
    try (GuardedUpstream upstream = open(server.url(), PATIENCE, prices)) {
      assertThatThrownBy(upstream::probe)
          .isInstanceOf(TeacherException.class)
          .hasMessageContaining("cannot be the teacher: the log-probabilities");
      assertThat(upstream.spentToday()).isEqualTo(0.04);
    }
  }

  private static Script faulty(String fault) {
    return switch (fault) {
      case "truncated" -> (asked, out) -> plain(out, 200, "", GOOD.substring(0, GOOD.length() / 2));
      case "empty" -> (asked, out) -> plain(out, 200, "", "{\"choices\":[]}");
      case "no scores" -> (asked, out) -> plain(out, 200, "", ChatAnswer.plain("yes"));
      case "dropped" ->
          (asked, out) -> plain(out, 200, "", GOOD.replaceFirst("\"logprob\":[^,]*", "\"x\":null"));
      default -> (asked, out) -> plain(out, Integer.parseInt(fault), "", "{}");
    };
  }

  private void play(Script... scripts) {
    Deque<Script> left = new ArrayDeque<>(List.of(scripts));
    server.play((asked, out) -> left.remove().answer(asked, out));
  }

  private GuardedUpstream open() {
    return open(server.url(), PATIENCE, BudgetSettings.NONE);
  }

  private GuardedUpstream open(URI url, Patience patience, BudgetSettings budget) {
    return open(url, Duration.ofSeconds(20), patience, budget);
  }

  private GuardedUpstream open(
      URI url, Duration timeout, Patience patience, BudgetSettings budget) {
    GuardedUpstream upstream =
        new GuardedUpstream(
            new ServerSettings(
                url,
                "/v1/chat/completions",
                ApiKey.of("s3cret"),
                Duration.ofSeconds(5),
                timeout,
                2),
            patience,
            budget,
            HARMLESS,
            true,
            () -> Instant.now().minus(setBack));
    upstream.listen(
        new CallListener() {
          @Override
          public void ended(Outcome outcome) {
            outcomes.add(outcome);
          }

          @Override
          public void repeated() {
            repeated.incrementAndGet();
          }
        });
    return upstream;
  }
}
