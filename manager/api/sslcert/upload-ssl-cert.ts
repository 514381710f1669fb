import { randomUUID } from 'node:crypto'
import { findSslCerts, insertSslCert } from '../../model/loadbalancer-cert.ts'
import { everyone } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { found } from '../found.ts'
import { owner, ownerFor, ownersIn } from '../owner.ts'
import * as p from '../parameter.ts'
import { sealed } from '../sealed.ts'
import { write } from '../write.ts'
import { readCertificate } from './certificate.ts'
import { presentSslCert, sslCertResponse } from './response.ts'

/** A chain of ten certificates with long names. */
const LONGEST_PEM = 65_536

export const uploadSslCert = defineCommand({
  name: 'uploadSslCert',
  authorized: everyone,
  description: 'Takes a certificate with its private key, which is kept sealed and never shown.',
  params: {
    name: p.required(p.name('Name, unique.')),
    certificate: p.required(p.secret('The certificate in PEM.', LONGEST_PEM)),
    privatekey: p.required(
      p.secret('Its private key in PEM: RSA from 2048 bits, EC P-256 to P-521, or Ed25519.', 20_000),
    ),
    certchain: p.secret('Certificates of its issuers in PEM, in any order.', LONGEST_PEM),
    password: p.secret('Of an encrypted private key.'),
    enabledrevocationcheck: p.only('Whether its issuer is asked if it was revoked.', false),
    ...owner,
  },
  answer: 'object',
  response: sslCertResponse,
  run: async (context, params) => {
    const { privateKey, names, ...certificate } = readCertificate(params)
    const id = randomUUID()
    await write(context, async (trx) =>
      insertSslCert(trx, {
        id,
        account: await ownerFor(context, trx, params),
        name: params.name,
        ...certificate,
        names: JSON.stringify(names),
        private_key: sealed(context, `sslcert/${id}`, privateKey),
      }),
    )
    const [row] = await findSslCerts(context.db, { id })
    const made = found(row, 'id', 'certificate', id)
    return presentSslCert(await ownersIn(context.db, [made]))(made)
  },
})
