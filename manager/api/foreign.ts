import type { Command } from './command.ts'

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
 * Whether a parameter, its name in lower case, that the command has not is passed over. CloudStack passes over all of
 * them, and its clients rely on it: Libcloud asks for the forwarding rules of a guest by virtualmachineid, Ansible
 * creates physical networks with a state, and neither command has that. Here it is so for words that some command has,
 * that a mistyped one is not taken for another wish.
 */
export const isPassedOver = (commands: readonly Command[], command: Command, name: string): boolean => {
  const own = [...Object.keys(command.params), ...command.unsupported]
  return !own.some((one) => one.toLowerCase() === name) && vocabularyOf(commands).has(name)
}
