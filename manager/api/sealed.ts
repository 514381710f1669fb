import { SysvmError } from '@sysvm/errors'
import type { Context } from './command.ts'

/** A secret as the database keeps it; it opens under the same context only, such as `sslcert/<id>`. */
export const sealed = ({ dependencies: { seal } }: Context, context: string, secret: string): string => {
  if (seal !== undefined) return seal(context, secret)
  throw new SysvmError(
    'SYSVM_RESOURCE_STATE',
    'This manager has no key to keep secrets with: give it its data directory.',
  )
}

/** What `sealed` kept, under the same context. */
export const unsealed = ({ dependencies: { unseal } }: Context, context: string, text: string): string => {
  if (unseal !== undefined) return unseal(context, text)
  throw new SysvmError(
    'SYSVM_RESOURCE_STATE',
    'This manager has no key to open secrets with: give it its data directory.',
  )
}
