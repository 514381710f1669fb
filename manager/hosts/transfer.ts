import { randomUUID } from 'node:crypto'
import { dirname } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import type { HostConnection, OpenProgram } from './connection.ts'
import type { HostPaths } from './paths.ts'

/** A folder of a host may take this long to go to another one, in milliseconds; 1 TiB at 100 MiB/s takes three hours. */
const TRANSFER_MS = 4 * 3600_000

/** Defines `cut`: ends what streams from or to a folder, known by a word of its own, whoever began it. */
const CUT = `
cut() {
  pids=$(printf '%s\\0' /proc/[0-9]*/cmdline | xargs -0 grep -lzxF -- "--directory=$1" 2>/dev/null | tr -dc '0-9\\n')
  [ -z "$pids" ] || kill -KILL $pids 2>/dev/null || :
}`

/** Defines `forget`: nothing comes to $1 any more of what began before, and nothing is left of it but $2. */
const FORGET = `${CUT}
forget() {
  for old in "$1".*; do
    [ -e "$old" ] && [ "$old" != "$2" ] || continue
    cut "$old"
    rm -rf -- "$old" || :
  done
}`

/** $1: folder of the machine. Whoever read it before reads no more: it is not theirs to send. */
const BEGIN = `${CUT}
[ -d "$1" ] || exit 0
cut "$1"
echo there`

/**
 * $1: --directory=FOLDER of the machine, by which its stream is found, then what of it is its own and goes with it. What
 * is under way there ends first; the stream itself holds nobody up: its manager may be paused for hours.
 */
const PACK = `dir=\${1#--directory=}; shift
exec 9>"$dir/lock"; flock 9; exec 9>&-
cd -- "$dir" || exit
for part in "$@"; do shift; [ ! -e "$part" ] || set -- "$@" "$part"; done
exec tar --create --numeric-owner --xattrs --xattrs-include='*' --acls --sparse --directory="$dir" -- "$@"`

/** After so many minutes without anybody at work on it a transfer is dead. */
const DEAD_MINUTES = 60

/** $1: folder for what comes, $2: name of the machine. Nothing is left of its earlier transfers, nor of others that are dead. */
const EXPECT = `${FORGET}
mkdir -p -- "$1" || exit
forget "$1/$2"
find "$1" -mindepth 1 -maxdepth 1 -mmin +${DEAD_MINUTES} -exec flock -n {} rm -rf -- {} \\;`

/** $1: --directory=FOLDER, this transfer's own, which is held as long as something comes. */
const UNPACK = `dir=\${1#--directory=}
mkdir -- "$dir" && exec 9<"$dir" && flock 9 || exit
tar --extract --numeric-owner --same-permissions --xattrs --xattrs-include='*' --acls --sparse --directory="$dir" &&
  sync -f -- "$dir" && touch -- "$dir" || { code=$?; rm -rf -- "$dir"; exit $code; }`

/** Defines `discard`: $1 is gone in one step, to $2 and from there, however much there is to delete. */
const DISCARDING = `
discard() {
  mkdir -p -- "$2"
  [ ! -e "$1" ] || mv -T -- "$1" "$2/\${1##*/}.$$"
}`

/**
 * $1: folder of the machine, $2: what came whole, on the same file system, $3: folder for what is being deleted. On the
 * disk before the other host is told to delete its own.
 */
const SETTLE = `set -e
${FORGET}${DISCARDING}
mkdir -p -- "\${1%/*}"
discard "$1" "$3"
mv -T -- "$2" "$1"
sync -f -- "$1"
forget "\${2%.*}" "$2"
rm -rf -- "$3/\${1##*/}".*`

/** $1: folder of the machine, $2: folder for what is being deleted. At once for whoever asks whether it is there. */
const DISCARD = `set -e
${CUT}${DISCARDING}
cut "$1"
discard "$1" "$2"
rm -rf -- "$2/\${1##*/}".*`

const directory = (folder: string): string => `--directory=${folder}`

/** The parts of a machine's folder as they are on the host; undefined when the machine is not there. */
export const packFolder = async (
  connection: HostConnection,
  folder: string,
  parts: readonly string[],
): Promise<OpenProgram | undefined> => {
  const { stdout } = await connection.run(['sh', '-c', BEGIN, 'sh', folder])
  if (stdout.trim() !== 'there') return undefined
  return connection.open(['sh', '-c', PACK, 'sh', directory(folder), ...parts], { timeoutMs: TRANSFER_MS })
}

/** Time for a program to say why it ended, once its stream broke. */
const WORDS_MS = 1000

/** The words of the program that ended badly first; undefined while none has. */
const firstFailure = (programs: readonly OpenProgram[]): (() => Promise<unknown>) => {
  const failures = programs.map(({ ended }) => new Promise<unknown>((resolve) => ended.catch(resolve)))
  const first = Promise.race(failures)
  return () => Promise.race([first, sleep(WORDS_MS)])
}

/**
 * The machine's folder holds what was packed afterwards; it is as it was when the stream broke. Each transfer has a folder
 * of its own, so that one that was forgotten meanwhile can neither mix with this one nor end in its place.
 */
export const unpackFolder = async (
  connection: HostConnection,
  paths: HostPaths,
  name: string,
  packed: OpenProgram,
): Promise<void> => {
  const folder = paths.machine(name)
  const beside = paths.incoming(name, randomUUID())
  await connection.run(['sh', '-c', EXPECT, 'sh', dirname(beside), name], { timeoutMs: TRANSFER_MS })
  const into = await connection.open(['sh', '-c', UNPACK, 'sh', directory(beside)], { timeoutMs: TRANSFER_MS })
  const failure = firstFailure([packed, into])
  try {
    await pipeline(packed.stdout, into.stdin)
    // An archive that was cut looks like a shorter one: only its maker knows.
    await packed.ended
    await into.ended
  } catch (error) {
    const cause = (await failure()) ?? error
    into.stop()
    packed.stop()
    await connection.run(['sh', '-c', EXPECT, 'sh', dirname(beside), name]).catch(() => {})
    throw cause
  }
  await connection.run(['sh', '-c', SETTLE, 'sh', folder, beside, paths.trash], { timeoutMs: TRANSFER_MS })
}

/** Gone in one step, however much there is to delete. */
export const discardFolder = async (connection: HostConnection, folder: string, trash: string): Promise<void> => {
  await connection.run(['sh', '-c', DISCARD, 'sh', folder, trash], { timeoutMs: TRANSFER_MS })
}
