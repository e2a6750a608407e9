package io.distillstream.runtime;

import java.util.List;

/** The commented defaults file: every key with its default, what it accepts and what it is for. */
public final class DocumentedDefaults {

  private DocumentedDefaults() {}

  /** As a properties file in which every line is commented out. */
  public static String of(List<Setting<?>> settings) {
    StringBuilder text = new StringBuilder();
    String section = "";
    for (Setting<?> setting : settings) {
      String next =
          setting.key().contains(".")
              ? setting.key().substring(0, setting.key().indexOf('.'))
              : setting.key();
      if (!next.equals(section)) {
        text.append(section.isEmpty() ? "" : "\n");
        section = next;
      }
      text.append("# ").append(setting.doc());
      text.append(" (").append(setting.accepts()).append(")\n");
      text.append("#").append(setting.key()).append(" = ");
      text.append(setting.secret() ? "" : setting.defaultText()).append("\n");
    }
    return text.toString();
  }
}
