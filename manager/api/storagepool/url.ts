import { isIP } from 'node:net'
import { SysvmError } from '@sysvm/errors'

export interface StorageAddress {
  readonly protocol: 'nfs' | 'file'
  readonly server: string
  readonly path: string
}

const HOST = /^[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?$/
const PATH = /^(\/[A-Za-z0-9_+@=:,-][A-Za-z0-9_.+@=:,-]*)+$/
const NFS = /^(?:nfs|networkfilesystem):\/\/(\[[0-9a-f:]+\]|[^/[\]:]+)(\/.*)$/i
const LOCAL = /^(?:file|filesystem|sharedmountpoint):\/\/(?:localhost)?(\/.*)$/i

const bad = (url: string) =>
  new SysvmError(
    'SYSVM_API_PARAMETER',
    `Parameter url: '${url.slice(0, 60)}' is not a storage: write nfs://server/path, or file:///path for one that the hosts have.`,
  )

/** The one spelling of a storage's address; a path has no `.` or `..`, and nothing that a mount would take for an option. */
export const storageAddress = (url: string): StorageAddress => {
  const [, server, exported] = NFS.exec(url) ?? []
  const [, mounted] = LOCAL.exec(url) ?? []
  const path = (exported ?? mounted ?? '').replace(/\/+$/, '')
  if (!PATH.test(path)) throw bad(url)
  if (server === undefined) return { protocol: 'file', server: 'localhost', path }
  if (!HOST.test(server) && isIP(server.replace(/^\[|\]$/g, '')) !== 6) throw bad(url)
  return { protocol: 'nfs', server: server.toLowerCase(), path }
}

export const storageUrl = ({ protocol, server, path }: StorageAddress): string =>
  protocol === 'nfs' ? `nfs://${server}${path}` : `file://${path}`
