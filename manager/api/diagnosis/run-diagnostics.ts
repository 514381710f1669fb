import { DomainName, Ip, Ipv4 } from '@sysvm/agent/spec'
import { SysvmError } from '@sysvm/errors'
import { finishOwnJob, insertOwnJob } from '../../model/job.ts'
import { findRouter } from '../../model/router.ts'
import { admins } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { found } from '../found.ts'
import * as p from '../parameter.ts'
import { defineResponse } from '../response.ts'
import { askRouter } from '../router/ask.ts'
import { write } from '../write.ts'
import { diagnosticRequest } from './arguments.ts'

const response = defineResponse('diagnostics', {
  stdout: ['string', 'What the program printed.'],
  stderr: ['string', 'What it said of its failure.'],
  exitcode: ['string', 'Its exit code; 0: the target answered.'],
})

/** What looks like an address but is none, as 010.1.1.1, is no name either. */
const Name = DomainName.regex(/[A-Za-z][^.]*$/)

const checkTarget = (type: string, address: string): void => {
  const fits = type === 'arping' ? Ipv4.safeParse(address) : Ip.or(Name).safeParse(address)
  if (fits.success) return
  const wanted = type === 'arping' ? 'an IPv4 address' : 'an address or a domain name'
  throw new SysvmError('SYSVM_API_PARAMETER', `The parameter ipaddress is not ${wanted}.`, {
    details: { parameter: 'ipaddress' },
  })
}

export const runDiagnostics = defineCommand({
  name: 'runDiagnostics',
  authorized: admins,
  description: 'Runs ping, traceroute or arping in a system VM.',
  since: '4.12.0.0',
  params: {
    targetid: p.required(p.uuid('The system VM; a router.')),
    type: p.required(p.choice('The program.', ['ping', 'traceroute', 'arping'])),
    ipaddress: p.required(p.text('The address it is about; for ping and traceroute also a domain name.', 253)),
    params: p.text('Options of the program: -c, -I, -s, -t of ping; -m, -q of traceroute; -c, -I of arping.'),
  },
  answer: 'job',
  response,
  run: async (context, { targetid, type, ipaddress, params }) => {
    checkTarget(type, ipaddress)
    const request = diagnosticRequest(type, ipaddress, params)
    const router = found(await findRouter(context.db, targetid), 'targetid', 'router', targetid)
    if (router.state !== 'Running')
      throw new SysvmError('SYSVM_RESOURCE_STATE', `Router r-${router.number}-VM does not run: start it first.`)
    const jobid = await write(context, (trx) =>
      insertOwnJob(trx, { cmd: 'runDiagnostics', instancetype: 'DomainRouter', target: targetid }),
    )
    // The client polls; the job is this manager's alone, and one that dies leaves it to be failed by the next.
    void finishOwnJob(context.db, jobid, async () => {
      const { ok, output, exitCode } = await askRouter(context, 'targetid', targetid, (client) =>
        client.diagnose(request),
      )
      // 1: it ran, and nobody answered.
      const said = ok || exitCode === 1 ? { stdout: output, stderr: '' } : { stdout: '', stderr: output }
      return { ...said, exitcode: String(exitCode ?? 255) }
    })
    return { jobid }
  },
})
