import { mkdir, readdir, readFile, readlink, rename, rm, symlink } from 'node:fs/promises'
import type { FirmwareSeal } from '../api/index.ts'
import { syncFolder, writeDurably } from '../effects/durable.ts'
import { type FirmwareOwner, openSeal, type SignedSeal, sha256Of } from './seal.ts'

/** What has been sent, on the machine's disk: a folder for each, and links that say what each is for. */
export const firmwareFolder = (state: string): string => `${state}/firmware`
/** `next`: to be tried at the agent's next start. `trial`: runs unconfirmed. `current`: confirmed. */
export type Link = 'next' | 'trial' | 'current'

const BUNDLE = 'firmware.mjs'

/** Why the last one was taken back. */
export interface FailedFirmware {
  readonly id: string
  readonly why: string
  /** ISO 8601. */
  readonly at: string
}

export interface KeptFirmware {
  /** SHA-256 of its seal. */
  readonly id: string
  readonly seal: FirmwareSeal
  /** Of the bundle. */
  readonly path: string
}

export const idOf = (signed: SignedSeal): string => sha256Of(signed.text)

export const readLink = (folder: string, link: Link): Promise<string | undefined> =>
  readlink(`${folder}/${link}`).catch(() => undefined)

/** Points a link at a path by one rename. */
export const pointAt = async (link: string, target: string): Promise<void> => {
  await rm(`${link}.new`, { force: true })
  await symlink(target, `${link}.new`)
  await rename(`${link}.new`, link)
}

export const setLink = async (folder: string, link: Link, id: string): Promise<void> => {
  await pointAt(`${folder}/${link}`, id)
  await syncFolder(folder)
}

/** One rename: what was on trial is in force, or what waited is on trial. */
export const moveLink = async (folder: string, from: Link, to: Link): Promise<void> => {
  await rename(`${folder}/${from}`, `${folder}/${to}`)
  await syncFolder(folder)
}

/** Verified as when it came: the disk may lie. Rejects when anything of it is missing or not the manager's. */
export const readKept = async (folder: string, id: string, owner: FirmwareOwner): Promise<KeptFirmware> => {
  const read = (name: string): Promise<Buffer> => readFile(`${folder}/${id}/${name}`)
  const [text, signature, bundle] = await Promise.all([read('seal.json'), read('seal.sig'), read(BUNDLE)])
  const seal = openSeal({ text, signature: signature.toString() }, bundle, owner)
  return { id, seal, path: `${folder}/${id}/${BUNDLE}` }
}

/** Whole on the disk, or not there. */
export const keep = async (folder: string, signed: SignedSeal, bundle: Uint8Array): Promise<string> => {
  const id = idOf(signed)
  const beside = `${folder}/${id}.new`
  await rm(beside, { recursive: true, force: true })
  // Programs of other users run it, too.
  await mkdir(beside, { recursive: true, mode: 0o755 })
  await writeDurably(`${beside}/${BUNDLE}`, bundle, 0o644)
  await writeDurably(`${beside}/seal.json`, signed.text)
  await writeDurably(`${beside}/seal.sig`, signed.signature)
  await rm(`${folder}/${id}`, { recursive: true, force: true })
  await rename(beside, `${folder}/${id}`)
  await syncFolder(folder)
  return id
}

/** Removes what no link leads to. */
export const sweepKept = async (folder: string): Promise<void> => {
  const links: readonly Link[] = ['next', 'trial', 'current']
  const used = new Set<string | undefined>(await Promise.all(links.map((link) => readLink(folder, link))))
  for (const entry of await readdir(folder, { withFileTypes: true }).catch(() => []))
    if (entry.isDirectory() && !used.has(entry.name))
      await rm(`${folder}/${entry.name}`, { recursive: true, force: true })
}

export const readFailed = async (folder: string): Promise<FailedFirmware | null> =>
  readFile(`${folder}/failed.json`, 'utf8').then(
    (text) => JSON.parse(text) as FailedFirmware,
    () => null,
  )

/** It is not tried again. A full disk must not keep a machine on a firmware that failed. */
export const giveUp = async (folder: string, link: 'next' | 'trial', id: string, why: string): Promise<void> => {
  const failed: FailedFirmware = { id, why, at: new Date().toISOString() }
  await writeDurably(`${folder}/failed.json`, JSON.stringify(failed)).catch(() => undefined)
  await rm(`${folder}/${link}`, { force: true })
  await syncFolder(folder)
}
