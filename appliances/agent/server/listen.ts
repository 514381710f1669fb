import { chmod, chown, mkdir, rename, rm } from 'node:fs/promises'
import type { Server } from 'node:http'
import { dirname } from 'node:path'
import { groupId } from '../effects/group.ts'

/**
 * Listens on a unix socket that root and one group may open. It is made beside and renamed when its owner is right,
 * so nobody else can open it for a moment, and a dead predecessor's socket is replaced.
 */
export const listen = async (server: Server, path: string, group: string): Promise<void> => {
  await mkdir(dirname(path), { recursive: true, mode: 0o755 })
  const beside = `${path}.new`
  await rm(beside, { force: true })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(beside, () => {
      server.off('error', reject)
      resolve()
    })
  })
  const gid = await groupId(group)
  if (gid !== undefined) await chown(beside, 0, gid)
  await chmod(beside, gid === undefined ? 0o600 : 0o660)
  await rename(beside, path)
}
