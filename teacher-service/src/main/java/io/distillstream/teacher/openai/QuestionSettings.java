package io.distillstream.teacher.openai;

/**
 * What is asked, and of whom.
 *
 * @param api which endpoint
 * @param model as the server knows it
 * @param revision tells apart what goes by the same model name
 * @param system what the model is told before; perhaps empty
 * @param parameters a JSON object of further fields of each request; null takes a field out
 */
public record QuestionSettings(
    Api api,
    String model,
    String revision,
    String system,
    PromptTemplate prompt,
    Verbalizer verbalizer,
    String parameters) {

  /** Whether a text is a JSON object, as {@code parameters} has to be. */
  public static boolean areParameters(String text) {
    try {
      Questions.parameters(text);
      return true;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  /** The endpoints that language models have. */
  public enum Api {
    /** Messages, which the server puts into the model's template. */
    CHAT("/v1/chat/completions"),
    /** One prompt, which the model goes on with. */
    COMPLETIONS("/v1/completions");

    private final String path;

    Api(String path) {
      this.path = path;
    }

    /** From the server's base address on. */
    public String path() {
      return path;
    }
  }
}
