import { flag, integer, list, mapOf, type Read, record, text, word } from './shape.ts'

export type IkeState =
  | 'CREATED'
  | 'CONNECTING'
  | 'ESTABLISHED'
  | 'PASSIVE'
  | 'REKEYING'
  | 'REKEYED'
  | 'DELETING'
  | 'DESTROYING'

export type ChildState =
  | 'CREATED'
  | 'ROUTED'
  | 'INSTALLING'
  | 'INSTALLED'
  | 'UPDATING'
  | 'REKEYING'
  | 'REKEYED'
  | 'RETRYING'
  | 'DELETING'
  | 'DELETED'
  | 'DESTROYING'

export const readChild = record(
  {
    /** Of its configuration; the key that it stands under has a number besides. */
    name: text,
    uniqueid: integer,
    reqid: integer,
    state: word<ChildState>(),
    mode: word<'TUNNEL' | 'TRANSPORT' | 'BEET'>(),
  },
  {
    protocol: word<'ESP' | 'AH'>(),
    encap: flag,
    'spi-in': text,
    'spi-out': text,
    'cpi-in': text,
    'cpi-out': text,
    'mark-in': text,
    'mark-mask-in': text,
    'mark-out': text,
    'mark-mask-out': text,
    'if-id-in': text,
    'if-id-out': text,
    label: text,
    'encr-alg': text,
    'encr-keysize': integer,
    'integ-alg': text,
    'integ-keysize': integer,
    'prf-alg': text,
    'dh-group': text,
    esn: flag,
    'bytes-in': integer,
    'packets-in': integer,
    /** Seconds since the last packet came in. */
    'use-in': integer,
    'bytes-out': integer,
    'packets-out': integer,
    /** Seconds since the last packet went out. */
    'use-out': integer,
    /** Seconds until it is rekeyed. */
    'rekey-time': integer,
    /** Seconds until it expires. */
    'life-time': integer,
    /** Seconds since it was installed. */
    'install-time': integer,
    'local-ts': list,
    'remote-ts': list,
  },
)
export type ChildSa = Read<typeof readChild>

const ike = {
  required: { uniqueid: integer, version: integer, state: word<IkeState>() },
  optional: {
    'local-host': text,
    'local-port': integer,
    'local-id': text,
    'remote-host': text,
    'remote-port': integer,
    'remote-id': text,
    'remote-xauth-id': text,
    'remote-eap-id': text,
    initiator: flag,
    'initiator-spi': text,
    'responder-spi': text,
    'nat-local': flag,
    'nat-remote': flag,
    'nat-fake': flag,
    'nat-any': flag,
    'if-id-in': text,
    'if-id-out': text,
    'encr-alg': text,
    'encr-keysize': integer,
    'integ-alg': text,
    'integ-keysize': integer,
    'prf-alg': text,
    'dh-group': text,
    /** Whether a postquantum preshared key was mixed in. */
    ppk: flag,
    /** Seconds since it was established. */
    established: integer,
    /** Seconds until it is rekeyed. */
    'rekey-time': integer,
    /** Seconds until it is authenticated again. */
    'reauth-time': integer,
    'local-vips': list,
    'remote-vips': list,
    'tasks-queued': list,
    'tasks-active': list,
    'tasks-passive': list,
  },
} as const

/** An IKE_SA without its children, as `ike-updown` and `ike-rekey` tell it. */
export const readBareIke = record(ike.required, ike.optional)
export type BareIkeSa = { readonly name: string } & Read<typeof readBareIke>

export const readIke = record(ike.required, { ...ike.optional, 'child-sas': mapOf(readChild) })
/** An IKE_SA; `child-sas` are its CHILD_SAs under names that are unique. */
export type IkeSa = { readonly name: string } & Read<typeof readIke>

const readRekey = record({ old: readChild, new: readChild }, {})

export const readIkeRekey = record({ old: readBareIke, new: readBareIke }, {})
export type IkeRekey = { readonly name: string } & Read<typeof readIkeRekey>

export const readChildRekey = record(ike.required, { ...ike.optional, 'child-sas': mapOf(readRekey) })
export type ChildRekey = { readonly name: string } & Read<typeof readChildRekey>
