import { chmod, chown, mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { SysvmError } from '@sysvm/errors'
import { clearLeftover } from './leftover.ts'
import { clusterOwner, findPrograms, type Owner, runProgram } from './programs.ts'

/** The manager's private PostgreSQL. */
export interface Cluster {
  /** For openDatabase; a unix socket, no password. */
  readonly url: string
  /** Whether it ran already, left behind by a manager that was killed. */
  readonly adopted: boolean
  /** Starts it again when it died. */
  ensure(): Promise<void>
  /** Ends sessions, writes everything out and stops. */
  stop(): Promise<void>
}

interface Place {
  readonly bin: string
  readonly owner: Owner | undefined
  readonly data: string
  readonly socket: string
  readonly log: string
}

/** Bytes of a unix socket's path, less PostgreSQL's own `/.s.PGSQL.5432` (unix(7), sun_path). */
const SOCKET_FOLDER_LIMIT = 107 - '/.s.PGSQL.5432'.length

const settings = (place: Place): string =>
  [
    "listen_addresses = ''",
    `unix_socket_directories = '${place.socket.replaceAll("'", "''")}'`,
    'unix_socket_permissions = 0700',
    'max_connections = 300',
    // What is in use of a large cloud; of a small one the pages that it never needs are never touched.
    'shared_buffers = 256MB',
    "timezone = 'UTC'",
    '',
  ].join('\n')

const exists = async (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  )

const makeFolder = async (path: string, owner: Owner | undefined): Promise<void> => {
  await mkdir(path, { recursive: true, mode: 0o700 })
  await chmod(path, 0o700)
  if (owner) await chown(path, owner.uid, owner.gid)
}

const pgCtl = async (place: Place, ...args: string[]): Promise<{ code: number; output: string }> =>
  runProgram(join(place.bin, 'pg_ctl'), ['-D', place.data, ...args], place.owner, '/')

/** Made beside and renamed, so that a cut-off initdb is never taken for a cluster. */
const initialize = async (place: Place): Promise<void> => {
  const draft = `${place.data}.new`
  await rm(draft, { recursive: true, force: true })
  await makeFolder(draft, place.owner)
  const { code, output } = await runProgram(
    join(place.bin, 'initdb'),
    ['-D', draft, '-U', 'sysvm', '--auth-local=trust', '--auth-host=reject', '--encoding=UTF8', '--no-locale'].concat([
      '--data-checksums',
      '--no-instructions',
    ]),
    place.owner,
    '/',
  )
  if (code !== 0) throw new SysvmError('SYSVM_POSTGRES', `The private PostgreSQL could not be made: ${output}`)
  await rename(draft, place.data)
}

const configure = async (place: Place): Promise<void> => {
  const file = join(place.data, 'postgresql.auto.conf')
  const draft = `${file}.new`
  await writeFile(draft, settings(place), { mode: 0o600 })
  if (place.owner) await chown(draft, place.owner.uid, place.owner.gid)
  await rename(draft, file)
}

const running = async (place: Place): Promise<boolean> => {
  await clearLeftover(place.data, place.socket)
  return (await pgCtl(place, 'status')).code === 0
}

const start = async (place: Place, attempts = 3): Promise<void> => {
  await makeFolder(place.socket, place.owner)
  const { code, output } = await pgCtl(place, 'start', '--wait', '--timeout=60', '--silent', '--log', place.log)
  if (code === 0) return
  // A server that was killed this very moment has not let go of its files yet.
  if (attempts > 1) {
    await sleep(500)
    await clearLeftover(place.data, place.socket)
    return start(place, attempts - 1)
  }
  const log = await readFile(place.log, 'utf8').catch(() => '')
  throw new SysvmError(
    'SYSVM_POSTGRES',
    `The private PostgreSQL did not start: ${output || 'pg_ctl said nothing'}. Its log ${place.log} ends: ${log.trim().slice(-600)}`,
    { details: { folder: place.data } },
  )
}

const locate = async (folder: string): Promise<Place> => {
  const place = {
    bin: await findPrograms(),
    owner: await clusterOwner(),
    data: join(folder, 'postgres'),
    socket: join(folder, 'socket'),
    log: join(folder, 'postgres', 'server.log'),
  }
  if (Buffer.byteLength(place.socket) <= SOCKET_FOLDER_LIMIT) return place
  throw new SysvmError(
    'SYSVM_POSTGRES',
    `The data directory ${folder} is too long a path for a unix socket: at most ${SOCKET_FOLDER_LIMIT - '/socket'.length} bytes.`,
    { details: { folder } },
  )
}

/**
 * Runs the distribution's PostgreSQL in `folder`, reachable by a unix socket only that no other user can open. It
 * outlives a killed manager; the next start adopts it, or recovers what a power cut left.
 */
export const openCluster = async (folder: string): Promise<Cluster> => {
  const place = await locate(folder)
  // PostgreSQL's user must be able to pass through; what is secret in here has its own mode.
  await mkdir(folder, { recursive: true, mode: 0o711 })
  await chmod(folder, 0o711)
  if (!(await exists(join(place.data, 'PG_VERSION')))) await initialize(place)
  const adopted = await running(place)
  if (!adopted) {
    await configure(place)
    await start(place)
  }
  return {
    url: `postgres://sysvm@localhost/postgres?host=${encodeURIComponent(place.socket)}`,
    adopted,
    ensure: async () => {
      if (!(await running(place))) await start(place)
    },
    stop: () => stopCluster(folder),
  }
}

/** Stops the cluster of a data directory; nothing happens when there is none or it does not run. */
export const stopCluster = async (folder: string): Promise<void> => {
  if (!(await exists(join(folder, 'postgres', 'PG_VERSION')))) return
  const place = await locate(folder)
  if (!(await running(place))) return
  const { code, output } = await pgCtl(place, 'stop', '--wait', '--timeout=60', '--silent', '--mode=fast')
  if (code !== 0) throw new SysvmError('SYSVM_POSTGRES', `The private PostgreSQL did not stop: ${output}`)
}
