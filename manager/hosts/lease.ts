import type { HostConnection } from './connection.ts'
import type { LeaseAnswer, MachineLease } from './driver.ts'
import type { HostPaths } from './paths.ts'

/**
 * Ends machines whose time is over, and goes once no machine has a deadline. $1 folder of the leases, $2 folder of all
 * machines. A deadline that is over stays: who asked for the machine's start long ago gets it for a second.
 */
const KEEPER = `
dir=$1 machines=$2
exec 8>"$dir/alive"; flock -n 8 || exit 0
while :; do
  exec 9>"$dir/lock"
  # Whoever writes and is stopped in the midst of it keeps no machine alive.
  if flock -w 3 9; then left=; else left=yes; fi
  read -r now rest </proc/uptime
  for file in "$dir"/of/*; do
    [ -e "$file" ] || continue
    machine=$machines/\${file##*/}
    [ -d "$machine" ] || { rm -f -- "$file"; continue; }
    read -r seq until first second third <"$file"
    [ "$until" -gt 0 ] || continue
    left=yes
    [ "$until" -gt "\${now%.*}" ] || timeout 30 sh "$dir/off" "$machine" "$first" "$second" "$third" 8>&- 9>&- &
  done
  [ -n "$left" ] || exit 0
  exec 9>&-
  sleep 1 8>&-
done`

/**
 * $1 folder of the leases, $2 folder of all machines, $3 boot that the deadlines are of, or nothing, $4 unit. Lines on
 * standard input: name, number, deadline, three words for the end of the machine. Of each machine the highest number
 * counts, whenever it comes; a deadline that is over, or of another boot, is too late. Says what boot and time it is and the highest
 * number that was known, then which of them hold. Nobody is told that a deadline holds before there is a keeper.
 */
const APPLY = `set -e
dir=$1 machines=$2 boot=$3 unit=$4
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
    kept=yes
  fi
  [ "$known" -le "$seq" ] || continue
  printf '%s\\n' "$seq $until $words" >"$dir/new"
  mv -f -- "$dir/new" "$file"
  held="$held $name"
done <<LINES
$lines
LINES
if [ -n "$kept" ] && flock -n "$dir/alive" true; then
  for part in keeper off; do
    if [ $part = keeper ]; then text=$KEEPER; else text=$OFF; fi
    printf '%s\\n' "$text" >"$dir/new"
    mv -f -- "$dir/new" "$dir/$part"
  done
  if [ -d /run/systemd/system ]; then
    systemd-run --quiet --collect --unit="$unit" --description="sysvm leases" --property=Restart=on-failure \\
      --property=StartLimitIntervalSec=0 --property=OOMScoreAdjust=-900 sh "$dir/keeper" "$dir" "$machines" 9>&- || :
  else
    setsid sh "$dir/keeper" "$dir" "$machines" >/dev/null 2>&1 </dev/null 9>&- &
  fi
  tries=0
  while flock -n "$dir/alive" true; do
    tries=$((tries + 1))
    [ $tries -le 100 ] || { echo 'the keeper of leases does not start' >&2; exit 1; }
    sleep 0.02
  done
fi
read -r now rest </proc/uptime
echo "$this \${now%.*} $most"
for name in $held; do echo "$name"; done`

/** How a driver ends a machine at once: a constant program, and up to three words without spaces for each. $1 is its folder. */
export interface LeaseEnd {
  readonly program: string
  words(name: string): readonly [string, string?, string?]
}

/** `renewLeases` of a driver that acts through a shell. */
export const leaseHolder =
  (connection: HostConnection, paths: HostPaths, { program, words }: LeaseEnd) =>
  async (leases: readonly MachineLease[], boot = ''): Promise<LeaseAnswer> => {
    const lines = leases.map(({ name, seq, until }) => {
      paths.machine(name)
      const [first, second = '-', third = '-'] = words(name)
      return `${name} ${seq} ${until} ${first} ${second} ${third}\n`
    })
    const { stdout } = await connection.run(
      [
        ...(['env', `KEEPER=${KEEPER}`, `OFF=${program}`, 'sh', '-c', APPLY, 'sh'] as const),
        ...[paths.leases, paths.machines, boot, `sysvm-${paths.leases.split('/').pop()}`],
      ],
      { input: lines.join('') },
    )
    const [head = '', ...held] = stdout.split('\n').filter(Boolean)
    const [now = '', uptime, seq] = head.split(' ')
    return { boot: now, uptime: Number(uptime), seq: Number(seq), held }
  }
