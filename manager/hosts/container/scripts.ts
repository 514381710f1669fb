/**
 * The constant shell programs of the container driver. Data reaches them as positional parameters only.
 * $1 is always the machine's folder.
 */

/** Defines `alive`: whether the machine in this folder runs. Its supervisor is a script in that very folder. */
const ALIVE = `
alive() {
  read -r pid 2>/dev/null <"$1/pid" || return 1
  tr '\\0' '\\n' 2>/dev/null <"/proc/$pid/cmdline" | grep -qxF -- "$1/supervise"
}`

/**
 * Supervisor of one machine, the leader of its own session; a file, because systemd would expand the dollars of an
 * argument. A start that was killed may have left one that is only now beginning: its turn is over, so it ends.
 * $2 its turn, $3 overlay lower folder or empty, then the command.
 * nspawn ends with 133 when the machine wants to boot again. The console's log is two files of bounded size.
 */
export const SUPERVISE = `
dir=$1 turn=$2 lower=$3; shift 3
exec 8>"$dir/turn.lock"; flock 8
[ "$(cat "$dir/turn")" = "$turn" ] || exit
echo $$ >"$dir/pid"
exec 8>&-
[ ! -e "$dir/console.log" ] || mv -f -- "$dir/console.log" "$dir/console.log.1"
[ -z "$lower" ] || mount -t overlay -o "lowerdir=$lower,upperdir=$dir/upper,workdir=$dir/work" overlay "$dir/root" || exit
{
  code=133
  while [ $code = 133 ]; do
    code=0
    sh -c 'echo $$ >"$1/leader"; shift; exec "$@"' sh "$dir" "$@" </dev/null || code=$?
  done
  echo "systemd-nspawn ended with code $code"
} 2>&1 | while dd of="$dir/console.log" bs=512 count=8192 status=none; [ -s "$dir/console.log" ]; do
  mv -f -- "$dir/console.log" "$dir/console.log.1"
done`

/** Where systemd rules, its unit goes too and with it whatever is left in its control group; a new one may follow at once. */
const END_UNIT = `[ ! -d /run/systemd/system ] || systemctl stop "sysvm-$netns.service" 2>/dev/null || :`

/** Defines `unplug`: deletes the host's ends of a machine's nics, known by how their names begin. */
const UNPLUG = `
unplug() {
  for port in $(ip -o link show type veth | sed -n 's/^[0-9]*: \\([^@:]*\\)@.*/\\1/p'); do
    case $port in "$1"*) ip link delete dev "$port" 2>/dev/null || : ;; esac
  done
}`

/**
 * $2 namespace, $3 how the names of its ports begin, $4 memory in MiB, $5 CPUs, $6 overlay lower or empty, then the
 * command of nspawn. Lines for ip come on standard input; they make the nics. Ends when the machine's first process
 * is there, and says `runs` when it was there before.
 */
export const START = `set -e
dir=$1 netns=$2 ports=$3 memory=$4 cpus=$5 lower=$6; shift 6
links=$(cat)
${ALIVE}
${UNPLUG}
mkdir -p -- "$dir/state" "$dir/upper" "$dir/work" "$dir/root"
exec 9>"$dir/lock"; flock 9
! alive "$dir" || { echo runs; exit 0; }
printf '%s\\n' "$SUPERVISE" >"$dir/supervise"
turn=$(cat /proc/sys/kernel/random/uuid)
exec 8>"$dir/turn.lock"; flock 8
! alive "$dir" || { echo runs; exit 0; }
rm -f -- "$dir/pid"
echo "$turn" >"$dir/turn"
exec 8>&-
unplug "$ports"
for pid in $(ip netns pids "$netns" 2>/dev/null); do kill -KILL "$pid" 2>/dev/null || :; done
${END_UNIT}
! ip netns delete "$netns" 2>/dev/null || :
ip netns add "$netns"
ip -netns "$netns" link set dev lo up
printf '%s\\n' "$links" | ip -batch -
rm -f -- "$dir/leader" "$dir/supervisor.log" "$dir/console.log.1"
if [ -d /run/systemd/system ]; then
  systemd-run --quiet --collect --unit="sysvm-$netns" --description="sysvm machine" --property=Delegate=yes --property=KillMode=mixed \\
    --property=MemoryMax="$memory"M --property=CPUQuota="$cpus"00% --setenv=SYSTEMD_NSPAWN_API_VFS_WRITABLE=network \\
    unshare --mount --propagation=slave sh "$dir/supervise" "$dir" "$turn" "$lower" "$@" 9>&-
else
  SYSTEMD_NSPAWN_API_VFS_WRITABLE=network setsid unshare --mount --propagation=slave \\
    sh "$dir/supervise" "$dir" "$turn" "$lower" "$@" >/dev/null 2>"$dir/supervisor.log" </dev/null 9>&- &
fi
tries=0
until [ -n "$(ip netns pids "$netns")" ]; do
  tries=$((tries + 1))
  if [ $tries -gt 500 ] || { [ $tries -gt 10 ] && ! alive "$dir"; }; then
    cat -- "$dir/supervisor.log" "$dir/console.log.1" "$dir/console.log" 2>/dev/null | tail -n 5 >&2; exit 1
  fi
  sleep 0.02
done`

/** $1 namespace, $2 memory in MiB, $3 CPUs: a machine that runs as a unit may use so much from now on. */
export const LIMIT = `
[ ! -d /run/systemd/system ] || systemctl set-property --runtime "sysvm-$1.service" MemoryMax="$2"M CPUQuota="$3"00%`

/** $2 namespace, $3 seconds to wait for an orderly end (0: none), $4 how the names of its ports begin. */
export const STOP = `
dir=$1 netns=$2 wait=$3 ports=$4
${ALIVE}
${UNPLUG}
[ -d "$dir" ] || exit 0
exec 9>"$dir/lock"; flock 9
exec 8>"$dir/turn.lock"; flock 8
: >"$dir/turn"
exec 8>&-
if [ "$wait" -gt 0 ] && alive "$dir" && read -r leader <"$dir/leader"; then
  kill -TERM "$leader" 2>/dev/null
  tries=$((wait * 20))
  while [ $tries -gt 0 ] && alive "$dir"; do tries=$((tries - 1)); sleep 0.05; done
fi
for try in 1 2 3 4 5; do
  if alive "$dir"; then kill -KILL -- "-$pid" 2>/dev/null; fi
  pids=$(ip netns pids "$netns" 2>/dev/null)
  for one in $pids; do kill -KILL "$one" 2>/dev/null; done
  if [ -z "$pids" ] && ! alive "$dir"; then break; fi
  sleep 0.05
done
${END_UNIT}
unplug "$ports"
[ ! -e "/run/netns/$netns" ] || ip netns delete "$netns" || exit 1
if alive "$dir"; then echo "its processes do not end" >&2; exit 1; fi
rm -f -- "$dir/pid" "$dir/leader"`

/** $1: folder of all machines. One line each: r(unning) or s(topped), then its machine.json. */
export const LIST = `${ALIVE}
for dir in "$1"/*; do
  [ -e "$dir/machine.json" ] || continue
  if alive "$dir"; then printf 'r'; else printf 's'; fi
  cat -- "$dir/machine.json" && echo
done`

/** $2: bytes. */
export const CONSOLE = `
[ -d "$1" ] || exit 0
cat -- "$1/console.log.1" "$1/console.log" 2>/dev/null | tail -c "$2"`
