package io.distillstream.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.huggingface.tokenizers.Encoding;
import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.assertj.core.data.Index;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WordPieceTokenizerTest {
  private static final int NO_LIMIT = 100_000;

  private static WordPieceTokenizer tokenizer;
  private static HuggingFaceTokenizer reference;

  @BeforeAll
  static void load() throws Exception {
    tokenizer = MiniLm.tokenizer();
    try (InputStream json = MiniLm.tokenizerJson()) {
      reference =
          HuggingFaceTokenizer.newInstance(json, Map.of("padding", "false", "truncation", "false"));
    }
  }

  @AfterAll
  static void close() {
    reference.close();
  }

  private static int[] expected(String text) {
    return Arrays.stream(reference.encode(text).getIds()).mapToInt(Math::toIntExact).toArray();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "a wheeled vehicle drawn by one or more horses",
        "Déjà vu: naïve façades, Ångström, İstanbul, STRASSE straße, ﬁne ligatures, Ὀδυσσεύς",
        "中文字符和English混排，標點。日本語のテキスト 한국어 텍스트",
        "tab\tnew\nline\r\nform\ffeed\u000bvertical\u0085next\u00a0nbsp\u2028line\u3000wide\u200bzero",
        "null\u0000 bell\u0007 soft\u00adhyphen \ufeffbom \ufffdreplacement \u200djoiner \ue000private",
        "don't stop!? (e.g. $9.99, 50% off; a+b=c ~ `code` <tag> {x|y} \\ ^_^ @you #1)",
        "“quotes” ‘single’ – en — em … ellipsis « guillemets » ¿qué? ¡sí! €5 £6 ©®™ § ¶ •",
        "emoji 😀 👩‍👩‍👧 🇩🇪 flags",
        "x\u0301\u0302\u0303 combining stacked, e\u0301 decomposed, é composed",
        "special [SEP] tokens [CLS]inside[MASK] text [UNK] [PAD] but not [sep] nor [ SEP ] nor [[SEP]]",
        "हिन्दी العربية עברית ไทย தமிழ் Ελληνικά кириллица ЁЖИК",
        "\u0130 \u0131 ǅ ǆ ß ẞ Σς ﬃ ⅷ Ⅷ ① ½ ² ﷽",
        "\uf900 \u2f800 \ud840\udc00 \ud869\udf00 ideographs"
      })
  void shouldGiveTheIdsOfTheReference(String text) {
    assertThat(tokenizer.encode(text, NO_LIMIT)).containsExactly(expected(text));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 99, 100, 101, 5000})
  void shouldTurnWordsOfMoreThanAHundredCharactersIntoUnknown(int characters) {
    for (String letter : List.of("a", "é", "\ud801\udc28")) {
      String text = "before " + letter.repeat(characters) + " after";
      assertThat(tokenizer.encode(text, NO_LIMIT)).containsExactly(expected(text));
    }
  }

  @Test
  void shouldAgreeWithTheReferenceOnTheCharactersOfTheBasicPlane() {
    List<String> texts =
        IntStream.range(0, 0x10000)
            .filter(Character::isDefined)
            .filter(c -> Character.getType(c) != Character.SURROGATE)
            .mapToObj(c -> "a" + Character.toString(c) + "b")
            .toList();
    List<Integer> different = new ArrayList<>();
    Encoding[] encodings = reference.batchEncode(texts);
    for (int i = 0; i < encodings.length; i++) {
      int[] ids = tokenizer.encode(texts.get(i), NO_LIMIT);
      if (!Arrays.equals(Arrays.stream(ids).asLongStream().toArray(), encodings[i].getIds())) {
        different.add(texts.get(i).codePointAt(1));
      }
    }
    // The reference's character classes are Unicode 8's, Java 17's are Unicode 13's: five dozen
    // marks and signs of rare scripts were added or reclassified in between.
    assertThat(different).allMatch(c -> c >= 0x07C0).hasSizeLessThan(100);
  }

  @Test
  void shouldAgreeWithTheReferenceOnRandomMixtures() {
    Random random = new Random(7);
    List<String> alphabet =
        List.of(
            "a", "Z", "é", "##", "[", "]", "SEP", "[SEP]", "中", " ", "\t", "'", "ing", "un",
            "\u0301", "5", "-", "\u200b", "Ω", "😀", "word", "\n", "…");
    for (int i = 0; i < 2000; i++) {
      StringBuilder text = new StringBuilder();
      for (int j = random.nextInt(30); j > 0; j--) {
        text.append(alphabet.get(random.nextInt(alphabet.size())));
      }
      assertThat(tokenizer.encode(text.toString(), NO_LIMIT))
          .as(text.toString())
          .containsExactly(expected(text.toString()));
    }
  }

  @Test
  void shouldKeepStartAndEndWhenCuttingALongText() {
    String text = "an unusually extraordinary supercalifragilistic word";
    int[] whole = tokenizer.encode(text, NO_LIMIT);
    for (int limit = 2; limit <= whole.length; limit++) {
      int[] cut = Arrays.copyOf(whole, limit);
      cut[limit - 1] = whole[whole.length - 1];
      assertThat(tokenizer.encode(text, limit)).containsExactly(cut);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a wheeled vehicle drawn by one or more horses",
        "an unusually extraordinary supercalifragilistic word",
        "don't stop!? (e.g. $9.99, 50% off)",
        "Déjà vu",
        ""
      })
  void shouldWriteATextWithTheSameIds(String text) {
    int[] ids = tokenizer.encode(text, NO_LIMIT);
    assertThat(tokenizer.encode(tokenizer.decode(ids), NO_LIMIT)).containsExactly(ids);
  }

  @Test
  void shouldJoinPiecesAndLeaveOutTheEnds() {
    int[] ids = tokenizer.encode("Supercalifragilistic, they said", NO_LIMIT);
    assertThat(tokenizer.decode(ids)).isEqualTo("supercalifragilistic , they said");
    assertThat(tokenizer.decode(Arrays.copyOfRange(ids, ids.length - 3, ids.length)))
        .isEqualTo("they said");
  }

  @Test
  void shouldGiveBackEveryWholeWordByItself() {
    int words = 0;
    for (int id = 0; id < tokenizer.vocabulary().size(); id++) {
      if (tokenizer.isWholeWord(id)) {
        String word = tokenizer.vocabulary().get(id);
        assertThat(tokenizer.encode(word, 8)).as(word).hasSize(3).contains(id, Index.atIndex(1));
        words++;
      }
    }
    assertThat(words).isGreaterThan(20_000);
  }

  @Test
  void shouldTellWordsFromWhatIsNone() {
    List<String> pieces = tokenizer.vocabulary();
    assertThat(tokenizer.isWholeWord(pieces.indexOf("horse"))).isTrue();
    for (String none : List.of("##ing", "[CLS]", "[unused0]", "1999", ".")) {
      assertThat(tokenizer.isWholeWord(pieces.indexOf(none))).as(none).isFalse();
    }
    assertThat(tokenizer.isContinuation(pieces.indexOf("##ing"))).isTrue();
    assertThat(tokenizer.isContinuation(pieces.indexOf("horse"))).isFalse();
    assertThat(tokenizer.isUnknown(pieces.indexOf("[UNK]"))).isTrue();
    assertThat(tokenizer.isUnknown(pieces.indexOf("horse"))).isFalse();
  }

  @Test
  void shouldRefuseARoomTooSmallForTheSpecialTokens() {
    assertThatThrownBy(() -> tokenizer.encode("text", 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("got 1");
  }

  @Test
  void shouldRefuseAVocabularyWithoutSpecialTokens() {
    assertThatThrownBy(() -> new WordPieceTokenizer(List.of("[PAD]", "[UNK]", "[CLS]", "a")))
        .isInstanceOf(ModelFormatException.class)
        .hasMessageContaining("[SEP]");
  }

  @Test
  void shouldRefuseATokenizerOfAnotherKind() {
    byte[] json = "{\"model\": {\"type\": \"BPE\"}}".getBytes(StandardCharsets.UTF_8);
    assertThatThrownBy(() -> WordPieceTokenizer.fromTokenizerJson(new ByteArrayInputStream(json)))
        .isInstanceOf(ModelFormatException.class)
        .hasMessageContaining("model.type")
        .hasMessageContaining("BPE");
  }
}
