package io.distillstream.teacher.openai;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.errorprone.annotations.MustBeClosed;
import io.distillstream.teacher.TeacherException;
import io.distillstream.teacher.TeacherUnavailableException;
import io.distillstream.teacher.openai.QuestionSettings.Api;
import io.distillstream.teacher.openai.call.CallFailedException;
import io.distillstream.teacher.openai.call.Completion;
import io.distillstream.teacher.openai.call.GuardedUpstream;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * A language model behind an API that writes texts of a label, under the same budget as a teacher's
 * calls. Owns its connections. Used by one thread.
 */
public final class TextWriter implements AutoCloseable {

  private static final ObjectMapper JSON = new ObjectMapper();

  /** Of a text that is asked for, at most; English words take a little more than one each. */
  private static final int TOKENS_PER_TEXT = 64;

  private static final int TOKENS_BESIDE = 64;

  /** What models put before the items of a list, whatever they are told. */
  private static final Pattern BULLET = Pattern.compile("^(?:[-*\u2022]|\\d{1,4}[.):])\\s+");

  private static final Pattern QUOTED = Pattern.compile("^[\"\u201c\u00ab](.*)[\"\u201d\u00bb]$");

  private static final Pattern WORD_BREAK =
      Pattern.compile("\\W+", Pattern.UNICODE_CHARACTER_CLASS);

  /** In fewer words, some may well come twice. */
  private static final int REPEATING_WORDS = 8;

  private final WritingSettings settings;
  private final List<String> labels;
  private final ObjectNode parameters;
  private final GuardedUpstream upstream;

  private TextWriter(WritingSettings settings, List<String> labels) {
    this.settings = settings;
    this.labels = List.copyOf(labels);
    this.parameters = Questions.parameters(settings.parameters());
    this.upstream =
        new GuardedUpstream(
            settings.server(),
            settings.patience(),
            settings.budget(),
            request(settings.prompt().fill(labels.get(0), labels, 1, List.of()), 1, 0),
            false,
            InstantSource.system());
  }

  /**
   * Tries the server. One that is away is no reason not to begin.
   *
   * @param labels all of them
   * @throws TeacherException if the server refuses such calls
   */
  @MustBeClosed
  public static TextWriter open(WritingSettings settings, List<String> labels) {
    TextWriter writer = new TextWriter(settings, labels);
    boolean sound = false;
    try {
      writer.upstream.probe();
      sound = true;
    } finally {
      if (!sound) {
        writer.close();
      }
    }
    return writer;
  }

  /**
   * Has texts written.
   *
   * @param label that they are to have
   * @param count how many are asked for; a model may write more or fewer
   * @param seed of the draw of tokens, for servers that take one
   * @param words that the prompt may name
   * @return as they were written, perhaps none
   * @throws TeacherUnavailableException if nothing is answered at this moment
   */
  public List<String> write(String label, int count, long seed, List<String> words) {
    String prompt = settings.prompt().fill(label, labels, count, words);
    try {
      Completion written = upstream.ask(request(prompt, count, seed));
      return lines(written.text(), written.cutOff());
    } catch (CallFailedException e) {
      // The server refuses this prompt alone, perhaps for one of its words.
      return List.of();
    }
  }

  private byte[] request(String prompt, int count, long seed) {
    ObjectNode request = JSON.createObjectNode().put("model", settings.model());
    if (settings.api() == Api.CHAT) {
      request.putArray("messages").addObject().put("role", "user").put("content", prompt);
    } else {
      request.put("prompt", prompt);
    }
    request.put("max_tokens", TOKENS_BESIDE + TOKENS_PER_TEXT * count);
    request.put("temperature", 1).put("seed", seed);
    Questions.apply(parameters, request);
    return request.toString().getBytes(UTF_8);
  }

  /**
   * A text a line, without bullets, numbers and quotation marks; not what leads up to a list, nor
   * what goes round in circles, as small models do.
   *
   * @param cutOff whether the last line is not all of a text
   */
  static List<String> lines(String written, boolean cutOff) {
    List<String> lines = written.lines().map(String::strip).toList();
    return lines.stream()
        .limit(cutOff ? Math.max(0, lines.size() - 1) : lines.size())
        .filter(line -> !line.isEmpty() && !line.endsWith(":"))
        .map(line -> BULLET.matcher(line).replaceFirst("").strip())
        .map(line -> QUOTED.matcher(line).replaceFirst("$1").strip())
        .filter(line -> line.codePoints().anyMatch(Character::isLetter) && !repeatsItself(line))
        .toList();
  }

  private static boolean repeatsItself(String line) {
    String[] words = WORD_BREAK.split(line.toLowerCase(Locale.ROOT));
    return words.length >= REPEATING_WORDS
        && 2 * Arrays.stream(words).distinct().count() < words.length;
  }

  @Override
  public void close() {
    upstream.close();
  }
}
