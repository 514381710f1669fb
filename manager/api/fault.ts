import { type ErrorCode, isSysvmError } from '@sysvm/errors'

/** How an error looks to a CloudStack client: HTTP status and the number of the exception it would be there. */
interface Fault {
  readonly errorcode: number
  readonly cserrorcode: number
  readonly errortext: string
}

type Numbers = readonly [errorcode: number, cserrorcode: number]

const PARAMETER: Numbers = [431, 4350]
const UNAVAILABLE: Numbers = [534, 4380]
/** Somebody else answers, or the same one later. */
const LATER: Numbers = [503, 9999]
const INTERNAL: Numbers = [530, 4250]

/** Every code that has a meaning of its own to a client; all others are 530. */
const numbers: Partial<Record<ErrorCode, Numbers>> = {
  SYSVM_API_UNAUTHENTICATED: [401, 9999],
  SYSVM_API_LOGIN: [531, 9999],
  SYSVM_API_BUSY: [503, 9999],
  SYSVM_API_LIMIT: [429, 9999],
  SYSVM_API_METHOD: [405, 9999],
  SYSVM_API_MALFORMED: [430, 9999],
  SYSVM_API_PARAMETER: PARAMETER,
  SYSVM_API_UNKNOWN_COMMAND: [432, 9999],
  SYSVM_API_FORBIDDEN: [531, 4365],
  SYSVM_NOT_FOUND: PARAMETER,
  SYSVM_RESOURCE_LIMIT: [532, 4280],
  SYSVM_CAPACITY: [533, 4325],
  SYSVM_RESOURCE_STATE: UNAVAILABLE,
  SYSVM_HOST_URL: PARAMETER,
  SYSVM_HOST_AUTH: UNAVAILABLE,
  SYSVM_HOST_CONNECT: UNAVAILABLE,
  SYSVM_HOST_KEY_MISMATCH: UNAVAILABLE,
  SYSVM_HOST_REQUIREMENTS: UNAVAILABLE,
  SYSVM_HOST_UNREACHABLE: UNAVAILABLE,
  SYSVM_ROUTER_UNREACHABLE: UNAVAILABLE,
  SYSVM_TIMEOUT: UNAVAILABLE,
  SYSVM_DATABASE: LATER,
  SYSVM_FENCED: LATER,
  SYSVM_IN_USE: [536, 4375],
  SYSVM_NETWORK_CONFLICT: [537, 4360],
}

/** The client's view of anything that was thrown. What is not ours may hold secrets: only that it happened is told. */
export const faultOf = (error: unknown): Fault => {
  if (!isSysvmError(error))
    return {
      errorcode: 530,
      cserrorcode: 9999,
      errortext: 'Something failed inside the manager: its log has the details.',
    }
  const [errorcode, cserrorcode] = numbers[error.code] ?? INTERNAL
  return { errorcode, cserrorcode, errortext: error.message }
}
