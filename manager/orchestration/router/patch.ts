import { createHash } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import {
  type FirmwareAnswer,
  type FirmwareConfirm,
  type FirmwareSeal,
  SEAL_HEADER,
  SIGNATURE_HEADER,
  type Status,
} from '@sysvm/agent/api'
import { isSysvmError, messageOf, SysvmError } from '@sysvm/errors'
import type { Selectable } from 'kysely'
import type { HostDriver } from '../../hosts/driver.ts'
import type { RouterTable } from '../../model/schema.ts'
import type { ImageFirmware } from '../images/firmware.ts'
import { routerName, type World } from '../world.ts'
import { withNewConnection } from './control.ts'
import { forgetConnection } from './kept.ts'
import { giveUpPatch, wishEnds } from './patch-wish.ts'

type Router = Selectable<RouterTable>

/** Seconds in which a new agent must have been confirmed; under emulation one takes twenty to answer. */
const CONFIRM_SECONDS = 60
/** An agent that ends leaves a question without an answer. */
const ASK_MS = 5000
const PAUSE_MS = 200

export interface Patched {
  readonly router: Router
  /** What the agent says now. */
  readonly status: Status
  /** Why it has its old firmware still, for whoever asked. */
  readonly failure?: SysvmError
}

const failed = (router: Router, why: string, cause?: unknown): SysvmError =>
  new SysvmError(
    'SYSVM_ROUTER_PATCH',
    `The firmware of router ${routerName(router.number)} was not replaced, and its old one serves: ${why}`,
    { details: { router: router.id }, cause },
  )

const differsInMore = (router: Router, image: string): SysvmError =>
  failed(
    router,
    `the image ${image.slice(0, 12)} differs from what the router runs in more than its firmware (kernel, packages or units). Call upgradeRouterTemplate: it makes the router of it anew.`,
  )

/** What the machine runs: its image's firmware or another's. */
const runs = ({ patch, image }: Status): string => patch?.running?.image ?? image

/** Asks until an agent answers that is as it is waited for. */
const awaitAgent = async (
  world: World,
  driver: HostDriver,
  router: Router,
  isIt: (patch: Status['patch']) => boolean,
): Promise<Status> => {
  const end = performance.now() + CONFIRM_SECONDS * 1000 + world.settings.bootTimeoutMs
  for (;;) {
    try {
      const status = await withNewConnection(world, driver, router, (client) =>
        client.request<Status>('GET', '/v1/status', { timeoutMs: ASK_MS }),
      )
      if (isIt(status.patch)) return status
    } catch (error) {
      if (performance.now() > end) throw error
    }
    if (performance.now() > end) throw failed(router, 'its agent does not end')
    await sleep(PAUSE_MS)
  }
}

const send = async (
  world: World,
  driver: HostDriver,
  router: Router,
  image: string,
  { platform, bundle }: ImageFirmware,
): Promise<FirmwareAnswer> => {
  const seal: FirmwareSeal = {
    kind: 'firmware',
    machine: routerName(router.number),
    platform,
    image,
    sha256: createHash('sha256').update(bundle).digest('hex'),
    confirmSeconds: CONFIRM_SECONDS,
  }
  const text = Buffer.from(JSON.stringify(seal))
  return withNewConnection(world, driver, router, (client) =>
    client.request<FirmwareAnswer>('PUT', `/v1/firmware?again=${router.patch_forced}`, {
      body: bundle,
      headers: {
        'content-type': 'application/octet-stream',
        [SEAL_HEADER]: text.toString('base64'),
        [SIGNATURE_HEADER]: world.keys.sign(text),
      },
    }),
  )
}

/** Sent, started, confirmed. Rejects with SYSVM_ROUTER_PATCH where the machine refused it or went back by itself. */
const exchange = async (world: World, driver: HostDriver, router: Router, image: string): Promise<Status> => {
  const firmware = await world.firmwareOf(image)
  const answer = await send(world, driver, router, image, firmware)
  await world.at('router.firmware.sent')
  if (answer.state === 'staged') await forgetConnection(world, router.id)
  // The agent that was told to end has been followed by one, of either firmware.
  const { patch } = await awaitAgent(world, driver, router, ({ staged }) => staged === null)
  if (patch.running?.id !== answer.id) throw failed(router, patch.failed?.why ?? 'the new one did not come up')
  await world.at('router.firmware.started')
  const confirm: FirmwareConfirm = { id: answer.id }
  try {
    return await withNewConnection(world, driver, router, (client) =>
      client.request<Status>('POST', '/v1/firmware/confirm', { body: confirm }),
    )
  } catch (error) {
    if (!isSysvmError(error, 'SYSVM_FIRMWARE_INVALID')) throw error
    await awaitAgent(world, driver, router, ({ running }) => running?.id !== answer.id)
    throw failed(router, error.message, error)
  }
}

/** The machine's or the image's own word: sending it again cannot help. */
const isRefusal = (error: unknown): error is SysvmError =>
  isSysvmError(error) &&
  (error.details.status !== undefined ||
    ['SYSVM_ROUTER_PATCH', 'SYSVM_IMAGE_INVALID', 'SYSVM_IMAGE_MISSING'].includes(error.code))

/**
 * Gives a router that runs the firmware it is to have, and nothing else. Its image is then the one that this is of: all
 * else in the two is the same, so made anew it is what it was. The spec is told again, for the new firmware to render.
 */
export const patchRouter = async (
  world: World,
  driver: HostDriver,
  router: Router,
  status: Status,
): Promise<Patched> => {
  const image = router.next_firmware
  if (image === null) return { router, status }
  try {
    const there = runs(status) === image && status.patch.running?.trial !== true && !router.patch_forced
    if (!there && (await world.firmwareOf(image)).platform !== status.platform) throw differsInMore(router, image)
    const now = there ? status : await exchange(world, driver, router, image)
    await world.at('router.firmware.confirmed')
    world.log.info({ router: router.id, image }, 'replaced the firmware of a router')
    const row = await world.db
      .updateTable('router')
      .set({ image, spec_sha256: null, ...wishEnds(image) })
      .where('id', '=', router.id)
      .returningAll()
      .executeTakeFirstOrThrow()
    return { router: row, status: now }
  } catch (error) {
    if (!isRefusal(error)) throw error
    const failure = error.code === 'SYSVM_ROUTER_PATCH' ? error : failed(router, messageOf(error), error)
    return { router: await giveUpPatch(world, router, image, failure), status, failure }
  }
}
