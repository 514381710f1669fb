export { type Difference, diff, type Whole } from './diff/index.ts'
export { codes, HAProxyConfigError, type HAProxyConfigErrorCode } from './errors.ts'
export {
  type AclFile,
  type Certificate,
  type ConfigFile,
  type CrtList,
  type CrtListEntry,
  fileText,
  type MapFile,
} from './files.ts'
export type * from './model.ts'
export { parse } from './parse.ts'
export { render } from './render.ts'
export { type Ask, openRuntime, type Runtime, type RuntimeOptions } from './runtime/client.ts'
export { commandText, type RuntimeCommand, type ServerState } from './runtime/commands.ts'
export {
  type LoadedCertificate,
  parseServerState,
  parseStat,
  type ServerStateLine,
  type StatLine,
  serverStateText,
} from './runtime/tables.ts'
