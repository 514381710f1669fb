import { type ErrorCode, messageOf, SysvmError } from '@sysvm/errors'
import type { ErrorBody } from '../api/index.ts'

const statuses: Partial<Record<ErrorCode, number>> = {
  SYSVM_REQUEST_INVALID: 400,
  SYSVM_SPEC_INVALID: 400,
  SYSVM_SPEC_FUTURE: 400,
  SYSVM_FIRMWARE_INVALID: 400,
  SYSVM_SPEC_SIGNATURE: 403,
  SYSVM_FIRMWARE_SIGNATURE: 403,
  SYSVM_NOT_FOUND: 404,
  SYSVM_FENCED: 409,
  SYSVM_SPEC_STALE: 409,
  SYSVM_SPEC_CONFLICT: 409,
  SYSVM_SPEC_BASE: 409,
  SYSVM_COMMIT_PENDING: 409,
  SYSVM_FIRMWARE_PENDING: 409,
  SYSVM_NOTHING_PENDING: 409,
  SYSVM_CONFIRM_CONNECTION: 409,
  SYSVM_REQUEST_TOO_LARGE: 413,
  SYSVM_RENDER_FAILED: 422,
  SYSVM_CHECK_FAILED: 422,
  SYSVM_STAGE_FAILED: 500,
  SYSVM_APPLY_FAILED: 500,
  SYSVM_PROBE_FAILED: 500,
  SYSVM_COMMAND_FAILED: 502,
  SYSVM_BOOT_INVALID: 503,
  SYSVM_STORAGE_FULL: 507,
}

/** HTTP status and body of anything that was thrown; what is not a SysvmError is a fault of ours. */
export const errorResponse = (thrown: unknown): { readonly status: number; readonly body: ErrorBody } => {
  const error =
    thrown instanceof SysvmError
      ? thrown
      : new SysvmError('SYSVM_INTERNAL', `The agent failed: ${messageOf(thrown)}. Its journal says more.`, {
          cause: thrown,
        })
  return { status: statuses[error.code] ?? 500, body: { error: error.toJSON() } }
}
