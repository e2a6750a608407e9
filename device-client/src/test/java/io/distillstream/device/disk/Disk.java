package io.distillstream.device.disk;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One folder of the real file system whose every change is a step, whoever makes it through {@link
 * #folder}. Before each, the disk adds what power loss at this moment may leave to its {@link
 * #states}:
 *
 * <ul>
 *   <li>of a file that was changed since it was forced: all, half, zeros in its length, or what was
 *       forced;
 *   <li>of the names that were made, changed and deleted since the folder was forced: any beginning
 *       of these steps, or all of them but one. POSIX promises no more, and file systems that
 *       journal a forced file apart from the rest do carry steps out in another order.
 * </ul>
 *
 * <p>With all of both kept, that is what a process leaves that dies. Not thread-safe.
 */
public final class Disk {

  private final Path real;
  private final WatchedFileSystem fileSystem = new WatchedFileSystem(this);
  private final Map<String, DiskState> states = new LinkedHashMap<>();
  private final List<String> steps = new ArrayList<>();
  private final Map<String, Inode> names = new LinkedHashMap<>();
  private final Map<String, Inode> forcedNames = new LinkedHashMap<>();
  private final List<Renaming> renamings = new ArrayList<>();

  /** A file, whatever its name is. */
  static final class Inode {
    private byte[] data;
    private byte[] forced;

    private Inode(byte[] data, byte[] forced) {
      this.data = data;
      this.forced = forced;
    }
  }

  /** A name that a file loses, and one that it gets. */
  private record Renaming(Inode inode, @Nullable String from, @Nullable String to) {
    void apply(Map<String, Inode> names) {
      if (from != null) {
        names.remove(from, inode);
      }
      if (to != null) {
        names.put(to, inode);
      }
    }
  }

  /** What becomes of a file that was not forced. */
  private enum Fate {
    WRITTEN,
    HALF,
    ZEROS,
    AS_FORCED;

    byte[] of(Inode inode) {
      if (Arrays.equals(inode.data, inode.forced)) {
        return inode.data;
      }
      return switch (this) {
        case WRITTEN -> inode.data;
        case HALF -> Arrays.copyOf(inode.data, inode.data.length / 2);
        case ZEROS -> new byte[inode.data.length];
        case AS_FORCED -> inode.forced;
      };
    }
  }

  /**
   * Watches a folder.
   *
   * @param folder real; what it holds now counts as forced
   */
  public Disk(Path folder) throws IOException {
    this.real = folder;
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        byte[] data = Files.readAllBytes(file);
        names.put(name(file), new Inode(data, data));
      }
    }
    forcedNames.putAll(names);
  }

  /** The folder, watched. */
  public Path folder() {
    return new WatchedPath(fileSystem, real);
  }

  /** What was done, in its order. */
  public List<String> steps() {
    return steps;
  }

  /** Different things that power loss before or after any of the steps may leave. */
  public Collection<DiskState> states() {
    addStates("at the end", states);
    return states.values();
  }

  /** Different things that power loss at this moment may leave. */
  public Collection<DiskState> statesNow() {
    Map<String, DiskState> now = new LinkedHashMap<>();
    addStates("after step " + steps.size(), now);
    return now.values();
  }

  /** Something is about to be changed. */
  void before(String step) {
    addStates("before step " + (steps.size() + 1) + ", " + step, states);
    steps.add(step);
  }

  Inode created(Path file) {
    Inode inode = new Inode(new byte[0], new byte[0]);
    renamed(inode, null, name(file));
    return inode;
  }

  Inode inode(Path file) {
    Inode inode = names.get(name(file));
    if (inode == null) {
      throw new IllegalStateException(file + " was made behind the disk's back");
    }
    return inode;
  }

  void deleted(Path file) {
    renamed(inode(file), name(file), null);
  }

  void moved(Path from, Path to) {
    renamed(inode(from), name(from), name(to));
  }

  void written(Inode inode, Path file) {
    try {
      inode.data = Files.readAllBytes(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  void forced(Inode inode) {
    inode.forced = inode.data;
  }

  void forcedFolder() {
    renamings.clear();
    forcedNames.clear();
    forcedNames.putAll(names);
  }

  private void renamed(Inode inode, @Nullable String from, @Nullable String to) {
    Renaming renaming = new Renaming(inode, from, to);
    renamings.add(renaming);
    renaming.apply(names);
  }

  private String name(Path file) {
    if (!real.equals(file.getParent())) {
      throw new UnsupportedOperationException(file + " is not in " + real);
    }
    return file.getFileName().toString();
  }

  private void addStates(String when, Map<String, DiskState> states) {
    for (int done = 0; done <= renamings.size(); done++) {
      addStates(when + ", the first " + done + " renamings", renamings.subList(0, done), states);
    }
    for (int lost = 0; lost < renamings.size(); lost++) {
      List<Renaming> others = new ArrayList<>(renamings);
      others.remove(lost);
      addStates(when + ", all renamings but " + (lost + 1), others, states);
    }
  }

  private void addStates(String when, List<Renaming> kept, Map<String, DiskState> states) {
    Map<String, Inode> left = new LinkedHashMap<>(forcedNames);
    kept.forEach(renaming -> renaming.apply(left));
    for (Fate fate : Fate.values()) {
      Map<String, byte[]> files = new LinkedHashMap<>();
      left.forEach((name, inode) -> files.put(name, fate.of(inode)));
      DiskState state = new DiskState(when + ", unforced data " + fate, files);
      states.putIfAbsent(state.key(), state);
    }
  }
}
