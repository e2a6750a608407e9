package io.distillstream.quantization.report;

import java.util.List;
import java.util.Locale;

/** Writes HTML; every text that comes from outside is escaped. */
final class Html {
  private final StringBuilder out = new StringBuilder();

  /** A column: a number is aligned to the right. */
  record Column(String title, boolean number) {
    static Column text(String title) {
      return new Column(title, false);
    }

    static Column number(String title) {
      return new Column(title, true);
    }
  }

  /** A cell of ready markup with an optional class. */
  record Cell(String markup, String style) {
    static Cell text(String text) {
      return new Cell(escape(text), "");
    }

    static Cell text(String text, String style) {
      return new Cell(escape(text), style);
    }

    static Cell number(String format, Object... values) {
      return new Cell(escape(String.format(Locale.ROOT, format, values)), "n");
    }

    /** A bar of a length in [0, 1], and its value in words. */
    static Cell bar(double length, String text) {
      return new Cell(
          String.format(
              Locale.ROOT,
              "<span class=\"bar\" style=\"width:%.0fpx\"></span> %s",
              1 + 120 * Math.min(1, Math.max(0, length)),
              escape(text)),
          "");
    }
  }

  static String escape(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;");
  }

  /** Markup as it is. */
  Html raw(String markup) {
    out.append(markup);
    return this;
  }

  /** An element around a text. */
  Html element(String tag, String style, String text) {
    out.append('<').append(tag);
    if (!style.isEmpty()) {
      out.append(" class=\"").append(style).append('"');
    }
    out.append('>').append(escape(text)).append("</").append(tag).append(">\n");
    return this;
  }

  Html heading(String text) {
    return element("h2", "", text);
  }

  /** A table; {@code styles} of its rows, as many as rows. */
  Html table(List<Column> columns, List<List<Cell>> rows, List<String> styles) {
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

  Html table(List<Column> columns, List<List<Cell>> rows) {
    return table(columns, rows, rows.stream().map(row -> "").toList());
  }

  @Override
  public String toString() {
    return out.toString();
  }
}
