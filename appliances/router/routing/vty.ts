import type { Effects } from '@sysvm/agent/service'
import { SysvmError } from '@sysvm/errors'

export const SOCKET = '/run/frr/bgpd.vty'

/** FRR's status of a command (lib/command.h): 0 done; 1 done, though with a word of warning. */
const FINE = [0, 1]
const TIMEOUT_MS = 10_000

interface Reply {
  readonly text: string
  readonly status: number
}

/** Answers of vtysh's protocol (lib/vty.c, vtysh_read): text, three zero bytes, status. Pure. */
export const readReplies = (answer: string): readonly Reply[] => {
  const replies: Reply[] = []
  for (let start = 0; start < answer.length; ) {
    const end = answer.indexOf('\0\0\0', start)
    if (end === -1) break
    // Four zeros in a row: the last of them is the status.
    replies.push({ text: answer.slice(start, end), status: answer.charCodeAt(end + 3) })
    start = end + 4
  }
  return replies
}

/** Secrets do not leave the machine, also not in what bgpd says of a line. */
export const masked = (text: string): string => text.replace(/(\bpassword) \S+/g, '$1 ***')

/** Runs commands as an operator would in vtysh, all in one go, and returns what each printed. */
export const ask = async (effects: Effects, ...commands: readonly string[]): Promise<readonly string[]> => {
  const text = ['enable', ...commands, 'exit'].map((command) => `${command}\0`).join('')
  const replies = readReplies(await effects.ask.unix(SOCKET, text, { timeoutMs: TIMEOUT_MS })).slice(1)
  const wrong = commands.findIndex((_, index) => !FINE.includes(replies[index]?.status ?? -1))
  if (wrong !== -1) {
    const words = masked(replies[wrong]?.text.trim() ?? '') || 'it did not say why'
    throw new SysvmError('SYSVM_COMMAND_FAILED', `bgpd refused "${masked(commands[wrong] ?? '')}": ${words}`)
  }
  return replies.slice(0, commands.length).map((reply) => reply.text)
}

/** Runs configuration commands in the contexts given; all contexts are left again. */
export const configure = (effects: Effects, commands: readonly string[]): Promise<readonly string[]> =>
  ask(effects, 'configure terminal', ...commands, 'end')
