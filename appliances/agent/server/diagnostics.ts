import { isSysvmError } from '@sysvm/errors'
import { z } from 'zod'
import type { DiagnosticRequest, DiagnosticResult } from '../api/index.ts'
import type { Effects } from '../service/index.ts'
import { Device, Ipv4, Port } from '../spec/index.ts'
import { explainFlow } from './trace.ts'

/** A closed grammar: whatever passes is an argument of a program, never an option and never a shell's business. */
export const Diagnostic = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('ping'),
    target: Ipv4,
    count: z.int().min(1).max(20).default(3),
    device: Device.optional(),
  }),
  z.strictObject({ kind: z.literal('traceroute'), target: Ipv4, hops: z.int().min(1).max(30).default(15) }),
  z.strictObject({
    kind: z.literal('arping'),
    target: Ipv4,
    device: Device,
    count: z.int().min(1).max(20).default(3),
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
    return { ok: true, output: stdout + stderr }
  } catch (error) {
    if (!isSysvmError(error, 'SYSVM_COMMAND_FAILED')) throw error
    const said = error.details.output
    return { ok: false, output: typeof said === 'string' ? said : error.message }
  }
}

/** Runs a diagnostic. What it says is for a person; only `ok` and `explanation` are for programs. */
export const diagnose = (request: Diagnostic, effects: Effects): Promise<DiagnosticResult> => {
  switch (request.kind) {
    case 'ping': {
      const device = request.device === undefined ? [] : ['-I', request.device]
      const argv = ['-n', '-c', `${request.count}`, '-i', '0.2', '-W', '1', ...device, request.target]
      return output(effects, ['ping', ...argv], request.count + 5)
    }
    case 'traceroute':
      return output(effects, ['traceroute', '-n', '-w', '1', '-q', '1', '-m', `${request.hops}`, request.target], 40)
    case 'arping': {
      const argv = ['-c', `${request.count}`, '-w', `${request.count}`, '-I', request.device, request.target]
      return output(effects, ['arping', ...argv], request.count + 5)
    }
    case 'trace-explain':
      return explainFlow(request, effects)
  }
}
