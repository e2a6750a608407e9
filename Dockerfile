# Runs what ./distillstream has built on the host: build there first.
FROM eclipse-temurin:17-jre
WORKDIR /opt/distillstream
COPY local/target/lib lib
COPY local/target/classes classes
VOLUME /data
# What native code has freed goes back to the system, as the launcher has it.
ENV MALLOC_ARENA_MAX=2 MALLOC_MMAP_THRESHOLD_=4194304
# What is left in the data folder is traffic, and what was learned from it.
ENTRYPOINT ["sh", "-c", "umask 077 && exec \"$0\" \"$@\"", "java", "-XX:+UseSerialGC", "-XX:+IgnoreUnrecognizedVMOptions", "-XX:TrimNativeHeapInterval=60000", "-Xmx2g", "-Dai.djl.offline=true", "-Dai.djl.pytorch.num_threads=1", "-Dai.djl.pytorch.num_interop_threads=1", "-cp", "classes:lib/*", "io.distillstream.local.Distillstream"]
