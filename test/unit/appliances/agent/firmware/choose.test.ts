import { generateKeyPairSync, sign } from 'node:crypto'
import { mkdirSync, mkdtempSync, readlinkSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { FirmwareSeal } from '@sysvm/agent/api'
import { chooseFirmware } from '@sysvm/agent/firmware/choose'
import { keep, moveLink, readFailed, readLink, setLink, sweepKept } from '@sysvm/agent/firmware/kept'
import { openSeal, sha256Of } from '@sysvm/agent/firmware/seal'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

const { privateKey, publicKey } = generateKeyPairSync('ed25519')
const owner = { machine: 'r-1-VM', platform: 'p', managerKey: publicKey }

const sealed = (bundle: string, change: Partial<FirmwareSeal> = {}, key = privateKey) => {
  const seal: FirmwareSeal = {
    ...{ kind: 'firmware', machine: 'r-1-VM', platform: 'p', image: `image of ${bundle}`, confirmSeconds: 7 },
    ...{ sha256: sha256Of(Buffer.from(bundle)), ...change },
  }
  const text = Buffer.from(JSON.stringify(seal))
  return { text, signature: sign(null, text, key).toString('base64') }
}

describe('a seal', () => {
  const open = (signed: ReturnType<typeof sealed>) => openSeal(signed, Buffer.from('code'), owner)

  it('opens for the machine, platform and bundle that it names', () => {
    expect(open(sealed('code'))).toMatchObject({ image: 'image of code', confirmSeconds: 7 })
  })

  it.for([
    [{ kind: 'spec' as never }, /something else/],
    [{ machine: 'r-2-VM' }, /for r-2-VM/],
    [{ platform: 'q' }, /made anew/],
    [{ sha256: sha256Of(Buffer.from('other')) }, /SHA-256/],
  ] as const)('does not with %o', ([change, message]) => {
    expect(() => open(sealed('code', change))).toThrow(message)
  })

  it('does not when another has signed it, or it was changed since', () => {
    const other = generateKeyPairSync('ed25519').privateKey
    expect(() => open(sealed('code', {}, other))).toThrow(/not signed/)
    const { signature } = sealed('code')
    expect(() => open({ text: sealed('code', { confirmSeconds: 600 }).text, signature })).toThrow(/not signed/)
  })
})

describe('an agent that starts', () => {
  let home = ''
  let folder = ''
  let run = ''
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'firmware-'))
    folder = join(home, 'firmware')
    run = join(home, 'run')
    for (const path of [folder, run]) mkdirSync(path)
  })
  afterEach(() => rmSync(home, { recursive: true }))

  const choose = () => chooseFirmware(folder, run, '/image.mjs', owner)
  const put = (bundle: string): Promise<string> => keep(folder, sealed(bundle), Buffer.from(bundle))
  const confirmed = async (bundle: string): Promise<string> => {
    const id = await put(bundle)
    await setLink(folder, 'current', id)
    return id
  }

  it('is of the image, where nothing was sent', async () => {
    expect(await choose()).toEqual({ path: '/image.mjs' })
    expect(readlinkSync(`${run}/firmware`)).toBe('/image.mjs')
  })

  it('tries what waits, once; the programs beside it stay with what is in force', async () => {
    const [old, id] = [await confirmed('old'), await put('new')]
    await setLink(folder, 'next', id)
    const running = { id, image: 'image of new', trial: true }
    expect(await choose()).toEqual({ path: `${folder}/${id}/firmware.mjs`, running, seconds: 7 })
    expect(readlinkSync(`${run}/firmware`)).toBe(`${folder}/${old}/firmware.mjs`)
    expect((await choose()).running).toEqual({ id: old, image: 'image of old', trial: false })
    expect(await readFailed(folder)).toMatchObject({ id, why: 'its agent ended before it was confirmed' })
    expect((await choose()).running?.id).toBe(old)
  })

  it('is of what was confirmed from then on', async () => {
    await confirmed('old')
    const id = await put('new')
    await setLink(folder, 'next', id)
    await choose()
    await moveLink(folder, 'trial', 'current')
    expect((await choose()).running).toEqual({ id, image: 'image of new', trial: false })
    await sweepKept(folder)
    expect((await choose()).running?.id).toBe(id)
  })

  it.for(['firmware.mjs', 'seal.json', 'seal.sig'])('runs nothing of which %s is damaged', async (file) => {
    const [old, id] = [await confirmed('old'), await put('new')]
    await setLink(folder, 'next', id)
    writeFileSync(`${folder}/${id}/${file}`, 'damaged')
    expect((await choose()).running?.id).toBe(old)
    expect(await readLink(folder, 'next')).toBeUndefined()
    writeFileSync(`${folder}/${old}/${file}`, 'damaged')
    expect(await choose()).toEqual({ path: '/image.mjs' })
  })

  it('is of the image after the machine was made of another platform', async () => {
    await confirmed('old')
    const other = { ...owner, platform: 'q' }
    expect(await chooseFirmware(folder, run, '/image.mjs', other)).toEqual({ path: '/image.mjs' })
  })

  it('is not held up by what a death left half written', async () => {
    const id = await put('new')
    mkdirSync(`${folder}/${id}.new`)
    writeFileSync(`${folder}/${id}.new/firmware.mjs`, 'ha')
    expect(await put('new')).toBe(id)
    await setLink(folder, 'next', id)
    expect((await choose()).running?.id).toBe(id)
  })
})
