import { pipeline } from 'node:stream/promises'
import type { HostConnection, OpenProgram } from './connection.ts'

/** A folder of a host may take this long to go to another one, in milliseconds; 1 TiB at 100 MiB/s takes three hours. */
const TRANSFER_MS = 4 * 3600_000

/** $1: folder of the machine, then what of it is its own and goes with it. Says `absent` when there is none. */
const ABSENT = 44
const PACK = `dir=$1; shift
[ -d "$dir" ] || exit ${ABSENT}
exec 9>"$dir/lock"; flock 9
cd -- "$dir" || exit
for part in "$@"; do shift; [ ! -e "$part" ] || set -- "$@" "$part"; done
exec tar --create --numeric-owner --xattrs --xattrs-include='*' --acls --sparse -- "$@"`

/** $1: a folder of nobody's. */
const UNPACK = `set -e
rm -rf -- "$1"
mkdir -p -- "$1"
tar --extract --numeric-owner --same-permissions --xattrs --xattrs-include='*' --acls --sparse --directory="$1"
sync -f -- "$1"`

/** $1: folder of the machine, $2: what came whole, on the same file system. */
const SETTLE = `set -e
mkdir -p -- "$(dirname -- "$1")"
rm -rf -- "$1"
mv -T -- "$2" "$1"`

/** $1: folder of the machine, $2: folder for what is being deleted. At once for whoever asks whether it is there. */
const DISCARD = `set -e
mkdir -p -- "$2"
gone="$2/\${1##*/}.$$"
[ ! -e "$1" ] || mv -T -- "$1" "$gone"
rm -rf -- "$2/\${1##*/}".*`

/** The parts of a machine's folder as they are on the host; undefined when the machine is not there. */
export const packFolder = async (
  connection: HostConnection,
  folder: string,
  parts: readonly string[],
): Promise<OpenProgram | undefined> => {
  const { stdout } = await connection.run(['sh', '-c', '[ ! -d "$1" ] || echo there', 'sh', folder])
  if (stdout.trim() !== 'there') return undefined
  return connection.open(['sh', '-c', PACK, 'sh', folder, ...parts], { timeoutMs: TRANSFER_MS })
}

/** The folder holds what was packed afterwards; nothing is there when the stream broke. */
export const unpackFolder = async (
  connection: HostConnection,
  folder: string,
  beside: string,
  packed: OpenProgram,
): Promise<void> => {
  const into = await connection.open(['sh', '-c', UNPACK, 'sh', beside], { timeoutMs: TRANSFER_MS })
  try {
    await pipeline(packed.stdout, into.stdin)
    // An archive that was cut looks like a shorter one: only its maker knows.
    await packed.ended
    await into.ended
  } catch (error) {
    into.stop()
    packed.stop()
    throw error
  }
  await connection.run(['sh', '-c', SETTLE, 'sh', folder, beside], { timeoutMs: TRANSFER_MS })
}

/** Gone in one step, however much there is to delete. */
export const discardFolder = async (connection: HostConnection, folder: string, trash: string): Promise<void> => {
  await connection.run(['sh', '-c', DISCARD, 'sh', folder, trash], { timeoutMs: TRANSFER_MS })
}
