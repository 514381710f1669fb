import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type FirmwareAnswer, type FirmwareSeal, SEAL_HEADER, SIGNATURE_HEADER, type Status } from '@sysvm/agent/api'
import { Manifest } from '@sysvm/images/manifest'
import { until } from '../../lab/index.ts'
import type { TestRouter } from './container.ts'

const IMAGE = join(import.meta.dirname, '../../../images/out/system')
const { patch } = Manifest.parse(JSON.parse(readFileSync(join(IMAGE, 'manifest.json'), 'utf8')))
const built = readFileSync(join(IMAGE, patch?.firmware.file ?? ''), 'utf8')

export const PLATFORM = patch?.platform ?? ''

const digest = (data: string | Uint8Array): string => createHash('sha256').update(data).digest('hex')

/** The image's own firmware with a line before it: another one, which does the same unless the line says otherwise. */
export const firmwareWith = (line: string): Buffer => Buffer.from(`${line}\n${built}`)

/** Stands for the image that a firmware is of. */
export const imageOf = (bundle: Uint8Array): string => digest(`image of ${digest(bundle)}`)

export interface Sending {
  readonly again?: boolean
  /** What is other than it should be. */
  readonly seal?: Partial<FirmwareSeal>
  readonly sign?: (body: Uint8Array) => string
}

/** As the manager does it; what waits for its confirm afterwards. */
export const sendFirmware = async (
  router: TestRouter,
  bundle: Buffer,
  { again = false, seal = {}, sign = router.sign }: Sending = {},
): Promise<FirmwareAnswer> => {
  const sealed: FirmwareSeal = {
    kind: 'firmware',
    machine: router.machine.name,
    platform: PLATFORM,
    image: imageOf(bundle),
    sha256: digest(bundle),
    confirmSeconds: 30,
    ...seal,
  }
  const text = Buffer.from(JSON.stringify(sealed))
  await using control = await router.connect(20_000)
  return await control.request<FirmwareAnswer>('PUT', `/v1/firmware?again=${again}`, {
    body: bundle,
    headers: {
      'content-type': 'application/octet-stream',
      [SEAL_HEADER]: text.toString('base64'),
      [SIGNATURE_HEADER]: sign(text),
    },
  })
}

/** Once the agent that took it has ended: what runs, on trial or the one before. */
export const afterStart = (router: TestRouter): Promise<Status> =>
  until('the agent has started again', async () => {
    const status = await router.ready()
    return status.patch.staged === null && status
  })

export const confirmFirmware = async (router: TestRouter, id: string): Promise<Status> => {
  await using control = await router.connect(20_000)
  return await control.request<Status>('POST', '/v1/firmware/confirm', { body: { id } })
}
