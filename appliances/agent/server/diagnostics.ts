import { isSysvmError } from '@sysvm/errors'
import { z } from 'zod'
import type { DiagnosticRequest, DiagnosticResult } from '../api/index.ts'
import type { Effects } from '../service/index.ts'
import { Device, DomainName, Ip, Ipv4, Port } from '../spec/index.ts'
import { explainFlow } from './trace.ts'

const Target = z.union([Ip, DomainName.regex(/[A-Za-z][^.]*$/)], { error: 'is not an address or a domain name' })
const Count = z.int().min(1).max(20)

/** A closed grammar: whatever passes is an argument of a program, never an option and never a shell's business. */
export const Diagnostic = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('ping'),
    target: Target,
    count: Count.default(3),
    device: Device.optional(),
    size: z.int().min(0).max(9000).optional(),
    ttl: z.int().min(1).max(255).optional(),
  }),
  z.strictObject({
    kind: z.literal('traceroute'),
    target: Target,
    hops: z.int().min(1).max(30).default(15),
    queries: z.int().min(1).max(3).default(1),
  }),
  z.strictObject({
    kind: z.literal('arping'),
    target: Ipv4,
    device: Device.optional(),
    count: Count.default(3),
  }),
  z.strictObject({
    kind: z.literal('trace-explain'),
    source: Ipv4.optional(),
    destination: Ipv4.optional(),
    protocol: z.enum(['tcp', 'udp', 'icmp']),
    port: Port.optional(),
    seconds: z.int().min(1).max(30).default(5),
  }),
]) satisfies z.ZodType<DiagnosticRequest>
export type Diagnostic = z.infer<typeof Diagnostic>

/** A probe that gets no answer is a result, not a failure of ours. */
const output = async (
  effects: Effects,
  argv: readonly [string, ...string[]],
  seconds: number,
): Promise<DiagnosticResult> => {
  try {
    const { stdout, stderr } = await effects.run(argv, { timeoutMs: seconds * 1000 })
    return { ok: true, output: stdout + stderr, exitCode: 0 }
  } catch (error) {
    if (!isSysvmError(error, 'SYSVM_COMMAND_FAILED')) throw error
    const { output: said, exitCode } = error.details
    return {
      ok: false,
      output: typeof said === 'string' ? said : error.message,
      ...(typeof exitCode === 'number' ? { exitCode } : {}),
    }
  }
}

const option = (flag: string, value: number | string | undefined): string[] =>
  value === undefined ? [] : [flag, String(value)]

/** The device by which a neighbor is reached; what the kernel says when there is no way is the error's text. */
const deviceTo = async (target: string, { run }: Effects): Promise<string> => {
  const { stdout } = await run(['ip', '-json', 'route', 'get', target])
  const [route] = JSON.parse(stdout) as readonly { readonly dev?: string }[]
  return route?.dev ?? 'lo'
}

/** Runs a diagnostic. What it says is for a person; only `ok` and `explanation` are for programs. */
export const diagnose = async (request: Diagnostic, effects: Effects): Promise<DiagnosticResult> => {
  switch (request.kind) {
    case 'ping': {
      const more = [...option('-I', request.device), ...option('-s', request.size), ...option('-t', request.ttl)]
      const argv = ['-n', '-c', `${request.count}`, '-i', '0.2', '-W', '1', ...more, request.target]
      return output(effects, ['ping', ...argv], request.count + 5)
    }
    case 'traceroute':
      return output(
        effects,
        ['traceroute', '-n', '-w', '1', '-q', `${request.queries}`, '-m', `${request.hops}`, request.target],
        100,
      )
    case 'arping': {
      const device = request.device ?? (await deviceTo(request.target, effects))
      const argv = ['-c', `${request.count}`, '-w', `${request.count}`, '-I', device, request.target]
      return output(effects, ['arping', ...argv], request.count + 5)
    }
    case 'trace-explain':
      return explainFlow(request, effects)
  }
}
