import { readFile } from 'node:fs/promises'
import { LIVE } from '@sysvm/agent/service'
import { INSTANCES_FILE, MetadataDocument } from './document.ts'
import { createMetadataServer } from './server.ts'

const readDocument = async (path: string): Promise<MetadataDocument> =>
  MetadataDocument.parse(JSON.parse(await readFile(path, 'utf8')))

/** The metadata process: serves what the live generation says, and reads it again at SIGHUP; ends at SIGTERM. */
export const serveMetadata = async (path = `${LIVE}/${INSTANCES_FILE}`): Promise<void> => {
  const server = createMetadataServer()
  const load = async (): Promise<void> => server.update(await readDocument(path))
  process.on('SIGHUP', () => {
    // An unreadable document leaves the answers as they were; the parser's words could hold secrets.
    load().catch(() => process.stderr.write('<3>metadata: the new document cannot be read; the old one is served on\n'))
  })
  const ended = new Promise<void>((resolve) => process.once('SIGTERM', () => resolve()))
  await load()
  await ended
  await server.close()
}
