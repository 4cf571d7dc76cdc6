# Sourced by checks in the machine.

# on HOST COMMAND…: runs it on client a or b.
on() {
  local host=$1
  shift
  nsenter -t "$(cat /run/client.$host.pid)" -n -u -m "$@"
}

java_options=(-XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Xshare:auto -XX:-UsePerfData)

# fq HOST VERB…: the command, on a client.
fq() {
  local host=$1
  shift
  on "$host" java "${java_options[@]}" -Xmx256m -jar /host/fq.jar "$@"
}

# Nanoseconds of the clock that System.nanoTime() shows.
nanos() {
  echo $(($(sed 's/\.//; s/ .*//' /proc/uptime) * 10000000))
}

# Stops the server, waits so many seconds, and starts it again.
restart_server() {
  rpc.nfsd 0
  sleep "$1"
  rpc.nfsd -L 15 -G 15 8
}

fail() {
  echo "FAILED: $*"
  exit 1
}
