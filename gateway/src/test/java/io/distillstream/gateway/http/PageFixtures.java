package io.distillstream.gateway.http;

import com.grack.nanojson.JsonWriter;
import io.distillstream.foundation.Sha256;
import io.distillstream.model.LabelSpace;
import io.distillstream.model.ModelMetadata;
import io.distillstream.model.WordPieceTokenizer;
import io.distillstream.tuf.ChannelTargets;
import io.distillstream.tuf.metadata.CanonicalJson;
import io.distillstream.tuf.metadata.TargetFile;
import io.distillstream.tuf.repository.ChannelSigner;
import io.distillstream.tuf.repository.Expiries;
import io.distillstream.tuf.repository.KeyFile;
import io.distillstream.tuf.repository.NewRepository;
import io.distillstream.tuf.repository.RepositoryFiles;
import io.distillstream.tuf.repository.RepositorySigner;
import io.distillstream.tuf.repository.TrustFolder;
import io.distillstream.update.ArrivalCounts;
import io.distillstream.update.ArtifactRef;
import io.distillstream.update.ExpectedLogits;
import io.distillstream.update.ManifestJson;
import io.distillstream.update.UpdateManifest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** What the scripts of the page are held to: written by the parts that a pipeline runs. */
final class PageFixtures {

  private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
  private static final Clock CLOCK = Clock.fixed(NOW, ZoneOffset.UTC);
  private static final ChannelTargets STABLE = new ChannelTargets("student", "stable");
  private static final ChannelTargets BETA = new ChannelTargets("student", "beta");

