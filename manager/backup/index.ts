import { createHash } from 'node:crypto'
import { constants, createReadStream } from 'node:fs'
import { access, chmod, cp, mkdir, mkdtemp, open, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { messageOf, SysvmError } from '@sysvm/errors'
import { z } from 'zod'
import { findPrograms } from '../model/postgres/programs.ts'
import { connectionEnvironment, runTool } from './program.ts'
import { isTaken, liveManagers, migrationsOf, type Place, unknownMigrations, withDatabase } from './state.ts'

export type { Place } from './state.ts'

const FORMAT = 1
const Manifest = z.object({
  format: z.number(),
  created: z.string(),
  migrations: z.array(z.string()),
  /** SHA-256 of the dump: what was cut or changed on its way is not restored. */
  database: z.string(),
})
export type Manifest = z.infer<typeof Manifest>

const problem = (message: string, cause?: unknown): SysvmError => new SysvmError('SYSVM_BACKUP', message, { cause })

const exists = (path: string): Promise<boolean> =>
  access(path, constants.F_OK).then(
    () => true,
    () => false,
  )

const digestOf = async (path: string): Promise<string> => {
  const hash = createHash('sha256')
  await pipeline(createReadStream(path), hash)
  return hash.digest('hex')
}

/** A folder that nobody else can look into, on the file system of `beside`; gone afterwards. */
const withFolder = async <T>(beside: string, use: (folder: string) => Promise<T>): Promise<T> => {
  const folder = await mkdtemp(join(dirname(beside), '.sysvm-backup-'))
  try {
    return await use(folder)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/**
 * Writes the database, as it is at one moment, and the keys that its secrets are sealed with into one file of mode 0600.
 * The manager may run meanwhile. Rejects with SYSVM_BACKUP.
 */
export const backUp = async (place: Place, file: string): Promise<Manifest> => {
  if (await exists(file)) throw problem(`${file} is there already: name a new file.`)
  const keys = join(place.folder, 'keys')
  if (!(await exists(keys))) throw problem(`There is no manager in ${place.folder}: it has no keys folder.`)
  return withFolder(file, (folder) =>
    withDatabase(place, async (url, db) => {
      if (!(await isTaken(db))) throw problem('The database is empty: there is nothing to back up.')
      const dump = join(folder, 'database.dump')
      // Wake-ups of reconcilers are not state: whatever is not as wanted is found again.
      await runTool(
        [
          join(await findPrograms(), 'pg_dump'),
          '--format=custom',
          '--no-owner',
          '--no-privileges',
          '--exclude-schema=pgboss',
        ].concat([`--file=${dump}`]) as [string, ...string[]],
        { environment: connectionEnvironment(url) },
      )
      await cp(keys, join(folder, 'keys'), { recursive: true })
      const manifest: Manifest = {
        format: FORMAT,
        created: new Date().toISOString(),
        migrations: [...(await migrationsOf(db))],
        database: await digestOf(dump),
      }
      await writeFile(join(folder, 'manifest.json'), JSON.stringify(manifest))
      const archive = await open(join(folder, 'archive'), 'wx', 0o600)
      try {
        await runTool(
          ['tar', '--create', '--numeric-owner', `--directory=${folder}`, 'manifest.json', 'database.dump', 'keys'],
          {
            into: archive.fd,
          },
        )
        await archive.sync()
      } finally {
        await archive.close()
      }
      await rename(join(folder, 'archive'), file)
      return manifest
    }),
  )
}

/** The backup's parts in a folder. Rejects with SYSVM_BACKUP when it is none, was cut, or a newer release made it. */
const unpack = async (file: string, folder: string): Promise<Manifest> => {
  await access(file, constants.R_OK).catch((cause: unknown) => {
    throw problem(`${file} cannot be read: ${messageOf(cause)}.`, cause)
  })
  await runTool(['tar', '--extract', '--no-same-owner', `--file=${file}`, `--directory=${folder}`])
  const text = await readFile(join(folder, 'manifest.json'), 'utf8').catch(() => '{}')
  const parsed = Manifest.safeParse(JSON.parse(text))
  if (!parsed.success) throw problem(`${file} is no backup of sysvm: it has no manifest.`)
  const manifest = parsed.data
  const unknown = unknownMigrations(manifest.migrations)
  if (manifest.format !== FORMAT || unknown.length > 0)
    throw problem(
      `${file} was made by a newer release than this one: ${unknown.join(', ') || `format ${manifest.format}`}.`,
    )
  if ((await digestOf(join(folder, 'database.dump')).catch(() => '')) !== manifest.database)
    throw problem(`${file} is damaged: its database is not the one that was saved.`)
  return manifest
}

/** Before what is loaded, in the same transaction. */
const CLEAR = `drop schema if exists pgboss cascade; drop schema if exists public cascade; create schema public`
/** After it: who managed then is gone, and hosts obey no epoch of theirs. */
const SETTLE = `set search_path = public; update public.manager set state = 'Down', stopped = now() where state = 'Up';
  update public.host set manager = null; select public.raise_epoch()`

const load = async (url: string, folder: string): Promise<void> => {
  const bin = await findPrograms()
  const environment = { ...connectionEnvironment(url), PGOPTIONS: '-c client_min_messages=warning' }
  const script = join(folder, 'database.sql')
  const words = ['--no-owner', '--no-privileges', `--file=${script}`, join(folder, 'database.dump')]
  await runTool([join(bin, 'pg_restore'), ...words])
  // A schema that is made anew is made once.
  const text = await readFile(script, 'utf8')
  await writeFile(script, text.replaceAll(/^CREATE SCHEMA public;$/gm, ''))
  const psql = ['--no-psqlrc', '--quiet', '--single-transaction', '--set=ON_ERROR_STOP=1', '--output=/dev/null']
  await runTool([join(bin, 'psql'), ...psql, `--command=${CLEAR}`, `--file=${script}`, `--command=${SETTLE}`], {
    environment,
  })
}

const replaceKeys = async (place: Place, from: string): Promise<void> => {
  const keys = join(place.folder, 'keys')
  const beside = `${keys}.restored`
  await rm(beside, { recursive: true, force: true })
  await cp(from, beside, { recursive: true })
  await chmod(beside, 0o700)
  if (await exists(keys)) await rename(keys, `${keys}.${new Date().toISOString().replaceAll(/[:.]/g, '-')}`)
  await rename(beside, keys)
}

/**
 * Puts the state of a backup in the place of what is there, all of it or nothing; keys that were there are kept beside.
 * Refused while a manager lives, and with a cloud in the database unless `replace` says so. Rejects with SYSVM_BACKUP.
 */
export const restore = async (
  place: Place,
  file: string,
  { replace = false }: { readonly replace?: boolean } = {},
): Promise<Manifest> => {
  await mkdir(place.folder, { recursive: true, mode: 0o711 })
  return withFolder(join(place.folder, 'keys'), async (folder) => {
    const manifest = await unpack(file, folder)
    await withDatabase(place, async (url, db) => {
      const live = await liveManagers(db)
      if (live.length > 0) throw problem(`A manager runs on this database: ${live.join(', ')}. End it first.`)
      if (!replace && (await isTaken(db)))
        throw problem('There is a cloud in this database already: back it up, then give --replace to restore over it.')
      await load(url, folder)
    })
    await replaceKeys(place, join(folder, 'keys'))
    return manifest
  })
}
