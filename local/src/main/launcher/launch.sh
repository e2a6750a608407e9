# Sourced by ./distillstream and by the entry point of the container image: runs what has been built.
# Set before: java, main, classes and options; command, which names the command that is run. The arguments
# are those of the program.

# What these leave in the data folder is traffic, and what was learned from it.
case $command in
  local | run | device) umask 077 ;;
esac

# Nothing is fetched at run time; one computation thread beside the teacher's.
options+=(
  -XX:+UseSerialGC
  -Dai.djl.offline=true
  -Dai.djl.pytorch.num_threads=1
  -Dai.djl.pytorch.num_interop_threads=1
)

# What native code has freed goes back to the system instead of to one of many pools.
export MALLOC_ARENA_MAX=${MALLOC_ARENA_MAX:-2}
# The same of large arrays, each by itself: a pool gives back only what is at its end.
export MALLOC_MMAP_THRESHOLD_=${MALLOC_MMAP_THRESHOLD_:-4194304}

# Small arrays stay in the pools when they are freed, page by page between others. Older releases of
# Java 17, and systems without glibc, know of no way to give them back.
trim=-XX:TrimNativeHeapInterval=60000
case $command in
  local | run | device | chaos)
    if said=$("$java" "$trim" -version 2>/dev/null) && [[ -z $said ]]; then
      options+=("$trim")
    fi
    ;;
esac

heap=-Xmx2g
if [[ $command == local || $command == run ]]; then
  # By the student and the machine. What is wrong with the arguments is for the command to say.
  heap=$("$java" -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Xmx256m -cp "$classes" "$main" \
    memory --java-option "$@" 2>/dev/null | grep -xE -e '-Xmx[0-9]+m') || heap=-Xmx2g
fi
# New objects get a third of a small heap, so that there is room for those that stay.
mebibytes=${heap//[!0-9]/}
if [[ $heap == *g ]]; then
  mebibytes=$((mebibytes * 1024))
fi
options+=("-XX:MaxNewSize=$((mebibytes < 1152 ? mebibytes / 3 : 384))m")
# shellcheck disable=SC2086 # The variable holds several options.
exec "$java" "${options[@]}" "$heap" ${DISTILLSTREAM_JAVA_OPTS:-} -cp "$classes" "$main" "$@"
