import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** The system VM's own users; ids are fixed, because owners on the state partition outlive an image. */
export const USERS = [
  { name: 'control', id: 972, home: '/', shell: '/bin/sh', comment: 'the manager, over SSH' },
  { name: 'metadata', id: 973, home: '/', shell: '/usr/sbin/nologin', comment: 'metadata service' },
  { name: 'netboot', id: 971, home: '/', shell: '/usr/sbin/nologin', comment: 'netboot service' },
  { name: 'wireguard', id: 969, home: '/', shell: '/usr/sbin/nologin', comment: 'WireGuard' },
  { name: 'charon', id: 970, home: '/', shell: '/usr/sbin/nologin', comment: 'VPN' },
] as const

/** `*`: no password can match. It is not `!`, which sshd without PAM reads as locked even for keys. */
const shadowLine = (name: string): string => `${name}:*:20309:0:99999:7:::`

const edit = async (path: string, change: (lines: string[]) => string[]): Promise<void> => {
  const lines = (await readFile(path, 'utf8')).trimEnd().split('\n')
  await writeFile(path, `${change(lines).join('\n')}\n`)
}

/** Adds the users and takes every password away, in the root filesystem: nothing can add users to a read-only root. */
export const writeUsers = async (root: string): Promise<void> => {
  const etc = (name: string): string => join(root, 'etc', name)
  await edit(etc('passwd'), (lines) => [
    ...lines,
    ...USERS.map(({ name, id, home, shell, comment }) => `${name}:x:${id}:${id}:${comment}:${home}:${shell}`),
  ])
  await edit(etc('group'), (lines) => [...lines, ...USERS.map(({ name, id }) => `${name}:x:${id}:`)])
  await edit(etc('gshadow'), (lines) => [...lines, ...USERS.map(({ name }) => `${name}:*::`)])
  await edit(etc('shadow'), (lines) => [
    ...lines.map((line) => shadowLine(line.split(':')[0] ?? '')),
    ...USERS.map(({ name }) => shadowLine(name)),
  ])
}
