import { z } from 'zod'
import { Cidr4, Device, HostLabel, Mac } from '../spec/address.ts'
import { Role } from '../spec/index.ts'

const PublicKey = z
  .string()
  .regex(/^(ssh-ed25519|ecdsa-sha2-nistp256) [A-Za-z0-9+/=]+$/, 'is not an OpenSSH public key')
const Base64 = z.string().regex(/^[A-Za-z0-9+/]+={0,2}$/, 'is not base64')

export const BootNic = z.strictObject({ mac: Mac, device: Device })

/** What a machine must know before it has a network. Only what cannot come over the control channel. */
export const BootParameters = z.strictObject({
  name: HostLabel,
  role: Role,
  /** Control address with prefix, inside 169.254.0.0/16; it goes on the first nic. */
  control: Cidr4,
  /** In device order; the first is the control nic. */
  nics: z.array(BootNic).min(1),
  /** OpenSSH public key of the manager; opens the control user only. */
  authorizedKey: PublicKey,
  /** OpenSSH public key that opens a root shell for an operator; absent: nobody can. */
  operatorKey: PublicKey.optional(),
  /** The machine's ed25519 SSH host key, an OpenSSH private key file in base64. Secret. */
  hostKey: Base64,
  /** The manager's ed25519 public key (SPKI, DER, base64); specs must be signed with its private half. */
  managerKey: Base64,
})
export type BootParameters = z.infer<typeof BootParameters>
