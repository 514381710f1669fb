import { isSysvmError } from '@sysvm/errors'
import { z } from 'zod'
import { SEAL_HEADER, SIGNATURE_HEADER, type Status } from '../api/index.ts'
import type { Patches } from '../firmware/patches.ts'
import { parseRequest, readBody, readJson } from './body.ts'
import type { Route } from './routes.ts'

/** Largest bundle that is taken; one has about a megabyte. */
const BUNDLE_LIMIT_BYTES = 32 * 1024 * 1024

const Again = z.enum(['true', 'false']).default('false')
const Confirm = z.strictObject({ id: z.string().regex(/^[0-9a-f]{64}$/, 'is not a SHA-256 in hex') })

export interface FirmwareRoutesOptions {
  readonly patches: Patches
  readonly status: () => Status
  /** Ends this agent, so that systemd starts one of the firmware that waits. */
  readonly startAgain: () => void
}

/** Routes that put another firmware into the machine that runs. */
export const firmwareRoutes = ({ patches, status, startAgain }: FirmwareRoutesOptions): Route[] => [
  {
    method: 'PUT',
    path: '/v1/firmware',
    handle: async (context) => {
      const again = parseRequest(Again, context.query.again)
      const bundle = await readBody(context.req, BUNDLE_LIMIT_BYTES)
      const text = Buffer.from(context.get(SEAL_HEADER), 'base64')
      const answer = await patches.accept({ text, signature: context.get(SIGNATURE_HEADER) }, bundle, again === 'true')
      context.body = answer
      // Answered or hung up: it is on the disk, and the manager asks what became of it.
      if (answer.state === 'staged') context.res.once('close', startAgain)
    },
  },
  {
    method: 'POST',
    path: '/v1/firmware/confirm',
    handle: async (context) => {
      const { id } = await readJson(context.req, Confirm)
      await patches.confirm(id).catch((error: unknown) => {
        // It will be no better: the one before is to serve at once.
        if (isSysvmError(error, 'SYSVM_FIRMWARE_INVALID')) context.res.once('close', startAgain)
        throw error
      })
      context.body = status()
    },
  },
]
