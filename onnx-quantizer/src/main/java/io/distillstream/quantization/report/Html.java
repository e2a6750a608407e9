package io.distillstream.quantization.report;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/**
 * Writes HTML in the style of the reports, light or dark as the reader's system is; every text that
 * comes from outside is escaped. Not thread-safe.
 */
public final class Html {
  private final StringBuilder out = new StringBuilder();

  /** Nothing written yet. */
  public Html() {}

  /** A page around a body, with its style inside and without references to other files. */
  public static String page(String title, Html body) {
    return new Html()
        .raw("<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n")
        .raw("<meta name=\"viewport\" content=\"width=device-width\">\n")
        .element("title", "", title)
        .raw("<style>\n" + css() + "</style></head><body><main>\n")
        .raw(body.toString())
        .raw("</main></body></html>\n")
        .toString();
  }

  /** A column: a number is aligned to the right. */
  public record Column(String title, boolean number) {
    /** Aligned to the left. */
    public static Column text(String title) {
      return new Column(title, false);
    }

    /** Aligned to the right. */
    public static Column number(String title) {
      return new Column(title, true);
    }
  }

  /** A cell of ready markup with an optional class. */
  public record Cell(String markup, String style) {
    /** A text as it is. */
    public static Cell text(String text) {
      return new Cell(escape(text), "");
    }

    /** A text with a class of the style sheet. */
    public static Cell text(String text, String style) {
      return new Cell(escape(text), style);
    }

    /** A formatted number, aligned to the right. */
    public static Cell number(String format, Object... values) {
      return new Cell(escape(String.format(Locale.ROOT, format, values)), "n");
    }

    /** A bar of a length in [0, 1], and its value in words. */
    public static Cell bar(double length, String text) {
      return new Cell(
          String.format(
              Locale.ROOT,
              "<span class=\"bar\" style=\"width:%.0fpx\"></span> %s",
              1 + 120 * Math.min(1, Math.max(0, length)),
              escape(text)),
          "");
    }
  }

  /** A text as markup. */
  public static String escape(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;");
  }

  /** Markup as it is. */
  public Html raw(String markup) {
    out.append(markup);
    return this;
  }

  /** An element around a text. */
  public Html element(String tag, String style, String text) {
    out.append('<').append(tag);
    if (!style.isEmpty()) {
      out.append(" class=\"").append(style).append('"');
    }
    out.append('>').append(escape(text)).append("</").append(tag).append(">\n");
    return this;
  }

  /** Of a section. */
  public Html heading(String text) {
    return element("h2", "", text);
  }

  /**
   * A table.
   *
   * @param styles classes of its rows, as many as rows; empty where there is none
   */
  public Html table(List<Column> columns, List<List<Cell>> rows, List<String> styles) {
    out.append("<div class=\"scroll\"><table><thead><tr>");
    for (Column column : columns) {
      out.append(column.number() ? "<th class=\"n\">" : "<th>")
          .append(escape(column.title()))
          .append("</th>");
    }
    out.append("</tr></thead><tbody>\n");
    for (int i = 0; i < rows.size(); i++) {
      out.append(styles.get(i).isEmpty() ? "<tr>" : "<tr class=\"" + styles.get(i) + "\">");
      for (Cell cell : rows.get(i)) {
        out.append(cell.style().isEmpty() ? "<td>" : "<td class=\"" + cell.style() + "\">")
            .append(cell.markup())
            .append("</td>");
      }
      out.append("</tr>\n");
    }
    out.append("</tbody></table></div>\n");
    return this;
  }

  /** A table whose rows have no style of their own. */
  public Html table(List<Column> columns, List<List<Cell>> rows) {
    return table(columns, rows, rows.stream().map(row -> "").toList());
  }

  private static String css() {
    try (InputStream in = Html.class.getResourceAsStream("report.css")) {
      return new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public String toString() {
    return out.toString();
  }
}
