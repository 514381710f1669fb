import { isSysvmError, SysvmError } from '@sysvm/errors'
import type { HostConnection, RunOptions } from './connection.ts'
import type { HostDriver } from './driver.ts'
import { commandFailed, outputTooLong, TIMEOUT_MS, timedOut } from './outcome.ts'

/** The right to change a host. A host remembers the highest epoch that it has seen, and obeys no older one. */
export interface Fence {
  /** Of the host, as the database knows it: it names the file. */
  readonly host: string
  /** Epoch of the manager's lease, renewed first when it ran out. Rejects with SYSVM_FENCED when it is lost. */
  assure(): Promise<number>
  /** The same, renewed in any case: the host has seen a newer one, `above` which it is raised while the lease is good. */
  renew(above: number): Promise<number>
}

/** No program of ours ends with it: sysexits(3) begins at 64, and shells add 128 to signals. */
const REFUSED = 97

/**
 * $1: file, $2: epoch, $3: seconds, then the command. It runs under a shared lock, which it does not inherit: a machine
 * that it starts would keep it. Raising the epoch needs the lock alone, so that nothing older is under way when the first
 * newer command begins; a manager that is paused while it feeds a command holds it no longer than its time. What cannot
 * be remembered is not done.
 */
const FENCE = `file=$1 epoch=$2 limit=$3; shift 3
[ -d "\${file%/*}" ] || mkdir -p -- "\${file%/*}" || exit ${REFUSED}
exec 7>>"$file.lock"
see() { seen=0; [ ! -s "$file" ] || read -r seen <"$file"; }
while flock -s 7; see; [ "$seen" -lt "$epoch" ]; do
  flock -x 7; see
  [ "$seen" -ge "$epoch" ] || { echo "$epoch" >"$file.new" && mv -f -- "$file.new" "$file"; } || exit ${REFUSED}
done
[ "$seen" = "$epoch" ] || { echo "sysvm-fence $seen" >&2; exit ${REFUSED}; }
timeout --foreground "$limit" "$@" 7>&-`

/** Later than whoever waits for the command gives it up. */
const secondsOf = ({ timeoutMs = TIMEOUT_MS }: RunOptions): string => String(Math.ceil(timeoutMs / 1000) + 2)

const fenced = (fence: Fence, epoch: number, cause: unknown): SysvmError =>
  new SysvmError(
    'SYSVM_FENCED',
    `The host ${fence.host} obeys another manager since this one's epoch ${epoch}: nothing was done.`,
    { details: { host: fence.host, epoch }, cause },
  )

/** The newer epoch that the host says to have seen. */
const refusedFor = (error: unknown): number | undefined => {
  if (!isSysvmError(error, 'SYSVM_COMMAND_FAILED') || error.details.exitCode !== REFUSED) return undefined
  const seen = /^sysvm-fence (\d+)$/m.exec(String(error.details.stderr))?.[1]
  return seen === undefined ? undefined : Number(seen)
}

/** The same failure in the words of the command itself, without the lines around it. */
const unwrapped = (error: unknown, argv: readonly string[], options: RunOptions): unknown => {
  if (isSysvmError(error, 'SYSVM_TIMEOUT')) return timedOut(argv, options.timeoutMs ?? TIMEOUT_MS)
  if (isSysvmError(error, 'SYSVM_OUTPUT_LIMIT')) return outputTooLong(argv, Number(error.details.limit))
  if (!isSysvmError(error, 'SYSVM_COMMAND_FAILED')) return error
  const { exitCode, signal, stderr } = error.details
  return commandFailed(argv, {
    code: typeof exitCode === 'number' ? exitCode : null,
    signal: typeof signal === 'string' ? signal : null,
    stderr: String(stderr),
  })
}

/** A connection whose every command is checked by the host itself, and refused with SYSVM_FENCED when it is of the past. */
export const fencedConnection = (connection: HostConnection, fence: Fence, stateDirectory: string): HostConnection => {
  const file = `${stateDirectory}/fences/${fence.host}`
  const attempt = (epoch: number, argv: readonly string[], options: RunOptions) =>
    connection.run(['sh', '-c', FENCE, 'sh', file, String(epoch), secondsOf(options), ...argv], options)
  const run: HostConnection['run'] = async (argv, options = {}) => {
    const epoch = await fence.assure()
    try {
      return await attempt(epoch, argv, options)
    } catch (error) {
      const seen = refusedFor(error)
      if (seen === undefined) throw unwrapped(error, argv, options)
      // A manager that came, went or died raised it for all: whoever is alive learns the new one and goes on.
      const renewed = await fence.renew(seen)
      if (renewed <= epoch) throw fenced(fence, epoch, error)
      return await attempt(renewed, argv, options).catch((again: unknown) => {
        throw refusedFor(again) !== undefined ? fenced(fence, renewed, again) : unwrapped(again, argv, options)
      })
    }
  }
  return {
    ...connection,
    run,
    // It may take hours, and what it makes is of no use before a command of its own says so.
    open: async (argv, options) => {
      await run(['true'])
      return connection.open(argv, options)
    },
    // What is beside its place does nothing yet.
    writeFile: async (path, data, mode) => {
      const beside = `${path}.${Math.random().toString(36).slice(2)}.new`
      await connection.writeFile(beside, data, mode)
      await run(['mv', '-f', '--', beside, path])
    },
  }
}

/** What only looks, for which any manager may ask. */
type Reading = Pick<HostDriver, 'inventory' | 'openControl' | 'readConsole'>

/** A driver that looks freely and changes the host under its fence; listing machines raises it on a host taken over. */
export const fencedDriver = (
  open: (connection: HostConnection) => HostDriver,
  connection: HostConnection,
  fence: Fence,
  stateDirectory: string,
): HostDriver => {
  const { inventory, openControl, readConsole }: Reading = open(connection)
  return { ...open(fencedConnection(connection, fence, stateDirectory)), inventory, openControl, readConsole }
}