  private static final List<String> SPECIAL = List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]");
  private static final List<String> PIECES =
      List.of(
          "play", "##ing", "##ed", "un", "##aff", "##able", "cafe", "naive", "strasse", "ß", "##ß",
          "中", "国", "日本", "한국", "한", "##국", "σ", "##σ", "οδος", "i", "##i", "resume", "##s", "...",
          ".", ",", "!", "?", "'", "$", "€", "–", "“", "”", "[", "]", "🙂", "##🙂", "हि", "##न");

  private static final List<String> TEXTS =
      List.of(
          "",
          " ",
          "playing unaffable",
          "PLAYED, Unaffable!",
          "Café naïve résumé RÉSUMÉ Cafe\u0301",
          "Straße STRASSE ẞ",
          "中国 and 日本国, 한국",
          "ΟΔΟΣ Σ ς İI ı ǅ",
          "tab\tnew\nline\r\n\u00a0\u2003\u2028wide\u3000",
          "soft\u00adhyphen zero\u200bwidth \ufeffbom \u0000\u0007\u0085\ufffd\ue000",
          "a$b^c`d|e~f+g<h=i>j",
          "“quotes” – dashes — … ¿? ·",
          "🙂🙂 a🙂b 👩\u200d🚀 🇦🇹",
          "lone \ud83d half \ude42 halves",
          "[CLS] [SEP][MASK] [UNK] [PAD] [sep] [[CLS]] [MAS",
          "हिन्दी ไทย עִבְרִית العَرَبِيَّة",
          "𝔘𝔫𝔦 ﬁ ﬀ Ⅷ ① ½ ２ Ａ",
          "x".repeat(100) + " " + "x".repeat(101) + " play",
          "play".repeat(40),
          "playing ".repeat(60));

  private PageFixtures() {}

  static void write(Path folder) throws Exception {
    write(folder, "tokens.json", tokens());
    write(folder, "characters.json", characters());
    write(folder, "model.json", model());
    write(folder, "canonical.json", canonical());
    write(folder, "repository.json", repository(folder));
    write(folder, "deltas.json", DeltaFixtures.all());
    Files.write(folder.resolve("manifest.json"), manifest());
  }

  private static void write(Path folder, String name, Object value) throws Exception {
    StringBuilder ascii = new StringBuilder();
    // Half a surrogate pair, which one of the texts holds, has no UTF-8.
    for (char c : JsonWriter.string(value).toCharArray()) {
      ascii.append(c < 0x7f ? String.valueOf(c) : String.format("\\u%04x", (int) c));
    }
    Files.writeString(folder.resolve(name), ascii);
  }

  /** Single letters as well, so that most words have pieces. */
  private static List<String> vocabulary() {
    Set<String> all = new LinkedHashSet<>(SPECIAL);
    all.addAll(PIECES);
    for (char c = 'a'; c <= 'z'; c++) {
      all.add(String.valueOf(c));
      all.add("##" + c);
    }
    return List.copyOf(all);
  }

  private static Object tokens() {
    WordPieceTokenizer tokenizer = new WordPieceTokenizer(vocabulary());
    List<Object> texts = new ArrayList<>();
    for (String text : TEXTS) {
      for (int maxTokens : new int[] {2, 3, 4, 5, 7, 12, 64}) {
        texts.add(
            Map.of("text", text, "maxTokens", maxTokens, "ids", ids(tokenizer, text, maxTokens)));
      }
    }
    return Map.of("vocabulary", tokenizer.vocabulary(), "texts", texts);
  }

  /**
   * Every character that this Java knows; a browser may know more, and halves of pairs are none.
   */
  private static Object characters() {
    int[] characters =
        IntStream.rangeClosed(0, Character.MAX_CODE_POINT)
            .filter(Character::isDefined)
            .filter(c -> c < Character.MIN_SURROGATE || c > Character.MAX_SURROGATE)
            .filter(c -> Character.getType(c) != Character.PRIVATE_USE)
            .toArray();
    Set<String> pieces = new LinkedHashSet<>(SPECIAL);
    for (int c : characters) {
      pieces.add(Character.toString(c));
      pieces.add("##" + Character.toString(c));
    }
    WordPieceTokenizer tokenizer = new WordPieceTokenizer(List.copyOf(pieces));
    List<Integer> numbers = new ArrayList<>();
    List<String> ids = new ArrayList<>();
    for (int c : characters) {
      List<Integer> found = ids(tokenizer, "a" + Character.toString(c) + "b", 16);
      numbers.add(c);
      ids.add(
          String.join(
              " ", found.subList(1, found.size() - 1).stream().map(String::valueOf).toList()));
    }
    return Map.of("characters", numbers, "ids", ids);
  }

  private static Object model() {
    LabelSpace labels = new LabelSpace(List.of("noun.animal", "Gemüse", "色"));
    WordPieceTokenizer tokenizer = new WordPieceTokenizer(vocabulary());
    String text = "Playing in a café";
    return Map.of(
        "properties", new ModelMetadata(labels, 12, tokenizer, Map.of("teacher", "t1")).toMap(),
        "labels", labels.labels(),
        "maxTokens", 12,
        "text", text,
        "ids", ids(tokenizer, text, 12));
  }

  private static List<Integer> ids(WordPieceTokenizer tokenizer, String text, int maxTokens) {
    return IntStream.of(tokenizer.encode(text, maxTokens)).boxed().toList();
  }

  private static Object canonical() {
    List<Object> values =
        List.of(
            Map.of("b", 1, "a", List.of(true, "x"), "B", Map.of()),
            Map.of("\ufffd", 1, "🙂", 2, "é", 3, "e\u0301", 4),
            "quote \" backslash \\ newline \n tab \t nul \u0000 é 🙂 /",
            List.of(0, -1, 9_007_199_254_740_991L),
            List.of(List.of(), "", false));
    List<Object> cases = new ArrayList<>();
    for (Object value : values) {
      String canonical = new String(CanonicalJson.write(value), StandardCharsets.UTF_8);
      cases.add(Map.of("value", value, "canonical", canonical));
    }
    return cases;
  }

  private static byte[] manifest() {
    return ManifestJson.write(
        new UpdateManifest(
            "glosses",
            "stable",
            7,
            "labels",
            "onnx",
            ArtifactRef.byDigest(3, Sha256.hex(bytes("one"))),
            List.of(),
            List.of(new ExpectedLogits("a dog", List.of(0.1f, 2f))),
            100,
            ArrivalCounts.NONE));
  }

  /** Two states of a repository whose root takes two signatures, and everybody's keys. */
  private static Object repository(Path folder) throws Exception {
    TrustFolder trust = new TrustFolder(folder.resolve("trust"));
    NewRepository.create(trust, List.of(STABLE, BETA), 2, 2, Expiries.DEFAULTS, CLOCK);
    TrustFolder others = new TrustFolder(folder.resolve("others"));
    NewRepository.create(others, List.of(), 1, 1, Expiries.DEFAULTS, CLOCK);
    RepositorySigner signer =
        new RepositorySigner(trust, Expiries.DEFAULTS, CLOCK, RepositoryFiles.NONE);
    byte[] first = publish(trust, STABLE, null, 1, "one");
    signer.offer(STABLE.role(), first);
    signer.offer(BETA.role(), publish(trust, BETA, null, 1, "beta"));
    List<Object> states = new ArrayList<>(List.of(files(signer)));
    signer.offer(STABLE.role(), publish(trust, STABLE, first, 2, "two"));
    states.add(files(signer));
    Map<String, Object> keys = new TreeMap<>();
    for (String role : List.of("targets", "snapshot", "timestamp", STABLE.role(), BETA.role())) {
      keys.put(role, List.of(key(trust.key(role))));
    }
    keys.put("root", List.of(key(rootKey(trust, 1)), key(rootKey(trust, 2))));
    keys.put("stranger", List.of(key(rootKey(others, 1))));
    return Map.of("states", states, "keys", keys, "now", NOW.toEpochMilli());
  }

  private static byte[] publish(
      TrustFolder trust,
      ChannelTargets channel,
      byte @Nullable [] previous,
      long version,
      String manifest)
      throws Exception {
    byte[] artifact = bytes("artifact of " + manifest);
    KeyFile key = KeyFile.read(trust.key(channel.role()));
    return new ChannelSigner(channel, key, Expiries.DEFAULTS, 3, CLOCK)
        .publish(
            previous,
            version,
            bytes(manifest),
            new TargetFile(artifact.length, Sha256.hex(artifact)));
  }

  private static Object files(RepositorySigner signer) throws Exception {
    Map<String, String> files = new TreeMap<>();
    signer
        .sign()
        .orElseThrow()
        .byName()
        .forEach((name, file) -> files.put(name, Base64.getEncoder().encodeToString(file)));
    return files;
  }

  private static Path rootKey(TrustFolder trust, int number) {
    return trust.offlineKeys().resolve("root-" + number + ".pem");
  }

  private static Object key(Path file) throws Exception {
    var key = KeyFile.read(file).signingKey().key();
    return Map.of("id", key.id(), "key", key.toJson(), "pem", Files.readString(file));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
