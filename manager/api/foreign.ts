import type { Command } from './command.ts'

const LOOKS = /^(list|get|query)/
/** Clients give these to every command when they are told to act for somebody; who owns a thing follows from others. */
const OWNERS = new Set(['account', 'domainid', 'isrecursive', 'listall', 'projectid'])

const vocabularies = new WeakMap<readonly Command[], ReadonlySet<string>>()

/** Lower-cased names of the parameters of any command. */
const vocabularyOf = (commands: readonly Command[]): ReadonlySet<string> => {
  const known = vocabularies.get(commands)
  if (known !== undefined) return known
  const names = commands.flatMap(({ params, unsupported }) => [...Object.keys(params), ...unsupported])
  const vocabulary = new Set(names.map((name) => name.toLowerCase()))
  vocabularies.set(commands, vocabulary)
  return vocabulary
}

/**
 * Whether a parameter, its name in lower case, that the command has not is passed over. CloudStack passes over all of them, and its clients rely
 * on it: Libcloud asks for the forwarding rules of a guest by virtualmachineid, which is no parameter there. Here it is
 * so for words of the API, that a mistyped one does not ask for everything; a command that changes something is not to
 * do less than it was told, whatever it was told with.
 */
export const isPassedOver = (commands: readonly Command[], command: Command, name: string): boolean => {
  const own = [...Object.keys(command.params), ...command.unsupported]
  if (own.some((one) => one.toLowerCase() === name)) return false
  return OWNERS.has(name) || (LOOKS.test(command.name) && vocabularyOf(commands).has(name))
}
