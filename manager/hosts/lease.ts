import { createHash } from 'node:crypto'
import type { HostConnection } from './connection.ts'
import type { LeaseAnswer, MachineLease } from './driver.ts'
import type { HostPaths } from './paths.ts'

/** How long a deadline that is over is kept of a machine whose folder is gone, in seconds: as long as anybody may start it late. */
const TOMBSTONE = 3600

/**
 * Ends machines whose time is over, and goes once no machine has a deadline. $1 folder of the leases, $2 folder of all
 * machines, $3 its version. A deadline that is over stays: who asked for the machine's start long ago gets it for a second.
 */
const KEEPER = `
dir=$1 machines=$2 version=$3
# Whoever looks whether it is held holds it for a moment.
exec 8>"$dir/alive"; flock -w 2 8 || exit 0
while :; do
  # Another release of the manager has another one.
  read -r newest <"$dir/version" && [ "$newest" != "$version" ] && exec sh "$dir/keeper" "$dir" "$machines" "$newest"
  exec 9>"$dir/lock"
  # Whoever writes and is stopped in the midst of it keeps no machine alive.
  if flock -w 3 9; then left=; else left=yes; fi
  read -r now rest </proc/uptime
  now=\${now%.*}
  for file in "$dir"/of/*; do
    [ -e "$file" ] || continue
    name=\${file##*/} until=0
    read -r seq until words <"$file"
    [ "$until" -gt 0 ] || continue
    if [ "$((until + ${TOMBSTONE}))" -le "$now" ] && [ ! -d "$machines/$name" ]; then
      rm -f -- "$file" "$dir/end-$name"
      continue
    fi
    left=yes
    [ "$until" -le "$now" ] || continue
    (
      # One at a time for each machine, whatever it waits for; where the lock itself does not work, without.
      exec 7>"$dir/end-$name"
      flock -n 7 || [ $? -gt 1 ] || exit 0
      set -- "$machines/$name" $words
      (. "$dir/kill") 7>&-
      timeout -k 5 30 sh "$dir/clean" "$@" 7>&-
    ) 8>&- 9>&- &
  done
  [ -n "$left" ] || exit 0
  exec 9>&-
  sleep 1 8>&-
done`

/**
 * $1 folder of the leases, $2 folder of all machines, $3 boot that the deadlines are of, or nothing, $4 unit, $5 version of
 * the programs, which are in the environment. Lines on standard input: name, number, deadline, three words for the end of
 * the machine. Of each machine the highest number counts, whenever it comes; a deadline that is over, or of another boot,
 * is too late. Says what boot and time it is and the highest number that was known, then which of them hold. Nobody is
 * told that a deadline holds before there is a keeper.
 */
const APPLY = `set -e
dir=$1 machines=$2 boot=$3 unit=$4 version=$5
# Whole, before anybody has to wait for it.
lines=$(cat)
mkdir -p -- "$dir/of"
exec 9>"$dir/lock"; flock 9
read -r this </proc/sys/kernel/random/boot_id
held= kept= most=0
while read -r name seq until words; do
  [ -n "$name" ] || continue
  file=$dir/of/$name known=0
  [ ! -e "$file" ] || read -r known rest <"$file"
  [ "$known" -le "$most" ] || most=$known
  read -r now rest </proc/uptime
  if [ "$until" -gt 0 ]; then
    [ "$boot" = "$this" ] && [ "$until" -gt "\${now%.*}" ] && [ -d "$machines/$name" ] || continue
    # Before the first one is promised.
    [ -n "$kept" ] || ! flock -n "$dir/alive" true || sh -c "$MAY" >&2 </dev/null
    kept=yes
  fi
  [ "$known" -le "$seq" ] || continue
  printf '%s\\n' "$seq $until $words" >"$dir/new"
  mv -f -- "$dir/new" "$file"
  held="$held $name"
done <<LINES
$lines
LINES
if [ -n "$kept" ]; then
  put() { printf '%s\\n' "$2" >"$dir/new"; mv -f -- "$dir/new" "$dir/$1"; }
  last=
  [ ! -e "$dir/version" ] || read -r last <"$dir/version"
  if [ "$last" != "$version" ]; then
    put keeper "$KEEPER"
    put kill "$KILL"
    put clean "$CLEAN"
    put version "$version"
  fi
  tries=0
  while flock -n "$dir/alive" true; do
    # Again now and then: what is told to start may not.
    if [ $((tries % 50)) = 0 ]; then
      if [ -d /run/systemd/system ]; then
        systemctl reset-failed "$unit.service" 2>/dev/null 9>&- || :
        systemd-run --quiet --collect --unit="$unit" --description="sysvm leases" --property=DefaultDependencies=no \\
          --property=Restart=on-failure --property='RestartForceExitStatus=SIGTERM SIGINT SIGHUP SIGPIPE' \\
          --property=StartLimitIntervalSec=0 --property=OOMScoreAdjust=-900 \\
          sh "$dir/keeper" "$dir" "$machines" "$version" 9>&- || :
      else
        setsid sh "$dir/keeper" "$dir" "$machines" "$version" >/dev/null 2>&1 </dev/null 9>&- &
      fi
    fi
    tries=$((tries + 1))
    [ $tries -le 200 ] || { echo 'the keeper of leases does not start' >&2; exit 1; }
    sleep 0.02
  done
fi
read -r now rest </proc/uptime
echo "$this \${now%.*} $most"
for name in $held; do echo "$name"; done`

/**
 * How a driver ends a machine at once: constant programs, and up to three words without spaces for each, which follow its
 * folder as parameters.
 */
export interface LeaseEnd {
  /** The first thing; runs in the keeper's own shell, and is to do without other programs where it can. */
  readonly kill: string
  /** What is left to do then; cut after 30 s. */
  readonly clean: string
  /** Fails, and says why, where machines may start with nobody knowing. */
  readonly may?: string
  words(name: string): readonly [string, string?, string?]
}

/** `renewLeases` of a driver that acts through a shell. */
export const leaseHolder = (
  connection: HostConnection,
  paths: HostPaths,
  { kill, clean, may = 'true', words }: LeaseEnd,
) => {
  const version = createHash('sha256').update([KEEPER, kill, clean].join('\n')).digest('hex').slice(0, 12)
  return async (leases: readonly MachineLease[], boot = ''): Promise<LeaseAnswer> => {
    const lines = leases.map(({ name, seq, until }) => {
      paths.machine(name)
      const [first, second = '-', third = '-'] = words(name)
      return `${name} ${seq} ${until} ${first} ${second} ${third}\n`
    })
    const { stdout } = await connection.run(
      [
        ...([
          'env',
          `KEEPER=${KEEPER}`,
          `KILL=${kill}`,
          `CLEAN=${clean}`,
          `MAY=${may}`,
          'sh',
          '-c',
          APPLY,
          'sh',
        ] as const),
        ...[paths.leases, paths.machines, boot, `sysvm-${paths.leases.split('/').pop()}`, version],
      ],
      { input: lines.join('') },
    )
    const [head = '', ...held] = stdout.split('\n').filter(Boolean)
    const [now = '', uptime, seq] = head.split(' ')
    return { boot: now, uptime: Number(uptime), seq: Number(seq), held }
  }
}
