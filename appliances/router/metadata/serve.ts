import { readFile } from 'node:fs/promises'
import { LIVE } from '@sysvm/agent/service'
import { INSTANCES_FILE, MetadataDocument } from './document.ts'
import { answerPassword, PASSWORD_PORT } from './password.ts'
import { openServedPasswords, SERVED_FILE } from './served.ts'
import { createMetadataServer } from './server.ts'

const readDocument = async (path: string): Promise<MetadataDocument> =>
  MetadataDocument.parse(JSON.parse(await readFile(path, 'utf8')))

/** The metadata process: serves what the live generation says, and reads it again at SIGHUP; ends at SIGTERM. */
export const serveMetadata = async (path = `${LIVE}/${INSTANCES_FILE}`, servedPath = SERVED_FILE): Promise<void> => {
  const served = await openServedPasswords(servedPath)
  const metadata = createMetadataServer()
  const passwords = createMetadataServer({
    port: PASSWORD_PORT,
    handle: ({ instances }, request, response) => answerPassword(instances, served, request, response),
  })
  const load = async (): Promise<void> => {
    const document = await readDocument(path)
    metadata.update(document)
    passwords.update(document)
    await served.prune(new Set(Object.values(document.instances).flatMap(({ password }) => password?.id ?? [])))
  }
  process.on('SIGHUP', () => {
    // An unreadable document leaves the answers as they were; the parser's words could hold secrets.
    load().catch(() => process.stderr.write('<3>metadata: the new document cannot be read; the old one is served on\n'))
  })
  const ended = new Promise<void>((resolve) => process.once('SIGTERM', () => resolve()))
  await load()
  await ended
  await Promise.all([metadata.close(), passwords.close()])
}
