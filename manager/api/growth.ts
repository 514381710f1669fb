/** Verbs of commands by which somebody gets something, or has more of it. */
const VERBS = /^(add|assign|associate|authorize|create|deploy|recover|register|reserve|restore|scale|upload)[A-Z]/

/** Commands with other verbs that have something run again, or do more. */
const MORE: readonly string[] = [
  'changeServiceForVirtualMachine',
  'enableStaticNat',
  'rebootVirtualMachine',
  'startVirtualMachine',
]

/** What administrators note down, and whom they let in, also where the account is shut. */
const NOTES: readonly string[] = ['addResourceDetail', 'createTags', 'createUser', 'registerUserKeys']

/** Whether a command gives its owner something new, or has it run: not while the owner is shut out. */
export const grows = (name: string): boolean => (VERBS.test(name) || MORE.includes(name)) && !NOTES.includes(name)
