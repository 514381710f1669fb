export { openSsh, openStream, type SshOptions } from './connection.ts'
export { quoteCommand, quoteWord } from './quote.ts'
export { dialTcp, fingerprintOf, openSession, pinnedFingerprint, type SessionOptions } from './session.ts'
