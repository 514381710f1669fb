import { HAProxyConfigError } from '../errors.ts'

/** A line of `show stat`: a frontend, a backend or a server. Absent where haproxy has no figure. */
export interface StatLine {
  readonly proxy: string
  /** `FRONTEND`, `BACKEND` or the server's name. */
  readonly server: string
  readonly status: string
  readonly sessions: number
  readonly sessionsTotal: number
  readonly sessionsMax: number
  readonly sessionRate: number
  readonly queue: number
  readonly bytesIn: number
  readonly bytesOut: number
  readonly connectionErrors: number
  readonly responseErrors: number
  readonly requestErrors: number
  readonly denied: number
  readonly weight: number
  readonly requests: number
  /** Of the last check: `L4OK`, `L7STS`… */
  readonly check: string | undefined
  readonly checkCode: number | undefined
  /** Milliseconds. */
  readonly checkDuration: number | undefined
  /** Seconds since the status last changed. */
  readonly lastChange: number | undefined
  readonly address: string | undefined
}

const unreadable = (what: string): HAProxyConfigError =>
  new HAProxyConfigError('HAPROXY_SOCKET', `haproxy listed ${what} in a way this library cannot read`)

const table = (text: string, separator: RegExp, header: string): readonly ReadonlyMap<string, string>[] => {
  const lines = text.split('\n').filter((line) => line !== '')
  const at = lines.findIndex((line) => line.startsWith(header))
  if (at === -1) throw unreadable(header)
  const columns = (lines[at] ?? '').replace(/^# /, '').split(separator)
  return lines.slice(at + 1).map((line) => {
    const cells = line.split(separator)
    return new Map(columns.map((column, index) => [column, cells[index] ?? '']))
  })
}

/** `show stat` (CSV, management guide 9.1). */
export const parseStat = (text: string): readonly StatLine[] =>
  table(text, /,/, '# pxname').map((row) => {
    const optional = (column: string): string | undefined => row.get(column) || undefined
    const numeric = (column: string): number => Number(row.get(column) || 0)
    const optionalNumber = (column: string): number | undefined => {
      const cell = optional(column)
      return cell === undefined ? undefined : Number(cell)
    }
    return {
      proxy: row.get('pxname') ?? '',
      server: row.get('svname') ?? '',
      status: row.get('status') ?? '',
      sessions: numeric('scur'),
      sessionsTotal: numeric('stot'),
      sessionsMax: numeric('smax'),
      sessionRate: numeric('rate'),
      queue: numeric('qcur'),
      bytesIn: numeric('bin'),
      bytesOut: numeric('bout'),
      connectionErrors: numeric('econ'),
      responseErrors: numeric('eresp'),
      requestErrors: numeric('ereq'),
      denied: numeric('dreq') + numeric('dcon'),
      weight: numeric('weight'),
      requests: numeric('req_tot'),
      check: optional('check_status'),
      checkCode: optionalNumber('check_code'),
      checkDuration: optionalNumber('check_duration'),
      lastChange: optionalNumber('lastchg'),
      address: optional('addr'),
    }
  })

/** A line of `show servers state`. */
export interface ServerStateLine {
  readonly backend: string
  readonly server: string
  readonly address: string
  readonly port: number
  /** 0 stopped, 1 starting, 2 running, 3 stopping. */
  readonly operational: number
  /** Bits; 1: in maintenance by command, 8: draining by command, 0: by nobody's wish out of service. */
  readonly administrative: number
  readonly weight: number
  /** The line itself, as a `server-state-file` holds it. */
  readonly text: string
}

/** `show servers state`, version 1 of its format. */
export const parseServerState = (text: string): readonly ServerStateLine[] => {
  const lines = text.split('\n').filter((line) => line !== '')
  if (lines[0]?.trim() !== '1') throw unreadable('servers')
  const body = lines.filter((line) => !line.startsWith('#')).slice(1)
  return table(text, / /, '# be_id').map((row, index) => ({
    backend: row.get('be_name') ?? '',
    server: row.get('srv_name') ?? '',
    address: row.get('srv_addr') ?? '',
    port: Number(row.get('srv_port')),
    operational: Number(row.get('srv_op_state')),
    administrative: Number(row.get('srv_admin_state')),
    weight: Number(row.get('srv_uweight')),
    text: body[index] ?? '',
  }))
}

const STATE_HEADER =
  '# be_id be_name srv_id srv_name srv_addr srv_op_state srv_admin_state srv_uweight srv_iweight srv_time_since_last_change srv_check_status srv_check_result srv_check_health srv_check_state srv_agent_state bk_f_forced_id srv_f_forced_id srv_fqdn srv_port srvrecord srv_use_ssl srv_check_port srv_check_addr srv_agent_addr srv_agent_port'

/** Columns of the weight now and the configured one. */
const WEIGHTS = [7, 8]

/**
 * The text of a `server-state-file`: what the next process then knows of its servers. Each has the weight that its
 * line here has, both as the one of now and as the configured one, so that no weight of the past comes back.
 */
export const serverStateText = (lines: readonly ServerStateLine[]): string => {
  const rows = lines.map(({ text, weight }) =>
    text
      .split(' ')
      .map((cell, index) => (WEIGHTS.includes(index) ? String(weight) : cell))
      .join(' '),
  )
  return `1\n${STATE_HEADER}\n${rows.map((row) => `${row}\n`).join('')}`
}

/** A certificate as `show ssl cert` tells it. */
export interface LoadedCertificate {
  readonly serial: string
  readonly fingerprint: string
}
