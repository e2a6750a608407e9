package io.distillstream.tap.sample;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.distillstream.avro.Completion;
import io.distillstream.avro.CompletionEndpoint;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NearDuplicatesTest {

  private static final Duration HOUR = Duration.ofHours(1);
  private static final String LONG =
      "You are a helpful assistant of a shop that sells bicycles, their parts and all that belongs"
          + " to them. Answer briefly, in the language of the question, and never promise a date.";

  private final MinHash minHash = new MinHash();
  private final SplittableRandom random = new SplittableRandom(7);
  private final List<String> words = words();

  /** Of 1,000 recorded prompts, each asked for again with some of its words replaced. */
  @ParameterizedTest
  @ValueSource(doubles = {0.7, 0.9})
  void shouldFindWhatIsMoreSimilarAndNotWhatIsLess(double similarity) {
    NearDuplicates prompts = new NearDuplicates(similarity, HOUR, 1_024);
    List<String> texts = new ArrayList<>();
    for (int i = 0; i < 1_000; i++) {
      String text = text();
      assertThat(prompts.has(sketch(text))).as("one that is like no other").isFalse();
      prompts.add(sketch(text));
      texts.add(text);
    }
    double deviation = Math.sqrt(similarity * (1 - similarity) / MinHash.COMPONENTS);
    int near = 0;
    int found = 0;
    int far = 0;
    int mistaken = 0;
    for (int i = 0; i < texts.size(); i++) {
      String changed = changed(texts.get(i), 1 + (int) (39 * Math.pow(random.nextDouble(), 2)));
      double exact = jaccard(texts.get(i), changed);
      boolean has = prompts.has(sketch(changed));
      if (exact >= similarity + 2 * deviation) {
        near++;
        found += has ? 1 : 0;
      } else if (exact <= similarity - 3 * deviation) {
        far++;
        mistaken += has ? 1 : 0;
      }
    }
    assertThat(near).isGreaterThan(100);
    assertThat(far).isGreaterThan(100);
    assertThat((double) found / near).as("recall").isGreaterThan(0.98);
    assertThat((double) mistaken / far).as("mistaken").isLessThan(0.01);
    assertThat((double) found / (found + mistaken)).as("precision").isGreaterThan(0.98);
  }

  @Test
  void shouldFindWhatIsTheSame() {
    NearDuplicates prompts = new NearDuplicates(1, HOUR, 16);
    for (String text : List.of("", "ok", "语言模型", LONG)) {
      assertThat(prompts.has(sketch(text))).isFalse();
      prompts.add(sketch(text));
      assertThat(prompts.has(sketch(text))).isTrue();
    }
  }

  @Test
  void shouldTellShortQuestionsApartBehindALongMessage() {
    NearDuplicates prompts = prompts(Answered.to(LONG, "Sure.", "How long is a chain?"));

    assertThat(prompts.has(sketch(LONG, "Sure.", "How long is a chain?"))).isTrue();
    assertThat(prompts.has(sketch(LONG, "Sure.", "Who mends a saddle?"))).isFalse();
  }

  @Test
  void shouldTellTheSameWordsInOtherConversationsApart() {
    NearDuplicates prompts = prompts(Answered.to("Shall I delete it?", "Yes or no?", "yes"));

    assertThat(prompts.has(sketch("Is that a dog?", "Say yes or no!", "yes"))).isFalse();
    assertThat(prompts.has(sketch("yes"))).isFalse();
  }

  @Test
  void shouldTellAConversationFromItsNextTurn() {
    NearDuplicates prompts = prompts(Answered.to(LONG));

    assertThat(prompts.has(sketch(LONG, "I will.", LONG + " Begin!"))).isFalse();
  }

  @Test
  void shouldTellModelsRolesAndToolsApart() {
    Completion asked = Answered.to(LONG);
    NearDuplicates prompts = prompts(asked);

    assertThat(prompts.has(sketch(Completion.newBuilder(asked).setModel("another model").build())))
        .isFalse();
    assertThat(
            prompts.has(
                sketch(
                    Completion.newBuilder(asked)
                        .setPrompt(asked.getPrompt().replace("user", "tool"))
                        .build())))
        .isFalse();
    assertThat(
            prompts.has(
                sketch(
                    Completion.newBuilder(asked)
                        .setParameters("{\"tools\":[{\"function\":{\"name\":\"find\"}}]}")
                        .build())))
        .isFalse();
    assertThat(
            prompts.has(
                sketch(Completion.newBuilder(asked).setParameters("{\"temperature\":1}").build())))
        .as("what the model does not read")
        .isTrue();
  }

  @Test
  void shouldReadTheTextOfPartsAndOfTextCompletions() {
    Completion asked = Answered.to(LONG);
    NearDuplicates prompts = prompts(asked);
    String parts =
        "[{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"%s\"}]}]".formatted(LONG);

    assertThat(prompts.has(sketch(Completion.newBuilder(asked).setPrompt(parts).build()))).isTrue();

    Completion text =
        Completion.newBuilder(asked)
            .setEndpoint(CompletionEndpoint.TEXT)
            .setPrompt("\"" + LONG + "\"")
            .build();
    assertThat(prompts.has(sketch(text))).isFalse();
    prompts.add(sketch(text));
    assertThat(prompts.has(sketch(text))).isTrue();
  }

  @Test
  void shouldForgetWhatIsOlderThanTheWindow() {
    Completion first = Answered.to(LONG);
    NearDuplicates prompts = prompts(first);

    assertThat(prompts.has(sketch(Answered.after(first, HOUR.minusSeconds(1))))).isTrue();
    assertThat(prompts.has(sketch(Answered.after(first, HOUR)))).isFalse();
  }

  @Test
  void shouldRememberTheNewestAlone() {
    NearDuplicates prompts = new NearDuplicates(0.9, HOUR, 16);
    List<PromptSketch> sketches = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      sketches.add(sketch(text()));
      prompts.add(sketches.get(i));
      for (int k = 0; k <= i; k++) {
        assertThat(prompts.has(sketches.get(k))).isEqualTo(k > i - 16);
      }
    }
  }

  @Test
  void shouldTakeAboutAKilobyteForEachPrompt() {
    assertThat(new NearDuplicates(0.9, HOUR, 10_000).bytes()).isLessThan(8_500_000);
    assertThat(new NearDuplicates(0.5, HOUR, 10_000).bytes()).isLessThan(15_000_000);
  }

  private NearDuplicates prompts(Completion first) {
    NearDuplicates prompts = new NearDuplicates(0.9, HOUR, 16);
    prompts.add(sketch(first));
    return prompts;
  }

  private PromptSketch sketch(String... messages) {
    return sketch(Answered.to(messages));
  }

  private PromptSketch sketch(Completion completion) {
    return PromptSketch.of(completion, minHash);
  }

  private List<String> words() {
    List<String> made = new ArrayList<>();
    for (int i = 0; i < 3_000; i++) {
      StringBuilder word = new StringBuilder();
      for (int letters = random.nextInt(2, 10); letters > 0; letters--) {
        word.append((char) ('a' + random.nextInt(26)));
      }
      made.add(word.toString());
    }
    return made;
  }

  private String text() {
    List<String> text = new ArrayList<>();
    for (int i = random.nextInt(60, 200); i > 0; i--) {
      text.add(words.get(random.nextInt(words.size())));
    }
    return String.join(" ", text);
  }

  private String changed(String text, int replaced) {
    String[] changed = text.split(" ");
    for (int i = 0; i < replaced; i++) {
      changed[random.nextInt(changed.length)] = words.get(random.nextInt(words.size()));
    }
    return String.join(" ", changed);
  }

  private static double jaccard(String one, String other) {
    Set<ByteBuffer> common = shingles(one);
    Set<ByteBuffer> all = shingles(other);
    Set<ByteBuffer> both = new HashSet<>(common);
    both.retainAll(all);
    all.addAll(common);
    return (double) both.size() / all.size();
  }

  private static Set<ByteBuffer> shingles(String text) {
    byte[] bytes = text.getBytes(UTF_8);
    Set<ByteBuffer> shingles = new HashSet<>();
    for (int at = 0; at + MinHash.SHINGLE <= bytes.length; at++) {
      shingles.add(ByteBuffer.wrap(bytes, at, MinHash.SHINGLE));
    }
    return shingles;
  }
}
