package io.distillstream.local.services;

import static java.util.Objects.requireNonNull;

import io.distillstream.joiner.weight.Weighting;
import io.distillstream.local.settings.AllSettings;
import io.distillstream.local.settings.ClusterSettings;
import io.distillstream.model.ModelLocation;
import io.distillstream.runtime.Settings;
import io.distillstream.teacher.kind.TeacherSpec;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** Files that settings name must be there: those that every start of a service reads. */
final class FileCheck {

  /** These cannot do their work without a folder. */
  private static final Set<ServiceKind> WRITING =
      EnumSet.of(
          ServiceKind.JOINER,
          ServiceKind.TRAINER,
          ServiceKind.QUANTIZER,
          ServiceKind.SIGNER,
          ServiceKind.GATEWAY,
          ServiceKind.TAP);

  private FileCheck() {}

  /** Whether one of these writes more than a log to the data folder. */
  static boolean anyWrites(Set<ServiceKind> kinds) {
    return !Collections.disjoint(kinds, WRITING);
  }

  static List<String> problems(Set<ServiceKind> kinds, Settings settings, boolean embedded) {
    List<String> problems = new ArrayList<>();
    Path folder = settings.get(ClusterSettings.DATA_FOLDER);
    if (embedded || anyWrites(kinds)) {
      folderProblem(folder)
          .ifPresent(problem -> problems.add("data.folder = '" + folder + "': " + problem));
    }
    files(kinds, settings, embedded && !Files.exists(folder))
        .forEach(
            (key, location) -> {
              String problem = problem(location);
              if (!problem.isEmpty()) {
                problems.add(key + " = '" + location + "': " + problem);
              }
            });
    return problems;
  }

  /** Why nothing can be written to a folder that is there or is to be created. */
  private static Optional<String> folderProblem(Path folder) {
    Path existing = folder.toAbsolutePath().normalize();
    while (!Files.exists(existing, LinkOption.NOFOLLOW_LINKS)) {
      existing = requireNonNull(existing.getParent());
    }
    if (!Files.isDirectory(existing)) {
      return Optional.of(existing + " is not a folder");
    }
    return Files.isWritable(existing)
        ? Optional.empty()
        : Optional.of(existing + " may not be written to, or lies on a read-only file system");
  }

  /**
   * What is read, by the settings that name it.
   *
   * @param fresh whether there can be no checkpoint yet: only then are the files read that first
   *     weights are made from
   */
  private static Map<String, String> files(
      Set<ServiceKind> kinds, Settings settings, boolean fresh) {
    Map<String, String> files = new TreeMap<>();
    if (kinds.contains(ServiceKind.TEACHER)) {
      TeacherSpec.from(settings)
          .files()
          .forEach((key, location) -> files.put(key, location.text()));
    }
    if (kinds.contains(ServiceKind.JOINER)
        && AllSettings.value(settings, "joiner.weights").equals(Weighting.ACCURACY)
        && AllSettings.value(settings, "joiner.label-names").equals(List.of())
        && AllSettings.value(settings, "trainer.label-names").equals(List.of())) {
      files.put("trainer.labels", AllSettings.value(settings, "trainer.labels").toString());
    }
    if (kinds.contains(ServiceKind.TRAINER)) {
      trainerFiles(settings, fresh)
          .forEach(key -> files.put(key, AllSettings.value(settings, key).toString()));
    }
    return files;
  }

  private static List<String> trainerFiles(Settings settings, boolean fresh) {
    List<String> keys = new ArrayList<>(List.of("trainer.tokenizer"));
    if (AllSettings.value(settings, "trainer.label-names").equals(List.of())) {
      keys.add("trainer.labels");
    }
    String startFrom = AllSettings.value(settings, "trainer.start-from").toString();
    if (fresh && !startFrom.isEmpty() && !startFrom.startsWith("checkpoint:")) {
      keys.add("trainer.start-from");
    }
    boolean fromEncoder =
        AllSettings.value(settings, "trainer.embedding-start").toString().equals("PCA");
    if (fresh && startFrom.isEmpty() && fromEncoder) {
      keys.addAll(List.of("trainer.encoder", "trainer.encoder-tokenizer"));
    }
    return keys;
  }

  private static String problem(String location) {
    try (InputStream file = new ModelLocation(location).open()) {
      return file.read() < 0 ? "is empty" : "";
    } catch (NoSuchFileException e) {
      return location.startsWith("classpath:") ? "no such resource" : "no such file";
    } catch (AccessDeniedException e) {
      return "may not be read";
    } catch (IOException | IllegalArgumentException e) {
      return String.valueOf(e.getMessage());
    }
  }
}
