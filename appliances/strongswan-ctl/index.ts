export { type ConnectOptions, openConnection } from './client/connect.ts'
export { type Connection, createConnection, type RawEvent, type Streamed } from './client/connection.ts'
export type { CallOptions } from './client/limit.ts'
export type { SubscribeOptions, Subscription } from './client/subscription.ts'
export type { Listing } from './commands/call.ts'
export type { ConfigurationCommands, ListedPool } from './commands/configuration.ts'
export type {
  ControlCommands,
  ControlOptions,
  Initiate,
  Redirect,
  SaSelector,
  Terminate,
} from './commands/control.ts'
export type { Certificate, CredentialCommands, PrivateKey, SharedKey, Token } from './commands/credentials.ts'
export type { Algorithms, CounterSelector, Counters, DaemonCommands, Stats, Version } from './commands/daemon.ts'
export type { EventCommands, Events, ViciEvent } from './commands/events.ts'
export type {
  CertificateFilter,
  ListCommands,
  ListedAuth,
  ListedAuthority,
  ListedCertificate,
  ListedConnection,
  Policy,
  SaFilter,
} from './commands/lists.ts'
export type { Log } from './commands/log.ts'
export type { BareIkeSa, ChildRekey, ChildSa, ChildState, IkeRekey, IkeSa, IkeState } from './commands/sas.ts'
export { codes, ViciError, type ViciErrorCode } from './errors.ts'
export type { CertificateSource, LocalAuth, RemoteAuth } from './model/authentication.ts'
export type { ChildConfig } from './model/child.ts'
export type { ConnectionConfig } from './model/connection.ts'
export type { AuthorityConfig, PoolConfig } from './model/pool.ts'
export type { Encoded, InterfaceId, Mark, Time } from './model/values.ts'
export { decodeMessage, type ReadValue } from './protocol/decode.ts'
export { encodeMessage } from './protocol/encode.ts'
export { createFrameReader, encodeFrame, type FrameReader, MAX_FRAME } from './protocol/frame.ts'
export type { Message, MessageInput, Scalar } from './protocol/message.ts'
export { decodePacket, encodePacket, type Packet } from './protocol/packet.ts'
export { connect, createVici, type Vici } from './vici.ts'
