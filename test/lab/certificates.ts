import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

export interface Issued {
  /** PEM. */
  readonly certificate: string
  /** PKCS #8 in PEM. */
  readonly key: string
}

export interface Wish {
  readonly subject: string
  /** `DNS:www.example, IP:192.0.2.1`. */
  readonly names?: string
  readonly issuer?: Issued
  readonly isAuthority?: boolean
  /** As `openssl genpkey` takes it. */
  readonly key?: readonly string[]
  readonly digest?: string
}

const EC = ['-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256']

const extensions = ({ names, isAuthority }: Wish): string =>
  [
    `basicConstraints=critical,CA:${isAuthority ? 'TRUE' : 'FALSE'}`,
    ...(names === undefined ? [] : [`subjectAltName=${names}`]),
    '',
  ].join('\n')

/** A new key and a certificate for it, by OpenSSL; signed by itself unless an issuer is given; it holds for a day. */
export const issue = async (wish: Wish): Promise<Issued> => {
  const folder = await mkdtemp(join(tmpdir(), 'sysvm-cert-'))
  const at = (name: string) => join(folder, name)
  try {
    await run('openssl', ['genpkey', ...(wish.key ?? EC), '-out', at('key.pem')])
    await run('openssl', ['req', '-new', '-key', at('key.pem'), '-subj', wish.subject, '-out', at('request.pem')])
    await writeFile(at('extensions'), extensions(wish))
    const signer = wish.issuer ? ['issuer.pem', 'issuer-key.pem'] : []
    if (wish.issuer) {
      await writeFile(at('issuer.pem'), wish.issuer.certificate)
      await writeFile(at('issuer-key.pem'), wish.issuer.key)
    }
    const [ca, caKey] = signer
    const by = ca && caKey ? ['-CA', at(ca), '-CAkey', at(caKey), '-CAcreateserial'] : ['-key', at('key.pem')]
    const how = ['-in', at('request.pem'), '-extfile', at('extensions'), '-out', at('certificate.pem')]
    await run('openssl', ['x509', '-req', ...by, ...how, '-days', '1', `-${wish.digest ?? 'sha256'}`])
    return { certificate: await readFile(at('certificate.pem'), 'utf8'), key: await readFile(at('key.pem'), 'utf8') }
  } finally {
    await rm(folder, { recursive: true })
  }
}

/** The key, encrypted with a password. */
export const encryptKey = async (key: string, password: string): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), 'sysvm-key-'))
  try {
    await writeFile(join(folder, 'key.pem'), key)
    const { stdout } = await run('openssl', [
      'pkcs8',
      '-topk8',
      '-in',
      join(folder, 'key.pem'),
      '-passout',
      `pass:${password}`,
    ])
    return stdout
  } finally {
    await rm(folder, { recursive: true })
  }
}
