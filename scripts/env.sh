# Sourced by the other scripts: finds a JDK 25 or later and Maven, or says in one line what is missing.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

say() { printf '%s\n' "$*" >&2; }

# The feature version of the JDK in $1, or 0. A JRE without a compiler does not count.
jdk_version() {
  [ -x "$1/bin/javac" ] || { echo 0; return; }
  "$1/bin/javac" -version 2>&1 | sed -nE 's/^javac ([0-9]+).*/\1/p' | grep . || echo 0
}

find_jdk() {
  local on_path home
  on_path=$(command -v javac 2>/dev/null) && on_path=$(dirname "$(dirname "$(readlink -f "$on_path")")")
  for home in "${JAVA_HOME:-}" "$on_path" /usr/lib/jvm/* /opt/java/* /opt/jdk* \
    "$HOME"/.sdkman/candidates/java/* "$HOME"/.jdks/* /Library/Java/JavaVirtualMachines/*/Contents/Home; do
    if [ -n "$home" ] && [ "$(jdk_version "$home")" -ge 25 ]; then
      JAVA_HOME=$home
      export JAVA_HOME
      return
    fi
  done
  say "nimble: needs a JDK 25 or later; install one (for example Temurin 25) or set JAVA_HOME to it"
  exit 2
}

find_maven() {
  command -v mvn >/dev/null && return
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    say "nimble: Maven is missing; installing it with apt-get"
    { apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends maven; } >&2 && return
  fi
  say "nimble: needs Maven 3.8.7 or later; install it (for example: apt-get install maven)"
  exit 2
}

# Flags that every JVM of ours starts with (see the module README of node).
jvm_flags=(--enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow)

# The best compiler is for what runs very often: on two cores it would take a quarter of the time from
# a young network otherwise.
patient_compiler=(-XX:Tier4InvocationThreshold=20000 -XX:Tier4MinInvocationThreshold=5000
  -XX:Tier4CompileThreshold=40000)

# Read by native libraries when they load: one intra-op thread per stage, no tracking.
export OMP_NUM_THREADS=1 MKL_NUM_THREADS=1 OPT_OUT_TRACKING=true

# Maven, quiet about the deprecations of its own libraries.
maven() {
  (cd "$root" && MAVEN_OPTS="${MAVEN_OPTS:-} --sun-misc-unsafe-memory-access=allow --enable-native-access=ALL-UNNAMED" mvn -B -ntp "$@")
}

stamp=$root/node/target/built
class_path=$root/node/target/class-path

# Only where scripts/install has put everything together; there is nothing to build then.
installed=$root/lib

# Compiles what changed since the last build; silent and instant when nothing did.
build() {
  if [ -f "$stamp" ] && [ -f "$class_path" ] && [ -z "$(find "$root/pom.xml" "$root"/*/pom.xml "$root"/*/src/main -newer "$stamp" -print -quit)" ]; then
    return
  fi
  find_maven
  say "nimble: building (the first build also fetches its libraries; this can take some minutes)"
  local log started
  log=$(mktemp)
  started=$(mktemp)
  if ! maven -q -pl node -am compile dependency:build-classpath -DincludeScope=runtime -Dmdep.outputFile=target/class-path >"$log" 2>&1; then
    cat "$log" >&2
    rm -f "$log" "$started"
    say "nimble: the build failed; see above"
    exit 2
  fi
  mv "$started" "$stamp"
  rm -f "$log"
}

# What a build's class path is.
classes() { echo "$root/node/target/classes:$(cat "$class_path")"; }

# What collects garbage, and in how much memory, unless NIMBLE_JAVA_OPTS says so: one thread, for what ends soon.
collector=-XX:+UseSerialGC
heap="-Xms1g -Xmx1500m -Xmn700m"

# Starts a main class of ours: run_java MAIN [ARG...]. Our handlers take
# every failure of a connection; what the pipeline itself warns of is a dial that a closing network cut off.
run_java() {
  local path
  find_jdk
  if [ -d "$installed" ]; then
    path="$installed/*"
  else
    build
    path=$(classes)
  fi
  case "${NIMBLE_JAVA_OPTS:-}" in *-XX:+Use*GC*) collector= ;; esac # two would be refused
  # shellcheck disable=SC2086
  exec "$JAVA_HOME/bin/java" "${jvm_flags[@]}" $collector "${patient_compiler[@]}" \
    ${NIMBLE_JAVA_OPTS:-$heap} \
    -Dnimble.root="$root" -Dorg.slf4j.simpleLogger.defaultLogLevel=warn \
    -Dorg.slf4j.simpleLogger.log.io.netty.channel.DefaultChannelPipeline=error \
    -cp "$path" "$@"
}
