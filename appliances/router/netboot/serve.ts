import { readFile } from 'node:fs/promises'
import { LIVE } from '@sysvm/agent/service'
import { LOADERS } from './answer.ts'
import { GUESTS_FILE, NetbootDocument } from './document.ts'
import { createNetbootServer } from './server.ts'

/** Debian's package `ipxe`. */
const LOADER_FOLDER = '/usr/lib/ipxe'

const readLoaders = async (folder: string): Promise<ReadonlyMap<string, Buffer>> =>
  new Map(await Promise.all(LOADERS.map(async (name) => [name, await readFile(`${folder}/${name}`)] as const)))

/** The netboot process: serves what the live generation says, and reads it again at SIGHUP; ends at SIGTERM. */
export const serveNetboot = async (path = `${LIVE}/${GUESTS_FILE}`, loaders: string = LOADER_FOLDER): Promise<void> => {
  const server = createNetbootServer(await readLoaders(loaders))
  const load = async (): Promise<void> => server.update(NetbootDocument.parse(JSON.parse(await readFile(path, 'utf8'))))
  process.on('SIGHUP', () => {
    // An unreadable document leaves the answers as they were; the parser's words could hold secrets.
    load().catch(() => process.stderr.write('<3>netboot: the new document cannot be read; the old one is served on\n'))
  })
  const ended = new Promise<void>((resolve) => process.once('SIGTERM', () => resolve()))
  await load()
  await ended
  server.close()
}
