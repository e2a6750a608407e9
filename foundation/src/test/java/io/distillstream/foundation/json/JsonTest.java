package io.distillstream.foundation.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTest {

  @Test
  void shouldReadFieldsOfEveryKind() {
    JsonFields root =
        Json.object(
            json(
                " {'text':'a \\u00e4 \\\\ \\' ]','number':-12,'inner':{'list':[{'x':1},{'x':2}]},"
                    + "'floats':[0.1,-3e2,7],'on':true,'none':null} \n"));

    assertThat(root.text("text")).isEqualTo("a ä \\ \" ]");
    assertThat(root.wholeNumber("number", -20, 20)).isEqualTo(-12);
    assertThat(root.object("inner").objects("list"))
        .extracting(item -> item.wholeNumber("x", 0, 9))
        .containsExactly(1L, 2L);
    assertThat(root.floats("floats")).containsExactly(0.1f, -300f, 7f);
    assertThat(root.scalar("on")).isEqualTo("true");
    assertThat(root.has("none")).isFalse();
    assertThat(root.textOrNull("none")).isNull();
    assertThat(root.names()).containsExactly("text", "number", "inner", "floats", "on", "none");
    assertThat(Json.texts(json("['a','b']"))).isEqualTo(List.of("a", "b"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "{'a':{'b':[{'c':1},{'c':'x'}]}} | a.b[1].c",
        "{'a':{'b':[{'c':1},{'c':1.5}]}} | a.b[1].c",
        "{'a':{'b':[{'c':1},{'c':10}]}} | a.b[1].c",
        "{'a':{'b':[{'c':1},{'c':99999999999999999999}]}} | a.b[1].c",
        "{'a':{'b':[{'c':1},{}]}} | a.b[1].c",
        "{'a':{'b':[{'c':1},7]}} | a.b[1]",
        "{'a':{'b':{}}} | a.b",
        "{'a':[]} | a",
        "{'a':null} | a",
        "{} | a",
        "{'a':{'b':[],'b':[]}} | a.b",
      })
  void shouldNameTheFieldAtFault(String text, String field) {
    assertThatThrownBy(
            () ->
                Json.object(json(text))
                    .object("a")
                    .objects("b")
                    .forEach(item -> item.wholeNumber("c", 0, 9)))
        .hasMessageContaining("'" + field + "'")
        .asInstanceOf(type(InvalidJsonException.class))
        .extracting(InvalidJsonException::field)
        .isEqualTo(field);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "  ",
        "7",
        "'text'",
        "{",
        "{'a':1",
        "{'a':1}}",
        "{'a':1} {}",
        "{'a':1} x",
        "{'a':1]",
        "[1}",
        "{'a' 1}",
        "{'a':01}",
        "{'a':1,}",
        "{a:1}",
        "{'a':'b}",
        "{'a':NaN}",
        "[]",
      })
  void shouldRefuseWhatIsNoObject(String text) {
    assertThatThrownBy(() -> Json.object(json(text))).isInstanceOf(InvalidJsonException.class);
  }

  @Test
  void shouldRefuseNestingThatWouldNotFitTheStack() {
    String deep = "[".repeat(1_000_000) + "]".repeat(1_000_000);

    assertThatThrownBy(() -> Json.object("{\"a\":" + deep + "}"))
        .isInstanceOf(InvalidJsonException.class)
        .hasMessageContaining("nested deeper than 64");
  }

  @Test
  void shouldRefuseBytesThatAreNotUtf8() {
    assertThatThrownBy(() -> Json.object("{\"a\":\"ä\"}".getBytes(StandardCharsets.ISO_8859_1)))
        .isInstanceOf(InvalidJsonException.class)
        .hasMessageContaining("UTF-8");
  }

  @Test
  void shouldRefuseFloatsThatAreNone() {
    assertThatThrownBy(() -> Json.object("{\"f\":[1,1e39]}").floats("f"))
        .hasMessageContaining("'f[1]'");
  }

  @Test
  void shouldReadFlagsAndListsOfTextsAndNameWhatIsNone() {
    JsonFields fields = Json.object(json("{'yes':true,'names':['a','b'],'no':'true'}"));

    assertThat(fields.flag("yes")).isTrue();
    assertThat(fields.texts("names")).containsExactly("a", "b");
    assertThatThrownBy(() -> fields.flag("no")).hasMessageContaining("true or false in 'no'");
    assertThatThrownBy(() -> fields.texts("yes")).hasMessageContaining("an array in 'yes'");
  }

  /** For whoever has to sign or forward a document as it is. */
  @Test
  void shouldGiveTheWholeDocumentWithFieldsThatNobodyKnows() {
    Map<?, ?> tree = Json.object(json("{'a':{'unknown':[1,null]},'n':12345678901234567}")).tree();

    assertThat(tree.toString()).isEqualTo("{a={unknown=[1, null]}, n=12345678901234567}");
  }

  private static String json(String text) {
    return text.replace('\'', '"');
  }
}
