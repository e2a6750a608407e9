package io.distillstream.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ModelMetadataTest {
  private static final ModelMetadata METADATA =
      new ModelMetadata(
          new LabelSpace(List.of("animal", "\"quoted\", ünïcode")),
          64,
          new WordPieceTokenizer(List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]", "cat", "##s", "ü")),
          Map.of("checkpoint", "c-17", "teacher-version", "0123456789ab"));

  @Test
  void shouldComeBackFromItsMapAsItWas() {
    Map<String, String> map = new HashMap<>(METADATA.toMap());
    map.put("producer", "someone else's key");
    ModelMetadata read = ModelMetadata.fromMap(map);
    assertThat(read.labels()).isEqualTo(METADATA.labels());
    assertThat(read.maxTokens()).isEqualTo(64);
    assertThat(read.tokenizer().vocabulary()).isEqualTo(METADATA.tokenizer().vocabulary());
    assertThat(read.tokenizer().encode("Cats", 8)).containsExactly(2, 4, 5, 3);
    assertThat(read.provenance()).isEqualTo(METADATA.provenance());
  }

  @Test
  void shouldWriteTheSameMapEveryTime() {
    assertThat(METADATA.toMap()).isEqualTo(METADATA.toMap());
  }

  @Test
  void shouldCarryAWholeVocabularyInFewerBytesThanItsText() {
    WordPieceTokenizer whole = MiniLm.tokenizer();
    String packed = Vocabulary.pack(whole.vocabulary());
    assertThat(packed.length()).isLessThan(String.join("\n", whole.vocabulary()).length() * 2 / 3);
    assertThat(Vocabulary.unpack(packed)).isEqualTo(whole.vocabulary());
  }

  @ParameterizedTest
  @ValueSource(strings = {"labels", "label-space", "task", "max-tokens", "tokenizer", "vocabulary"})
  void shouldNameAMissingKey(String key) {
    Map<String, String> map = new HashMap<>(METADATA.toMap());
    map.remove(ModelMetadata.PREFIX + key);
    assertThatThrownBy(() -> ModelMetadata.fromMap(map))
        .isInstanceOf(ModelFormatException.class)
        .hasMessageContaining(ModelMetadata.PREFIX + key);
  }

  @ParameterizedTest
  @CsvSource({
    "task,regression",
    "label-space,00",
    "max-tokens,many",
    "max-tokens,1",
    "labels,[]",
    "labels,['a',null]",
    "vocabulary,!!",
    "vocabulary,AAAA",
    "tokenizer,bpe"
  })
  void shouldRefuseADamagedValue(String key, String value) {
    Map<String, String> map = new HashMap<>(METADATA.toMap());
    map.put(ModelMetadata.PREFIX + key, value);
    assertThatThrownBy(() -> ModelMetadata.fromMap(map)).isInstanceOf(ModelFormatException.class);
  }
}
