import { SysvmError } from '@sysvm/errors'

/**
 * One word for a POSIX shell (XCU 2.2.2): between single quotes nothing is special but the quote itself.
 * SSH carries a command as one string that the user's shell reads, so this is the only place where sysvm
 * makes text for a shell.
 */
export function quoteWord(word: string): string {
  if (word.includes('\0'))
    throw new SysvmError('SYSVM_COMMAND_FAILED', 'A command has an argument with a NUL byte, which no program can get.')
  return `'${word.replaceAll("'", "'\\''")}'`
}

export const quoteCommand = (argv: readonly string[]): string => argv.map(quoteWord).join(' ')
