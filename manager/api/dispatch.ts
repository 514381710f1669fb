import { isSysvmError, SysvmError } from '@sysvm/errors'
import { unavailableOf } from '../model/unavailable.ts'
import type { Command, Context } from './command.ts'
import { faultOf } from './fault.ts'
import { isPassedOver } from './foreign.ts'
import { permissionsOf } from './permission.ts'
import { inRecord } from './recording.ts'
import { CLOUDSTACK_VERSION } from './version.ts'
import { toJson } from './wire/json.ts'
import { paramsFor, readParameters } from './wire/parameters.ts'
import type { RawRequest } from './wire/request.ts'
import type { WireObject } from './wire/value.ts'
import { toXml } from './wire/xml.ts'

export interface Answer {
  readonly status: number
  readonly type: string
  readonly body: string
  /** What went wrong. */
  readonly errortext?: string
}

export const render = (format: 'json' | 'xml', status: number, root: string, body: WireObject): Answer =>
  format === 'json'
    ? { status, type: 'application/json; charset=UTF-8', body: toJson(root, body) }
    : { status, type: 'text/xml; charset=UTF-8', body: toXml(root, body, CLOUDSTACK_VERSION) }

/** `onUnexpected` hears of what is not a SysvmError, which the client is not shown. */
export const renderError = (
  format: 'json' | 'xml',
  root: string,
  error: unknown,
  onUnexpected?: (error: unknown) => void,
): Answer => {
  if (!isSysvmError(error)) onUnexpected?.(error)
  const fault = faultOf(unavailableOf(error) ?? error)
  return { ...render(format, fault.errorcode, root, { uuidList: [], ...fault }), errortext: fault.errortext }
}

export const rootOf = (command: string): string => `${command.toLowerCase()}response`

/** Commands by lower-cased name; two of one name are a mistake of ours. */
export const indexCommands = (commands: readonly Command[]): ReadonlyMap<string, Command> => {
  const index = new Map(commands.map((command) => [command.name.toLowerCase(), command]))
  if (index.size !== commands.length) throw new SysvmError('SYSVM_API_REGISTRY', 'Two API commands have the same name.')
  return index
}

const missing = (name: string): SysvmError =>
  name === ''
    ? new SysvmError('SYSVM_API_UNKNOWN_COMMAND', 'The request names no command: add command=listApis, for example.')
    : new SysvmError(
        'SYSVM_API_UNKNOWN_COMMAND',
        `There is no command '${name.slice(0, 60)}' that you may use: listApis names all there are.`,
      )

/** Runs one command for an authenticated caller. Never rejects: an error is an answer too. */
export const dispatch = async (
  index: ReadonlyMap<string, Command>,
  context: Context,
  request: RawRequest,
  onUnexpected: (error: unknown) => void,
): Promise<Answer> => {
  const command = index.get(request.command)
  if (command === undefined) return renderError(request.format, 'errorresponse', missing(request.command))
  const root = command.root ?? rootOf(command.name)
  try {
    if (!command.anonymous && !(await permissionsOf(context.db, context.caller))(command))
      throw missing(request.command)
    const grammar = { ...command, params: paramsFor(command.params, context.caller.roletype) }
    const params = readParameters(grammar, request.values, (name) => isPassedOver(context.commands, command, name))
    const body = await inRecord(context, command, params, (recording) => command.run({ ...context, recording }, params))
    return render(request.format, 200, root, body)
  } catch (error) {
    return renderError(request.format, root, error, onUnexpected)
  }
}
