import { createHash, type KeyObject, verify } from 'node:crypto'
import { SysvmError } from '@sysvm/errors'
import type { FirmwareSeal } from '../api/index.ts'

/** Who the machine is, and whom it obeys. */
export interface FirmwareOwner {
  readonly machine: string
  readonly platform: string
  readonly managerKey: KeyObject
}

export interface SignedSeal {
  /** JSON, exactly as it was signed. */
  readonly text: Buffer
  /** Base64 of an ed25519 signature over it. */
  readonly signature: string
}

export const sha256Of = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

const refuse = (why: string): never => {
  throw new SysvmError('SYSVM_FIRMWARE_INVALID', `The firmware ${why}; nothing was changed.`)
}

/**
 * The seal, once it is known to be the manager's, for this machine and platform, and of this bundle. Parsed by hand: this
 * is in the one program that no patch replaces, so it is kept small. Throws SYSVM_FIRMWARE_SIGNATURE or _INVALID.
 */
export const openSeal = (signed: SignedSeal, bundle: Uint8Array, owner: FirmwareOwner): FirmwareSeal => {
  if (!verify(null, signed.text, owner.managerKey, Buffer.from(signed.signature, 'base64')))
    throw new SysvmError(
      'SYSVM_FIRMWARE_SIGNATURE',
      'The firmware is not signed by the manager this machine was booted with; send it from that manager.',
    )
  const seal = JSON.parse(signed.text.toString('utf8')) as FirmwareSeal
  if (seal.kind !== 'firmware') return refuse('is sealed as something else')
  if (seal.machine !== owner.machine) refuse(`is for ${seal.machine}, but this machine is ${owner.machine}`)
  if (seal.platform !== owner.platform) refuse('is of an image that differs in more: this machine must be made anew')
  if (seal.sha256 !== sha256Of(bundle)) refuse('has another SHA-256 than its seal')
  return seal
}
